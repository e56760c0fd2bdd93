"""The limits of the shell that the command is started from: where they are below what a notebook may use, the command
says so, and no student pays."""

from __future__ import annotations

import resource

from tests.soak.faults.place import Place, each

NEEDY = """import os, time
def double(x):
    return 2 * x
children = []
for _ in range(40):
    if not (child := os.fork()):
        time.sleep(0.3)
        os._exit(0)
    children.append(child)
for child in children:
    os.waitpid(child, 0)
with open("large", "wb") as file:
    file.write(b"x" * 30_000_000)
opened = [os.open("large", os.O_RDONLY) for _ in range(300)]
held = bytearray(b"x" * 600_000_000)
def nested(depth):
    return [*map(nested, (depth - 1,))] if depth else []
nested(900)
"""


@each(
    ("no file may grow beyond 20 kB", (resource.RLIMIT_FSIZE, 20_000)),
    ("no file may grow beyond 20 MB", (resource.RLIMIT_FSIZE, 20_000_000)),
    ("the command may have 300 MB of addresses", (resource.RLIMIT_AS, 300 << 20)),
    ("the command may have 1200 MB of addresses", (resource.RLIMIT_AS, 1200 << 20)),
    ("a process may hold 500 MB of data", (resource.RLIMIT_DATA, 500 << 20)),
    ("a process may have a stack of 300 kB", (resource.RLIMIT_STACK, 300 << 10)),
    ("a process may have 200 open files", (resource.RLIMIT_NOFILE, 200)),
    ("a user may have 60 processes and threads", (resource.RLIMIT_NPROC, 60)),
    ("a process may compute for 60 seconds", (resource.RLIMIT_CPU, 60)),
)
def _(place: Place, case: tuple[int, int]) -> None:
    number, most = case
    place.add("odd", double=NEEDY)
    run = place.grade(preexec_fn=lambda: resource.setrlimit(number, (most, most)))
    place.says(run, "ulimit -|memory left|disk I/O error")
    assert not place.result("odd").exists()
    place.leaves_nothing()
    place.whole(odd=12.0)


@each(*((f"the command may compute for {seconds} seconds", seconds) for seconds in (2, 3, 4)))
def _(place: Place, seconds: int) -> None:
    place.add("odd", double=NEEDY)
    run = place.grade(preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds)))
    place.says(run, "ulimit -t", code=130 if "Stopped" in run.text else 1)
    assert not place.result("odd").exists()
    place.leaves_nothing()
    place.whole(odd=12.0)


@each(
    ("a shell that asks for a small stack, few files and little data, and may have more", (
        (resource.RLIMIT_STACK, 300 << 10), (resource.RLIMIT_NOFILE, 200), (resource.RLIMIT_DATA, 1 << 30),
        (resource.RLIMIT_AS, 3 << 30), (resource.RLIMIT_FSIZE, 20_000_000), (resource.RLIMIT_CPU, 60),
    )),
)  # fmt: skip
def _(place: Place, soft: tuple[tuple[int, int], ...]) -> None:
    def lower() -> None:
        for number, most in soft:
            resource.setrlimit(number, (most, resource.getrlimit(number)[1]))

    place.add("odd", double=NEEDY)
    run = place.grade(preexec_fn=lower)
    assert run.code == 0, run.text
    place.said.append("0: graded with what a notebook may use")
    place.whole(odd=12.0)
