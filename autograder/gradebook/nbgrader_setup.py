"""How nbgrader is set up for this course, for its own commands as well as for ours."""

from __future__ import annotations

import os
import sysconfig
from pathlib import Path

from traitlets.config import Config
from traitlets.config.loader import PyFileConfigLoader

from autograder import files
from autograder.course import Course, CourseError
from autograder.gradebook import attribution
from autograder.gradebook.student_version import PREPROCESSORS, traits
from autograder.language import sentences_of

_ = sentences_of(__package__)

CONFIG_FILE = "nbgrader_config.py"
RESULTS_FILE = "results.json"
_HOOKS = "autograder.classroom.nbgrader_hooks."

_COURSE_FOLDER_CONFIG = '''"""nbgrader's settings for the submissions in this folder."""

from pathlib import Path

from autograder.gradebook.nbgrader_setup import configure

c = get_config()  # noqa: F821 - nbgrader defines it

configure(c, root=Path(__file__).resolve().parent, repository=Path({repository!r}))
'''


def ensure_programs() -> None:
    """Puts this environment's programs on the PATH: nbgrader starts `alembic` by name when it makes a
    gradebook, also when the environment was never activated."""
    scripts = sysconfig.get_path("scripts")
    path = os.environ.get("PATH", "")
    if scripts not in path.split(os.pathsep):
        os.environ["PATH"] = os.pathsep.join(filter(None, (scripts, path)))


def configure(config: Config, *, root: Path, repository: Path | None = None) -> Config:
    """Sets in ``config`` what this course needs of nbgrader, and returns it.

    ``root`` is the course folder (``submitted/``, ``autograded/``, ``feedback/``, ``gradebook.db``);
    ``repository`` has ``solutions/`` and ``assignments/``: by default ``root`` where that has them,
    otherwise the course that is found from the working folder, or installed.
    """
    ensure_programs()
    attribution.watch()
    repository = repository or (root if (root / "solutions").is_dir() else Course.here().root)
    place(config, root=root, repository=repository)
    # A student's own results.json is not copied on, and the grader's does not reach the feedback folder.
    left_behind = [".hypothesis", ".ipynb_checkpoints", "*.pyc", "__pycache__"]
    config.CourseDirectory.ignore = [*left_behind, "feedback", RESULTS_FILE]

    config.merge(traits())
    config.GenerateAssignment.preprocessors = [f"{step.__module__}.{step.__name__}" for step in PREPROCESSORS]
    config.Autograde.exporter_class = _HOOKS + "SubmissionExporter"
    config.Autograde.sanitize_preprocessors = [_HOOKS + "OverwriteCells"]
    config.Autograde.autograde_preprocessors = [_HOOKS + "SandboxExecute"]
    config.Autograde.pre_convert_hook = _HOOKS + "before_grading"
    config.Autograde.post_convert_hook = _HOOKS + "after_grading"
    config.GenerateFeedback.preprocessors = [
        "nbgrader.preprocessors.GetGrades",
        "autograder.gradebook.rubrics.RubricsOnceGraded",
        "nbconvert.preprocessors.CSSHTMLHeaderPreprocessor",
    ]
    # What a student wrote is shown in an instructor's browser: no scripts, no event handlers.
    config.HTMLExporter.sanitize_html = True
    config.HTMLExporter.filters = {"clean_html": "autograder.gradebook.nbgrader_html.clean_html"}
    return config


def place(config: Config, *, root: Path, repository: Path) -> None:
    """Says where the course folder and the repository are, and nothing else."""
    folder, ours = config.CourseDirectory, Course(repository).id
    if str(folder.get("course_id", ours)) != ours:
        raise CourseError(
            _(
                "The {config_file} in {root} is of the course {course_id!r}, not of {ours!r}; nothing was "
                "written. Correct its course_id, or name this course's folder with --course."
            ).format(config_file=CONFIG_FILE, root=root, course_id=str(folder.course_id), ours=ours)
        )
    folder.root = str(root)
    folder.course_id = ours
    folder.source_directory = _inside(repository / "solutions", root)
    folder.release_directory = _inside(repository / "assignments", root)


def course_of(root: Path) -> Course:
    """The course whose submissions lie in a course folder: where its settings look for the source
    notebooks."""
    config = load(root, None)
    return Course((root / config.CourseDirectory.source_directory).resolve().parent)


def _inside(folder: Path, root: Path) -> str:
    """``folder`` as nbgrader wants it: its name below ``root``, or the whole path elsewhere."""
    return folder.relative_to(root).as_posix() if folder.is_relative_to(root) else str(folder)


def load(course_dir: Path, course: Course | None) -> Config:
    """nbgrader's settings for a course folder: its own ``nbgrader_config.py``, otherwise those of the
    repository of ``course``. Without a course, the file or the package says which repository it is."""
    places = [course_dir, *([course.root] if course else [])]
    found = next((folder for folder in places if (folder / CONFIG_FILE).is_file()), None)
    repository = course.root if course else None
    if found is None:
        return configure(Config(), root=course_dir, repository=repository)
    try:
        config = PyFileConfigLoader(CONFIG_FILE, path=str(found)).load_config()
    except CourseError:
        raise
    except Exception as error:  # whatever an instructor's own settings raise
        raise CourseError(
            _("{config_file} in {found} could not be read: {error}.").format(
                config_file=CONFIG_FILE, found=found, error=error
            )
        ) from error
    if found != course_dir:
        config.CourseDirectory.pop("db_url", None)  # a course folder has a gradebook of its own
    if repository:
        place(config, root=course_dir, repository=repository)
    return config


def write_course_folder_config(course_dir: Path, course: Course) -> None:
    """Gives a course folder outside the repository its own ``nbgrader_config.py``, unless it has one, so that
    `nbgrader autograde` and the formgrader work when they are started there."""
    path = course_dir / CONFIG_FILE
    if course_dir == course.root or path.exists():
        return
    files.write(path, _COURSE_FOLDER_CONFIG.format(repository=str(course.root)).encode())
