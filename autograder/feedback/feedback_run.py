"""Writes what people read: a page for each submission, as nbgrader names it, and the class report."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from autograder import files
from autograder.checks.registry import registries
from autograder.course import RUBRIC_SUFFIX, Assignment, Course, CourseError
from autograder.feedback.page import student_page
from autograder.feedback.report import ClassReport, summarise
from autograder.feedback.report_page import page_of
from autograder.feedback.report_text import text_of
from autograder.gradebook.by_hand import Manual
from autograder.gradebook.exchange import LARGEST, SUBMISSION_SECRET, TIMESTAMP
from autograder.gradebook.manual import manual_grades
from autograder.gradebook.scores import NoGradebook, final_scores
from autograder.language import sentences_of
from autograder.submission.results import FILE_NAME, InvalidResults, read_results

_ = sentences_of(__package__)

AUTOGRADED, SUBMITTED, FEEDBACK, REPORTS = "autograded", "submitted", "feedback", "reports"
NOTEBOOK_BYTES = 512_000_000


@dataclass(frozen=True)
class Written:
    """What was written. unreleasable: students whose page the exchange cannot hand back, where it can for
    others."""

    pages: Mapping[str, Path]
    report: Path
    text: str
    unreleasable: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        return {
            "pages": {student: str(path) for student, path in self.pages.items()}, "report": str(self.report),
            "unreleasable": list(self.unreleasable),
        }


def write_feedback(
    course_dir: Path | str,
    assignment: str,
    students: Sequence[str] = (),
    *,
    course: Course | None = None,
    progress: Callable[[int, int], None] = lambda done, of: None,
) -> Written:
    """Writes `feedback/<student>/<assignment>/<assignment>.html` and `reports/<assignment>.html`.

    students: whose pages; by default everybody's who has a result. The report is always of the whole class.
    Raises `CourseError` for an unknown assignment or student, and when nothing has been graded.
    """
    course, course_dir = course or Course.here(), Path(course_dir).resolve()
    about = course.assignment(assignment)
    results = dict(sorted(_all_results(course_dir, about)))
    if not results:
        raise CourseError(
            _("No submission of {assignment} has a result in {course_dir}; grade it first.").format(
                assignment=assignment, course_dir=course_dir / AUTOGRADED
            )
        )
    unknown = [student for student in students if student not in results]
    if unknown:
        raise CourseError(
            _("There is no result of {unknown!r} for {assignment}; grade that submission first.").format(
                unknown=unknown[0], assignment=assignment
            )
        )
    manual = manual_grades(course_dir, assignment, course)
    write, pages, secrets = Pages(course_dir, about), {}, {}
    chosen = list(dict.fromkeys(students)) or list(results)
    for done, student in enumerate(chosen):
        progress(done, len(chosen))
        pages[student], secrets[student] = write.page(student, results[student], manual.get(student, Manual()))
    progress(len(chosen), len(chosen))
    summary = _report(course_dir, about, course, results)
    return Written(
        pages,
        _write(course_dir / REPORTS / f"{assignment}.html", page_of(summary, title=about.title)),
        text_of(summary),
        tuple(name for name, has in secrets.items() if not has and any(secrets.values())),
    )


class Pages:
    """Writes the pages of an assignment's students: `feedback/<student>/<assignment>/<assignment>.html`."""

    def __init__(self, course_dir: Path, about: Assignment) -> None:
        self._course_dir, self._about = course_dir, about
        self._release, self._rubrics = read_notebook(about.release_path), rubrics_of(about)

    def write(self, student: str, manual: Manual, *, scores_only: bool = False) -> Path:
        """The page of the result that lies in `autograded/` now; with `scores_only` it has nothing but points."""
        name = self._about.name
        result = _result(self._course_dir / AUTOGRADED / student / name, student)
        return self.page(student, result, manual, scores_only=scores_only)[0]

    def page(
        self, student: str, result: Mapping[str, Any], manual: Manual, *, scores_only: bool = False
    ) -> tuple[Path, bool]:
        """The page's file, and whether the exchange can hand it back. `CourseError` where the notebook is damaged."""
        name = self._about.name
        notebook = read_notebook(self._course_dir / AUTOGRADED / student / name / f"{name}.ipynb")
        if notebook is None:  # a page would lack all that the student wrote
            raise CourseError(
                _("The graded notebook of {student!r} is damaged; grade that submission again.").format(student=student)
            )
        page = student_page(
            result,
            notebook,
            title=self._about.title,
            manual=manual,
            rubrics=self._rubrics,
            release=self._release,
            scores_only=scores_only,
        )
        folder = self._course_dir / FEEDBACK / student / name
        path = _write(folder / f"{name}.html", page)
        return path, _copy_exchange_files(self._course_dir, student, name, folder)


def part_for(about: Assignment, document: Mapping[str, Any], notebook: bytes) -> str:
    """The page of a result that no person has graded, to be laid into the page of a website.

    document: what `results.json` would say; notebook: the executed notebook's file."""
    result = {**document, "tasks": [_with_sections(task) for task in document["tasks"]]}
    release = read_notebook(about.release_path)
    return student_page(result, json.loads(notebook), title=about.title, release=release, part=True)


def write_report(
    course_dir: Path | str, assignment: str, *, before: Path | None = None,
    pseudonym: Callable[[str], str] | None = None, only: Collection[str] | None = None, part: str = "",
    course: Course | None = None,
) -> tuple[ClassReport, Path]:
    """Writes `reports/<assignment>.html` and returns what it says: of the whole class, those who are missing too.

    only: the students that it is about, where it is not all of them; part: what they are called, for the file's name.

    before: the course folder of another term, to compare with. pseudonym: what stands in place of a student's id; then
    nothing on the page leads to a student, and it is `reports/<assignment>-pseudonyms.html`. Raises `CourseError` for
    an unknown assignment, when nothing has been graded, and where the other term has no results.
    """
    course, course_dir = course or Course.here(), Path(course_dir).resolve()
    about = course.assignment(assignment)
    results = dict(sorted(_all_results(course_dir, about)))
    if not results:
        raise CourseError(
            _("No submission of {assignment} has a result in {course_dir}; grade it first.").format(
                assignment=assignment, course_dir=course_dir / AUTOGRADED
            )
        )
    earlier = [document for _, document in _all_results(before.resolve(), about)] if before else []
    if before and not earlier:
        raise CourseError(
            _("No submission of {assignment} has a result in {before}.").format(
                assignment=assignment, before=before / AUTOGRADED
            )
        )
    summary = _report(course_dir, about, course, results, earlier, pseudonym, only)
    words = "".join(f"-{word}" for word in re.findall(r"\w+", part))
    name = f"{assignment}{words}{'-pseudonyms' if pseudonym else ''}.html"
    return summary, _write(course_dir / REPORTS / name, page_of(summary, title=about.title))


def _report(
    course_dir: Path, about: Assignment, course: Course, results: Mapping[str, Mapping[str, Any]],
    before: Sequence[Mapping[str, Any]] = (), pseudonym: Callable[[str], str] | None = None,
    only: Collection[str] | None = None,
) -> ClassReport:
    """The class report's content: results, with the final scores where the gradebook has any."""
    try:
        finals = final_scores(course_dir, [about.name], course)
    except NoGradebook:
        finals = []

    if only is not None:
        results = {student: result for student, result in results.items() if student in only}
        finals = [one for one in finals if one.person.id in only]

    def link(student: str, task: int) -> str | None:
        page = course_dir / FEEDBACK / student / about.name / f"{about.name}.html"
        if pseudonym or not page.is_file():
            return None
        return quote(f"../{FEEDBACK}/{student}/{about.name}/{about.name}.html") + (f"#task-{task}" if task else "")

    label = pseudonym or str
    return summarise(list(results.values()), finals, before=before, label=label, link=link)


def rubrics_of(assignment: Assignment) -> dict[str, str]:
    """The mark schemes of the text tasks, by task id, as Markdown."""
    notebook = read_notebook(assignment.solution_path) or {}
    cells = {cell.get("metadata", {}).get("nbgrader", {}).get("grade_id"): cell for cell in notebook.get("cells", [])}
    found = {}
    for task in assignment.tasks:
        cell = cells.get(task.id + RUBRIC_SUFFIX)
        if cell is not None:
            source = "".join(cell["source"])
            found[task.id] = "\n".join(line for line in source.split("\n") if "MARK SCHEME" not in line).strip()
    return found


def _all_results(course_dir: Path, assignment: Assignment) -> Iterator[tuple[str, dict[str, Any]]]:
    """(student, document) of every submission that has a result; the folder's name is the student's id."""
    for path in sorted((course_dir / AUTOGRADED).glob(f"*/{assignment.name}/{FILE_NAME}")):
        student = path.parents[1].name
        yield student, _result(path.parent, student)


def _result(folder: Path, student: str) -> dict[str, Any]:
    """The document of a student's result, with the section for each diagnosis."""
    try:
        document = read_results(folder).to_dict()
    except (InvalidResults, OSError) as error:
        raise CourseError(
            _("The result of {student!r} is damaged; grade that submission again.").format(student=student)
        ) from error
    return {**document, "student": student, "tasks": [_with_sections(task) for task in document["tasks"]]}


def _with_sections(task: Mapping[str, Any]) -> dict[str, Any]:
    """A task's results with, for each diagnosis, the heading in the notebook that it points to."""
    named = any(test["diagnosis"] for test in task["tests"])  # asked first: registries may import a framework
    known = _sections(task["task"]) if named else {}
    tests = [{**test, "section": known.get((test["diagnosis"] or "").split("+")[0])} for test in task["tests"]]
    return {**task, "tests": tests}


def _sections(task: str) -> dict[str, str | None]:
    """The heading for each diagnosis of a task; none for a task that the course has no more."""
    try:
        return {one.id: one.section for registry in registries(task).values() for one in registry}
    except KeyError:
        return {}


def read_notebook(path: Path) -> dict[str, Any] | None:
    """A notebook as plain JSON, None where there is none that can be read."""
    try:
        found = json.loads(files.read_whole(path, NOTEBOOK_BYTES) or b"")
    except (OSError, ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _copy_exchange_files(course_dir: Path, student: str, assignment: str, folder: Path) -> bool:
    """Puts beside a page what the exchange needs to hand it back; whether all of it was there."""
    copied = 0
    for name in (TIMESTAMP, SUBMISSION_SECRET):
        places = [course_dir / side / student / assignment / name for side in (SUBMITTED, AUTOGRADED)]
        content = next(filter(None, map(_small_file, places)), None)
        if content is not None:
            files.write(folder / name, content)
            copied += 1
    return copied == 2


def _small_file(path: Path) -> bytes | None:
    """A file's content, None where there is none that may be read."""
    try:
        return files.read_whole(path, LARGEST)
    except OSError:
        return None


def _write(path: Path, page: str) -> Path:
    files.write(path, page.encode("utf-8"))
    return path
