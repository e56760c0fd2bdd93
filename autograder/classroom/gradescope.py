"""What runs in Gradescope's container: one submission from ``/autograder`` to ``results/results.json``.

``autograder bundle gradescope`` packs what this needs, and the bundle's scripts start it: ``prepare FOLDER`` when the
image is built, ``run FOLDER`` for each submission. A fault of the machine writes no result: Gradescope then says that
the autograder failed, books nothing, and shows staff what was printed here.
"""

from __future__ import annotations

import json
import os
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, get_args

from autograder import files
from autograder.classroom.fingerprints import environment_fingerprint
from autograder.classroom.folder import Submission, read_submission
from autograder.classroom.pool import local_pool
from autograder.classroom.run import job_of
from autograder.classroom.seeds import SECRET_BYTES, Secret
from autograder.classroom.worker import WorkerSpec
from autograder.course import Assignment, Course, CourseError
from autograder.faults import MachineFault, of_os_error
from autograder.feedback.feedback_run import part_for
from autograder.feedback.gradescope import Visibility, as_gradescope
from autograder.language import plurals_of, sentences_of
from autograder.sandbox import mechanisms
from autograder.sandbox.policy import Isolation, IsolationMissing
from autograder.submission.job import Outcome
from autograder.training.laid_out import TrainingData

_, ngettext = sentences_of(__package__), plurals_of(__package__)

METADATA, BUNDLE, SECRET = "submission_metadata.json", "bundle.json", "secret"
MOST = 50_000_000  # earlier results of the same student stand in Gradescope's metadata
OFF = _(
    "Isolation is off, as was chosen when this bundle was made. What holds in its place: the container is this "
    "submission's alone, memory, time and processes are watched, and points are given only for values that the "
    "answers compute. What does not: student code runs as this container's user, and can read this bundle, with hidden "
    "checks, solution and secret, and reach the network."
)


@dataclass(frozen=True)
class Bundle:
    """What a bundle says of itself (``release.bundle`` writes it)."""

    assignment: str
    isolation: Isolation
    show: Visibility
    checks: str
    people: dict[str, str]

    @classmethod
    def read(cls, source: Path) -> Bundle:
        """Reads ``bundle.json``. Raises ``MachineFault`` where it is damaged."""
        try:
            said = json.loads((source / BUNDLE).read_text(encoding="utf-8"))
            found = cls(said["assignment"], said["isolation"], said["show"], said["checks"], dict(said["people"]))
        except (ValueError, KeyError, TypeError) as error:
            raise MachineFault(_("{bundle} is damaged; make the bundle anew.").format(bundle=BUNDLE)) from error
        if found.isolation not in get_args(Isolation) or found.show not in get_args(Visibility):
            raise MachineFault(_("{bundle} has an unknown value; make the bundle anew.").format(bundle=BUNDLE))
        return found


@dataclass(frozen=True)
class Handed:
    """What Gradescope says of a submission: whose it is, all of a group's, and by how much it is late."""

    emails: tuple[str, ...]
    late: timedelta

    @classmethod
    def read(cls, root: Path) -> Handed:
        """Reads the metadata. Raises ``MachineFault`` where it does not say whose the submission is."""
        data = files.read_whole(root / METADATA, MOST)
        try:
            said = json.loads(data or b"")
            emails = tuple(str(user["email"]) for user in said["users"])
            late = _late(said)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise MachineFault(
                _("{metadata} could not be understood ({kind}: {error}).").format(
                    metadata=METADATA, kind=type(error).__name__, error=error
                )
            ) from error
        if not emails or not all(emails):
            raise MachineFault(_("{metadata} does not say whose submission this is.").format(metadata=METADATA))
        return cls(emails, late)


def _late(said: dict[str, Any]) -> timedelta:
    """How long after the due date, the student's own where there is one; none where nothing is due."""
    own = said["users"][0].get("assignment") or {} if said["users"] else {}
    due = own.get("due_date") or said["assignment"].get("due_date")
    if not due:
        return timedelta()
    return max(datetime.fromisoformat(said["created_at"]) - datetime.fromisoformat(due), timedelta())


def run(root: Path) -> str:
    """Grades the submission below ``root`` and writes its result; returns what is said of it on the terminal.

    Raises ``MachineFault``, ``CourseError`` and ``IsolationMissing``, and then there is no result."""
    result = root / "results" / "results.json"
    result.unlink(missing_ok=True)
    started = time.monotonic()
    source = root / "source"
    bundle, handed = Bundle.read(source), Handed.read(root)
    assignment = Course.here().assignment(bundle.assignment)
    if bundle.isolation == "required":
        mechanisms.require()
    student = student_of(handed.emails[0], bundle.people)
    submission = read_submission(_folder(root / "submission", assignment.name), student, assignment.name)
    outcome = _graded(assignment, submission, bundle, source)
    document = outcome.results.to_dict()
    notes = [*_notes(handed, student), *document.get("notes", ())]
    if document["status"] == "not_gradable":
        notes.append(document["tasks"][0]["message"])
    staff = [*_isolation(bundle.isolation, outcome.results.provenance.isolation), *outcome.broken]
    if handed.emails[0].lower() not in bundle.people:
        staff.append(
            _(
                "The gradebook knew nobody of {emails} when the bundle was made, so the id is taken from the "
                "address. If it is another one, some numbers of the tasks were another student's."
            ).format(emails=handed.emails[0])
        )
    page = part_for(assignment, document, outcome.file)
    told = as_gradescope(document, page=page, show=bundle.show, notes=notes, staff=staff)
    told["execution_time"] = round(time.monotonic() - started, 1)
    files.write(result, json.dumps(told, ensure_ascii=False).encode())
    return "\n".join(
        [
            _("{student}: {score:g} of {max_score:g} points.").format(
                student=student, score=document["score"], max_score=document["max_score"]
            ),
            *notes,
            *staff,
        ]
    )


def student_of(email: str, people: dict[str, str]) -> str:
    """The id by which the course knows whom Gradescope knows by an e-mail address: what the gradebook said when the
    bundle was made, otherwise the part before the @, which is the login at most universities."""
    return people.get(email.lower()) or email.partition("@")[0]


def _folder(handed_in: Path, name: str) -> Path:
    """Where the notebook lies: at the top, or, in the clone of a kit that Gradescope fetched, in its own folder."""
    notebook, own = f"{name}.ipynb", handed_in / name
    in_own = not own.is_symlink() and (own / notebook).is_file()
    return own if in_own and not os.path.lexists(handed_in / notebook) else handed_in


def _graded(assignment: Assignment, submission: Submission, bundle: Bundle, source: Path) -> Outcome:
    key = files.read_whole(source / SECRET, SECRET_BYTES)
    if key is None or len(key) != SECRET_BYTES:
        raise MachineFault(_("The bundle's secret is damaged; make the bundle anew."))
    data = TrainingData.of(assignment)
    job = job_of(
        submission,
        Secret(key),
        [task.id for task in assignment.automatic],
        checks=bundle.checks,
        environment=environment_fingerprint(assignment.runtime, data.names),
        datasets=data.names,
    )
    spec = WorkerSpec(assignment.root, assignment.name, bundle.isolation, datasets=data.names, images=data.folder)
    with local_pool(spec, 1, assignment.total_s) as executor:
        (done,) = filter(None, executor.run([job]))
    if done.outcome is None:
        raise MachineFault(done.error)
    return done.outcome


def _notes(handed: Handed, student: str) -> list[str]:
    """Sentences for the student, without a word of the result."""
    notes = [_("This was graded as the work of {student}.").format(student=student)]
    if len(handed.emails) > 1:
        group = len(handed.emails)
        notes.append(
            _("Of a group of {group}, the numbers that are a student's own are those of {student}.").format(
                group=group, student=student
            )
        )
    if handed.late:
        late = _in_words(handed.late)
        notes.append(
            _("This came {late} after the due date; Gradescope's own rules say what it costs.").format(late=late)
        )
    return notes


def _in_words(late: timedelta) -> str:
    minutes = -(-int(late.total_seconds()) // 60)
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    units = (
        (ngettext("{count} day", "{count} days", days), days),
        (ngettext("{count} hour", "{count} hours", hours), hours),
        (ngettext("{count} minute", "{count} minutes", minutes), minutes),
    )
    parts = [unit.format(count=count) for unit, count in units if count]
    return _(" and ").join(parts[:2]) or _("less than a minute")


def _isolation(isolation: Isolation, applied: tuple[str, ...]) -> list[str]:
    """What isolated this submission, and what stands in for what is missing here."""
    if isolation == "off":
        return [OFF]
    missing = [f"{fact.name}: {fact.meaning}." for fact in mechanisms.facts() if not fact.present]
    held = ", ".join(applied) if applied else _("nothing had to run")
    return [_("Isolation: {held}.").format(held=held), *missing]


def prepare(root: Path) -> str:
    """Fetches the images that the assignment trains on, and says what isolates student code here."""
    bundle = Bundle.read(root / "source")
    TrainingData.of(Course.here().assignment(bundle.assignment))
    lines = [f"{'✓' if fact.present else '✗'} {fact.name:<16} {fact.meaning}" for fact in mechanisms.facts()]
    if bundle.isolation == "off":
        lines.append(OFF)
    else:
        try:
            mechanisms.require()
        except IsolationMissing as error:  # the image is built elsewhere than it runs, so this is no reason to stop
            lines.append(_("{error} If it is the same where submissions run, none will be graded.").format(error=error))
    return "\n".join(lines)


def main() -> int:
    """The entry of the bundle's scripts; returns the exit code."""
    with suppress(AttributeError):
        sys.stdout.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    root = Path(sys.argv[2]).resolve()
    try:
        print({"run": run, "prepare": prepare}[sys.argv[1]](root))
    except IsolationMissing as error:
        print(
            _(
                "Nothing was graded and nothing is booked. {error} To grade here without it, make the bundle with "
                "--isolation off, which lets student code read the hidden checks."
            ).format(error=error)
        )
    except (MachineFault, CourseError) as error:
        print(_("Nothing was graded and nothing is booked. {error}").format(error=error))
    except OSError as error:
        print(_("Nothing was graded and nothing is booked. {error}").format(error=of_os_error(error)))
    else:
        return 0
    return 1


if __name__ == "__main__":
    sys.exit(main())
