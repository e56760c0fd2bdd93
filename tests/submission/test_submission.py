"""One submission from bytes to result, in real sandboxed kernels."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from typing import Any

import nbformat
import pytest

from autograder.classroom.worker import WorkerSpec, make_grader
from autograder.submission.results import Results
from autograder.submission.submission import Grader, Outcome
from tests.small.courses import at_home
from tests.small.small_class import RIGHT, answered, job, scores, small_course


@pytest.fixture(scope="module")
def grader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Grader]:
    root = tmp_path_factory.mktemp("course")
    small_course(root)
    with at_home(root):
        grader, close = make_grader(WorkerSpec(root, "00-small", "required"))
        yield grader
        close()


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
    assert scores(outcome.results) == {"why": None, "double": 0.0, "square": 6.0, "tiny-sum": 2.0}


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
