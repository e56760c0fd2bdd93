"""Rosters in, final scores out: what Canvas, Moodle, Blackboard and spreadsheets give and read."""

from __future__ import annotations

import csv
import io
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from autograder.classroom.export import export
from autograder.course import Course, CourseError, UsageError
from autograder.gradebook.commit import Commit
from autograder.gradebook.gradebook import GradebookWriter
from autograder.gradebook.people import Person
from autograder.gradebook.roster import Columns, read_roster, write_roster
from autograder.gradebook.scores import final_scores
from autograder.release.release import release
from tests.small.nbgrader_course import NAME, make_course

pytestmark = pytest.mark.filterwarnings("ignore:Object of type")

CANVAS = (
    "Student,ID,SIS User ID,SIS Login ID,Section\r\n    Points Possible,,,,\r\n"
    '"Lovelace, Ada",17,s1,ada,A\r\n"Müller; Söhne, Bo",18,s2,bob,B\r\n'
)
MOODLE = "\ufeffFirst name,Surname,ID number,Email address\nAda,Lovelace,ada,ada@example.org\nBo,=SUM(A1),bob,\n"
BLACKBOARD = "Last Name\tFirst Name\tUsername\nLovelace\tAda\tada\n"
NBGRADER = "id,first_name,last_name,email\nada,Ada,Lovelace,\n"


def results(double: float, why: str = "needs_manual_grade") -> dict:
    tasks = [
        {"task": "why", "kind": "text", "score": None, "max_score": 5.0, "status": why},
        {"task": "double", "kind": "code", "score": double, "max_score": 4.0, "status": "passed"},
        {"task": "tiny-sum", "kind": "answer", "score": 2.0, "max_score": 2.0, "status": "passed"},
    ]
    return {"status": "graded", "score": double + 2.0, "max_score": 6.0, "tasks": tasks}


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """A class of three: Ada is graded by a person, too, and late; Bob waits; Eve handed in nothing."""
    root = make_course(tmp_path_factory.mktemp("course"))
    course = Course(root)
    release(course=course)
    people = (Person("ada", "Ada", "Lovelace", "ada@example.org"), Person("bob", "Bo", "=SUM(A1)"), Person("eve"))
    with GradebookWriter(root, course=course) as writer:
        assert writer.know(people) == (3, 3)
        writer.commit_many([Commit(NAME, "ada", results(3.0)), Commit(NAME, "bob", results(4.0))])
    with Gradebook(f"sqlite:///{root}/gradebook.db", course.id) as book:
        grade = book.find_grade("why", NAME, NAME, "ada")
        grade.manual_score, grade.needs_manual_grade, grade.extra_credit = 4.5, False, 1.0
        submission = book.find_submission(NAME, "ada")
        submission.notebooks[0].late_submission_penalty = 2.0
        book.find_assignment(NAME).duedate = datetime(2026, 1, 1)
        submission.timestamp, submission.extension = datetime(2026, 1, 3), timedelta(days=1)
        book.db.commit()
    return course


def table(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_a_final_score_is_what_nbgraders_own_export_says(course: Course) -> None:
    ada, bob, eve = final_scores(course.root, course=course)
    assert (ada.automatic, ada.manual, ada.penalty, ada.score, ada.max_score) == (5.0, 5.5, 2.0, 8.5, 11.0)
    assert (ada.late, ada.extension, ada.state) == (timedelta(days=1), timedelta(days=1), "late")
    assert (bob.score, bob.state) == (6.0, "waits for a person")
    assert (eve.score, eve.state) == (0.0, "missing")
    with Gradebook(f"sqlite:///{course.root}/gradebook.db", course.id) as book:
        submission = book.find_submission(NAME, "ada")
        assert ada.score == submission.score - submission.late_submission_penalty


def test_csv_has_every_number_and_is_no_formula(course: Course) -> None:
    ada, bob, eve = table(export(course.root, course=course))
    assert (ada["automatic"], ada["manual"], ada["penalty"], ada["score"]) == ("5", "5.5", "2", "8.5")
    assert (ada["hours_late"], ada["extension_hours"]) == ("24", "24")
    assert bob["last_name"] == "'=SUM(A1)"
    assert (eve["score"], eve["state"]) == ("", "missing")
    tasks = table(export(course.root, by="task", course=course))
    assert {row["task"]: row["score"] for row in tasks if row["student"] == "ada"} == {
        "why": "5.5", "double": "3", "tiny-sum": "2",
    }  # fmt: skip
    assert table(export(course.root, by="check", course=course)) == []  # nothing on record: nbgrader graded it


@pytest.mark.parametrize(
    ("format", "id", "column"),
    [
        ("canvas", "SIS User ID", NAME),
        ("moodle", "ID number", NAME),
        ("blackboard", "Username", f"{NAME} [Total Pts: 11 Score]"),
    ],
)
def test_each_system_finds_its_headings(course: Course, format: str, id: str, column: str) -> None:
    rows = table(export(course.root, format=format, course=course))
    if format == "canvas":
        assert rows[0]["Student"] == "    Points Possible" and rows.pop(0)[column] == "11"
    assert [(row[id], row[column]) for row in rows] == [("ada", "8.5"), ("bob", "6"), ("eve", "")]


def test_what_was_exported_is_a_roster_again(course: Course, tmp_path: Path) -> None:
    for format in ("canvas", "moodle", "blackboard"):
        path = tmp_path / f"{format}.csv"
        path.write_bytes(export(course.root, format=format, course=course).encode("utf-8-sig"))
        found = read_roster(path)
        assert [person.id for person in found.people] == ["ada", "bob", "eve"] and found.left_out == ()


def test_what_does_not_go_together_is_a_sentence(course: Course, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="goes with --format csv"):
        export(course.root, format="canvas", by="task", course=course)
    with pytest.raises(CourseError, match="no assignment '09-none'"):
        export(course.root, ["09-none"], course=course)
    with pytest.raises(CourseError, match="There is no gradebook"):
        export(tmp_path, course=course)


@pytest.mark.parametrize(
    ("text", "people"),
    [
        (
            CANVAS,
            [Person("ada", "Ada", "Lovelace", lms_id="17"), Person("bob", "Bo", "Müller; Söhne", lms_id="18")],
        ),
        (MOODLE, [Person("ada", "Ada", "Lovelace", "ada@example.org"), Person("bob", "Bo", "=SUM(A1)")]),
        (BLACKBOARD, [Person("ada", "Ada", "Lovelace")]),
        (NBGRADER, [Person("ada", "Ada", "Lovelace")]),
        ("Name;Matrikel\nAda Lovelace;ada\n", None),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "cp1252"])
def test_a_list_is_read_by_its_headings(tmp_path: Path, text: str, people: list[Person] | None, encoding: str) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(text.removeprefix("\ufeff").encode(encoding))
    if people is None:
        with pytest.raises(UsageError, match="--id COLUMN .* It has: 'Name', 'Matrikel'"):
            read_roster(path)
        assert read_roster(path, Columns(id="matrikel")).people == (Person("ada", "Ada", "Lovelace"),)
    else:
        assert list(read_roster(path).people) == people


def test_columns_that_are_not_known_are_named(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("Matrikel;Rufname;Familie;Post;Saal\nada;Ada;Lovelace;a@x;North\n")
    with pytest.raises(UsageError, match="--first, --last"):
        read_roster(path)
    with pytest.raises(UsageError, match="no column 'Ort'"):
        read_roster(path, Columns(id="Matrikel", section="Ort"))
    found = read_roster(path, Columns("Matrikel", "Rufname", "familie", None, "Post", "Saal"))
    assert found.people == (Person("ada", "Ada", "Lovelace", "a@x"),) and found.sections == {"ada": "North"}
    path.write_text("id,name\nada," + "x" * 200_000 + "\n")
    with pytest.raises(UsageError, match=r"list.csv, line 2: it is no CSV file"):
        read_roster(path)


def test_rows_that_are_no_students_are_named_with_their_line(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("id,email\nada,\n,nobody@example.org\n../eve,\nada,again\n")
    found = read_roster(path)
    assert [person.id for person in found.people] == ["ada"]
    assert [text.partition(": ")[0] for text in found.left_out] == [f"list.csv, line {n}" for n in (3, 4, 5)]


def test_a_second_list_renames_and_removes_nobody(course: Course, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("id,first_name\nada,Augusta\nzoe,Zoe\n")
    assert write_roster(course.root, read_roster(path), course) == (1, 2)
    with Gradebook(f"sqlite:///{course.root}/gradebook.db", course.id) as book:
        assert {student.id for student in book.students} == {"ada", "bob", "eve", "zoe"}
        ada = book.find_student("ada")
        assert (ada.first_name, ada.last_name, ada.email) == ("Augusta", "Lovelace", "ada@example.org")


def test_what_is_no_list_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is no file that can be read"):
        read_roster(tmp_path)
    (tmp_path / "empty.csv").write_text("")
    with pytest.raises(UsageError, match="It has: nothing"):
        read_roster(tmp_path / "empty.csv")
