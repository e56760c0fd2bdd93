"""nbgrader's exchange, as JupyterHub uses it where each person is a user of the machine: a term of two students and an
instructor, each step by the one whose it is, and what each of them cannot read."""

from __future__ import annotations

import os
import pwd
import shutil
import stat
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import nbformat
import pytest
from nbgrader.auth import Authenticator
from nbgrader.coursedir import CourseDirectory
from nbgrader.exchange import default as exchange
from traitlets.config import Config

from autograder.course import Course
from autograder.feedback.feedback_run import write_feedback
from autograder.gradebook import nbgrader_setup
from autograder.gradebook.gradebook import GradebookWriter
from autograder.gradebook.scores import final_scores
from tests.small.pretend import grade
from tests.small.several_users import as_user
from tests.small.small_class import RIGHT, small_class, small_course

NAME = "00-small"
# Users that the system has: nbgrader asks it for their names, and nothing has to be changed for a test.
USERS = [one for one in pwd.getpwall() if 0 < one.pw_uid < 100][:3]
pytestmark = [
    pytest.mark.skipif(os.geteuid() != 0, reason="only root can be several people"),
    pytest.mark.skipif(len(USERS) < 3, reason="this system has no three users besides root"),
]


@dataclass
class Hub:
    """A machine with a course: an instructor, two students, and the exchange."""

    place: Path

    @property
    def course(self) -> Path:
        return self.place / "homes" / USERS[0].pw_name / "course"

    @property
    def exchange(self) -> Path:
        return self.place / "exchange"

    def home(self, who: int) -> Path:
        return self.place / "homes" / USERS[who].pw_name

    def does(self, who: int, act: Callable[[], object]) -> str:
        """What somebody does, in their home; what went wrong, or nothing."""
        home = self.home(who)

        def at_home() -> None:
            os.chdir(home)
            act()

        about = {"HOME": str(home), "JUPYTERHUB_USER": USERS[who].pw_name, "JUPYTER_DATA_DIR": str(home / ".jupyter")}
        return as_user(USERS[who].pw_uid, at_home, USERS[who].pw_gid, **about)

    def step(self, who: int, name: str) -> str:
        """A step of the exchange: the instructor's with the course's settings, a student's with the machine's."""

        def act() -> None:
            config = nbgrader_setup.load(self.course, Course(self.course)) if who == 0 else Config()
            config.CourseDirectory.course_id = "cnn"
            config.Exchange.root = str(self.exchange)
            config.Exchange.assignment_dir = str(self.home(who))
            coursedir = CourseDirectory(config=config)
            coursedir.assignment_id = NAME
            way = getattr(exchange, name)
            way(coursedir=coursedir, authenticator=Authenticator(config=config), config=config).start()

        return self.does(who, act)

    def registers(self) -> str:
        """What `autograder release` does of it: the gradebook is there before nbgrader asks for it."""

        def act() -> None:
            course = Course(self.course)
            with GradebookWriter(self.course, course=course) as writer:
                writer.register(course.assignment(NAME))

        return self.does(0, act)

    def reads(self, who: int, *paths: Path) -> str:
        """Which of these somebody reads, as files or as folders."""

        def act() -> None:
            read = []
            for path in paths:
                try:
                    os.listdir(path) if path.is_dir() else path.read_bytes()
                    read.append(path.name)
                except PermissionError:
                    continue
            assert not read, f"reads {read}"

        return self.does(who, act)


@pytest.fixture(scope="module")
def warm(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Everything that grading and pages import is imported, here where it can be read."""
    root = tmp_path_factory.mktemp("warm")
    small_class(root, 1)
    grade(root)
    write_feedback(root, NAME, course=Course(root))


@pytest.fixture
def hub(warm: None) -> Iterator[Hub]:
    hub = Hub(Path(tempfile.mkdtemp(prefix="autograder-hub-", dir="/tmp")))
    hub.place.chmod(0o755)
    hub.exchange.mkdir()
    hub.exchange.chmod(0o777)
    for number, user in enumerate(USERS):
        hub.home(number).mkdir(parents=True)
        hub.home(number).chmod(0o700)
        os.chown(hub.home(number), user.pw_uid, user.pw_gid)
    small_course(hub.course)
    for path in (hub.course, *hub.course.rglob("*")):
        os.chown(path, USERS[0].pw_uid, USERS[0].pw_gid)
    yield hub
    shutil.rmtree(hub.place)


def answer(home: Path, answers: dict[str, str]) -> None:
    """Fills in what was fetched."""
    path = home / NAME / f"{NAME}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        cell.source = answers.get(cell.metadata.get("nbgrader", {}).get("grade_id"), cell.source)
    nbformat.write(notebook, path)


def test_a_term_through_the_exchange(hub: Hub) -> None:
    assert hub.registers() == "" and hub.step(0, "ExchangeReleaseAssignment") == ""
    for who, answers in ((1, RIGHT), (2, {"double": RIGHT["double"]})):
        assert hub.step(who, "ExchangeFetchAssignment") == ""
        assert hub.does(who, lambda who=who, answers=answers: answer(hub.home(who), answers)) == ""
        assert hub.step(who, "ExchangeSubmit") == ""
    inbound = hub.exchange / "cnn" / "inbound"
    assert "PermissionError" in hub.does(1, lambda: os.listdir(inbound)), "the names of submissions are a secret"
    assert hub.step(0, "ExchangeCollect") == ""
    assert hub.does(0, lambda: grade(hub.course)) == ""
    scores = {one.person.id: one.automatic for one in final_scores(hub.course, [NAME], Course(hub.course))}
    assert scores == {USERS[1].pw_name: 12.0, USERS[2].pw_name: 4.0}

    assert hub.does(0, lambda: write_feedback(hub.course, NAME, course=Course(hub.course))) == ""
    assert hub.step(0, "ExchangeReleaseFeedback") == ""
    for who in (1, 2):
        assert hub.step(who, "ExchangeFetchFeedback") == ""
        (fetched,) = (hub.home(who) / NAME / "feedback").rglob("*.html")
        written = hub.course / "feedback" / USERS[who].pw_name / NAME / f"{NAME}.html"
        assert fetched.read_bytes() == written.read_bytes()
    state = hub.course / ".autograder"
    staff = [hub.course, *(hub.course / name for name in ("gradebook.db", "solutions", "submitted"))]
    staff += [state, state / "secret", state / "ledger.db"]
    assert hub.reads(1, *staff, hub.home(2), hub.exchange / "cnn" / "feedback", inbound) == ""
    # The test would see what is open: the instructor reads all of it, and everybody what was released.
    assert "reads" in hub.reads(0, *staff) and "reads" in hub.reads(1, hub.exchange / "cnn" / "outbound")


def test_a_course_folder_that_is_open_to_others_keeps_its_record_and_secret_closed(hub: Hub) -> None:
    """Homes that everybody may look into, as some hubs have them: what grading writes is its owner's all the same."""
    assert hub.registers() == "" and hub.step(0, "ExchangeReleaseAssignment") == ""
    assert hub.step(1, "ExchangeFetchAssignment") == "" and hub.step(1, "ExchangeSubmit") == ""
    assert hub.step(0, "ExchangeCollect") == ""
    hub.home(0).chmod(0o755)
    assert hub.does(0, lambda: grade(hub.course)) == ""
    state = hub.course / ".autograder"
    assert stat.S_IMODE(state.stat().st_mode) == 0o700
    assert hub.reads(1, state, state / "secret", state / "ledger.db") == ""
