"""What a submission may cost the grader's own process."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time

import numpy as np
import pytest

from autograder import notebook_file
from autograder.sandbox.limits import MEBI
from autograder.submission import notebook
from autograder.submission.budget import TooMuch, bounded
from autograder.submission.notebook import NotGradable, _parse


def test_what_stays_below_the_budget_is_left_alone():
    assert bounded(lambda: float(np.ones(1000).sum())) == 1000.0


def test_memory_without_end_is_tried_twice_and_then_said_so():
    tries = []

    def hold() -> None:
        tries.append(1)
        held = []
        while True:
            held.append(np.ones(4 * MEBI // 8))

    before = resource.getrlimit(resource.RLIMIT_DATA)
    with pytest.raises(TooMuch) as caught:
        bounded(hold, memory_bytes=200 * MEBI)
    assert str(caught.value) == (
        "Judging what this submission gave back took more than the 0.21 GB of memory that the grader has for one "
        "submission."
    )
    assert len(tries) == 2 and resource.getrlimit(resource.RLIMIT_DATA) == before


HAS_LESS = """
import resource
from autograder.faults import MachineFault
from autograder.submission.budget import bounded
resource.setrlimit(resource.RLIMIT_DATA, (900 << 20, 900 << 20))
try:
    bounded(lambda: None)
except MachineFault as fault:
    print(fault)
"""


def test_a_grader_that_may_hold_less_than_a_submission_may_cost_blames_nobody():
    said = subprocess.run([sys.executable, "-c", HAS_LESS], capture_output=True, text=True, check=True).stdout
    assert "may hold 900 MB of data here, and the grader may need 3" in said and "(`ulimit -d`), and run" in said


def test_one_breach_is_forgiven():
    tries = []

    def hold_once() -> str:
        tries.append(1)
        if len(tries) == 1:
            np.ones(400 * MEBI // 8)
        return "graded"

    assert bounded(hold_once, memory_bytes=200 * MEBI) == "graded"


def test_computing_without_end_is_stopped_although_exceptions_are_swallowed():
    def compute() -> None:
        while True:
            try:
                sum(range(1000))
            except Exception:
                continue

    started = time.process_time()
    with pytest.raises(TooMuch) as caught:
        bounded(compute, cpu_s=0.3)
    assert str(caught.value) == (
        "Judging what this submission gave back took longer than the 0.3 seconds of computing that the grader has for "
        "one submission."
    )
    assert time.process_time() - started < 5


def test_waiting_costs_no_computing():
    assert bounded(lambda: time.sleep(0.5) or "done", cpu_s=0.3) == "done"


@pytest.mark.parametrize(("where", "fine"), [("outputs", True), ("attachments", False), ("source", False)])
def test_a_large_file_is_read_if_its_outputs_make_it_large(monkeypatch, where, fine):
    monkeypatch.setattr(notebook, "MAX_BYTES_WITHOUT_OUTPUTS", 10_000)
    text = "x" * 20_000
    cell = {"cell_type": "code", "metadata": {}, "source": "", where: [text] if where == "outputs" else text}
    data = json.dumps({"nbformat": 4, "cells": [cell]}).encode()
    if fine:
        assert "outputs" not in _parse(data)["cells"][0]
        return
    with pytest.raises(NotGradable, match="even without its outputs"):
        _parse(data)


def test_a_file_above_the_cap_is_not_read(monkeypatch):
    monkeypatch.setattr(notebook_file, "MAX_FILE_BYTES", 100)
    with pytest.raises(NotGradable, match="larger than"):
        _parse(b" " * 100 + b"{}")


TRACED = """
import sys, time
from autograder.sandbox.training import Watch

def trace(*_):
    return trace

sys.settrace(trace)
found = Watch(100, time.monotonic).during(lambda: 5)
print([found + number for number in range(1000)][-1])
"""


def test_a_process_whose_calls_are_traced_goes_on_after_what_was_bounded():
    """As where coverage is measured, or a debugger looks on."""
    done = subprocess.run([sys.executable, "-c", TRACED], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout) == (0, "1004\n"), done.stderr
