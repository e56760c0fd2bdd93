"""The reference im2col convolution against PyTorch's, and the whole NumPy AlexNet, on AlexNet's five layers."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
import threadpoolctl

from tests.bench.table import Measured, print_table

# size, channels in, filters, kernel, stride, padding
LAYERS = ((227, 3, 96, 11, 4, "valid"), (27, 96, 256, 5, 1, "same"), (13, 256, 384, 3, 1, "same"),
          (13, 384, 384, 3, 1, "same"), (13, 384, 256, 3, 1, "same"))  # fmt: skip
THREADS = 2
ROUNDS = 9


def convolutions() -> None:
    """Milliseconds for AlexNet's five convolutions, float32, the same number of threads on both sides."""
    import torch

    from autograder.checks.reference.convolution import conv2d_im2col

    torch.set_num_threads(THREADS)
    rng = np.random.default_rng(0)
    for batch in (1, 32):
        ours, theirs = Measured(f"im2col in NumPy, batch {batch}"), Measured(f"torch conv2d, batch {batch}")
        work = [_layer(rng, batch, *layer) for layer in LAYERS]
        with threadpoolctl.threadpool_limits(THREADS), torch.inference_mode():
            for _ in range(ROUNDS if batch == 1 else 3):
                ours.add(sum(_ms(lambda w=w: conv2d_im2col(w[0], w[1], w[2], w[4], w[5])) for w in work))
                theirs.add(sum(_ms(w[3]) for w in work))
        print_table("AlexNet's five convolutions, milliseconds", [theirs, ours], peer=theirs)


def _layer(rng: np.random.Generator, batch: int, size: int, channels: int, filters: int, kernel: int, stride: int,
           padding: str) -> tuple:  # fmt: skip
    import torch

    x = rng.standard_normal((batch, size, size, channels)).astype("float32")
    kernels = rng.standard_normal((filters, kernel, kernel, channels)).astype("float32")
    bias = rng.standard_normal(filters).astype("float32")
    tensor = torch.from_numpy(np.ascontiguousarray(x.transpose(0, 3, 1, 2)))
    weights = torch.from_numpy(np.ascontiguousarray(kernels.transpose(0, 3, 1, 2)))
    pad = kernel // 2 if padding == "same" else 0

    def run_torch() -> object:
        return torch.nn.functional.conv2d(tensor, weights, torch.from_numpy(bias), stride, pad)

    return x, kernels, bias, run_torch, stride, padding


def _ms(run: Callable[[], object]) -> float:
    started = time.perf_counter()
    run()
    return 1000 * (time.perf_counter() - started)


def check_time() -> None:
    """Seconds for `check("conv2d")` in a notebook: the first one, with its imports, and the following ones."""
    import subprocess
    import sys

    code = (
        "import time; started = time.perf_counter()\nfrom autograder import check\n"
        "from autograder.checks.runner import right_answers\nnames = dict(right_answers('conv2d'))\n"
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
