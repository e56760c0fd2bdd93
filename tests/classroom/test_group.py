"""Two graders of one group work in one course folder; who is not of the group reads nothing of the record."""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from autograder import files
from autograder.classroom.history import history
from autograder.course import Course
from autograder.gradebook.gradebook import GradebookWriter
from tests.small.pretend import grade
from tests.small.small_class import small_class

NAME = "00-small"
GROUP, ADA, BOB, EVE = 23456, 23401, 23402, 23403
CONFIG = """from pathlib import Path
from autograder.gradebook.nbgrader_setup import configure
c = get_config()
configure(c, root=Path(__file__).parent)
c.CourseDirectory.groupshared = True
"""
pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root can be several people")


@pytest.fixture
def root() -> Iterator[Path]:
    """A course folder that belongs to a group, in a place that everybody can pass through."""
    place = Path(tempfile.mkdtemp(prefix="autograder-group-", dir="/tmp"))
    place.chmod(0o755)
    root = place / "course"
    small_class(root, 2)
    (root / "nbgrader_config.py").write_text(CONFIG)
    for path in (root, *root.rglob("*")):
        os.chown(path, ADA, GROUP)
        path.chmod(path.stat().st_mode | 0o660 | (0o2770 if path.is_dir() else 0))
    yield root
    shutil.rmtree(place)


def beginning_as(user: int, act: Callable[[], object], group: int = GROUP) -> Callable[[], str]:
    """Begins it in a process of that user. Returns what waits for its end and says what went wrong, or nothing. The
    interpreter may lie where only root can read, so it is a fork, in which everything is imported already."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        said = ""
        try:
            os.umask(0o022)
            os.environ["JUPYTERHUB_USER"] = f"user{user}"
            os.setgroups([])
            os.setgid(group)
            os.setuid(user)
            act()
        except BaseException:
            said = traceback.format_exc()
        os.write(write, said.encode()[-60_000:])
        os._exit(0)
    os.close(write)

    def ended() -> str:
        with open(read, encoding="utf-8") as answer:
            said = answer.read()
        os.waitpid(child, 0)
        return said

    return ended


def as_user(user: int, act: Callable[[], object], group: int = GROUP) -> str:
    """Does it in a process of that user; what went wrong, or nothing."""
    return beginning_as(user, act, group)()


def test_two_of_a_group_grade_one_after_the_other_and_nobody_else_reads(root: Path, tmp_path: Path) -> None:
    warm = tmp_path / "warm"
    small_class(warm, 1)
    grade(warm)  # imports what a run imports
    for user in (ADA, BOB, ADA):
        assert as_user(user, lambda: grade(root, force=True)) == ""
    state = root / ".autograder"
    assert stat.S_IMODE(state.stat().st_mode) & 0o777 == 0o770
    for name in ("secret", "ledger.db", "gradebook.lock"):
        assert stat.S_IMODE((state / name).stat().st_mode) == 0o660, name
        assert "PermissionError" in as_user(EVE, (state / name).read_bytes, group=EVE)
    (story,) = history(root, "s000", NAME, Course(root))
    assert [past.by for past, _ in story.results] == [f"user{ADA}", f"user{BOB}", f"user{ADA}"]


def test_two_of_a_group_grade_at_the_same_moment(root: Path, tmp_path: Path) -> None:
    """Both begin with a new gradebook, a new secret and a new record; nobody's work is lost."""
    warm = tmp_path / "warm"
    small_class(warm, 1)
    grade(warm)
    runs = [beginning_as(user, lambda: grade(root, force=True)) for user in (ADA, BOB)]
    assert [ended() for ended in runs] == ["", ""]
    told = history(root, "s000", NAME, Course(root)) + history(root, "s001", NAME, Course(root))
    assert [sorted(past.by for past, _ in story.results) for story in told] == [[f"user{ADA}", f"user{BOB}"]] * 2
    with GradebookWriter(root, course=Course(root)) as gradebook:
        assert gradebook.committed(NAME) == {"s000", "s001"}


def test_without_a_group_everything_is_its_owners_alone(tmp_path: Path) -> None:
    files.write(tmp_path / "state" / "secret", b"x", 0o600)
    assert stat.S_IMODE((tmp_path / "state" / "secret").stat().st_mode) == 0o600
    assert not files.is_shared(tmp_path / "state")
    shared = tmp_path / "shared"
    shared.mkdir()
    files.share(shared)
    files.write(shared / "below" / "secret", b"x", 0o600)
    assert stat.S_IMODE((shared / "below" / "secret").stat().st_mode) == 0o660 and files.is_shared(shared / "below")
    shared.joinpath("link").symlink_to(tmp_path / "state")
    files.share(shared / "link")  # a link is not followed
    assert not files.is_shared(tmp_path / "state")
