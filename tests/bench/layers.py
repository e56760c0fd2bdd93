"""The reference layers against PyTorch's: AlexNet's five convolutions, and its whole forward pass.

Each side runs in a process of its own, and the sides take turns. In one process they would disturb each other: after a
product the idle threads of OpenBLAS and of PyTorch go on spinning for a while, on the cores that the other one needs.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field

from tests.bench.table import Measured, print_steps, print_table

THREADS = 2
TURNS = 4
IMAGES = (1, 32)
# Variables that choose a library's kernels; without them it takes those that it finds best for the CPU.
STEERING = ("OPENBLAS_", "MKL_", "DNNL_", "ONEDNN_", "ATEN_", "OMP_", "KMP_", "GOMP_")


@dataclass
class Side:
    """One of those that are compared, and its runs: milliseconds for each step."""

    name: str
    library: str
    what: str
    kernels: str = ""
    steps: tuple[str, ...] = ()
    runs: list[list[float]] = field(default_factory=list)

    def take_turn(self, images: int) -> None:
        """Measures in a fresh process, as the library was installed, with the same number of threads for each."""
        environ = {name: value for name, value in os.environ.items() if not name.startswith(STEERING)}
        threads = {name: str(THREADS) for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")}
        arguments = (self.library, self.what, str(images), str(THREADS))
        command = [sys.executable, "-m", "tests.bench.layers_process", *arguments]
        done = subprocess.run(command, env=environ | threads, capture_output=True, text=True, check=True)
        found = json.loads(done.stdout)
        self.kernels, self.steps = found["kernels"], tuple(found["steps"])
        self.runs += found["runs"]

    def measured(self, step: int | None = None) -> Measured:
        """The runs of one step, or of all steps together."""
        name = f"{self.name}, {self.kernels} kernels" if self.kernels else self.name
        return Measured(name, [sum(run) if step is None else run[step] for run in self.runs])


def convolutions() -> None:
    """Milliseconds for AlexNet's five convolutions, float32, and for the matrix products that NumPy's consist of."""
    for images in IMAGES:
        sides = [
            Side("PyTorch", "torch", "convolutions"),
            Side("NumPy", "numpy", "convolutions"),
            Side("NumPy's products alone", "numpy", "products"),
        ]
        _compare(sides, f"AlexNet's five convolutions, {_images(images)}", images)


def alexnet() -> None:
    """Milliseconds from 227x227x3 pixels to 1,000 probabilities, float32."""
    for images in IMAGES:
        sides = [Side("PyTorch", "torch", "alexnet"), Side("NumPy", "numpy", "alexnet")]
        _compare(sides, f"AlexNet's forward pass, {_images(images)}", images)


def _compare(sides: list[Side], title: str, images: int) -> None:
    for _ in range(TURNS):
        for side in sides:
            side.take_turn(images)
    print_table(f"{title}, milliseconds, {THREADS} threads", [side.measured() for side in sides], sides[0].measured())
    steps = sides[0].steps
    if len(steps) > 1:
        print_steps(steps, [[side.measured(step) for side in sides] for step in range(len(steps))])


def _images(count: int) -> str:
    return "one image" if count == 1 else f"{count} images"


def check_time() -> None:
    """Seconds for `check("conv2d")` in a notebook: the first one, with its imports, and the following ones."""
    code = (
        "import time; started = time.perf_counter()\nfrom autograder import check\n"
        "from autograder.checks.registry import reference_names\nnames = dict(reference_names('conv2d'))\n"
        "ready = time.perf_counter()\ncheck('conv2d', namespace=names); first = time.perf_counter()\n"
        "check('conv2d', namespace=names); again = time.perf_counter()\nprint(first - ready, again - first)"
    )
    first, again = Measured("the first in a notebook, with imports"), Measured("the following ones")
    for _ in range(5):
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        values = done.stdout.split()
        first.add(float(values[0]))
        again.add(float(values[1]))
    print_table('check("conv2d"), seconds', [first, again])
