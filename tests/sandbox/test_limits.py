"""Each limit ends what breaks it, says which it was, and lets what stays below it run."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
import time
from dataclasses import replace
from pathlib import Path

import pytest

from autograder.sandbox import root
from autograder.sandbox.limits import MEBI, Limits
from autograder.sandbox.trees import remove_tree
from autograder.sandbox.warm_pool import WarmPool

from .conftest import SMALL, needs_groups, run

MEMORY = {
    "in one piece": "import numpy as np\nbig = np.ones(50 * 2**20)\nimport time; time.sleep(9)",
    "drop by drop": "held = []\nwhile True: held.append(bytearray(2**20))",
    "in children": """
        import os, time
        for _ in range(4):
            if not os.fork():
                held = bytearray(os.urandom(1) * (100 * 2**20))
                time.sleep(9)
        time.sleep(9)""",
    "shared and without a name": """
        import mmap, time
        held = mmap.mmap(-1, 300 * 2**20)
        for page in range(0, len(held), 4096): held[page] = 1
        time.sleep(9)""",
    "shared, and touched by children that are gone": """
        import mmap, os, time
        held = mmap.mmap(-1, 400 * 2**20)
        for part in range(8):
            child = os.fork()
            if not child:
                for page in range(part * 50 * 2**20, (part + 1) * 50 * 2**20, 4096): held[page] = 1
                os._exit(0)
            os.waitpid(child, 0)
        time.sleep(9)""",
    "shared, and unmapped but for a page": """
        import ctypes, mmap, time
        libc, keep = ctypes.CDLL(None), []
        for _ in range(20):
            held = mmap.mmap(-1, 40 * 2**20)
            held.write(bytes([1]) * len(held))
            at = ctypes.addressof(ctypes.c_char.from_buffer(held))
            libc.munmap(ctypes.c_void_p(at + 4096), ctypes.c_size_t(len(held) - 4096))
            keep.append(held)
        time.sleep(9)""",
    "in sockets and pipes": """
        import os, socket, time
        while True:
            if os.fork() == 0:
                held = []
                try:
                    while True:
                        for end in socket.socketpair():
                            end.setblocking(False)
                            end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 26)
                            held.append(end)
                            try:
                                while end.send(bytes(2**16)): pass
                            except BlockingIOError: pass
                except OSError:
                    time.sleep(20)
            time.sleep(0.3)""",
}
# What Linux itself keeps for a process.
NOTES = {
    "in page tables, which a look at nothing makes": """
        import ctypes, mmap, time
        libc = ctypes.CDLL(None)
        libc.mmap.restype, libc.mmap.argtypes = ctypes.c_void_p, [ctypes.c_void_p, *[ctypes.c_long] * 5]
        libc.madvise.argtypes = [ctypes.c_void_p, ctypes.c_long, ctypes.c_int]
        size, step = 100 * 2**30, 2 * 2**20  # a page of 4 KB for every 2 MB
        at = libc.mmap(None, size, mmap.PROT_READ, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | 0x4000, -1, 0)
        libc.madvise(at, size, 15)  # no huge pages
        for offset in range(0, size, step): ctypes.c_char.from_address(at + offset).value
        time.sleep(99)""",
    "in mappings of nothing": """
        import ctypes, mmap, os, time
        libc = ctypes.CDLL(None)
        libc.mmap.restype, libc.mmap.argtypes = ctypes.c_void_p, [ctypes.c_void_p, *[ctypes.c_long] * 5]
        libc.mprotect.argtypes = [ctypes.c_void_p, ctypes.c_long, ctypes.c_int]
        at = libc.mmap(None, 60_000 * 4096, 0, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS, -1, 0)
        for page in range(0, 60_000, 2): libc.mprotect(at + page * 4096, 4096, mmap.PROT_READ)
        for _ in range(20):
            if not os.fork(): time.sleep(99)
        time.sleep(99)""",
    "in watches": """
        import os, select, time
        files, watching = [os.pipe()[0] for _ in range(10)], []
        while True:
            watching.append(select.epoll())
            for file in files:
                for number in range(200, 500):
                    os.dup2(file, number)
                    watching[-1].register(number, select.EPOLLIN)
            if len(watching) == 90:
                if os.fork(): time.sleep(99)
                del watching[:]""",
}
# What is refused, because no honest notebook does it: memory and disk that nobody could be charged for.
REFUSED = {
    "memory in pipes": """
        import ctypes, os
        class Part(ctypes.Structure): _fields_ = [("at", ctypes.c_void_p), ("size", ctypes.c_size_t)]
        page = ctypes.create_string_buffer(4096)
        part = Part(ctypes.addressof(page), 4096)
        if ctypes.CDLL(None, use_errno=True).vmsplice(os.pipe()[1], ctypes.byref(part), 1, 0) < 0:
            raise OSError(ctypes.get_errno(), "refused")""",
    "pages of files in sockets": """
        import os, socket
        with open("x", "wb") as file: file.write(bytes(9000))
        ends = socket.socketpair()
        with open("x", "rb") as file: os.sendfile(ends[0].fileno(), file.fileno(), 4095, 2)""",
    "rules of Landlock": """
        import ctypes
        rules = (ctypes.c_uint64 * 3)(0, 3, 0)
        if ctypes.CDLL(None, use_errno=True).syscall(444, rules, ctypes.c_size_t(24), 0) < 0:
            raise OSError(ctypes.get_errno(), "refused")""",
    "pages merged with those of others": "import mmap\nmmap.mmap(-1, 4096).madvise(mmap.MADV_MERGEABLE)",
    "wide pipes": "import fcntl, os\nfcntl.fcntl(os.pipe()[1], 1031, 1 << 20)",
    "disk in one call": """
        import ctypes, os
        file = os.open('x', os.O_CREAT | os.O_RDWR)
        if ctypes.CDLL(None, use_errno=True).fallocate(file, 0, ctypes.c_long(0), ctypes.c_long(1 << 20)) < 0:
            raise OSError(ctypes.get_errno(), "refused")""",
    "files in flight": """
        import _socket, array, socket
        near, far = socket.socketpair()
        _socket.socket.sendmsg(near, [b"x"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [0]))])""",
    "rings of asynchronous input and output": """
        import ctypes
        context = ctypes.c_ulong(0)
        if ctypes.CDLL(None, use_errno=True).syscall(206, 1 << 10, ctypes.byref(context)) < 0:
            raise OSError(ctypes.get_errno(), "refused")""",
}
PROCESSES = {
    "processes": "import os, time\nwhile True:\n  if not os.fork(): time.sleep(9)",
    "doubling processes": """
        import os
        while True:
            try:
                os.fork()
            except OSError:
                pass""",
    "threads": """
        import threading, time
        while True:
            try:
                threading.Thread(target=time.sleep, args=(9,)).start()
            except RuntimeError:
                time.sleep(1)""",
}
DISK = {
    "one file": "with open('big', 'wb') as f:\n  while True: f.write(bytes(2**20))",
    "many files": "for n in range(10**6): open(f'f{n}', 'w').close()",
    "many folders": "import os\nfor n in range(10**6): os.mkdir(f'd{n}')",
    "a file without a name": """
        import os, time
        files = []
        while True:
            files.append(open('gone', 'wb')); os.unlink('gone')
            files[-1].write(bytes(2**23)); files[-1].flush(); time.sleep(0.05)""",
    "files that are only mapped": """
        import mmap, os, time
        held = []
        while True:
            with open('gone', 'wb') as file: file.write(bytes(2**23))
            with open('gone', 'rb') as file: held.append(mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ))
            os.unlink('gone'); time.sleep(0.05)""",
    "the home folder": """
        import os
        n = 0
        while True:
            n += 1
            open(os.path.expanduser(f'~/{n}'), 'wb').write(bytes(2**20))""",
}
TOO_DEEP = """
    import os
    for n in range(40):
        os.mkdir('d' * 200); os.chdir('d' * 200)
    import time; time.sleep({})"""


@pytest.mark.parametrize("how", MEMORY)
def test_memory_is_bounded(pool, starter, how):
    assert_stopped(starter(pool), MEMORY[how], "memory")


@pytest.mark.parametrize("how", NOTES)
def test_what_linux_keeps_for_a_process_is_bounded(pool, starter, how):
    assert_stopped(starter(pool, replace(SMALL, memory_bytes=64 * MEBI)), NOTES[how], "memory")


def test_a_look_that_never_ends_hides_no_memory(tmp_path):
    """Whoever makes much to look through gains no time by it."""
    script = f"""
        import os, signal, time
        from autograder.sandbox import holdings, usage
        from autograder.sandbox.guard import Guard
        from autograder.sandbox.limits import Limits

        def endless(self, pids, folders, seen):
            while True: yield

        holdings.Holdings.walk = endless
        read, write = os.pipe()
        if (child := os.fork()) == 0:
            os.read(read, 1)
            held = bytearray(os.urandom(1) * (100 * 2**20))
            signal.pause()
        guard = Guard(child, Limits(memory_bytes=50 * 2**20), ({str(tmp_path)!r},))
        guard.settle()
        assert guard.broken_limit() is None
        os.write(write, b"x")
        while (broken := guard.broken_limit()) is None: pass
        print(broken)
        guard.end_all()"""
    ran = subprocess.run([sys.executable, "-c", textwrap.dedent(script)], capture_output=True, text=True, timeout=60)
    assert ran.stdout == "memory\n", ran.stderr


ALONE = """
import os, signal
from autograder.sandbox.cgroup import Group, parents
from autograder.sandbox.guard import Guard
from autograder.sandbox.limits import Limits

limits = Limits(memory_bytes=200 << 20, disk_bytes=1 << 20, processes=8)
group = Group.make(limits, parents())
said, say = os.pipe()
told, tell = os.pipe()
if (child := os.fork()) == 0:
    os.read(told, 1)
    if os.fork() == 0:
        held = bytearray(os.urandom(1) * (100 << 20))
        os.write(say, b"x")
    signal.pause()
group.take(child)
walks = []
class Seen(Guard):
    def members(self):
        walks.append(1)
        return super().members()
guard = Seen(child, limits, (), group=group)
guard.settle()
alone = guard.broken_limit(), guard.usage().peak_bytes, len(walks)
os.write(tell, b"x")
os.read(said, 1)
together = guard.broken_limit(), guard.usage().peak_bytes > 90 << 20, len(walks)
print(alone, together)
guard.end_all()
group.remove()
"""


@needs_groups
def test_all_of_proc_is_gone_through_only_where_somebody_is_beside_the_kernel():
    ran = subprocess.run([sys.executable, "-c", ALONE], capture_output=True, text=True, timeout=60)
    assert ran.stdout == "(None, 0, 0) (None, True, 2)\n", ran.stderr


def test_where_nobody_sees_what_is_mapped_it_is_small_and_counted(monkeypatch, starter):
    monkeypatch.setenv("AUTOGRADER_DISABLE_MECHANISMS", "mappings")
    with WarmPool("numpy") as pool:
        kernel = starter(pool)
        assert "mappings" not in kernel.isolation
        large = "import mmap\nmmap.mmap(-1, 2 << 20)"
        assert "Cannot allocate memory" in run(kernel, large).error
        assert "Permission denied" in run(kernel, "open('/dev/zero', 'rb')").error
        fine = "mmap.mmap(-1, 1 << 20).close(), mmap.mmap(-1, 9 << 20, mmap.MAP_PRIVATE).close()"
        assert run(kernel, fine).error == ""
        many = MEMORY["shared, and unmapped but for a page"].replace("40 * 2**20", "2**20").replace("(20)", "(300)")
        assert_stopped(kernel, many, "memory")
        kernel.shutdown()


@pytest.mark.parametrize("how", REFUSED)
def test_what_nobody_could_be_charged_for_is_refused(kernel, open_pool, starter, how):
    assert "Error" in run(kernel, textwrap.dedent(REFUSED[how])).error
    assert run(starter(open_pool), textwrap.dedent(REFUSED[how])).error == ""


@pytest.mark.parametrize("how", PROCESSES)
def test_processes_are_bounded(pool, starter, how):
    assert_stopped(starter(pool), PROCESSES[how], "processes")


@pytest.mark.parametrize("how", DISK)
def test_disk_is_bounded(pool, starter, how):
    assert_stopped(starter(pool), DISK[how], "disk")


def test_where_the_disk_is_watched_no_folder_is_too_deep_to_be_counted(pool, starter, monkeypatch):
    monkeypatch.setattr(pool, "_disabled", ["own-root"])
    assert_stopped(starter(pool), TOO_DEEP.format(9), "disk")
    for how in DISK:
        assert_stopped(starter(pool), DISK[how], "disk")


def test_where_the_disk_is_bounded_no_more_than_its_limit_is_ever_on_it(pool, starter):
    kernel = starter(pool)
    if "own-root" not in kernel.isolation:
        pytest.skip(f"no file system of its own for a kernel here: {root.missing()}")
    assert run(kernel, textwrap.dedent(TOO_DEEP.format(0))).error == ""
    room = "[(s.f_blocks * s.f_frsize, s.f_files) for s in map(os.statvfs, ('.', os.environ['HOME']))]"
    here, at_home = eval(run(kernel, room).result)
    assert here == at_home
    assert here[0] == SMALL.disk_bytes + MEBI and here[1] < SMALL.files + 3000


def test_processor_time_is_bounded(pool, starter):
    kernel = starter(pool, replace(SMALL, cpu_s=1.0))
    assert_stopped(kernel, "import signal; signal.signal(2, signal.SIG_IGN)\nwhile True: pass", "cpu")


def test_a_kernel_that_started_for_nobody_is_bounded_from_when_it_is_somebodys(pool, starter):
    kernel = starter(pool, replace(SMALL, cpu_s=1.0), student=None)
    kernel.belongs_to("ada")
    assert run(kernel, "import os\nprint(os.environ['CNN_STUDENT'])").text == "ada\n"
    # Linux alone would end it five seconds later
    ran = run(kernel, "import time\nwhile time.process_time() < 4: pass\nprint('late')")
    assert (ran.text, kernel.stopped_reason) == ("", "cpu")


def test_processor_time_of_children_counts(pool, starter):
    kernel = starter(pool, replace(SMALL, cpu_s=1.5))
    code = """
        import os
        while True:
            child = os.fork()
            if not child:
                sum(range(5 * 10**6)); os._exit(0)
            os.waitpid(child, 0)"""
    assert_stopped(kernel, code, "cpu")


def assert_stopped(kernel, code: str, reason: str) -> None:
    started = time.monotonic()
    ran = run(kernel, textwrap.dedent(code), timeout=40)
    while kernel.alive() and time.monotonic() < started + 40:
        time.sleep(0.02)
    assert kernel.stopped_reason == reason, (ran, kernel.status)


def test_one_allocation_beyond_the_limit_is_an_ordinary_error(kernel):
    assert run(kernel, "import numpy as np; np.ones(10**10)").error.startswith("MemoryError: Unable")
    assert run(kernel, "1").result == "1"


def test_a_file_with_a_hole_is_no_way_around_the_limit(kernel):
    assert "File too large" in run(kernel, "open('hole', 'wb').truncate(10**10)").error


def test_work_below_the_limits_is_left_alone(kernel):
    code = """
        import numpy as np, threading, os
        a = np.ones(10 * 2**20)
        open('saved', 'wb').write(bytes(8 * 2**20))
        threads = [threading.Thread(target=a.sum) for _ in range(8)]
        [t.start() for t in threads]; [t.join() for t in threads]
        child = os.fork()
        if not child: a += 1; os._exit(0)
        os.waitpid(child, 0)[1]"""
    assert run(kernel, textwrap.dedent(code)).result == "0"
    assert run(kernel, "import time; time.sleep(0.5)").error == "" and kernel.alive()


def test_without_the_guard_the_same_memory_is_not_noticed(monkeypatch, starter):
    monkeypatch.setenv("AUTOGRADER_DISABLE_MECHANISMS", "guard")
    with WarmPool("numpy", isolation="off") as pool:
        kernel = starter(pool)
        run(kernel, "held = [bytearray(b'1' * 2**20) for _ in range(300)]\nimport time; time.sleep(0.5)")
        assert kernel.alive()
        kernel.shutdown()


@pytest.mark.parametrize("isolation", ["required", "off"])
def test_a_daemon_does_not_outlive_its_kernel(request, starter, isolation):
    kernel = starter(request.getfixturevalue("pool" if isolation == "required" else "open_pool"))
    code = """
        import os, signal, time
        read, write = os.pipe()
        if not os.fork():
            try: os.setsid()
            except PermissionError: pass  # confined, it cannot leave the kernel's process group
            if not os.fork():
                for number in range(1, 32):
                    if number not in (9, 19): signal.signal(number, signal.SIG_IGN)
                os.write(write, str(os.getpid()).encode())
                time.sleep(99)
            os._exit(0)
        int(os.read(read, 10))"""
    daemon = int(run(kernel, textwrap.dedent(code)).result)
    os.kill(daemon, 0)
    kernel.kill()
    with pytest.raises(ProcessLookupError):
        os.kill(daemon, 0)
    assert not kernel.alive() and kernel.stopped_reason is None


def test_everything_ends_with_the_grader(starter, tmp_path):
    """A grader that is killed leaves no kernel, no server and no folder."""
    script = f"""
        import os, pathlib
        from autograder.sandbox.warm_pool import WarmPool
        from autograder.sandbox.limits import Limits
        from autograder.sandbox.policy import Policy
        from autograder.sandbox.setup import KernelSetup
        pool = WarmPool("numpy")
        work = pathlib.Path({str(tmp_path / "work")!r})
        kernel = pool.start(KernelSetup(Limits(), Policy(), work))
        kernel.client.execute("import time; time.sleep(60)")
        print(pool._process.pid, kernel.pid, kernel._request["base"], pool._home, flush=True)
        os.kill(os.getpid(), 9)"""
    ended = subprocess.run([sys.executable, "-c", textwrap.dedent(script)], capture_output=True, text=True)
    server, kernel, *folders = ended.stdout.split()
    deadline = time.monotonic() + 5
    gone = [f"/proc/{server}", f"/proc/{kernel}", *folders, str(tmp_path / "work")]
    while time.monotonic() < deadline and any(map(os.path.exists, gone)):
        time.sleep(0.05)
    assert [path for path in gone if os.path.exists(path)] == []


def test_a_tree_of_any_depth_and_mode_is_removed(tmp_path: Path):
    top = tmp_path / "top"
    top.mkdir()
    here = os.getcwd()
    os.chdir(top)
    for _ in range(1500):
        os.mkdir("d")
        os.chdir("d")
    os.chdir(top)
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "kept").write_text("kept")
    os.symlink(outside, top / "link")
    os.mkdir(top / "closed")
    (top / "closed" / "file").write_text("")
    os.chmod(top / "closed", 0)
    os.chdir(here)
    remove_tree(str(top))
    assert not top.exists() and (outside / "kept").exists()


def test_limits_must_be_positive():
    with pytest.raises(ValueError, match="limit disk_bytes must be positive, not 0"):
        Limits(disk_bytes=0)
    assert Limits.from_dict(Limits(memory_bytes=MEBI).to_dict()) == Limits(memory_bytes=MEBI)
