"""Pages handed back through nbgrader's exchange, as `nbgrader release_feedback` does."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from nbgrader.auth import Authenticator
from nbgrader.coursedir import CourseDirectory
from nbgrader.exchange import ExchangeError, ExchangeFactory

from autograder.course import Course, CourseError
from autograder.gradebook import nbgrader_setup
from autograder.gradebook.exchange import SUBMISSION_SECRET, TIMESTAMP
from autograder.language import sentences_of

_ = sentences_of(__package__)


@dataclass(frozen=True)
class Released:
    """Whose pages were handed back, and whose the exchange cannot: they did not submit through it."""

    students: tuple[str, ...]
    left_out: tuple[str, ...]


def release_feedback(course_dir: Path, name: str, course: Course | None = None) -> Released:
    """Hands back every page of an assignment that lies in ``feedback/``.

    Raises ``CourseError`` where there is no page that can be handed back, and where the exchange cannot be written.
    nbgrader's own command stops at the first page that it cannot hand back; here the others go."""
    course = course or Course.here()
    course.assignment(name)
    written = sorted(path.parent for path in (course_dir / "feedback").glob(f"*/{name}/{name}.html"))
    can = [all((folder / one).is_file() for one in (TIMESTAMP, SUBMISSION_SECRET)) for folder in written]
    students = tuple(folder.parent.name for folder, it_can in zip(written, can, strict=True) if it_can)
    left_out = tuple(folder.parent.name for folder, it_can in zip(written, can, strict=True) if not it_can)
    if not written:
        raise CourseError(_("No page of {name} is written yet; write the feedback pages first.").format(name=name))
    if not students:
        raise CourseError(
            _(
                "No page of {name} can be handed back: nobody submitted through nbgrader's exchange. The pages lie in "
                "{course_dir}; hand them back as the work came."
            ).format(name=name, course_dir=course_dir / "feedback")
        )
    config = nbgrader_setup.load(course_dir, course)
    config.CourseDirectory.assignment_id = name
    config.CourseDirectory.student_id_exclude = ",".join(left_out)
    exchange = ExchangeFactory(config=config).ReleaseFeedback(
        coursedir=CourseDirectory(config=config), authenticator=Authenticator(config=config), config=config
    )
    try:
        exchange.start()
    except ExchangeError as error:
        raise CourseError(
            _(
                "nbgrader's exchange could not be used ({reason}); make it writable for you, or set "
                "c.Exchange.root in the course's nbgrader_config.py, and release again."
            ).format(reason=str(error).rstrip("."))
        ) from error
    return Released(students, left_out)
