"""Kernels: seconds until ready, private memory; and what grading costs over running the cells alone."""

from __future__ import annotations

import os
import tempfile
import time
from pathlib import Path

import psutil
from IPython.core.interactiveshell import InteractiveShell
from jupyter_client.manager import start_new_kernel

from autograder.sandbox.limits import Limits
from autograder.sandbox.policy import RUNTIMES, Policy
from autograder.sandbox.setup import KernelSetup
from autograder.sandbox.warm_pool import WarmPool
from autograder.submission.kernel import run_cell
from tests.bench.table import Measured, print_table

STARTS, NOTEBOOK_RUNS = 15, 3
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
                kernel = pool.start(KernelSetup(Limits(), Policy(), Path(folder, str(number))))
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
            kernel = pool.start(KernelSetup(Limits(), Policy(), Path(folder, str(number))))
            for _ in range(3):
                run_cell(kernel, WORK, Limits())
            kernel.shutdown()
            confined.add(time.perf_counter() - started)
    print_table("Running a student's cells, seconds", [alone, confined], peer=alone)


def notebook_alone(cells: list[str]) -> list[float]:
    """Seconds for a notebook's cells in a kernel of Jupyter's that has imported what they import; some runs."""
    threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), str(Limits().threads))
    folder = tempfile.TemporaryDirectory()
    manager, client = start_new_kernel(kernel_name="python3", env={**os.environ, **threads}, cwd=folder.name)
    try:
        seconds = []
        for _ in range(1 + NOTEBOOK_RUNS):  # the first one imports
            started = time.perf_counter()
            for cell in cells:
                reply = client.execute_interactive(cell, output_hook=lambda _: None, timeout=300)
                if reply["content"]["status"] != "ok":
                    raise RuntimeError(f"a cell raised {reply['content']['ename']}: {reply['content']['evalue']}")
            seconds.append(time.perf_counter() - started)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
        folder.cleanup()
    return seconds[1:]


def _private(pid: int) -> int:
    info = psutil.Process(pid).memory_full_info()
    return info.uss
