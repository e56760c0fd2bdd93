"""`similar`: answers that are more alike than those of a class are by themselves.

Per task, every two answers are compared by fingerprints of their code as tokens, so that other names and comments
change nothing (copydetect: winnowing as in Schleimer, Wilkerson and Aiken, "Winnowing: local algorithms for document
fingerprinting", 2003). What the released notebook has, and code that was public, is subtracted, and so is what a good
part of the class wrote: many write a short answer alike. What is left is shown with the two answers side by side. It
says that they are alike, and nothing of how that came to be.
"""

from __future__ import annotations

import ast
import hashlib
import io
import itertools
import warnings
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from copydetect import CodeFingerprint, compare_files

from autograder import files
from autograder.checks.variant import has_variants, variant
from autograder.classroom.folder import CourseFolder
from autograder.course import Course, CourseError, Task, UsageError
from autograder.feedback.clean import joined
from autograder.feedback.render import render
from autograder.language import sentences_of
from autograder.notebook_file import NotANotebook, document_of
from autograder.submission.notebook import NotGradable, Template, grade_id_of, is_untouched, sanitise

_ = sentences_of(__package__)

CHARACTERS = 100_000  # of an answer that are looked at
LONG_ENOUGH = {"code": 20, "text": 40}  # characters of tokens, or of text, that have to be the same in a row
WINDOW = 4
SHARED_BY = 0.2  # of the class: what so many wrote is nobody's own
SHARED_AT_LEAST = 4
LEAST = 60  # characters of tokens that an answer has of its own, below which it says too little
SMALLEST_NUMBER, LARGEST_NUMBER = 10, 1e300
SHOWN = 300  # pairs on the page
PUBLIC_BYTES = 5_000_000


@dataclass(frozen=True)
class Answer:
    """One student's answer to a task; ``whose`` names the term too, where it is another one's."""

    whose: str
    task: str
    source: str
    ours: bool = True


@dataclass(frozen=True)
class Part:
    """A part of an answer: what both have, or what one has alone."""

    text: str
    alike: bool


@dataclass(frozen=True)
class Pair:
    """Two answers to a task. ``shares`` is how much of each, of what is not everybody's, is in the other (0 to 1)."""

    task: str
    whose: tuple[str, str]
    shares: tuple[float, float]
    parts: tuple[tuple[Part, ...], tuple[Part, ...]] = field(repr=False)

    @property
    def share(self) -> float:
        """The larger of the two."""
        return max(self.shares)


@dataclass(frozen=True)
class SameFile:
    """Students who handed in the same notebook, byte for byte."""

    whose: tuple[str, ...]


@dataclass(frozen=True)
class Numbers:
    """An answer with numbers that are another's: those that were given to them, or the same that they entered though
    they were given others."""

    task: str
    whose: str
    others: tuple[str, ...]
    numbers: tuple[str, ...]
    how: str
    others_given: bool  # whether the others were given other numbers, too


@dataclass(frozen=True)
class Found:
    """What is alike in an assignment, the most alike first; how many answers were compared; whose were not read."""

    assignment: str
    pairs: Sequence[Pair]
    same_files: Sequence[SameFile]
    numbers: Sequence[Numbers]
    compared: int
    left_out: Sequence[str]

    def by_students(self) -> dict[tuple[str, str], dict[str, float]]:
        """By two students, the tasks in which their answers are alike, and how much; those with the most first."""
        found: dict[tuple[str, str], dict[str, float]] = defaultdict(dict)
        for pair in self.pairs:
            found[pair.whose][pair.task] = pair.share
        return dict(sorted(found.items(), key=lambda one: -len(one[1])))

    @property
    def shown(self) -> Sequence[Pair]:
        """The pairs that stand on the page, which nobody reads when it is endless."""
        return self.pairs[:SHOWN]

    def as_json(self) -> dict[str, Any]:
        """For another program."""
        return {
            "assignment": self.assignment, "compared": self.compared, "left_out": list(self.left_out),
            "pairs": [
                {"task": one.task, "students": list(one.whose), "shares": [round(share, 3) for share in one.shares]}
                for one in self.pairs
            ],
            "same_files": [list(one.whose) for one in self.same_files],
            "numbers": [
                {
                    "task": one.task, "student": one.whose, "others": list(one.others), "numbers": list(one.numbers),
                    "how": one.how,
                }
                for one in self.numbers
            ],
        }  # fmt: skip


def similar(
    course_dir: Path, name: str, *, before: Sequence[Path] = (), public: Sequence[Path] = (), least: float = 0.8,
    course: Course | None = None,
) -> Found:  # fmt: skip
    """What is alike in the submissions of an assignment.

    before: course folders of other terms, whose answers ours are compared with; public: files of code that everybody
    could read; least: the share from which a pair is listed. Raises ``UsageError`` for what does not exist.
    """
    course = course or Course.here()
    assignment = course.assignment(name)
    template = Template.load(assignment)
    read = _Reading(template)
    read.folder(CourseFolder(course_dir), "")
    if not read.answers and not read.left_out:
        raise CourseError(
            _("There are no submissions of {name} in {course_dir}.").format(
                name=name, course_dir=course_dir / "submitted"
            )
        )
    for folder in before:
        if not (folder / "submitted").is_dir():
            raise UsageError(_("{folder} is no course folder: it has no submitted/.").format(folder=folder))
        read.folder(CourseFolder(folder.resolve()), folder.resolve().name)
    known = [_read_public(path) for path in public]
    pairs = [pair for task in assignment.tasks for pair in _pairs(task, read.of(task), template, known, least)]
    pairs.sort(key=lambda pair: (-pair.share, -min(pair.shares), pair.task, pair.whose))
    own = [task for task in assignment.tasks if has_variants(task.id)]
    numbers = [one for task in own for one in _numbers(task, read.of(task), template)]
    same = [SameFile(tuple(sorted(whose))) for whose in read.digests.values() if len(whose) > 1]
    return Found(name, pairs, sorted(same, key=lambda one: one.whose), numbers, len(read.whose), read.left_out)


def write_page(found: Found, course_dir: Path, title: str) -> Path:
    """Writes what was found as a page, `reports/<assignment>-similar.html`."""
    path = course_dir / "reports" / f"{found.assignment}-similar.html"
    files.write(path, render("similar.html.j2", found=found, title=title, percent=_percent).encode())
    return path


class _Reading:
    """Answers of several terms, task by task."""

    def __init__(self, template: Template) -> None:
        self._template = template
        self._name = template.assignment.name
        released = template.assignment.release_path.read_bytes()
        self._released = hashlib.sha256(released).digest()
        self.answers: dict[str, list[Answer]] = defaultdict(list)
        self.digests: dict[bytes, set[str]] = defaultdict(set)
        self.left_out: list[str] = []
        self.whose: set[str] = set()

    def folder(self, folder: CourseFolder, term: str) -> None:
        """Reads a course folder; ``term`` stands before its students' ids, where it is not ours."""
        for student in folder.students(self._name):
            whose = f"{term}/{student}" if term else student
            data = folder.submission(student, self._name).notebook
            try:
                notebook = sanitise(data or b"", self._template)
            except NotGradable as error:
                self.left_out.append(f"{whose}: {error}")
                continue
            self.whose.add(whose)
            digest = hashlib.sha256(data or b"").digest()
            if digest != self._released:
                self.digests[digest].add(whose)
            for cell in notebook.cells:
                id = grade_id_of(cell)
                if id and id in {task.answer_id for task in self._template.assignment.tasks}:
                    if not is_untouched(cell, self._template):
                        self.answers[id].append(Answer(whose, id, cell.source[:CHARACTERS], not term))

    def of(self, task: Task) -> list[Answer]:
        """The answers to a task, untouched ones left out."""
        return self.answers[task.answer_id]


def _pairs(
    task: Task, answers: Sequence[Answer], template: Template, public: Iterable[str], least: float
) -> Iterator[Pair]:
    """Pairs of one task's answers of which one has at least that share of the other, one of them ours."""
    kind = "text" if task.kind == "text" else "code"
    given = [template.cells[task.answer_id].source]
    given += ["\n".join(cell.source for cell in template.notebook.cells if cell.cell_type == "code"), *public]
    known: set[int] = set().union(*(_print(text, kind, ()).hashes for text in given))
    prints = [_print(answer.source, kind, known) for answer in answers]
    counts = Counter(value for one in prints for value in one.hashes)
    bound = max(SHARED_AT_LEAST, SHARED_BY * len(answers))
    shared = {value for value, count in counts.items() if count > bound}
    if shared:
        prints = [_print(answer.source, kind, known | shared) for answer in answers]
    for (one, left), (other, right) in itertools.combinations(zip(answers, prints, strict=True), 2):
        if not (one.ours or other.ours) or min(left.token_coverage, right.token_coverage) < LEAST:
            continue
        if len(left.hashes & right.hashes) < least / 2 * min(len(left.hashes), len(right.hashes)):
            continue
        _, shares, slices = compare_files(left, right)
        if max(shares) >= least:
            parts = (_parts(one.source, slices[0]), _parts(other.source, slices[1]))
            capped = (min(1.0, float(shares[0])), min(1.0, float(shares[1])))
            yield Pair(task.id, (one.whose, other.whose), capped, parts)


def _print(text: str, kind: str, known: Iterable[int]) -> CodeFingerprint:
    """The fingerprints of an answer without those that are known."""
    boilerplate = np.array(sorted(known))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a text that is shorter than a fingerprint
        return CodeFingerprint(
            "answer.py", LONG_ENOUGH[kind], WINDOW if kind == "code" else 1, boilerplate, kind == "code",
            "python", io.StringIO(text),
        )  # fmt: skip


def _parts(source: str, slices: Any) -> tuple[Part, ...]:
    found, at = [], 0
    for start, end in sorted((int(start), int(end)) for start, end in zip(*slices, strict=True)):
        found += [Part(source[at:start], False), Part(source[max(at, start) : end], True)]
        at = max(at, end)
    return tuple(part for part in (*found, Part(source[at:], False)) if part.text)


def _numbers(task: Task, answers: Sequence[Answer], template: Template) -> Iterator[Numbers]:
    """Answers of ours with the numbers of somebody else's variant."""
    released = _literals(template.cells[task.answer_id].source)
    entered = {answer.whose: _literals(answer.source) - released for answer in answers if answer.ours}
    variants = {whose: variant(task.id, whose) for whose in entered}
    given = {whose: _values(numbers) for whose, numbers in variants.items()}
    for whose, own in sorted(entered.items()):
        taken: dict[tuple[str, ...], list[str]] = defaultdict(list)
        for other in sorted(entered):
            foreign = given[other] - given[whose]
            if variants[other] != variants[whose] and len(foreign) > 1 and foreign <= own:
                taken[_written(foreign)].append(other)
        for numbers, others in taken.items():
            yield Numbers(task.id, whose, tuple(others), numbers, _("were given to"), False)
        same = tuple(
            other for other in sorted(entered)
            if other > whose and variants[other] != variants[whose] and len(own) > 1 and entered[other] == own
        )  # fmt: skip
        if same:
            yield Numbers(task.id, whose, same, _written(own), _("were entered by"), True)


def _literals(source: str) -> frozenset[float]:
    """The numbers that stand in an answer, but for small ones; none where it is no Python."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return frozenset()
    values = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)]
    numbers = [value for value in values if isinstance(value, int | float) and not isinstance(value, bool)]
    return frozenset(float(number) for number in numbers if SMALLEST_NUMBER <= number < LARGEST_NUMBER)


def _values(value: Any) -> frozenset[float]:
    """The numbers of a variant, but for small ones."""
    if isinstance(value, Mapping):
        return frozenset().union(*map(_values, value.values()))
    if isinstance(value, list | tuple):
        return frozenset().union(*map(_values, value))
    return frozenset((float(value),)) if type(value) in (int, float) and value >= SMALLEST_NUMBER else frozenset()


def _written(numbers: Iterable[float]) -> tuple[str, ...]:
    return tuple(f"{number:.15g}" for number in sorted(numbers))


def _read_public(path: Path) -> str:
    data = files.read_whole(path, PUBLIC_BYTES)
    if data is None:
        raise UsageError(
            _("{path} is no file that can be read, or it is larger than {public_bytes} MB.").format(
                path=path, public_bytes=PUBLIC_BYTES // 10**6
            )
        )
    text = data.decode("utf-8", "replace")
    if path.suffix == ".ipynb":
        return _code_of_notebook(text, path)
    return text


def _code_of_notebook(text: str, path: Path) -> str:
    try:
        cells = document_of(text.encode())["cells"]
    except NotANotebook as error:
        raise UsageError(f"{path} {error}") from error
    return "\n".join(joined(cell.get("source")) for cell in cells if isinstance(cell, dict))


def _percent(share: float) -> str:
    return f"{round(100 * share)} %"

