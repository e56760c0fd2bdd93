"""Kernels: seconds until ready, private memory; and what grading costs over running the cells alone."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

import psutil
from IPython.core.interactiveshell import InteractiveShell

from autograder.grading.kernel import run_cell
from autograder.sandbox.client import WarmPool
from autograder.sandbox.limits import Limits
from autograder.sandbox.policy import RUNTIMES, Policy
from tests.bench.table import Measured, print_table

STARTS = 15
WORK = """
import numpy as np
rng = np.random.default_rng(0)
image = rng.random((96, 96))
out = np.zeros((94, 94))
for repeat in range(4):
    for row in range(94):
        for column in range(94):
            out[row, column] = (image[row:row + 3, column:column + 3] * 0.1).sum()
"""


def ready() -> None:
    """Seconds from asking for a kernel to its readiness, after a fork from the warm server."""
    rows, memory = [], []
    for runtime in RUNTIMES:
        measured, private = Measured(runtime), Measured(runtime)
        with WarmPool(runtime) as pool, tempfile.TemporaryDirectory() as folder:
            for number in range(STARTS):
                kernel = pool.start(Limits(), Policy(), work=Path(folder, str(number)), variants={}, environ={})
                measured.add(kernel.ready_seconds)
                run_cell(kernel, "import numpy as np\nx = np.ones((100, 100)) @ np.ones((100, 100))", Limits())
                private.add(_private(kernel.pid) / 1e6)
                kernel.shutdown()
        rows.append(measured)
        memory.append(private)
    print_table("A confined kernel, ready after the fork, seconds", rows)
    print_table("Private memory of a kernel after a cell of NumPy, MB", memory)


def over_the_cells() -> None:
    """Seconds for the same cells in a warm interpreter, and in a confined kernel with its start and end."""
    alone, confined = Measured("the cells in a warm IPython shell"), Measured("kernel, cells, end")
    shell = InteractiveShell.instance()
    shell.run_cell(WORK)
    with WarmPool("numpy") as pool, tempfile.TemporaryDirectory() as folder:
        for number in range(STARTS):
            started = time.perf_counter()
            for _ in range(3):
                shell.run_cell(WORK)
            alone.add(time.perf_counter() - started)
            started = time.perf_counter()
            kernel = pool.start(Limits(), Policy(), work=Path(folder, str(number)), variants={}, environ={})
            for _ in range(3):
                run_cell(kernel, WORK, Limits())
            kernel.shutdown()
            confined.add(time.perf_counter() - started)
    print_table("Running a student's cells, seconds", [alone, confined], peer=alone)


def _private(pid: int) -> int:
    info = psutil.Process(pid).memory_full_info()
    return info.uss
