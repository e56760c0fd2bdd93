"""A term played through, command by command. Kernels alone are pretended.

Who takes the course, five kinds of archives, lates and extensions, grading, a corrected check, grades by hand, exports
to each system, the next term's comparison; and every command in the wrong order.
"""

from __future__ import annotations

import csv
import io
import json
import tarfile
import zipfile
from pathlib import Path

import pytest
from nbgrader.api import Gradebook
from typer.testing import CliRunner

from autograder.cli import app
from autograder.submission.notebook import Template
from tests.small.courses import at_home
from tests.small.pretend import grade
from tests.small.small_class import RIGHT, answered, small_course

NAME = "00-small"
LIST = """Student,ID,SIS Login ID,Section
    Points Possible,,,
"Lovelace, Ada",101,ada,A
"Müller; Söhne, Bo",102,bob,A
"=cmd|' /C calc'!A0, Cleo",103,cleo,A
"Doe, Dana",104,dana,B
"Eliot, Eve",105,eve,B
"Fox, Finn",106,finn,B
"""
WRONG = {**RIGHT, "double": "def double(x):\n    return abs(2 * x)"}
PENALTY = """
from nbgrader.plugins import LateSubmissionPlugin
class OnePoint(LateSubmissionPlugin):
    def late_submission_penalty(self, student_id, score, total_seconds_late):
        return 1.0
c.AssignLatePenalties.plugin_class = OnePoint
"""


class Term:
    """The commands, in a course folder."""

    def __init__(self, root: Path, files: Path) -> None:
        self.root, self.files = root, files
        files.mkdir(parents=True, exist_ok=True)
        self.template = Template.load(small_course(root))
        (root / "nbgrader_config.py").write_text(
            "from pathlib import Path\nfrom autograder.gradebook.nbgrader_setup import configure\nc = get_config()\n"
            f"configure(c, root=Path(__file__).parent)\n{PENALTY}"
        )

    def run(self, *words: object, code: int = 0, said: str | None = None) -> str:
        with at_home(self.root):
            result = CliRunner().invoke(app, [*map(str, words), "--course", str(self.root)], input=said)
        assert result.exit_code == code, result.output
        assert "Traceback" not in result.output
        return result.output

    def packed(self, name: str, members: dict[str, bytes]) -> Path:
        with zipfile.ZipFile(self.files / name, "w") as archive:
            for path, data in members.items():
                archive.writestr(path, data)
        return self.files / name

    def work(self, answers: dict[str, str], mark: str) -> bytes:
        return answered(self.template, {**answers, "why": f"Because of {mark}."})


@pytest.fixture
def term(tmp_path: Path) -> Term:
    return Term(tmp_path / "course", tmp_path / "files")


def collect_all(term: Term) -> None:
    """Ada by Moodle, Bo by Canvas, Cleo by Blackboard, Dana by Gradescope, Eve by nbgrader; of Finn nothing comes."""
    moodle = {f"Ada Lovelace_9_assignsubmission_file_/{NAME}.ipynb": term.work(RIGHT, "a")}
    canvas = {f"mullersohnebo_102_9001_{NAME}.ipynb": term.work(WRONG, "b")}
    late = {f"HW_cleo_attempt_2026-10-07-12-00-00_{NAME}.ipynb": term.work(RIGHT, "c")}
    about = b"submission_1:\n  :submitters:\n  - :sid: dana\n  :created_at: 2026-10-07 12:00:00 Z\n"
    scope = {"x/submission_metadata.yml": about, f"x/submission_1/{NAME}.ipynb": term.work(WRONG, "d")}
    for name, members in (("m", moodle), ("c", canvas), ("b", late), ("g", scope)):
        out = term.run("collect", term.packed(f"{name}.zip", members), "--assignment", NAME, "--zone", "UTC")
        assert "1 of 1 submissions taken." in out
    path = term.files / "n.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        data = term.work({}, "e")
        info = tarfile.TarInfo(f"eve/{NAME}/{NAME}.ipynb")
        info.size = len(data)
        archive.addfile(info, io.BytesIO(data))
    term.run("collect", path, "--assignment", NAME)


def scores(term: Term, format: str, id: str, column: str) -> dict[str, str]:
    path = term.files / f"{format}.csv"
    term.run("export", "--format", format, "--output", path)
    rows = list(csv.DictReader(io.StringIO(path.read_text("utf-8-sig"), newline="")))
    return {row[id]: row[column] for row in rows if row[id]}


def test_a_term(term: Term, tmp_path: Path) -> None:
    (term.files / "list.csv").write_text(LIST)
    assert "6 people of this list; new: 6" in term.run("roster", term.files / "list.csv")
    assert "due 2026-10-05 10:00 UTC" in term.run("due", NAME, "2026-10-05 12:00 Europe/Berlin")
    collect_all(term)
    term.run("extend", "dana", NAME, "--by", "3d", "--why", "ill")

    summary, ran = grade(term.root)
    assert ran == ["ada", "bob", "cleo", "dana", "eve"] and not summary.failed
    out = term.run("late")
    assert f"{NAME}, cleo: 2 days 2 hours late, 1 point taken." in out
    assert f"{NAME}, finn: missing." in out and "dana: on time, 3 days more (ill)" in out

    with Gradebook(f"sqlite:///{term.root}/gradebook.db", "cnn") as book:
        for student, points in (("ada", 5.0), ("bob", 3.0)):
            found = book.find_grade("why", NAME, NAME, student)
            found.manual_score, found.needs_manual_grade = points, False
        book.db.commit()
    term.run("request", "bob", NAME, "double", "--says", "Nobody said that the sign counts.")
    preview, ran = grade(term.root, corrected=True, preview=True)
    assert sorted(preview.changes) == ["bob", "dana"] and {one.by for one in preview.changes.values()} == {3.0}
    assert grade(term.root, corrected=True)[1] == []
    term.run("request", "--close", 1, "--outcome", "The check was too strict; everybody was graded again.")

    expected = {"ada": "17", "bob": "15", "cleo": "11", "dana": "12", "eve": "0", "finn": ""}
    assert scores(term, "csv", "student", "score") == expected
    assert scores(term, "canvas", "SIS Login ID", NAME) == expected
    assert scores(term, "moodle", "ID number", NAME) == expected
    assert scores(term, "blackboard", "Username", f"{NAME} [Total Pts: 17 Score]") == expected
    assert scores(term, "canvas", "ID", NAME)["102"] == "15"  # Canvas's own number, from its list
    assert "'=cmd" in (term.files / "csv.csv").read_text("utf-8-sig")  # no formula

    out = term.run("history", "bob", NAME)
    assert "9 of 12 points" in out and "12 of 12 points, counts" in out and "everybody was graded again" in out
    term.run("feedback", NAME)
    said = json.loads(term.run("report", NAME, "--json"))
    assert said["spread"]["median"] == 12.0
    of_b = json.loads(term.run("report", NAME, "--section", "b", "--json"))
    assert [one["student"] for one in of_b["students"]] == ["dana", "eve", "finn"] and of_b["page"].endswith("-b.html")
    assert "there are: A, B" in term.run("report", NAME, "--section", "C", code=2)
    assert {one["student"]: one["state"] for one in said["students"]}["finn"] == "missing"
    assert term.run("collect", "--undo", "--assignment", NAME).startswith("n.tar.gz is undone")

    after = Term(tmp_path / "next", tmp_path / "next-files")
    (after.files / "list.csv").write_text(LIST)
    after.run("roster", after.files / "list.csv")
    collect_all(after)
    grade(after.root)
    then = json.loads(after.run("report", NAME, "--before", term.root, "--json"))["last_term"]
    double = next(one for one in then if (one["task"], one["what"]) == ("double", "passed"))
    assert (double["before"], double["now"]) == (0.8, 0.4)
    assert "forget" not in after.run("forget", "finn", said="y\n").splitlines()[0]


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["late"], 1, "no gradebook"),
        (["due"], 1, "no gradebook"),
        (["export"], 1, "no gradebook"),
        (["extend", "ada", NAME, "--by", "2d"], 2, "autograder roster"),
        (["history", "ada"], 2, "Nobody with the id"),
        (["request", "ada", NAME, "double", "--says", "x"], 2, "Nobody with the id"),
        (["request", "--close", "1", "--outcome", "x"], 2, "no request 1"),
        (["request", "--close", "1", "--outcome", " "], 2, "An outcome says something"),
        (["request", "ada"], 2, "Nobody with the id"),
        (["report", NAME], 1, "grade it first"),
        (["feedback", NAME], 1, "grade it first"),
        (["similar", NAME], 1, "no submissions"),
        (["grade", NAME], 1, "no submissions"),
        (["grade", NAME, "--preview"], 1, "no submissions"),
        (["forget", "ada", "--yes"], 2, "nothing of 'ada'"),
        (["collect", "--undo", "--assignment", NAME], 1, "no collection"),
        (["collect", "gone.zip", "--assignment", NAME], 2, "no archive gone.zip"),
        (["roster", "gone.csv"], 2, "no file that can be read"),
    ],
)
def test_every_command_before_its_time_says_what_is_missing(term: Term, words: list[str], code: int, said: str) -> None:
    out = term.run(*words, code=code)
    assert said in out and len([line for line in out.splitlines() if line.startswith("autograder:")]) == 1
    assert not (term.root / "autograded").exists()


@pytest.mark.parametrize(
    ("command", "data", "code", "said"),
    [
        ("roster", b"", 2, "no column of ids"),
        ("roster", b"ID number,Surname\n", 2, "nobody below them"),
        ("roster", b"foo,bar\n1,2\n", 2, "It has: 'foo', 'bar'"),
        ("roster", b'ID number,Surname\n"x,A\ny,B\n', 1, "which no folder can have"),  # a quotation mark too many
        ("roster", bytes(range(256)) * 9, 2, "encoding that is not known"),
        ("collect", b"", 2, "neither a ZIP nor a tar file"),
        ("collect", b"PK\5\6" + bytes(18), 1, "there are no files in it"),
    ],
)
def test_files_that_are_not_what_they_should_be_are_a_sentence(
    term: Term, command: str, data: bytes, code: int, said: str
) -> None:
    (term.files / "file").write_bytes(data)
    words = ["--assignment", NAME] if command == "collect" else []
    assert said in term.run(command, term.files / "file", *words, code=code)
    assert not (term.root / "submitted").exists()
