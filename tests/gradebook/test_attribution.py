"""Who gave a grade by hand: noted with the grade, from the formgrader too, by several people at once."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from nbgrader.api import Gradebook
from sqlalchemy import create_engine
from typer.testing import CliRunner

from autograder.cli import app
from autograder.course import Course
from autograder.gradebook.attribution import GIVEN
from autograder.gradebook.manual import manual_grades
from autograder.gradebook.scores import final_scores
from tests.gradebook.postgresql import Server, programs, running_server
from tests.small.courses import at_home
from tests.small.formgrader import AS, Browse, comment, formgrader, give
from tests.small.pretend import grade
from tests.small.small_class import small_class

NAME = "00-small"
CONFIG = """from pathlib import Path
from autograder.gradebook.nbgrader_setup import configure
c = get_config()
configure(c, root=Path(__file__).parent)
"""


def graded(root: Path, url: str = "") -> Path:
    """A graded class of four, whose gradebook is at ``url``, or in its folder."""
    small_class(root, 4)
    own = f"c.CourseDirectory.db_url = {url!r}\n" if url else ""
    (root / "nbgrader_config.py").write_text(CONFIG + own)
    grade(root)
    return root


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return graded(tmp_path / "course")


def book(root: Path) -> Gradebook:
    return Gradebook(f"sqlite:///{root}/gradebook.db", "cnn")


def by_hand(root: Path, student: str, task: str = "why", **fields: object) -> None:
    with book(root) as gradebook:
        found = gradebook.find_grade(task, NAME, NAME, student)
        for name, value in fields.items():
            setattr(found, name, value)
        gradebook.db.commit()


def run(root: Path, *words: object, code: int = 0) -> str:
    with at_home(root):
        result = CliRunner().invoke(app, [*map(str, words), "--course", str(root)])
    assert result.exit_code == code, result.output
    return result.output


def changes(root: Path, student: str) -> list[tuple[str, str, float | None, str]]:
    given = manual_grades(root, NAME, Course(root))[student].given
    return [(one.by, one.task, one.score, one.comment) for one in given]


def test_every_change_is_noted_and_nothing_else(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert changes(root, "s000") == []  # what checks gave is nobody's
    monkeypatch.setenv("JUPYTERHUB_USER", "grace")
    by_hand(root, "s000", manual_score=3.0, needs_manual_grade=False)
    by_hand(root, "s000", manual_score=3.0, extra_credit=0.0)  # nothing new
    monkeypatch.setenv("JUPYTERHUB_USER", "alan")
    by_hand(root, "s000", manual_score=4.0)
    by_hand(root, "s000", "double-check", manual_score=1.0)
    by_hand(root, "s000", manual_score=None)
    grade(root, corrected=True)
    noted = [("grace", "why", 3.0), ("alan", "why", 4.0), ("alan", "double", 1.0), ("alan", "why", None)]
    assert changes(root, "s000") == [(*one, "") for one in noted]
    grades = manual_grades(root, NAME, Course(root))["s000"].grades
    assert {task: one.by for task, one in grades.items()} == {"double": "alan"}


def test_it_is_shown_in_the_history_the_report_and_the_export(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, student, points in (("grace", "s000", 2.5), ("alan", "s001", 5.0), ("alan", "s002", 4.0)):
        monkeypatch.setenv("JUPYTERHUB_USER", name)
        by_hand(root, student, manual_score=points, needs_manual_grade=False)
    out = run(root, "history", "s000", NAME)
    assert "why: 2.5 points by hand, by grace" in out and "by grace: 2.5 points" in out
    assert json.loads(run(root, "history", "s000", NAME, "--json"))[0]["given"][0]["by"] == "grace"
    said = json.loads(run(root, "report", NAME, "--json"))["graded_by_hand"]
    assert said == [
        {"by": "alan", "task": "why", "answers": 2, "share": pytest.approx(0.9)},
        {"by": "grace", "task": "why", "answers": 1, "share": pytest.approx(0.5)},
    ]
    assert "Who graded by hand" in (root / "reports" / f"{NAME}.html").read_text()
    run(root, "export", "--by", "task", "--output", tmp_path / "tasks.csv")
    assert ",grace\r\n" in (tmp_path / "tasks.csv").read_bytes().decode("utf-8-sig")


def test_it_goes_when_the_student_does(root: Path) -> None:
    by_hand(root, "s000", manual_score=3.0)
    by_hand(root, "s001", manual_score=3.0)
    run(root, "forget", "s000", "--yes")
    engine = create_engine(f"sqlite:///{root}/gradebook.db")
    with engine.connect() as connection:
        assert [row.student for row in connection.execute(GIVEN.select())] == ["s001"]
    engine.dispose()


def test_a_gradebook_of_before_has_it_from_the_first_grade_on(root: Path) -> None:
    by_hand(root, "s000", manual_score=2.0)
    engine = create_engine(f"sqlite:///{root}/gradebook.db")
    GIVEN.drop(engine)
    engine.dispose()
    assert changes(root, "s000") == []
    assert final_scores(root, [NAME], Course(root))[0].tasks[-1].given_by == ""
    assert "why: 2 points by hand\n" in run(root, "history", "s000", NAME)
    by_hand(root, "s000", manual_score=3.0)
    assert [score for _, _, score, _ in changes(root, "s000")] == [3.0]


def notebooks(gradebook: Gradebook) -> dict[str, str]:
    return {f"s{n:03}": gradebook.find_submission_notebook(NAME, NAME, f"s{n:03}").id for n in range(4)}


def at_once(*graders: Callable[[], None]) -> None:
    """Has these people grade at the same time; raises what any of them met."""
    failed: list[BaseException] = []

    def one(act: Callable[[], None]) -> None:
        try:
            act()
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=one, args=(act,)) for act in graders]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed, failed


def grade_all(browse: Browse, notebooks: dict[str, str], name: str, points: float) -> None:
    """Two changes and a comment for everybody."""
    for notebook in notebooks.values():
        give(browse, notebook, "why", points, alone=False)
        comment(browse, notebook, "why", f"Said by {name}.")
        give(browse, notebook, "why", points + 1, alone=False)


def check_two_people_at_once(root: Path, url: str, home: Path) -> None:
    with Gradebook(url, "cnn") as gradebook:
        found = notebooks(gradebook)
    with (
        formgrader(root, home / "grace", JUPYTERHUB_USER="grace") as hers,
        formgrader(root, home / "alan", JUPYTERHUB_USER="alan") as his,
    ):
        at_once(
            lambda: grade_all(hers, found, "grace", 1.0),
            lambda: grade_all(his, found, "alan", 3.0),
            lambda: [grade(root, corrected=turn, force=True) for turn in (True, False)],  # and the class is regraded
        )
        expected = sorted(
            [("alan", 3.0, ""), ("alan", 4.0, ""), ("grace", 1.0, ""), ("grace", 2.0, "")]
            + [("alan", None, "Said by alan."), ("grace", None, "Said by grace.")],
            key=str,
        )
        for student, notebook in found.items():
            noted = changes(root, student)
            assert sorted([(by, score, text) for by, _, score, text in noted], key=str) == expected
            last = next(one for one in reversed(noted) if one[2] is not None)
            for browse in (hers, his):  # each sees what counts, whoever gave it
                grades = browse("/formgrader/api/grades", params={"submission_id": notebook}).json()
                assert next(one for one in grades if one["name"] == "why")["manual_score"] == last[2]
            assert manual_grades(root, NAME, Course(root))[student].grades["why"].by == last[0]


def test_two_people_grade_at_once_on_sqlite(root: Path, tmp_path: Path) -> None:
    check_two_people_at_once(root, f"sqlite:///{root}/gradebook.db", tmp_path)


@pytest.fixture
def server() -> Iterator[Server]:
    with running_server() as server:
        yield server


@pytest.mark.postgresql
@pytest.mark.skipif(programs() is None, reason="PostgreSQL's server is not installed")
def test_two_people_grade_at_once_on_postgresql(server: Server, tmp_path: Path) -> None:
    pytest.importorskip("psycopg", reason="the driver of PostgreSQL is not installed")
    url = server.new_database("hands")
    check_two_people_at_once(graded(tmp_path / "course", url), url, tmp_path)


def test_on_a_hub_it_is_whoever_made_the_request(root: Path, tmp_path: Path) -> None:
    with book(root) as gradebook:
        found = notebooks(gradebook)
    option = "--ServerApp.identity_provider_class=tests.small.formgrader.ByHeader"
    with formgrader(root, tmp_path, option, JUPYTERHUB_API_TOKEN="t", JUPYTERHUB_USER="grader-cnn") as browse:
        give(browse, found["s000"], "why", 3.0, **{AS: "grace"})
        give(browse, found["s001"], "why", 4.0, **{AS: "alan"})
        comment(browse, found["s000"], "why", "Well said.", **{AS: "alan"})
    assert [one[0] for one in changes(root, "s000")] == ["grace", "alan"]
    assert [one[0] for one in changes(root, "s001")] == ["alan"]
