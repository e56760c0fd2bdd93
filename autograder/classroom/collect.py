"""`autograder collect`: what a class handed in elsewhere, into ``submitted/``.

Whose a submission is follows from its layout and from the people that the gradebook or a list knows, and only where it
can mean one of them alone; nothing is guessed. What lies in ``submitted/`` already is moved to the record's folder
before something newer takes its place, so that a collection can be undone.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import stat
import tempfile
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Any

from nbgrader.utils import parse_utc

from autograder import files
from autograder.classroom.archives import Contents, nested, opened
from autograder.classroom.folder import MAX_FILES, MAX_FILES_BYTES, CourseFolder
from autograder.classroom.layouts import Clue, File, Handed, in_zone, recognise
from autograder.classroom.notes import now
from autograder.course import Assignment, Course, CourseError, UsageError
from autograder.gradebook import nbgrader_setup
from autograder.gradebook.acting import who
from autograder.gradebook.exchange import SUBMISSION_SECRET, TIMESTAMP
from autograder.gradebook.people import Person
from autograder.gradebook.roster import UNUSABLE, Roster, read_roster
from autograder.gradebook.scores import known_people
from autograder.language import sentences_of
from autograder.notebook_file import MAX_FILE_BYTES
from autograder.submission.results import FILE_NAME

_ = sentences_of(__package__)

JOURNAL = "journal.json"
COLLECTED = "collected"
_OURS = frozenset((TIMESTAMP, SUBMISSION_SECRET, FILE_NAME))
_AGAIN = re.compile(r"(?:-(\d+)|[ _]?\((\d+)\))$")  # what platforms and browsers put behind a name that was there


@dataclass(frozen=True)
class Taken:
    """A submission that was collected. ``state`` is ``new``, ``replaced``, ``unchanged`` or ``older`` (what lies there
    came later, and stays)."""

    student: str
    state: str
    notebook: str
    when: datetime | None
    remark: str = ""


@dataclass
class Collection:
    """What came of an archive; ``layout`` is empty where nothing of it was recognised."""

    assignment: str
    layout: str = ""
    taken: list[Taken] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """For another program."""
        taken = [
            {
                "student": one.student, "state": one.state, "from": one.notebook, "remark": one.remark,
                "when": f"{one.when:%Y-%m-%dT%H:%M:%SZ}" if one.when else None,
            }
            for one in self.taken
        ]  # fmt: skip
        return {
            "assignment": self.assignment, "layout": self.layout, "taken": taken, "left_out": self.left_out,
            "missing": self.missing,
        }  # fmt: skip


class People:
    """Who is known, and which of them a clue means."""

    def __init__(self, people: Iterable[Person]) -> None:
        self.by_id = {person.id: person for person in people}
        self._folded = _index(self.by_id.values(), lambda one: (_folded(one.id),))
        self._number = _index(self.by_id.values(), lambda one: (_folded(one.lms_id),))
        self._email = _index(self.by_id.values(), lambda one: (_folded(one.email),))
        both = lambda one: (_folded(one.first_name + one.last_name), _folded(one.last_name + one.first_name))  # noqa: E731
        self._name = _index(self.by_id.values(), both)

    def whose(self, clue: Clue) -> Person | str:
        """The one person that a clue means, or why there is none."""
        if clue.hidden:
            return clue.hidden
        if not self.by_id:
            if len(clue.ids) == 1 and not UNUSABLE.search(clue.ids[0]):
                return Person(clue.ids[0])
            return _("nobody is known yet; `autograder roster FILE` makes students known, and --roster FILE for once")
        means = [self._number.get(_folded(clue.number), set()) if clue.number else set()]
        means += [{id} if id in self.by_id else self._folded.get(_folded(id), set()) for id in clue.ids]
        means += [self._number.get(_folded(id), set()) for id in clue.ids]
        means += [self._email.get(_folded(clue.email), set()), self._name.get(_folded(clue.name), set())]
        for ids in means:
            if len(ids) == 1:
                person = self.by_id[next(iter(ids))]
                if ids is means[0] and clue.named and not _shares_name(person, clue.name):
                    return _("the number {number} is {id}'s, the name {name} is not; a group's, perhaps").format(
                        number=clue.number, id=person.id, name=clue.name
                    )
                return person
            if ids:
                return _("{clue} can be {ids}").format(clue=clue, ids=" or ".join(sorted(ids)))
        return _("nobody known is {clue}").format(clue=clue)


def collect(
    archive: Path, course_dir: Path, name: str, *, roster: Path | None = None, zone: tzinfo | None = None,
    preview: bool = False, course: Course | None = None,
) -> Collection:
    """Takes what a class handed in for an assignment out of an archive or a folder, and into ``submitted/``.

    roster: a list that knows more than the gradebook, as ``read_roster`` reads it; zone: of times without one. With
    ``preview`` nothing is written. Raises ``UsageError`` for what is no archive or no assignment.
    """
    course = course or Course.here()
    assignment = course.assignment(name)
    known = known_people(course_dir, course)
    by_name = People(known)
    whose = lambda name, email: by_name.whose(Clue(name=name, email=email))  # noqa: E731
    listed = read_roster(roster, whose=whose if known else None) if roster else Roster((), ())
    people = People([*{one.id: one for one in (*known, *listed.people)}.values()])
    found = Collection(name, left_out=[*listed.left_out, *listed.unclear])
    with opened(archive) as contents:
        pattern = str(nbgrader_setup.load(course_dir, course).FileNameCollectorPlugin.get("named_regexp", ""))
        root = archive if archive.is_dir() else None
        found.layout, handed, others = recognise(contents, name, zone=zone, pattern=pattern, root=root)
        if not handed:
            if not contents.members and not contents.passed_over:
                found.left_out.append(_("{name}: there are no files in it.").format(name=archive.name))
            found.left_out += contents.passed_over
            found.left_out += [
                _("{path}: its name is of no layout that is known.").format(path=one.path) for one in others[:20]
            ]
            return found
        chosen = _newest(in_zone(handed, listed.times, zone), people, assignment, found)
        found.left_out += contents.passed_over
        found.left_out += [_("{path}: it belongs to no submission.").format(path=one.path) for one in others]
        found.missing = sorted(set(people.by_id) - set(chosen))
        _write(CourseFolder(course_dir), assignment, chosen, found, archive, preview=preview)
    return found


@dataclass(frozen=True)
class _Chosen:
    """A submission of a person: the notebook among what was handed in."""

    handed: Handed
    notebook: File


def _newest(handed: Sequence[Handed], people: People, assignment: Assignment, found: Collection) -> dict[str, _Chosen]:
    """By student id, the newest submission that has a notebook; what has none, or nobody, is noted in ``found``."""
    chosen: dict[str, _Chosen] = {}
    for one in handed:
        person = people.whose(one.clue)
        first = one.files[0].member.path
        if isinstance(person, str):
            found.left_out.append(f"{first}: {person}.")
            continue
        one = _unpacked(one)
        notebook = notebook_of(one.files, assignment)
        if isinstance(notebook, str):
            found.left_out.append(f"{first}: {notebook}.")
            continue
        before = chosen.get(person.id)
        if before is None or _rank(one, notebook) > _rank(before.handed, before.notebook):
            chosen[person.id] = _Chosen(one, notebook)
    return chosen


def _rank(handed: Handed, file: File) -> tuple[datetime, int, int, str]:
    return handed.when or datetime.min, file.order, _version(file.name)[1], file.member.path


def _unpacked(handed: Handed) -> Handed:
    """A submission whose notebook lies in a ZIP file, with what is in there."""
    if any(file.name.lower().endswith(".ipynb") for file in handed.files):
        return handed
    inner: list[File] = []
    for file in handed.files:
        data = file.member.read(MAX_FILE_BYTES) if file.name.lower().endswith(".zip") else None
        contents = nested(data, file.name) if data else None
        for member in (contents or Contents(())).members:
            inner.append(File(member.path, replace(member, path=f"{file.member.path}/{member.path}"), file.order))
    return replace(handed, files=(*handed.files, *inner))


def notebook_of(handed: Sequence[File], assignment: Assignment) -> File | str:
    """The assignment's notebook among the files of a submission, or why there is none.

    The one of its name, as a platform or a browser may have numbered it; otherwise the only one that has tasks of it.
    """
    notebooks = [file for file in handed if file.name.lower().endswith(".ipynb")]
    if not notebooks:
        names = ", ".join(file.name for file in handed[:3])
        return _("no notebook was handed in, but {names}").format(names=names) if names else _("nothing was handed in")
    wanted = _plain(assignment.name)
    named = [file for file in notebooks if wanted in (_plain(_stem(file.name)), _plain(_version(file.name)[0]))]
    fitting = named or [file for file in notebooks if _has_tasks(file, assignment)]
    if not fitting:
        return _("{name} has no task of {name2}").format(name=notebooks[0].name, name2=assignment.name)
    if len({_plain(_version(file.name)[0]) for file in fitting}) > 1:
        return _("several notebooks have tasks of {name}: {name2}").format(
            name=assignment.name, name2=", ".join(file.name for file in fitting)
        )
    in_kit = f"{assignment.name}/{assignment.name}.ipynb"  # where a clone of the kit has it, whatever copies lie about
    return max(fitting, key=lambda file: (file.name == in_kit, file.order, _version(file.name)[1]))


def _has_tasks(file: File, assignment: Assignment) -> bool:
    data = file.member.read(MAX_FILE_BYTES) or b""
    return any(f'"{task.check_id or task.id}"'.encode() in data for task in assignment.tasks)


def _stem(name: str) -> str:
    return name.rpartition("/")[2].rpartition(".")[0]


def _version(name: str) -> tuple[str, int]:
    """A file's name without its ending and the number that was put behind it, and that number."""
    stem = _stem(name)
    match = _AGAIN.search(stem)
    return (stem[: match.start()], int((match[1] or match[2])[:9])) if match else (stem, 0)


def _plain(name: str) -> str:
    return re.sub(r"[\s_]+", "-", name.casefold())


def _folded(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.casefold().replace("ß", "ss"))
    return "".join(letter for letter in plain if letter.isalnum())


def _shares_name(person: Person, name: str) -> bool:
    """Whether a part of a person's name, where it is known, stands in another way to write it."""
    parts = [_folded(part) for part in re.split(r"[\s-]+", f"{person.first_name} {person.last_name}")]
    known = [part for part in parts if part]
    return not known or any(part in _folded(name) for part in known)


def _index(people: Iterable[Person], keys: Any) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for person in people:
        for key in keys(person):
            if key:
                found.setdefault(key, set()).add(person.id)
    return found


def _write(
    folder: CourseFolder, assignment: Assignment, chosen: Mapping[str, _Chosen], found: Collection, archive: Path, *,
    preview: bool,
) -> None:  # fmt: skip
    journal = _Journal.begin(folder, assignment.name, archive)
    for student, one in sorted(chosen.items()):
        data = one.notebook.member.read(MAX_FILE_BYTES)
        if data is None:
            found.left_out.append(
                _("{path}: it is damaged, encrypted or too large.").format(path=one.notebook.member.path)
            )
            continue
        place = folder.root / "submitted" / student / assignment.name
        state = _compared(folder, place, student, assignment.name, data, one.handed.when)
        if state is None:
            found.left_out.append(
                _("{path}: {place} is a link, and was left alone.").format(path=one.notebook.member.path, place=place)
            )
            continue
        found.taken.append(Taken(student, state, one.notebook.member.path, one.handed.when, one.handed.remark))
        if state in ("new", "replaced") and not preview:
            beside = found.layout == "clones"  # the rest of a clone is the kit, or another assignment's
            journal.replace(student, place, _files_of(one, assignment.name, data, beside_alone=beside))


def _compared(
    folder: CourseFolder, place: Path, student: str, name: str, data: bytes, when: datetime | None
) -> str | None:
    """What a submission is to what lies in its place; None where that is a link."""
    if place.is_symlink() or place.parent.is_symlink():
        return None
    if not place.is_dir():
        return "new"
    said = folder.timestamp(student, name)
    there = parse_utc(said) if said else None
    if files.read_whole(place / f"{name}.ipynb", MAX_FILE_BYTES) == data and (when is None or when == there):
        return "unchanged"
    return "older" if there and when and when < there else "replaced"


def _files_of(
    chosen: _Chosen, name: str, notebook: bytes, *, beside_alone: bool
) -> Iterator[tuple[str, bytes]]:
    """What is written for a submission: the notebook, when it came, and small files that its cells may want to read;
    with ``beside_alone`` only those in the notebook's folder, where it lies in one."""
    yield f"{name}.ipynb", notebook
    if chosen.handed.when:
        yield TIMESTAMP, f"{chosen.handed.when:%Y-%m-%d %H:%M:%S} UTC\n".encode()
    above = chosen.notebook.name.rpartition("/")[0]
    room, count = MAX_FILES_BYTES, 0
    for file in chosen.handed.files:
        if beside_alone and above and not file.name.startswith(f"{above}/"):
            continue
        path = file.name.removeprefix(f"{above}/") if above else file.name
        if path.lower().endswith((".ipynb", ".zip")) or path in _OURS or count >= MAX_FILES:
            continue
        data = file.member.read(room)
        if data is not None:
            room, count = room - len(data), count + 1
            yield path, data


@dataclass
class _Journal:
    """What a collection changed, kept in the record's folder so that it can be undone."""

    folder: Path
    about: dict[str, Any]

    @classmethod
    def begin(cls, folder: CourseFolder, assignment: str, archive: Path) -> _Journal:
        about = {"assignment": assignment, "archive": archive.name, "at": now(), "by": who(), "students": {}}
        return cls(folder.state / COLLECTED, about)

    def replace(self, student: str, place: Path, content: Iterable[tuple[str, bytes]]) -> None:
        """Moves what lies in a submission's place aside, and puts the new one there, whole."""
        if "id" not in self.about:
            files.make_folder(self.folder)
            numbers = [int(one.name) for one in self.folder.iterdir() if one.name.isdecimal()]
            self.about["id"] = max(numbers, default=0) + 1
        aside = self.folder / str(self.about["id"]) / str(len(self.about["students"]))
        new = Path(tempfile.mkdtemp(dir=self._beside(place), prefix=".collected-"))
        try:
            for path, data in content:
                files.write(new / path, data)
            new.chmod(files.for_group(place.parent, 0o755) | (new.stat().st_mode & stat.S_ISGID))
            self.about["students"][student] = aside.name if place.exists() else None
            files.write(self.folder / str(self.about["id"]) / JOURNAL, json.dumps(self.about).encode(), 0o600)
            if place.exists():
                os.rename(place, aside)
            os.rename(new, place)
        finally:
            shutil.rmtree(new, ignore_errors=True)

    @staticmethod
    def _beside(place: Path) -> Path:
        files.make_folder(place.parent, 0o777)
        return place.parent


def undo(course_dir: Path, name: str, course: Course | None = None) -> tuple[str, list[str], list[str]]:
    """Undoes the last collection of an assignment: (the archive's name, whose earlier submission is back, whose
    submission is gone). Raises ``CourseError`` where there is none to undo."""
    (course or Course.here()).assignment(name)
    folder = CourseFolder(course_dir)
    journals = []
    for path in (folder.state / COLLECTED).glob(f"*/{JOURNAL}"):
        about = json.loads(path.read_bytes())
        if about["assignment"] == name:
            journals.append((int(path.parent.name), path.parent, about))
    if not journals:
        raise CourseError(_("There is no collection of {name} to undo.").format(name=name))
    _number, kept, about = max(journals, key=lambda one: one[0])
    back, gone = [], []
    for student, aside in about["students"].items():
        if UNUSABLE.search(student):
            raise UsageError(
                _("The journal {kept} names {student!r}, which is no student.").format(
                    kept=kept / JOURNAL, student=student
                )
            )
        place = folder.root / "submitted" / student / name
        if aside is not None and not (kept / aside).exists():
            continue  # the collection ended before it was moved
        if place.is_dir() and not place.is_symlink():
            shutil.rmtree(place)
        if aside is None:
            gone.append(student)
            if place.parent.is_dir() and not any(place.parent.iterdir()):
                place.parent.rmdir()
        else:
            os.rename(kept / aside, place)
            back.append(student)
    shutil.rmtree(kept)
    return about["archive"], back, gone
