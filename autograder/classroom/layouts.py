"""How learning platforms lay out what a class handed in, and what their names tell: whose it is, and when it came.

- Moodle, "Download all submissions": `Ada Lovelace_12345_assignsubmission_file_/x.ipynb`, a folder for each student or,
  where that is switched off, a file; the number is the participant's, as in the grading worksheet's column Identifier.
  Only these words are in no language: the name of an online text, and, where marking is blind, the word before the
  number (`Teilnehmerin_12345_...`) are in Moodle's. Of a group it is the group's name, and its number or none.
- Canvas, "Download Submissions": `lovelaceada_LATE_1234_5678_x-1.ipynb`: the name last-first in small letters, Canvas's
  number of the student and of the file; `-1` counts the times that a file of this name was handed in again. Texts and
  links are `lovelaceada_1234_text.html`; anonymous grading makes it `anon_x7Yz2_5678_x.ipynb`. A name may have
  underscores, and is a group's for a group assignment, with the number of one of its students.
- Blackboard, "Assignment File Download": `Title_ada_attempt_2026-10-05-14-30-22_x.ipynb`, and beside it a receipt
  `Title_ada_attempt_2026-10-05-14-30-22.txt` whose first line is `Name: Ada Lovelace (ada)`.
- Gradescope, "Export Submissions": `submission_123/x.ipynb`, and `submission_metadata.yml`, which says whose each is.
- nbgrader: `ada/01-small/01-small.ipynb` (submitted/, and what the ZIP collector makes of an archive),
  `ada+01-small+2026-10-05 14:30:22 UTC/...` (the exchange), or any by the regular expression that the settings give to
  `FileNameCollectorPlugin.named_regexp`.
- A folder of clones: `01-small-ada/`, each a repository; its last commit says when.

Nothing is decided here about who somebody is; that is ``collect``'s.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Any

import yaml
from nbgrader.utils import parse_utc

from autograder.classroom.archives import Contents, Member
from autograder.gradebook.exchange import LARGEST, TIMESTAMP
from autograder.language import sentences_of

_ = sentences_of(__package__)

METADATA = "submission_metadata.yml"
METADATA_BYTES = 50_000_000
_RECEIPT_BYTES = 1_000_000
_MOODLE = re.compile(
    r"(?:.*/)?(?P<name>[^/]+?)(?:_(?P<number>\d+))?_assignsubmission_(?P<kind>[a-z]+)(?:_?/|_)(?P<file>.+)"
)
_CANVAS = re.compile(
    r"(?:.*/)?(?:(?:LATE_)?(?P<anon>anon_[^/_]+)|(?P<name>[^/]+?)(?P<late>_LATE)?_(?P<user>\d+))"
    r"_(?:(?P<order>\d+)_(?P<file>[^/]+)|(?P<text>(?:text|link)\.html))"
)
_BLACKBOARD = re.compile(
    r"(?:.*/)?(?P<whose>[^/]+)_attempt_(?P<when>\d{4}(?:-\d\d){5})(?:_(?P<file>[^/]+)|(?P<receipt>\.txt))"
)
_NAMED = re.compile(r"Name:\s*(?P<name>.*?)\s*\((?P<id>[^()]+)\)\s*$", re.MULTILINE)
_GRADESCOPE = re.compile(r"(?:.*/)?(?P<key>submission_\d+)/(?P<file>.+)")
_GIT_S = 20


@dataclass(frozen=True)
class Clue:
    """What a layout tells of a student. ``ids`` are the ids that it may mean, the likeliest first. ``named`` is whether
    the name is the student's own, so that it has to agree with the number; ``hidden`` says why nobody can tell."""

    ids: tuple[str, ...] = ()
    name: str = ""
    number: str = ""
    email: str = ""
    named: bool = False
    hidden: str = ""

    def __str__(self) -> str:
        return self.name or self.email or self.number or (self.ids[0] if self.ids else "nobody")


@dataclass(frozen=True)
class File:
    """A file that was handed in: its name as the student gave it, and its place among others of the same name."""

    name: str
    member: Member
    order: int = 0


@dataclass(frozen=True)
class Handed:
    """What one student handed in at one time. ``when`` is UTC without a zone, None where the layout does not tell;
    ``remark`` is what it tells besides."""

    clue: Clue
    files: tuple[File, ...]
    when: datetime | None = None
    remark: str = ""


@dataclass
class _Found:
    """The submissions by what tells them apart, while an archive is read."""

    clues: dict[Any, Clue] = field(default_factory=dict)
    files: dict[Any, list[File]] = field(default_factory=lambda: defaultdict(list))
    when: dict[Any, datetime | None] = field(default_factory=dict)
    remarks: dict[Any, str] = field(default_factory=dict)

    def all(self) -> list[Handed]:
        return [
            Handed(clue, tuple(self.files[key]), self.when.get(key), self.remarks.get(key, ""))
            for key, clue in self.clues.items()
            if self.files[key]
        ]


def recognise(
    contents: Contents, assignment: str, *, zone: tzinfo | None = None, pattern: str = "", root: Path | None = None
) -> tuple[str, list[Handed], list[Member]]:
    """The layout's name, what was handed in, and the files that do not belong to it.

    zone: of the times that the names have (this machine's by default); pattern: a regular expression for file names, as
    nbgrader's ZIP collector takes it; root: the folder, where the contents are a folder's. The layout is the one that
    knows the most files; where none knows any, all are returned as not belonging.
    """
    ways: dict[str, Callable[[], tuple[_Found, set[str]]]] = {
        "Gradescope": lambda: _gradescope(contents.members),
        "Moodle": lambda: _moodle(contents.members),
        "Blackboard": lambda: _blackboard(contents.members, zone),
        "nbgrader": lambda: _nbgrader(contents.members, assignment, pattern),
        "clones": lambda: _clones(contents, assignment, root),
        "Canvas": lambda: _canvas(contents.members),
    }
    best: tuple[str, _Found, set[str]] = ("", _Found(), set())
    for name, way in ways.items():
        found, known = way()
        if len(known) > len(best[2]):
            best = (name, found, known)
    name, found, known = best
    return name, found.all(), [member for member in contents.members if member.path not in known]


def _moodle(members: Iterable[Member]) -> tuple[_Found, set[str]]:
    found, known = _Found(), set()
    texts: dict[Any, File] = {}
    for member in members:
        if match := _MOODLE.fullmatch(member.path):
            known.add(member.path)
            key = match["number"] or "", match["name"]
            found.clues[key] = Clue(name=match["name"], number=key[0])
            file = File(match["file"], member)
            if match["kind"] == "file":
                found.files[key].append(file)
            else:
                texts.setdefault(key, file)
    for key, text in texts.items():  # it is said of who wrote nothing else
        found.files[key] = found.files[key] or [text]
    if len({clue.name for clue in found.clues.values()}) > 1:  # otherwise it may be the word of blind marking
        found.clues = {key: replace(clue, named=True) for key, clue in found.clues.items()}
    return found, known


def _canvas(members: Iterable[Member]) -> tuple[_Found, set[str]]:
    found, known = _Found(), set()
    for member in members:
        if match := _CANVAS.fullmatch(member.path):
            known.add(member.path)
            key = match["user"], match["name"] or match["anon"]
            if match["anon"]:
                found.clues[key] = Clue(hidden=_("Canvas hides whose it is; download it once grading is not anonymous"))
            else:
                found.clues[key] = Clue(name=match["name"], number=match["user"], named=True)
            found.files[key].append(File(match["file"] or match["text"], member, int(match["order"] or 0)))
            if match["late"]:
                found.remarks[key] = _("Canvas calls it late, and does not say when it came")
    return found, known


def _blackboard(members: Iterable[Member], zone: tzinfo | None) -> tuple[_Found, set[str]]:
    found, known = _Found(), set()
    receipts: dict[Any, Clue] = {}
    for member in members:
        match = _BLACKBOARD.fullmatch(member.path)
        if match is None:
            continue
        key = match["whose"], match["when"]
        known.add(member.path)
        parts = match["whose"].split("_")
        # The title may have underscores, and so may the id: every end of it is a guess, the shortest first.
        found.clues.setdefault(key, Clue(tuple("_".join(parts[at:]) for at in range(len(parts) - 1, 0, -1))))
        found.when[key] = _local(datetime.strptime(match["when"], "%Y-%m-%d-%H-%M-%S"), zone)
        if match["receipt"]:
            text = (member.read(_RECEIPT_BYTES) or b"").decode("utf-8-sig", "replace")
            if named := _NAMED.search(text):
                receipts[key] = Clue((named["id"],), named["name"])
        else:
            found.files[key].append(File(match["file"], member))
    found.clues.update(receipts)
    return found, known


def _gradescope(members: Iterable[Member]) -> tuple[_Found, set[str]]:
    found, known = _Found(), set()
    about: Mapping[str, Any] = {}
    for member in members:
        if member.name == METADATA:
            about = _metadata(member)
            known.add(member.path)
    for member in members:
        match = _GRADESCOPE.fullmatch(member.path)
        entry = about.get(match["key"]) if match else None
        if match is None or not isinstance(entry, Mapping):
            continue
        known.add(member.path)
        for place, one in enumerate(_list(entry.get(":submitters"))):  # a group hands in for each of its students
            key = match["key"], place
            said = {name: str(one.get(f":{name}") or "") for name in ("name", "sid", "email")}
            found.clues[key] = Clue((said["sid"],) if said["sid"] else (), said["name"], email=said["email"])
            found.files[key].append(File(match["file"], member))
            found.when[key] = _moment(entry.get(":created_at"))
    return found, known


def _metadata(member: Member) -> Mapping[str, Any]:
    try:
        found = yaml.load(member.read(METADATA_BYTES) or b"", Loader=_Loader)
    except (yaml.YAMLError, ValueError, RecursionError, UnicodeError):
        return {}
    return found if isinstance(found, Mapping) else {}


class _Loader(yaml.CSafeLoader if hasattr(yaml, "CSafeLoader") else yaml.SafeLoader):  # type: ignore[misc]
    """YAML without aliases, by which a small file could stand for a huge one."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("aliases have no business in a list of submissions")
        return super().compose_node(parent, index)


def _list(value: Any) -> list[Mapping[str, Any]]:
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list) else []


def _nbgrader(members: Iterable[Member], assignment: str, pattern: str) -> tuple[_Found, set[str]]:
    found, known = _Found(), set()
    by_folder = re.compile(rf"(?:.*/)?(?P<id>[^/]+)/{re.escape(assignment)}/(?P<file>.+)")
    exchange = re.compile(rf"(?:.*/)?(?P<id>[^/]+)\+{re.escape(assignment)}\+(?P<when>[^/]+)/(?P<file>.+)")
    for member in members:
        when = None
        if pattern:
            match = re.match(pattern, member.path) or re.match(pattern, f"/{member.path}")
            said = match.groupdict() if match else {}
            if not match or not said.get("student_id") or not said.get("file_id"):
                continue
            id, name, when = said["student_id"], said["file_id"], said.get("timestamp")
            name = name if "." in name else f"{name}.{member.name.rpartition('.')[2]}"
        elif match := exchange.fullmatch(member.path) or by_folder.fullmatch(member.path):
            id, name, when = match["id"], match["file"], match.groupdict().get("when")
        else:
            continue
        known.add(member.path)
        key = id, when
        found.clues[key] = Clue((id,))
        found.when.setdefault(key, _moment(when))
        if name == TIMESTAMP:
            found.when[key] = _moment((member.read(LARGEST) or b"").decode("utf-8", "replace").strip())
        else:
            found.files[key].append(File(name, member))
    return found, known


def _clones(contents: Contents, assignment: str, root: Path | None) -> tuple[_Found, set[str]]:
    found, known = _Found(), set()
    for clone in contents.clones:
        name = clone.rpartition("/")[2]
        parts = re.split(r"(?<=[-_+])", name)
        # `01-small-ada-lovelace`: any end of it may be the student.
        ends = tuple(dict.fromkeys(["".join(parts[at:]) for at in range(len(parts))]))
        found.clues[clone] = Clue(ends)
        found.when[clone] = _last_commit(root / clone) if root else None
        for member in contents.members:
            if member.path.startswith(f"{clone}/"):
                known.add(member.path)
                found.files[clone].append(File(member.path.removeprefix(f"{clone}/"), member))
    return found, known


def _last_commit(clone: Path) -> datetime | None:
    """When the last commit of a clone was made, as its author's machine had it. git is asked in a way that runs nothing
    that a repository could name: no hooks, no filters, no helpers, no network."""
    command = ["git", "-c", "core.fsmonitor=false", "-C", str(clone), "cat-file", "-p", "HEAD"]
    alone = {**os.environ, "GIT_ALLOW_PROTOCOL": "none", "GIT_NO_LAZY_FETCH": "1", "GIT_TERMINAL_PROMPT": "0"}
    try:
        done = subprocess.run(
            command, capture_output=True, env=alone, timeout=_GIT_S, stdin=subprocess.DEVNULL, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    match = re.search(rb"^committer .*> (\d{1,12}) [+-]\d{4}$", done.stdout[:100_000], re.MULTILINE)
    return datetime.fromtimestamp(int(match[1]), UTC).replace(tzinfo=None) if match else None


def in_zone(handed: Iterable[Handed], times: Mapping[str, datetime], zone: tzinfo | None) -> list[Handed]:
    """The submissions with the times that a list has for a platform's numbers, where the layout has none."""
    found = []
    for one in handed:
        listed = times.get(one.clue.number) if one.when is None else None
        found.append(replace(one, when=_local(listed, zone)) if listed else one)
    return found


def _local(moment: datetime, zone: tzinfo | None) -> datetime:
    """A moment of a zone (this machine's by default) as UTC without one."""
    return (moment.replace(tzinfo=zone) if zone else moment).astimezone(UTC).replace(tzinfo=None)


def _moment(value: Any) -> datetime | None:
    """What a file says of a time as UTC without a zone; None where it cannot be understood."""
    try:
        if isinstance(value, str) and re.fullmatch(r"\d{4}(-\d\d){5}", value):
            return datetime.strptime(value, "%Y-%m-%d-%H-%M-%S")
        found = parse_utc(value or None)
    except (ValueError, OverflowError, TypeError, AttributeError):
        return None
    return found.replace(microsecond=0) if isinstance(found, datetime) else None
