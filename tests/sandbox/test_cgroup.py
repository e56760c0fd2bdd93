"""A kernel's control group: made where that may be, and Linux ends what fills it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from autograder.sandbox import cgroup
from autograder.sandbox.cgroup import Group
from autograder.sandbox.limits import MEBI, Limits

from .conftest import GROUPS, needs_groups, run

TINY = Limits(memory_bytes=MEBI, disk_bytes=MEBI, processes=4)


def ended(group: Group, code: str) -> int:
    """The exit code of a small Python that runs `code` in the group: these tests' own process may be too large for it
    to have many children."""
    command = [sys.executable, "-S", "-c", f"import os, signal, sys\nsys.stdin.read(1)\n{code}"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL) as child:
        assert group.take(child.pid)
        child.communicate(b"x")
    return child.returncode


@needs_groups
def test_memory_beyond_a_group_ends_what_is_in_it():
    group = Group.make(TINY, GROUPS)
    assert group is not None and not group.ran_out()
    assert ended(group, "bytearray(20 << 20); os._exit(0)") == 0 and not group.ran_out()
    assert ended(group, "held = bytearray(os.urandom(1) * (900 << 20))") == -signal.SIGKILL
    assert group.ran_out()
    group.remove()
    assert not any((folder / f"autograder-{os.getpid()}").exists() for folder in GROUPS)


@pytest.fixture
def narrow() -> Iterator[tuple[Path, ...]]:
    """Groups with less memory than those that are made below them may have."""
    made = tuple(folder / f"narrow-{os.getpid()}" for folder in GROUPS)
    for folder in made:
        folder.mkdir()
    for name in ("memory.limit_in_bytes", "memory.max"):
        if (made[0] / name).exists():
            (made[0] / name).write_text(str(100 * MEBI))
    if len(made) == 1:
        (made[0] / "cgroup.subtree_control").write_text("+memory +pids")
    yield made
    for folder in made:
        folder.rmdir()


@needs_groups
def test_who_was_ended_since_a_group_around_had_no_memory_left_did_not_run_out_itself(narrow: tuple[Path, ...]):
    chosen = Group.make(TINY, narrow)
    assert chosen is not None and chosen.oom_killed() is False
    assert ended(chosen, "held = bytearray(os.urandom(1) * (150 << 20))") == -signal.SIGKILL
    assert chosen.oom_killed() and not chosen.ran_out()
    chosen.remove()
    assert chosen.oom_killed() is None


FILLS_ANOTHER = """
import os
from autograder.sandbox.cgroup import Group, parents
from autograder.sandbox.limits import Limits
group = Group.make(Limits(memory_bytes=1 << 20, disk_bytes=1 << 20, processes=4), parents())
if not (child := os.fork()):
    group.take(os.getpid())
    held = bytearray(os.urandom(1) * (900 << 20))
os.waitpid(child, 0)
assert group.oom_killed()
group.remove()
"""


@needs_groups
def test_a_kill_in_another_group_or_by_hand_is_none_of_a_group():
    group = Group.make(TINY, GROUPS)
    assert group is not None
    subprocess.run([sys.executable, "-S", "-c", FILLS_ANOTHER], cwd=Path(cgroup.__file__).parents[2], check=True)
    assert ended(group, "os.kill(os.getpid(), signal.SIGKILL)") == -signal.SIGKILL
    assert group.oom_killed() is False
    group.remove()


@needs_groups
def test_a_group_has_so_many_processes_and_no_more():
    group = Group.make(TINY, GROUPS)
    assert group is not None
    code = """
made = []
try:
    while len(made) < 300:
        made.append(os.fork())
        if not made[-1]: signal.pause()
except BlockingIOError:
    pass
for child in made:
    os.kill(child, 9)
    os.waitpid(child, 0)
os._exit(len(made) // 2)"""
    try:
        assert ended(group, code) == (4 + 64 - 1) // 2
    finally:
        group.remove()


@needs_groups
def test_tasks_of_a_group_are_processes_threads_and_those_that_nobody_waited_for():
    group = Group.make(TINY, GROUPS)
    assert group is not None and group.tasks() == 0
    code = """
import threading
sys.stdout.write("1"); sys.stdout.flush(); sys.stdin.read(1)
threading.Thread(target=threading.Event().wait, daemon=True).start()
sys.stdout.write("2"); sys.stdout.flush(); sys.stdin.read(1)
if not (child := os.fork()): os._exit(0)
os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT)
sys.stdout.write("3"); sys.stdout.flush(); sys.stdin.read(1)
os.waitpid(child, 0)
sys.stdout.write("2"); sys.stdout.flush(); sys.stdin.read(1)"""
    command = [sys.executable, "-S", "-c", f"import os, sys\nsys.stdin.read(1)\n{code}"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0) as child:
        assert group.take(child.pid) and child.stdin is not None and child.stdout is not None
        for _ in range(4):
            child.stdin.write(b"x")
            said = int(child.stdout.read(1))
            assert group.tasks() == said
        child.stdin.write(b"x")
    group.remove()
    assert group.tasks() is None


@needs_groups
def test_what_a_dead_supervisor_left_is_removed_and_the_living_ones_stay():
    if (child := os.fork()) == 0:
        os._exit(Group.make(TINY, GROUPS) is None)
    assert os.waitpid(child, 0)[1] == 0
    left = [folder / f"autograder-{child}" for folder in GROUPS]
    assert all(folder.is_dir() for folder in left)
    first = Group.make(TINY, GROUPS)
    assert first is not None and not any(folder.exists() for folder in left)
    again = Group.make(TINY, GROUPS)
    assert again is not None, "an empty one of this process's number is one that was left"
    again.remove()


@needs_groups
def test_a_kernel_that_fills_its_group_ran_out_of_memory(pool, starter):
    """What the guard does not see: here, because the group is made smaller than the guard knows."""
    kernel = starter(pool)
    assert "cgroup" in kernel.isolation
    supervisor = next(line.split()[1] for line in Path(f"/proc/{kernel.pid}/status").open() if line.startswith("PPid:"))
    group = GROUPS[0] / f"autograder-{supervisor}"
    assert str(kernel.pid) in (group / "cgroup.procs").read_text().split()
    for name in ("memory.limit_in_bytes", "memory.max"):
        if (group / name).exists():
            (group / name).write_text(str(100 * MEBI))
    run(kernel, "held = bytearray(b'x' * (180 << 20))")
    kernel.kill()
    assert kernel.stopped_reason == "memory" and not kernel.killed and kernel.oom_killed
    kernel.shutdown()
    assert not group.exists()


def tree(folder: Path, *, controllers: str = "", ours: bool = True) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "cgroup.subtree_control").write_text(controllers)
    (folder / "cgroup.procs").write_text("")
    (folder / "cgroup.procs").chmod(0o644 if ours else 0o444)
    return folder


def test_in_version_2_the_nearest_group_that_hands_out_both_is_taken(tmp_path: Path):
    mounted, said = tmp_path / "cgroup", tmp_path / "said"
    tree(mounted, controllers="cpu memory pids", ours=os.geteuid() == 0)
    app = tree(mounted / "user" / "app", controllers="memory pids")
    tree(app / "run.scope")
    said.write_text("0::/user/app/run.scope\n")
    assert cgroup.parents(said, mounted) == (app,)
    (app / "cgroup.subtree_control").write_text("memory")
    assert app not in cgroup.parents(said, mounted)
    said.write_text("0::/elsewhere\n")
    assert app not in cgroup.parents(said, mounted), "in a container the path may be of the machine around it"
    assert cgroup.parents(tmp_path / "nowhere", tmp_path / "nowhere") == ()


def test_in_version_2_the_limits_stand_in_one_group(tmp_path: Path):
    group = Group.make(TINY, (tree(tmp_path),))
    assert group is not None
    made = tmp_path / f"autograder-{os.getpid()}"
    assert (made / "memory.max").read_text() == str(258 * MEBI) and (made / "pids.max").read_text() == "68"
    assert (made / "memory.oom.group").read_text() == "1"
    (made / "memory.events").write_text("low 0\noom 1\noom_kill 1\n")
    assert group.ran_out()
    (made / "memory.events").write_text("low 0\noom 0\noom_kill 1\n")
    assert group.oom_killed()
    assert not group.ran_out(), "the machine had none left, and Linux chose a process of this group"


def test_without_a_parent_there_is_no_group():
    assert Group.make(TINY, ()) is None
