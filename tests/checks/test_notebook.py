"""`check` in a student's session: it obeys, says what green means, helps with errors and names, and gives hints."""

from __future__ import annotations

import html
import json
import os
import signal
import sys
import textwrap
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from autograder.bridge.errors import StudentError
from autograder.checks import hints_in_steps, notebook
from autograder.checks.audit import audit
from autograder.checks.display import as_html, as_text
from autograder.checks.headline import FORM_ONLY, ONE_FORM_ONLY
from autograder.checks.hints import explain
from autograder.checks.notebook import check
from autograder.checks.reading import near_name, with_what_is_missing
from autograder.checks.result import TestResult
from autograder.checks.terminal import UnreadableNotebook, check_notebook
from autograder.course import ROOT_VARIABLE

RIGHT = "def doubled(x):\n    return 2 * x"
PUBLIC = '''
from autograder.checks.api import expect_equal, reference
def test_three(student):
    """Twice three is six."""
    expect_equal(student.doubled(3), reference.doubled(3))
def test_four(student):
    """Twice four is eight."""
    expect_equal(student.doubled(4), reference.doubled(4))
'''
STEPS = '''
from autograder.checks.api import expect_equal, step
@step("Three")
def test_three(student):
    """Twice three is six."""
    expect_equal(student.steps(3), 6)
@step("Four")
def test_four(student):
    """Twice four is eight."""
    expect_equal(student.steps(4), 8)
'''
FORM = '''
from autograder.checks.api import read_entry, read_number
def test_form(student):
    """The sum is a number."""
    read_number(read_entry(student.sums, "sum"), 'the entry "sum"')
'''
PROBED = '''
from autograder.checks.api import expect_equal, in_kernel
def length(call):
    return len(call(3))
def test_length(student):
    """Three things."""
    expect_equal(in_kernel(student, length).length(student.probed), 3)
def test_other(student):
    """Another name."""
    expect_equal(student.other(1), 1)
'''
TRIED = FORM.replace("sums", "tried") + '''
from autograder.checks.api import example, expect_entries, misconceptions, reference
@example('{"sum": ...}')
def test_example(student):
    """Of 30 and 12."""
    expect_entries(student.tried, reference.tried(30, 12), like=misconceptions.TRIED)
'''
TRIED_WRONG = '''
from autograder.checks.api import Misconceptions
from . import reference
TRIED = Misconceptions("tried", reference.tried, answer=True)
@TRIED.add("difference")
def difference(a=3, b=2):
    """The numbers were taken from each other."""
    return {"sum": a - b}
'''
WORKED = FORM + '''
from autograder.checks.api import expect_equal, reference
def test_worked(student):
    """The worked example with other numbers."""
    expect_equal(student.worked, reference.sums())
'''
SUMS = '''
from autograder.checks.api import Misconceptions
from . import reference
SUMS = Misconceptions("{task}", reference.sums, answer=True)
@SUMS.add("one-less")
def one_less():
    """One less."""
    return {{"sum": 4}}
'''
PUBLIC_CHECKS = {
    "doubled": PUBLIC, "sums": FORM, "worked": WORKED, "steps": STEPS, "tried": TRIED, "probed": PROBED,
}  # fmt: skip
REFERENCES = {"doubled": "def doubled(x):\n    return 2 * x", "sums": "def sums():\n    return {'sum': 5}"}
REFERENCES["tried"] = "def tried(a=3, b=2):\n    return {'sum': a + b}"
REFERENCES["probed"] = "def probed(x):\n    return [x] * x"
REFERENCES |= {"worked": REFERENCES["sums"], "steps": REFERENCES["doubled"]}


@pytest.fixture(autouse=True)
def course(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    root = tmp_path_factory.mktemp("course")
    package = f"course_of_{root.name}"
    (root / "pyproject.toml").write_text(f'[tool.autograder]\ncourse = "{package}"\n')
    for task, public in PUBLIC_CHECKS.items():
        folder = root / package / "numbers" / task
        folder.mkdir(parents=True)
        (folder / "public.py").write_text(public)
        (folder / "reference.py").write_text(REFERENCES[task])
        if task in ("sums", "worked"):
            (folder / "misconceptions.py").write_text(SUMS.format(task=task))
        if task == "tried":
            (folder / "misconceptions.py").write_text(TRIED_WRONG)
        for home in (folder, folder.parent, folder.parents[1]):
            (home / "__init__.py").touch()
    hints = 'HINTS = ("What is twice 3?", "Add it to itself.")'
    (root / package / "numbers" / "doubled" / "hints.py").write_text(hints)
    monkeypatch.setenv(ROOT_VARIABLE, str(root))
    monkeypatch.syspath_prepend(str(root))
    yield root


def checked(source: str, task: str = "doubled") -> Any:
    names: dict[str, Any] = {}
    exec(compile(textwrap.dedent(source), "<cell>", "exec"), names)
    return check(task, namespace=names)


ENDLESS = "def doubled(x):\n    while True:\n        pass"
SLEEPS = "import time\ndef doubled(x):\n    time.sleep(60)"
SWALLOWS = """
count = 0
def doubled(x):
    global count
    while count < 2:
        try:
            while True: pass
        except BaseException:
            count += 1
    while True: pass
"""


@pytest.mark.parametrize("source", [ENDLESS, SLEEPS, SWALLOWS], ids=["loop", "sleep", "swallows"])
def test_an_endless_answer_ends_by_itself_with_a_sentence(source: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notebook, "SECONDS", 0.5)
    result = checked(source)
    assert not result.passed and len(result.tests) == 2
    assert "The check was stopped after 0.5 seconds; a loop that does not end" in repr(result)
    assert "KeyboardInterrupt" not in repr(result)


def test_an_endless_answer_ends_where_interrupts_are_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    """So does whatever a shell starts in the background."""
    monkeypatch.setattr(notebook, "SECONDS", 0.5)
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        assert "The check was stopped after 0.5 seconds" in repr(checked(ENDLESS))
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)


@pytest.fixture
def interrupts() -> Iterator[None]:
    """As in a terminal, and in a kernel, wherever the tests were started."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("interrupts")
def test_the_first_interrupt_ends_it() -> None:
    stop = "threading.Timer(0, signal.pthread_kill, (threading.main_thread().ident, signal.SIGINT)).start()"
    result = checked("import signal, threading\n" + ENDLESS.replace("    while", f"    {stop}\n    while"))
    assert "The check was stopped here." in repr(result) and "seconds" not in repr(result)
    assert result.tests[1].lost


def test_a_quick_answer_leaves_no_interrupt_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notebook, "SECONDS", 0.3)
    assert checked(RIGHT).passed
    time.sleep(0.6)


def test_beside_the_main_thread_it_works_too() -> None:
    found: list[Any] = []
    thread = threading.Thread(target=lambda: found.append(checked(RIGHT)))
    thread.start()
    thread.join()
    assert found[0].passed


def test_green_says_what_it_means() -> None:
    assert repr(checked(RIGHT)).startswith("doubled: all 2 public checks passed")
    form = checked("sums = {'sum': 17}", "sums")
    assert form.passed and repr(form).startswith(f"sums: its public check passed. {ONE_FORM_ONLY}")
    assert ONE_FORM_ONLY in form._repr_html_()
    assert f"2 of 2 public checks passed. {FORM_ONLY}" in as_text("t", 2 * [form.tests[0]], form_only=True)
    worked = checked("sums = {'sum': 17}\nworked = {'sum': 5}", "worked")
    assert worked.passed and FORM_ONLY not in repr(worked)


def test_where_the_form_alone_is_looked_at_a_way_can_be_tried_on_an_example() -> None:
    offered = checked("tried = {'sum': 17}", "tried")
    call = 'check("tried", example={"sum": ...})'
    assert offered.passed and len(offered.tests) == 1
    assert "Of 30 and 12." in repr(offered) and call in repr(offered)
    assert "Of 30 and 12." in offered._repr_html_() and html.escape(call) in offered._repr_html_()
    assert call not in repr(checked("tried = {'sum': None}", "tried")), "first the form"
    assert call in repr(check("tried", hint=True))
    right, wrong, empty = (check("tried", example=one) for one in ({"sum": 42}, {"sum": 18}, {}))
    assert right.passed and repr(right).startswith("tried, the example: right\n")
    assert repr(wrong).startswith("tried, the example: not right yet\n") and "taken from each other" in repr(wrong)
    assert wrong.tests[0].diagnosis == "difference" and 'no entry "sum"' in repr(empty)
    with pytest.raises(ValueError, match="There is no example for 'doubled'"):
        check("doubled", example={"sum": 3})


def test_an_example_that_is_not_right_is_no_success_where_a_cell_without_an_error_is_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("CNN_STRICT", "1")
    with pytest.raises(notebook.CheckFailed, match="the example: not right yet"):
        check("tried", example={"sum": 3})


@pytest.mark.parametrize(("source", "said"), [
    ("doubled = 5", "`doubled` is a number here; it should be a function or a class."),
    ("doubled = [1, 2]", "`doubled` is a list of 2 values here; it should be a function or a class."),
    ("def Doubled(x): return 2 * x", "There is no `doubled` here, but a `Doubled`."),
    ("def double_d(x): return 2 * x", "There is no `doubled` here, but a `double_d`."),
    ("def doubed(x): return 2 * x", "There is no `doubled` here, but a `doubed`."),
    ("def tripled(x): return 2 * x", "not attempted yet. Write your answer in the cell above"),
])
def test_an_error_helps(source: str, said: str) -> None:
    text = repr(checked(source))
    assert said in text
    for noise in ("Traceback", "pytest", ".py", "0x", "E   "):
        assert noise not in text


@pytest.mark.parametrize(("source", "said"), [
    ("probed = 5", "`probed` is a number here; it should be a function or a class."),
    ("def probed(x): pass", "`probed`, or a function or `forward` that it uses. Is a return missing?"),
    ("def probed(x): raise NotImplementedError", "`probed` is not answered yet."),
])
def test_an_error_names_what_was_asked_for_also_where_another_name_follows(source: str, said: str) -> None:
    result = checked(f"{source}\ndef other(x): return x", "probed")
    assert said in repr(result) and "`other`" not in repr(result)
    assert [test.passed for test in result.tests] == [False, True]


def test_one_cause_is_told_once() -> None:
    result = checked("def doubled(x):\n    return undefined_name")
    text = repr(result)
    assert text.count("undefined_name' is not defined") == 1
    assert "(It makes 2 checks fail.)" in text and "The same as above." in text


def failed(message: str, **more: Any) -> TestResult:
    return TestResult("t", "d", False, 0, False, message=message, **more)


def test_an_exception_of_one_line_is_one_cause() -> None:
    """Its text may be another each time; with a different line it is another cause."""
    raised = "Your code raised an IndexError in line {} of f: index {} is out of bounds."
    text = as_text("t", [failed(raised.format(2, 1)), failed(raised.format(2, 3)), failed(raised.format(4, 3))])
    assert "line 2 of f: index 1 is out of bounds. (It makes 2 checks fail.)" in text
    assert "index 3" not in text.replace(raised.format(4, 3), "") and text.count("The same as above.") == 1


def test_a_cause_that_stands_further_above_is_named_by_its_row() -> None:
    """The values of a later check still stand there."""
    rows = [failed("A."), failed("A."), failed("B."), failed("A.", counterexample="size 7", details="expected 3")]
    lines = [line.strip() for line in as_text("t", rows).splitlines()]
    assert lines[4] == "The same as above." and lines[8:] == ["The same as in row 1.", "case: size 7", "expected 3"]


def test_what_is_told_of_a_cause_above_is_not_told_again() -> None:
    """Nor does a number in a text make another cause, where no line of the notebook raised it."""
    raised = "Your code raised an AttributeError: model {} has no input."
    rows = [failed(raised.format(1), details="received 5.5"), failed(raised.format(2), details="received 5.5")]
    text = as_text("t", rows)
    assert text.count("received 5.5") == 1 and text.count("The same as above.") == 1 and "model 2" not in text


@pytest.mark.parametrize(("source", "said"), [
    ("import math\ndef doubled(x): return math.Sqrt(x)", "has no attribute 'Sqrt'. Did you mean `sqrt`?"),
    ("class Box:\n    weight = 1\ndef doubled(x): return Box().weigt", "Did you mean `weight`?"),
    ("def doubled(number): return 2 * nubmer", "name 'nubmer' is not defined. Did you mean `number`?"),
    ("HEIGHT = 3\ndef doubled(x): return HIEGHT", "Did you mean `HEIGHT`?"),
    ("class Box:\n    bias = 3\n    def total(self, x): return x + bias\ndef doubled(x): return Box().total(x)",
     "Did you mean `self.bias`?"),
    ("def doubled(x): return 2 * quux", "The name is not known here: is `self.` missing, or a cell not run?"),
    ("def doubled(x): return [x].copy.append(1)", "`x.mean` is the method, and `x.mean()` what it gives."),
    ("def doubled(x): return x.real.conjugate + 1", "`x.mean` is the method, and `x.mean()` what it gives."),
    ("class Box:\n    def _init_(self, x): pass\ndef doubled(x): return Box(x)", "is it there, with two underscores"),
    ("class Box:\n    def to(self): self._apply()\ndef doubled(x): return Box.to('cpu')", "as in `Thing()`, make one."),
    ("class Box:\n    def to(self): pass\ndef doubled(x): return Box.to()", "as in `Thing()`, make one."),
    ("def doubled(x): return len(x)", "This is a single number, which has no length."),
    ("class Odd:\n    def __dir__(self): raise SystemError\ndef doubled(x): return Odd().wide",
     "The attribute was never set, or is spelled in another way."),
])
def test_a_slip_is_told_with_what_was_meant(source: str, said: str) -> None:
    text = repr(checked(source))
    assert said in text and text.count("Did you mean") <= 1


def test_what_keras_says_is_told_without_colours_and_lists() -> None:
    keras = ("Exception encountered when calling MaxPooling2D.call().\n\n\x1b[1mComputed output size would be zero or "
             "negative. Received: `pool_size=[2 2]`.\x1b[0m\n\nArguments received by MaxPooling2D.call():\n  • args=()")
    text = explain(StudentError("ValueError", ("ValueError",), keras, None), hidden=False, source=None)
    assert text.startswith("Your code raised a ValueError: Computed output size would be zero or negative. Received: ")
    assert "pooling too many?" in text and not any(noise in text for noise in ("\x1b", "[1m", "Arguments", "Exception"))


def test_what_was_meant_is_no_business_of_a_hidden_test() -> None:
    error = StudentError("NameError", ("NameError",), "name 'btch' is not defined", None, "batch")
    assert "Did you mean `batch`?" in explain(error, hidden=False, source=None)
    assert "batch" not in explain(error, hidden=True, source=None)


def of_step(step: str, passed: bool, hidden: bool = False) -> TestResult:
    return TestResult("t", f"d of {step}", hidden, 0, passed, message="" if passed else f"m of {step}", step=step)


def test_what_comes_after_the_first_step_that_does_not_pass_stays_grey() -> None:
    rows = [of_step("one", True), of_step("two", False), of_step("two", True), of_step("three", True),
            of_step("three", False)]
    assert [line.strip() for line in as_text("t", rows).splitlines()] == [
        "t: 2 of 5 public checks passed", "Step 1 of 3: one", "✓ d of one", "Step 2 of 3: two", "✗ d of two",
        "m of two", "✓ d of two", "Step 3 of 3: three (after step 2)", "○ d of three", "○ d of three",
    ]  # fmt: skip
    page = as_html("t", rows)
    assert page.count("opacity:0.72") == page.count("later") == 2 and "m of three" not in page
    assert page.count('scope="rowgroup"') == 3


def test_with_all_steps_passed_nothing_is_grey_and_graded_work_is_shown_whole() -> None:
    assert "○" not in as_text("t", [of_step("one", True), of_step("two", True)])
    graded = as_text("t", [of_step("one", False), of_step("two", False), of_step("", False, hidden=True)])
    assert "○" not in graded and "Step" not in graded and "m of two" in graded


def test_a_module_says_its_steps() -> None:
    half = repr(checked("def steps(x):\n    return 6", "steps"))
    assert "Step 1 of 2: Three" in half and "✗ Twice four is eight." in half
    assert "○ Twice four is eight." in repr(checked("def steps(x):\n    return 8", "steps"))


def test_what_is_not_answered_yet_is_named_where_something_else_is() -> None:
    assert "`doubled` is not answered yet." in with_what_is_missing(
        TestResult("t", "d", False, 0, False, attempted=False, raw="doubled", message="Not attempted yet."), ["other"]
    ).message


def test_the_table_has_headers_with_scopes() -> None:
    page = checked("def doubled(x):\n    return 0")._repr_html_()
    assert page.count('<th scope="col"') == 2 and page.count('<th scope="row"') == 2
    assert "<caption" in page and ">✗</span> not yet" in page and "aria-label" not in page


def test_a_broken_check_shows_no_source_of_ours() -> None:
    report = "E   assert\nautograder/x.py:3"
    row = TestResult("t", "d", False, 0, False, message="It broke.", details=report, broken=True)
    assert "autograder" not in as_text("t", [row]) and "autograder" not in as_html("t", [row])


@pytest.mark.parametrize(("wanted", "there", "near"), [
    ("Conv2D", ["Conv2d"], "Conv2d"), ("conv2d_backward", ["conv2dbackward"], "conv2dbackward"),
    ("dilate_kernel", ["dilate_kernels"], "dilate_kernels"), ("MaxPooling2D", ["MinPooling2D"], None),
    ("lenet", ["LeNet5"], "LeNet5"), ("top_k", ["top_n"], None), ("relu", ["relu6"], None),
    ("Dense", ["Dence"], "Dence"), ("output_size", ["ouptut_size"], "ouptut_size"),
])
def test_which_name_is_nearly_another(wanted: str, there: list[str], near: str | None) -> None:
    assert near_name(wanted, there) == near


def test_hints_come_one_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hints_in_steps, "_given", {})
    first, second, again = (check("doubled", hint=True) for _ in range(3))
    assert repr(first) == "doubled: hint 1 of 2\nWhat is twice 3?"
    assert repr(second).startswith("doubled: hint 2 of 2; there are no more") and "Add it to itself." in repr(second)
    assert repr(again) == repr(first)
    assert first._repr_markdown_() == "**doubled: hint 1 of 2**\n\nWhat is twice 3?"
    assert repr(check("sums", hint=True)) == "sums: there are no hints"


def test_the_audit_asks_for_hints_and_refuses_nothing_without(course: Path) -> None:
    from autograder.checks.audit import _about_hints
    from autograder.course import Task

    assert list(_about_hints(Task("doubled", "code", 1))) == []
    (asked,) = _about_hints(Task("sums", "code", 1))
    assert "it has 0 hints" in asked
    assert list(_about_hints(Task("sums", "answer", 1))) == []
    assert callable(audit)


@pytest.mark.parametrize("ending", ["quit()", "exit()", "get_ipython().ask_exit()", "raise SystemExit"])
def test_a_notebook_that_quits_is_checked_all_the_same(tmp_path: Path, ending: str) -> None:
    found = check_notebook(written(tmp_path, ending))
    assert [(task, passed) for task, passed, _ in found] == [("doubled", True)]


def test_a_notebook_that_ends_its_kernel_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(UnreadableNotebook, match="ended its own kernel"):
        check_notebook(written(tmp_path, "import os; os._exit(1)"))


def written(folder: Path, ending: str) -> Path:
    cells = [(RIGHT, {}), (ending, {}), ("import time; time.sleep(1)", {}),
             ("", {"nbgrader": {"grade_id": "doubled-check"}})]
    document = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [
        {"cell_type": "code", "id": str(n), "metadata": meta, "execution_count": None, "outputs": [], "source": source}
        for n, (source, meta) in enumerate(cells)
    ]}
    path = folder / "mine.ipynb"
    path.write_text(json.dumps(document))
    assert os.environ[ROOT_VARIABLE] in sys.path
    return path
