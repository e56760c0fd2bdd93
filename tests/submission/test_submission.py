"""One submission from bytes to result, in real sandboxed kernels."""

from __future__ import annotations

import json
import shutil
import sys
import textwrap
import threading
import time
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import nbformat
import numpy as np
import psutil
import pytest

from autograder.course import Course
from autograder.faults import MachineFault
from autograder.sandbox.client import KernelFailed, SandboxKernel
from autograder.submission import host, notebook
from autograder.submission.job import Outcome
from autograder.submission.results import Results
from autograder.submission.submission import Grader
from tests.small.small_class import RIGHT, answered, job, scores, small_course


def grade(grader: Grader, answers: dict[str, str], *extra: str, **own: Any) -> Outcome:
    outcome = grader.grade(job(answered(grader.template, {**RIGHT, **answers}, extra), **own))
    nbformat.validate(outcome.notebook)
    Results.from_dict(outcome.results.to_dict())
    return outcome


def task(outcome: Outcome, name: str) -> Any:
    return next(task for task in outcome.results.tasks if task.task == name)


def cell(outcome: Outcome, grade_id: str) -> Any:
    return next(c for c in outcome.notebook.cells if c.metadata.get("nbgrader", {}).get("grade_id") == grade_id)


def test_right_answers_earn_all_points(grader: Grader):
    outcome = grade(grader, {"why": "Because weights are shared."})
    assert scores(outcome.results) == {"why": None, "double": 4.0, "square": 6.0, "tiny-sum": 2.0}
    assert (outcome.results.score, outcome.results.max_score) == (12.0, 12.0)
    assert outcome.results.status == "needs_manual_grade"
    assert outcome.results.provenance.isolation
    assert outcome.broken == ()


def test_an_untouched_notebook_earns_nothing_and_waits_for_nobody(grader: Grader):
    outcome = grader.grade(job(nbformat.writes(grader.template.notebook).encode()))
    assert outcome.results.score == 0
    assert outcome.results.status == "graded"
    assert {t.status for t in outcome.results.tasks} - {"failed"} == {"not_attempted"}


def test_a_check_cell_shows_the_table_and_then_the_score_as_nbgrader_reads_it(grader: Grader):
    outcome = grade(grader, {"double": "def double(x):\n    return abs(2 * x)"})
    *shown, last = cell(outcome, "double-check").outputs
    assert last.output_type == "execute_result" and last.data["text/plain"] == "1.0"
    assert "A negative number doubles too." in shown[0].data["text/plain"]
    assert "test_double" not in str(shown)
    assert task(outcome, "double").status == "partial"


def test_a_cell_that_raises_does_not_stop_the_rest(grader: Grader):
    outcome = grade(grader, {"double": "def double(x):\n    return 2 * x\n1 / 0"}, "undefined_name")
    assert outcome.results.score == 12.0


def test_an_answer_that_does_not_compile_is_said_so(grader: Grader):
    outcome = grade(grader, {"double": "def double(x:"})
    assert task(outcome, "double").score == 0
    assert "SyntaxError" in task(outcome, "double").message
    assert scores(outcome.results)["square"] == 6.0


def test_an_endless_cell_costs_only_itself(grader: Grader):
    outcome = grade(grader, {"double": "while True:\n    pass"})
    assert (task(outcome, "double").status, task(outcome, "double").reason) == ("stopped", "timeout")
    assert "3 seconds" in task(outcome, "double").message
    took = outcome.results.provenance.task_seconds
    assert took["double"] >= 3 > took["square"] > 0 and "why" not in took
    of_checks = outcome.results.provenance.check_seconds["square"]
    assert set(of_checks) == {one.name for one in task(outcome, "square").tests}
    assert scores(outcome.results) == {"why": None, "double": 0.0, "square": 6.0, "tiny-sum": 2.0}


def test_time_in_which_the_machine_ran_others_costs_nobody_a_point(grader: Grader, monkeypatch: pytest.MonkeyPatch):
    waits = "import time\ntime.sleep(4)\n" + RIGHT["double"]  # of three seconds
    called = "import time\ndef double(x):\n    time.sleep(4)\n    return 2 * x"
    monkeypatch.setattr(SandboxKernel, "kept_waiting", lambda kernel: 0.0)
    for answer in (waits, called):
        assert task(grade(grader, {"double": answer}), "double").reason == "timeout"
    monkeypatch.setattr(SandboxKernel, "kept_waiting", lambda kernel: 3.0)
    for answer in (waits, called):
        assert grade(grader, {"double": answer}).results.score == 12.0


def test_an_endless_cell_that_ignores_interrupts_costs_only_itself(grader: Grader):
    source = "import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True:\n    pass"
    outcome = grade(grader, {"square": source})
    assert task(outcome, "square").reason == "timeout"
    assert scores(outcome.results) == {"why": None, "double": 4.0, "square": 0.0, "tiny-sum": 2.0}


def test_a_cell_that_ends_its_kernel_costs_only_itself(grader: Grader):
    outcome = grade(grader, {"square": "import os\nos._exit(0)"}, "factor = 2")
    assert (task(outcome, "square").status, task(outcome, "square").reason) == ("stopped", "died")
    assert scores(outcome.results) == {"why": None, "double": 4.0, "square": 0.0, "tiny-sum": 2.0}


def test_what_worked_before_a_kernel_died_is_there_again(grader: Grader):
    outcome = grade(
        grader,
        {"double": "import os\nos._exit(0)", "square": "def square(x):\n    return factor * x * x"},
        "factor = 1",
    )
    assert scores(outcome.results)["square"] == 6.0


def test_a_call_that_does_not_end_costs_its_task(grader: Grader):
    outcome = grade(grader, {"double": "def double(x):\n    while x == 5:\n        pass\n    return 2 * x"})
    assert task(outcome, "double").reason == "timeout"
    assert scores(outcome.results)["square"] == 6.0


def test_a_call_that_ends_the_kernel_costs_its_task(grader: Grader):
    outcome = grade(grader, {"double": "import os\ndef double(x):\n    os.abort()"})
    assert (task(outcome, "double").score, task(outcome, "double").reason) == (0.0, "died")
    assert scores(outcome.results)["square"] == 6.0


def test_what_an_earlier_task_left_running_is_not_held_against_the_next_one(grader: Grader):
    bomb = """
        import threading, time
        def double(x):
            try:
                while True:
                    threading.Thread(target=time.sleep, args=(1000,), daemon=True).start()
            except RuntimeError:  # no more of them may be started
                return 2 * x
    """
    slow = "import time\ndef square(x):\n    time.sleep(0.5)\n    return x * x"
    outcome = grade(grader, {"double": textwrap.dedent(bomb), "square": slow})
    assert task(outcome, "square").score == 6.0
    assert task(outcome, "tiny-sum").score == 2.0


def test_an_answer_below_its_check_cell_counts(grader: Grader):
    outcome = grade(grader, {"double": "", "tiny-sum": RIGHT["tiny-sum"] + "\n" + RIGHT["double"]})
    assert scores(outcome.results)["double"] == 4.0


def test_a_forbidden_library_is_named_with_what_to_do_instead(grader: Grader):
    outcome = grade(grader, {"double": "import torch\ndef double(x):\n    return torch.tensor(x) * 2"})
    assert task(outcome, "double").reason == "forbidden"
    assert "torch" in task(outcome, "double").message and "NumPy" in task(outcome, "double").message
    inside = grade(grader, {"double": "def double(x):\n    import scipy\n    return 2 * x"})
    assert task(inside, "double").reason == "forbidden"
    assert "scipy" in task(inside, "double").message


def test_asking_with_input_is_refused_politely(grader: Grader):
    outcome = grade(grader, {"double": "n = input('factor?')"})
    assert "input()" in task(outcome, "double").message


@pytest.mark.parametrize(
    "source",
    [
        "print('12.0')\n12.0",
        "from IPython.display import display\ndisplay({'text/plain': '6.0'}, raw=True)",
        "import sys\nsys.stderr.write('x')\nraise SystemExit",
        "get_ipython().run_cell = lambda *a, **k: None",
        "import builtins\nbuiltins.compile = builtins.len = builtins.isinstance = None",
        "class Same(int):\n    def __eq__(self, other): return True\n    __hash__ = None\ndef double(x): return Same()",
        "raise KeyboardInterrupt",
    ],
)
def test_nothing_but_a_right_answer_earns_points(grader: Grader, source: str):
    assert scores(grade(grader, {"double": source}).results)["double"] == 0.0


def test_files_handed_in_beside_the_notebook_can_be_read_also_after_a_restart(grader: Grader):
    answers = {
        "double": "import os\nos._exit(1)",
        "square": "assert open('data/n.txt').read() == '7'\n" + RIGHT["square"],
    }
    outcome = grade(grader, answers, files={"data/n.txt": b"7"})
    assert not [o for o in cell(outcome, "square").outputs if o.output_type == "error"]


def test_a_file_that_is_no_notebook_lists_every_task_with_nothing(grader: Grader):
    outcome = grader.grade(job(b'{"cells": ['))
    assert (outcome.results.status, outcome.results.reason, outcome.results.score) == ("not_gradable", "malformed", 0.0)
    assert scores(outcome.results) == {"why": None, "double": 0.0, "square": 0.0, "tiny-sum": 0.0}


def test_the_same_submission_gets_the_same_results(grader: Grader):
    first, second = (grade(grader, {"double": "def double(x):\n    return abs(2 * x)"}).results for _ in range(2))
    assert first.tasks == second.tasks


def test_the_names_count_as_they_were_at_the_check_cell(grader: Grader):
    outcome = grade(grader, {"square": RIGHT["square"] + "\ndef double(x):\n    return 'overwritten'"})
    assert outcome.results.score == 12.0


def test_no_cell_can_show_what_the_hidden_checks_asked_with(grader: Grader):
    spy = "seen = []\ndef double(x):\n    seen.append(x)\n    return 2 * x"
    outcome = grade(grader, {"double": spy, "square": RIGHT["square"] + "\nprint('seen', seen)"})
    assert outcome.results.score == 12.0
    assert cell(outcome, "square").outputs[0].text == "seen []\n"


LATER = "import os, threading\ntimer = threading.Timer({seconds}, os._exit, (3,))\ntimer.daemon = True\ntimer.start()\n"
SLOW = "import time\ntime.sleep(0.8)\ndef square(x):\n    return x * x"


@pytest.mark.parametrize(
    "ending",
    ["quit()", "exit()", "get_ipython().kernel.do_shutdown(False)", "get_ipython().ask_exit()"],
)
def test_a_cell_that_asks_for_the_kernels_end_costs_nothing(grader: Grader, ending: str):
    outcome = grade(grader, {"double": f"{RIGHT['double']}\n{ending}", "square": SLOW})
    assert scores(outcome.results) == {"why": None, "double": 4.0, "square": 6.0, "tiny-sum": 2.0}


@pytest.mark.parametrize("seconds", [0.05, 0.4])
def test_a_timer_that_ends_the_kernel_costs_its_own_cell_at_most(grader: Grader, seconds: float):
    outcome = grade(grader, {"double": LATER.format(seconds=seconds) + RIGHT["double"], "square": SLOW})
    assert {**scores(outcome.results), "double": None} == {"why": None, "double": None, "square": 6.0, "tiny-sum": 2.0}
    if scores(outcome.results)["double"] == 0:
        assert "after it was done" in task(outcome, "double").message


def test_a_timer_in_a_cell_of_no_task_costs_no_task(grader: Grader):
    outcome = grade(grader, {"square": SLOW}, "factor = 1", LATER.format(seconds=0.5), "factor = 2")
    assert outcome.results.score == 12.0
    noted = [cell for cell in outcome.notebook.cells if "after it was done" in str(cell.get("outputs"))]
    assert ["threading.Timer" in cell.source for cell in noted] == [True]


class Outside:
    """Kills kernels from outside, as Linux does for want of memory: those that start a process, ``times`` of them. Of
    any other the process is ended, upon which its code goes on. A kernel's files cannot be seen from outside."""

    def __init__(self, grader: Grader, times: int) -> None:
        self._start, self._left, self.killed = grader.kernels, times, 0
        self.grader = replace(grader, kernels=self)

    def __call__(self, work: Path, student: str, gpu: Any) -> Any:
        kernel = self._start(work, student, gpu)
        threading.Thread(target=self._watch, args=(kernel.pid,), daemon=True).start()
        return kernel

    def _watch(self, pid: int) -> None:
        with suppress(psutil.NoSuchProcess):
            kernel = psutil.Process(pid)
            while True:
                for started in kernel.children():
                    if self.killed < self._left:
                        self.killed += 1
                        kernel.kill()
                        return
                    started.kill()
                time.sleep(0.005)


WAIT = """
child = os.fork()
if not child:
    time.sleep(99)
os.waitpid(child, 0)
"""
KILL_ME = f"import os, time{WAIT}"
IN_A_CALL = f"import os, time\ndef square(x):{WAIT.replace(chr(10), chr(10) + '    ')}return x * x\n"


@pytest.mark.parametrize("answers", [{"square": KILL_ME + RIGHT["square"]}, {"square": IN_A_CALL}])
def test_a_kernel_that_is_killed_from_outside_costs_nothing(grader: Grader, answers: dict[str, str]):
    outside = Outside(grader, times=1)
    assert grade(outside.grader, answers).results.score == 12.0
    assert outside.killed == 1


@pytest.mark.parametrize("answers", [{"square": KILL_ME + RIGHT["square"]}, {"square": IN_A_CALL}])
def test_a_kernel_that_linux_kills_again_for_want_of_memory_is_the_machines_fault(
    grader: Grader, answers: dict[str, str], monkeypatch: pytest.MonkeyPatch
):
    outside = Outside(grader, times=9)
    monkeypatch.setattr(host, "oom_kills", lambda: outside.killed)
    monkeypatch.setattr(SandboxKernel, "oom_killed", None)  # as where a kernel has no control group of its own
    with pytest.raises(MachineFault, match="ran out of memory"):
        grade(outside.grader, answers)


@pytest.mark.parametrize("signal_name", ["SIGKILL", "SIGTERM"])
def test_killing_the_own_kernel_gains_nothing(grader: Grader, signal_name: str):
    suicide = f"import os, signal\nos.kill(os.getpid(), signal.{signal_name})"
    for answers in (
        {"double": suicide},
        {"double": f"def double(x):\n    {suicide.replace(chr(10), chr(10) + '    ')}"},
    ):
        outcome = grade(grader, answers)
        assert (task(outcome, "double").score, task(outcome, "double").reason) == (0.0, "died")
        assert (scores(outcome.results)["square"], scores(outcome.results)["tiny-sum"]) == (6.0, 2.0)


@pytest.mark.parametrize(
    "cells",
    [
        [{"cell_type": [], "source": "x"}],
        [{"cell_type": {}, "source": "x"}],
        [{"cell_type": "code", "source": {"a": 1}}],
    ],
)
def test_a_notebook_of_odd_parts_is_graded_without_them(grader: Grader, cells: list[Any]):
    data = json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": [], "cells": cells}).encode()
    assert grader.grade(job(data)).results.score == 0.0


def test_a_notebook_whose_reading_raises_is_malformed_and_recorded(grader: Grader, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(notebook, "_student_cells", lambda document: 1 // 0)
    outcome = grader.grade(job(answered(grader.template, RIGHT)))
    assert (outcome.results.status, outcome.results.reason) == ("not_gradable", "malformed")


def test_students_files_that_are_in_the_way_of_released_ones_are_replaced(tmp_path: Path, grader: Grader):
    released = grader.assignment.release_path.parent
    (released / "data").mkdir()
    (released / "data" / "given.txt").write_text("7")
    (released / "plain.txt").write_text("8")
    try:
        reads = "assert open('data/given.txt').read() + open('plain.txt').read() == '78'\n"
        outcome = grade(grader, {"double": reads + RIGHT["double"]}, files={"data": b"file", "plain.txt/x": b"folder"})
        assert outcome.results.score == 12.0
    finally:
        shutil.rmtree(released / "data")
        (released / "plain.txt").unlink()


def test_a_full_folder_for_temporary_files_is_the_machines_fault_and_never_a_grade(
    grader: Grader, monkeypatch: pytest.MonkeyPatch
):
    full = "raise OSError(28, 'No space left on device')"
    assert grade(grader, {"double": full}).results.score == 8.0  # there is room: the answer's own
    monkeypatch.setattr(host.os, "statvfs", lambda folder: SimpleNamespace(f_bavail=50, f_frsize=1 << 20, f_files=0))
    with pytest.raises(MachineFault, match="make room"):
        grade(grader, {"double": full})
    with pytest.raises(MachineFault, match="make room"):
        grade(grader, {"double": f"def double(x):\n    {full}"})
    monkeypatch.setattr(host.os, "statvfs", lambda folder: SimpleNamespace(f_bavail=1, f_frsize=1 << 20, f_files=0))
    with pytest.raises(MachineFault, match="make room"):
        grade(grader, {})


def test_a_machine_without_memory_or_processes_is_not_the_students_fault(
    grader: Grader, monkeypatch: pytest.MonkeyPatch
):
    assert grade(grader, {"double": "raise MemoryError"}).results.score == 8.0
    monkeypatch.setattr(host, "MEMORY", 1 << 60)
    with pytest.raises(MachineFault, match="memory left"):
        grade(grader, {"double": "raise MemoryError"})
    monkeypatch.setattr(host, "PROCESSES", 1 << 60)
    with pytest.raises(MachineFault, match="no more processes"):
        grade(grader, {"double": 'raise RuntimeError("can\'t start new thread")'})


class Lacking:
    """Takes the place of what a hidden check calls: raises that many times, and then is what it stood for."""

    def __init__(self, patch: pytest.MonkeyPatch, error: BaseException, times: int) -> None:
        self.error, self.left, module = error, times, sys.modules["small_course.small.double.hidden"]
        self.called = module.expect_equal
        patch.setattr(module, "expect_equal", self)

    def __call__(self, *arguments: Any) -> None:
        self.left -= 1
        if self.left >= 0:
            raise self.error
        self.called(*arguments)


LACKS = {
    "descriptors": OSError(24, "Too many open files", "/a/b"), "room": OSError(28, "No space left on device", "/a/b"),
    "processes": BlockingIOError(11, "Resource temporarily unavailable"),
    "threads": RuntimeError("can't start new thread"), "memory": MemoryError(),
    "memory for an array": np._core._exceptions._ArrayMemoryError((9,), np.dtype(float)),
    "memory for a tensor": RuntimeError("[enforce fail at alloc_cpu.cpp:118] DefaultCPUAllocator: can't allocate"),
}  # fmt: skip


@pytest.mark.parametrize("what", LACKS)
def test_a_check_that_the_machine_breaks_is_asked_once_more(
    grader: Grader, monkeypatch: pytest.MonkeyPatch, what: str
):
    Lacking(monkeypatch, LACKS[what], times=2)
    outcome = grade(grader, {})
    assert (outcome.results.score, outcome.broken) == (12.0, ())


@pytest.mark.parametrize(("what", "said"), [
    ("descriptors", "ulimit -n"), ("room", "/a/b has no room left"), ("processes", "no more processes"),
    ("threads", "no more processes"),
])  # fmt: skip
def test_a_check_that_the_machine_breaks_again_is_the_machines_fault(
    grader: Grader, monkeypatch: pytest.MonkeyPatch, what: str, said: str
):
    Lacking(monkeypatch, LACKS[what], times=9)
    with pytest.raises(MachineFault, match=said):
        grade(grader, {})


def test_a_check_without_memory_is_the_machines_fault_where_that_has_none(
    grader: Grader, monkeypatch: pytest.MonkeyPatch
):
    Lacking(monkeypatch, LACKS["memory"], times=9)
    outcome = grade(grader, {})  # there is memory: an answer of an odd kind can have a check ask for too much
    assert outcome.results.score == 8.0 and "test_double_of_five: MemoryError" in outcome.broken
    Lacking(monkeypatch, LACKS["memory"], times=9)
    monkeypatch.setattr(host, "MEMORY", 1 << 60)
    with pytest.raises(MachineFault, match="memory left"):
        grade(grader, {})


@pytest.mark.parametrize("text", ["OSError: [Errno 24] Too many open files", "MemoryError"])
def test_what_an_answer_says_is_not_what_the_machine_lacks(
    grader: Grader, monkeypatch: pytest.MonkeyPatch, text: str
):
    Lacking(monkeypatch, ValueError(f"not a number: {text}"), times=1)
    outcome = grade(grader, {})
    assert outcome.results.score == 11.0 and len(outcome.broken) == 1


def test_a_kernel_that_cannot_be_started_is_the_machines_fault(grader: Grader):
    tries: list[str] = []

    def refuse(work: Path, student: str, gpu: Any) -> Any:
        tries.append(student)
        raise KernelFailed("the kernel did not answer")

    with pytest.raises(MachineFault, match=r"No kernel could be started: the kernel did not answer; .* again\."):
        grade(replace(grader, kernels=refuse), {})
    assert len(tries) == 2


def test_magics_that_are_not_there_or_fail_do_not_stop_an_answer(grader: Grader):
    outcome = grade(grader, {
        "double": "%nosuch magic\n%matplotlib widget\n%load_ext tensorboard\ndef double(x):\n    return 2 * x",
        "square": "%%nosuch\ndef square(x):\n    return x * x",
    })  # fmt: skip
    assert scores(outcome.results)["double"] == 4.0 and scores(outcome.results)["square"] == 6.0
    said = "".join(output.text for output in cell(outcome, "double").outputs)
    assert "no magic %nosuch here" in said and "%matplotlib widget did not work here" in said


def test_what_code_within_a_magic_raises_is_its_own(grader: Grader):
    outcome = grade(grader, {"double": "%time 1 / 0\ndef double(x):\n    return 2 * x"})
    assert "ZeroDivisionError" in task(outcome, "double").message


def test_a_module_that_one_cell_writes_is_imported_by_the_next(grader: Grader):
    written = "%%writefile mine.py\ndef double(x):\n    return 2 * x"
    outcome = grade(grader, {"double": "from mine import double"}, written)
    assert scores(outcome.results)["double"] == 4.0
    outcome = grade(grader, {"double": "import importlib, mine\nimportlib.reload(mine)\nfrom mine import double"},
                    "%%writefile mine.py\ndef double(x):\n    return x", "import mine", written)  # fmt: skip
    assert scores(outcome.results)["double"] == 4.0


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("def Double(x):\n    return 2 * x", "There is no `double` here, but a `Double`."),
        ("def twice(x):\n    return 2 * x", "There is no `double` here; its cell defines `twice`."),
        ("x = 1", "Not attempted yet."),
    ],
)
def test_an_answer_under_another_name_is_told_the_name_that_is_there(grader: Grader, answer: str, said: str):
    found = task(grade(grader, {"double": answer}), "double")
    assert (found.status, found.message) == ("not_attempted", said)
    assert {test.message for test in found.tests} == {said}


def test_imports_that_a_student_changed_and_broke_are_the_courses_again(grader: Grader, tmp_path: Path):
    small_course(tmp_path)
    setup = nbformat.v4.new_code_cell("import math\nFACTOR = 2")
    for side in ("solutions", "assignments"):
        path = tmp_path / side / "00-small" / "00-small.ipynb"
        released = nbformat.read(path, as_version=4)
        released.cells.insert(1, setup)
        nbformat.write(released, path)
    template = notebook.Template.load(Course(tmp_path).assignment("00-small"))
    answers = {**RIGHT, "double": "def double(x):\n    return FACTOR * x * int(math.sqrt(1))"}
    submitted = nbformat.reads(answered(template, answers).decode(), as_version=4)
    submitted.cells[1].source = "from google.colab import drive\n" + setup.source
    data = nbformat.writes(submitted).encode()
    outcome = replace(grader, template=template).grade(job(data, note="The notebook is called x."))
    assert outcome.results.score == 12.0
    told = outcome.results.to_dict()["notes"]
    assert told[0] == "The notebook is called x."
    assert "ModuleNotFoundError: No module named 'google" in told[1] and "the course's own were run" in told[1]
    assert Results.from_dict(outcome.results.to_dict()).notes == tuple(told)
