"""A kernel from the warm server is an IPython kernel like any other, and soon ready."""

from __future__ import annotations

import ast
import inspect
import json
import os
import queue
import textwrap
from pathlib import Path

import nbformat
import numpy as np
import psutil
import pytest
from IPython.core.inputtransformer2 import TransformerManager

from autograder.sandbox import wire
from autograder.sandbox.shell import is_python, may_await
from autograder.sandbox.variants import Variants
from autograder.sandbox.warm_pool import WarmPool
from autograder.sandbox.zmtp import KernelClient

from .conftest import run

SOLUTIONS = Path(__file__).parents[2] / "solutions"


def test_cells_share_a_namespace_and_show_their_result(kernel):
    assert run(kernel, "x = 20").error == ""
    assert run(kernel, "x + 1").result == "21"
    assert run(kernel, "await __import__('asyncio').sleep(0, 5)").result == "5"


def test_every_mandatory_mechanism_is_in_force(kernel):
    assert {"landlock", "seccomp", "rlimits", "guard", "no-new-privileges"} <= set(kernel.isolation)


def test_a_figure_is_displayed(kernel):
    ran = run(kernel, "import matplotlib.pyplot as plt; plt.plot([1, 2]); plt.show()")
    assert "image/png" in ran.displays[0], ran.error


def test_a_large_figure_is_displayed(kernel):
    """Messages above 64 KiB would be sent without a copy, for which ZeroMQ wants what the sandbox refuses."""
    code = "import numpy as np, matplotlib.pyplot as plt; plt.imshow(np.random.rand(200, 200)); plt.show()"
    ran = run(kernel, code)
    assert len(ran.displays[0]["image/png"]) > 100_000, ran.error
    assert run(kernel, "'still ' + 'there'").result == "'still there'"


def test_the_facade_stands_for_the_package(pool, starter, tmp_path):
    data = tmp_path / "data"
    (data / "digits").mkdir(parents=True)
    np.save(data / "digits" / "train_images.npy", np.full((3, 28, 28), 7, np.uint8))
    np.save(data / "digits" / "train_labels.npy", np.arange(3))
    about = {"classes": ["0", "1", "2"], "source": "made here"}
    (data / "index.json").write_text(json.dumps({"default": "digits", "sets": {"digits": about}}))
    kernel = starter(pool, student="ada", data=data)
    code = """
        import os
        from autograder import check, variant, load_images
        images = load_images()
        check("im2col")
        total, labels = int(images.train_images.sum()), images.train_labels.tolist()
        os.environ["CNN_STUDENT"], images.name, total, labels"""
    ran = run(kernel, textwrap.dedent(code))
    assert ran.text == "Images: digits, the training part.\nim2col: checked by the grader\n"
    assert ran.result == f"('ada', 'digits', {3 * 28 * 28 * 7}, [0, 1, 2])"
    refused = run(kernel, f"open({str(data / 'new')!r}, 'w')").error
    assert "Permission" in refused or "Read-only" in refused


NUMBERS = {
    "shift": "CHOICES = {'by': list(range(50)), 'start': [(0, n) for n in range(9)]}",
    "shift-back": "SAME_AS = 'shift'",
}


def test_the_kernel_chooses_the_same_numbers_as_the_grader_for_anybody(pool, starter):
    kernel = starter(pool, student="ada", variants=NUMBERS)
    run(kernel, "from autograder import variant")
    there = eval(run(kernel, "variant('shift'), variant('shift', 'ada'), variant('shift-back', ' BOB ')").result)
    here = Variants(NUMBERS, "ada")
    assert there == (here.numbers("shift"), here.numbers("shift"), here.numbers("shift", "bob"))
    assert there[1] != there[2] and type(there[0]["start"]) is tuple
    assert run(kernel, "variant('conv')").error == "ValueError: The task 'conv' has the same numbers for everybody."


def test_pictures_are_not_drawn(pool, starter):
    kernel = starter(pool, pictures=("lessons.first.figures", "lessons.second.figures"))
    code = """
        from lessons.first import figures
        import lessons.second.figures as more
        picture = figures.windows(size=7, kernel=3)
        picture.axes[0].set_title("a")
        picture.axes[1, 2] = picture.size = 3
        for each in more.steps(lambda: 1 / 0):
            each.show()
        with figures.animation() as frame:
            frame.draw()
        figures.filters"""
    ran = run(kernel, textwrap.dedent(code))
    assert (ran.error, ran.text, ran.result, ran.displays) == ("", "", "", [])
    for other in ("lessons.first.shared", "lessons.third.figures", "lessons.style"):
        assert run(kernel, f"import {other}").error.startswith("ModuleNotFoundError"), other


def test_the_bridge_is_served_on_the_thread_of_the_cells(kernel):
    run(kernel, "import threading\ndef where(): return threading.current_thread() is threading.main_thread()")
    message = kernel.open_bridge()
    kernel.bridge.sendall(wire.pack({"id": 1, "op": "name", "name": "where"}))
    assert _reply(kernel)["ok"] is not None
    kernel.bridge.sendall(wire.pack({"id": 2, "op": "close"}))
    _reply(kernel)
    reply = kernel.client.get_shell_msg(timeout=5)
    while reply["parent_header"]["msg_id"] != message:
        reply = kernel.client.get_shell_msg(timeout=5)
    assert reply["msg_type"] == "bridge_reply"
    assert run(kernel, "where()").result == "True"


def _reply(kernel) -> dict:
    kernel.bridge.settimeout(5)
    prefix = kernel.bridge.recv(wire.HEADER.size, 0x100)
    json_length, payload_length = wire.unpack_prefix(prefix, wire.Caps())
    header = wire.parse_header(kernel.bridge.recv(json_length, 0x100))
    kernel.bridge.recv(payload_length, 0x100)
    return header


def test_a_running_cell_can_be_interrupted(kernel):
    kernel.client.execute("import time\nstarted = True\nprint('now', flush=True)\ntime.sleep(60)", stop_on_error=False)
    while kernel.client.get_iopub_msg(timeout=20)["msg_type"] != "stream":
        continue
    kernel.interrupt()
    assert run(kernel, "started", timeout=5).result == "True"


def test_forked_kernels_draw_different_random_numbers(pool, starter):
    code = "import random, numpy as np; random.random(), float(np.random.rand())"
    assert run(starter(pool), code).result != run(starter(pool), code).result


def test_nothing_of_the_graders_environment_is_inherited(monkeypatch, starter):
    monkeypatch.setenv("GRADER_SECRET", "hush")
    with WarmPool("numpy") as pool:
        kernel = starter(pool)
        ran = run(kernel, "import os; print(dict(os.environ), open('/proc/self/environ').read())")
        assert "HOME" in ran.text and "hush" not in ran.text
        kernel.shutdown()


def test_a_kernel_that_dies_is_noticed_and_harms_nobody(pool, starter):
    dying, other = starter(pool), starter(pool)
    run(dying, "import os; os._exit(3)")
    assert not dying.alive() and dying.status == 3 and dying.stopped_reason is None
    assert run(other, "1").result == "1"


def test_a_server_that_died_is_started_again(starter):
    with WarmPool("numpy") as pool:
        first = starter(pool)
        os.kill(pool._process.pid, 9)
        pool._process.wait()
        assert run(first, "1").result == "1"
        assert run(starter(pool), "2").result == "2"


def test_several_processes_share_a_server_and_go_on_when_it_is_gone(starter):
    with WarmPool("numpy") as owner:
        one, other = (WarmPool("numpy", shared=owner.share()) for _ in range(2))
        with one, other:
            kernels = [starter(pool) for pool in (one, other, owner)]
            parents = {parent_of(psutil.Process(kernel.pid).ppid()) for kernel in kernels}
            assert parents == {owner._process.pid}
            other.close()  # the others do not notice
            assert run(starter(one), "1").result == "1"
            owner._process.kill()
            owner._process.wait()
            assert run(starter(one), "2").result == "2"
            assert [run(kernel, "3").result for kernel in kernels] == ["3"] * 3
            assert run(starter(owner), "4").result == "4"


def parent_of(pid: int) -> int:
    return psutil.Process(pid).ppid()


def test_a_shared_server_ends_with_the_last_who_uses_it(starter):
    owner = WarmPool("numpy")
    process = owner._process
    with WarmPool("numpy", shared=owner.share()) as user:
        assert run(starter(user), "1").result == "1"
        owner._control.close()  # as if the process that started it were killed
        assert run(starter(user), "2").result == "2"
        assert process.poll() is None
    assert process.wait(30) == 0
    owner.close()


def test_a_kernel_does_not_look_at_every_module_of_the_server(kernel):
    """That would give it pages of its own for all that it shares with the warm server."""
    found = run(kernel, "import sys; len(get_ipython().kernel._kernel_modules), len(sys.modules) > 500")
    assert found.result == "(0, True)"


ERRORS = """
import inspect, json, sys
import numpy

def inner(text):
    return json.loads(text)

def deep(n):
    return deep(n - 1) if n else inner("{")

class Odd:
    def __call__(self):
        raise KeyError("odd") from ValueError("the cause")

def caught(call):
    try:
        call()
    except Exception as error:
        return error

def looked_for(*_):
    raise AssertionError("all modules are looked through")

shell, shown, same = get_ipython(), [], []
shell._showtraceback = lambda kind, error, text: (shown.append(text), setattr(shell, "_last_traceback", text))
wrong = (lambda: inner("{"), lambda: deep(30), Odd(), lambda: numpy.ones(2) @ numpy.ones(3), lambda: exec("1 / 0"),
         lambda: numpy.linalg.inv(numpy.zeros((2, 2))), lambda: compile("a b", "there", "exec"))
for error in map(caught, wrong):
    told = type(error), error, error.__traceback__
    if not isinstance(error, SyntaxError):  # which IPython shows in another way
        same.append(shell.InteractiveTB.structured_traceback(*told))
    search, inspect.getmodule = inspect.getmodule, looked_for
    shell.showtraceback(told)
    same += [] if len(same) == len(shown) else [shown[-1]]
    assert inspect.getmodule is looked_for
    inspect.getmodule = search
print(len(shown), shown == same, "json/__init__.py" in "".join(shown[0]))
"""


def test_an_error_is_shown_as_ipython_shows_it_without_a_search_through_all_modules(kernel):
    ran = run(kernel, ERRORS)
    assert ran.text == "7 True True\n", ran.error


NO_TRACEBACK = "get_ipython().InteractiveTB.structured_traceback = None\nraise MemoryError"
UNTOLD = {
    "a group of errors": ("raise ExceptionGroup('several', [ValueError('one')])", "ExceptionGroup: several"),
    "no traceback can be written": (NO_TRACEBACK, "MemoryError: "),
    "no text": ("class Mute(Exception):\n    def __str__(self):\n        raise ValueError\nraise Mute", "Mute: "),
    "a text that is none": ("class Odd(Exception):\n    def __str__(self):\n        return 7\nraise Odd", "Odd: "),
}


@pytest.mark.parametrize("case", UNTOLD)
def test_an_error_is_told_of_however_little_of_it_can_be_shown(case, kernel):
    source, told = UNTOLD[case]
    assert run(kernel, source).error.startswith(told)
    assert run(kernel, "1 + 1").result == "2"


PRINTED = """
import sys
from ipykernel.iostream import IOPubThread

asked, schedule = [], IOPubThread.schedule
IOPubThread.schedule = lambda self, call: (asked.append(call), schedule(self, call))
sys.stdout.flush(), sys.stderr.flush()
before = len(asked)
print("first")
sys.stdout.flush()
display("second")
print("third", file=sys.stderr)
before, len(asked) > 2
"""


def test_a_stream_that_holds_nothing_asks_nobody_to_send_it_and_what_is_shown_keeps_its_order(kernel):
    ran = run(kernel, PRINTED)
    assert ran.result == "(0, True)" and ran.text == "first\nthird\n", ran.error
    ran = run(kernel, "for n in range(300):\n    print(n, end=' ')\n    display(n)")
    assert ran.text.split() == list(map(str, range(300))) and len(ran.displays) == 300


def test_a_kernel_whose_welcome_was_missed_is_asked_again(monkeypatch, pool, starter):
    """ipykernel may overlook a subscriber that comes while it sends its first status."""
    get, missed = KernelClient.get_iopub_msg, []

    def deaf_at_first(client: KernelClient, timeout: float) -> dict:
        message = get(client, timeout=timeout)
        if not missed:
            missed.append(message["msg_type"])
            raise queue.Empty
        return message

    monkeypatch.setattr(KernelClient, "get_iopub_msg", deaf_at_first)
    kernel = starter(pool)
    assert missed and run(kernel, "6 * 7").result == "42"


def test_shutdown_leaves_no_process_and_no_folder(pool, starter):
    kernel = starter(pool)
    folders = [*kernel._request["folders"].values(), kernel._request["base"]]
    run(kernel, "import os, time\nopen('made', 'w').write('x')\nos.mkdir('deep')")
    run(kernel, "pid = os.fork()\nif not pid: time.sleep(99)")
    pid = int(run(kernel, "pid").result)
    kernel.shutdown()
    assert not any(Path(folder).exists() for folder in folders)
    for gone in (pid, kernel.pid):
        with pytest.raises(ProcessLookupError):
            os.kill(gone, 0)


def test_an_unknown_runtime_is_refused():
    with pytest.raises(ValueError, match="unknown runtime 'jax'"):
        WarmPool("jax")


TRICKY = (
    "x = 5\n%timeit x", "files = !ls", "print?", "%%time\nx = 1", "x = %time 1", "if x:\n    !ls", "/f 1",
    ">>> x = 1", "In [1]: x", "x = 1\nIn [2]: x", "'''\n>>> x\n'''", "\n\nx = 1", "    x = 1",
    "x = (5\n% 3)", "'''\n%time\n!ls\nx?'''", "'''%%time'''", "'x?'", "x # %time", "f'{x!r}'",
    "await x", "x = 1;", "x = 1\\\n+ 1", "x = 1\r\ny", "\ufeffx = 1", "x\x0c= 1", "return 1", "",
)  # fmt: skip


def test_a_cell_that_is_python_already_is_what_ipython_makes_of_it():
    cells = [cell.source for path in sorted(SOLUTIONS.glob("*/*.ipynb"))
             for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]  # fmt: skip
    ipython, kept = TransformerManager(), 0
    for source in (*cells, *TRICKY):
        if is_python(source):
            kept += 1
            assert ipython.transform_cell(source) == (source if source.endswith("\n") else source + "\n")
    assert kept > len(cells) / 2


@pytest.mark.parametrize("source", ["await x", "async with x: pass", "[y async for y in x]", "def f(): pass\nawait x"])
def test_a_cell_that_awaits_is_known(source):
    code = compile(source, "<>", "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    assert code.co_flags & inspect.CO_COROUTINE and may_await(source)
