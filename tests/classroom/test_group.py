"""Two graders of one group work in one course folder; who is not of the group reads nothing of the record."""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from autograder import files
from autograder.classroom.history import history
from autograder.course import Course
from autograder.gradebook.gradebook import GradebookWriter
from tests.small.pretend import grade
from tests.small.several_users import as_user, beginning_as
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


def test_two_of_a_group_grade_one_after_the_other_and_nobody_else_reads(root: Path, tmp_path: Path) -> None:
    warm = tmp_path / "warm"
    small_class(warm, 1)
    grade(warm)  # imports what a run imports
    for user in (ADA, BOB, ADA):
        assert as_user(user, lambda: grade(root, force=True), GROUP) == ""
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
    runs = [beginning_as(user, lambda: grade(root, force=True), GROUP) for user in (ADA, BOB)]
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
