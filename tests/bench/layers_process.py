"""One side of a comparison of layers, in a process of its own.

`python -m tests.bench.layers_process LIBRARY WHAT IMAGES THREADS` prints as JSON which matrix kernels NumPy uses, the
names of the steps, and milliseconds for each step of each run.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable

import numpy as np

Steps = dict[str, Callable[[], object]]

# size, channels in, filters, kernel, stride, padding
LAYERS = ((227, 3, 96, 11, 4, "valid"), (27, 96, 256, 5, 1, "same"), (13, 256, 384, 3, 1, "same"),
          (13, 384, 384, 3, 1, "same"), (13, 384, 256, 3, 1, "same"))  # fmt: skip
WARM_UPS = 2
SECONDS = 2.0
RUNS = (4, 30)  # at least, at most


def numpy_convolutions(images: int) -> Steps:
    from course.convolution.im2col.reference import conv2d_im2col

    steps: Steps = {}
    for number, (x, kernels, bias, stride, padding) in enumerate(_layers(images), 1):
        steps[f"conv{number}"] = lambda a=(x, kernels, bias, stride, padding): conv2d_im2col(*a)
    return steps


def products_alone(images: int) -> Steps:
    """Nothing of a convolution but its matrix product, of windows that lie ready: what im2col cannot do without."""
    from course.convolution.conv2d.reference import pad_images
    from course.convolution.im2col.reference import windows_as_rows

    steps: Steps = {}
    for number, (x, kernels, _, stride, padding) in enumerate(_layers(images), 1):
        size, step = kernels.shape[1:3], (stride, stride)
        windows = windows_as_rows(pad_images(x, size, step, padding, (1, 1)), size, step, (1, 1))
        weights, out = kernels.reshape(len(kernels), -1), np.empty((len(windows), len(kernels)), np.float32)
        steps[f"conv{number}"] = lambda a=windows, b=weights, out=out: np.matmul(a, b.T, out=out)
    return steps


def torch_convolutions(images: int) -> Steps:
    import torch

    steps: Steps = {}
    for number, (x, kernels, bias, stride, padding) in enumerate(_layers(images), 1):
        moved = [torch.from_numpy(np.ascontiguousarray(np.moveaxis(array, 3, 1))) for array in (x, kernels)]
        pad = kernels.shape[1] // 2 if padding == "same" else 0
        arguments = (*moved, torch.from_numpy(bias), stride, pad)
        steps[f"conv{number}"] = lambda a=arguments: torch.nn.functional.conv2d(*a)
    return steps


def numpy_alexnet(images: int) -> Steps:
    from course.alexnet.alexnet_numpy.reference import alexnet_forward
    from tests.course.alexnet_parameters import FULL, drawn

    parameters, batch = drawn(FULL, 227, seed=0), _images(images)
    return {"forward": lambda: alexnet_forward(batch, parameters)}


def torch_alexnet(images: int) -> Steps:
    from tests.course.alexnet_parameters import FULL, drawn
    from tests.course.alexnet_torch import as_torch, torch_forward

    parameters, batch = as_torch(drawn(FULL, 227, seed=0)), _images(images)
    return {"forward": lambda: torch_forward(batch, parameters)}


def _images(count: int) -> np.ndarray:
    return np.random.default_rng(1).standard_normal((count, 227, 227, 3)).astype(np.float32)


def _layers(images: int) -> list[tuple[np.ndarray, np.ndarray, np.ndarray, int, str]]:
    rng = np.random.default_rng(0)
    made = []
    for size, channels, filters, kernel, stride, padding in LAYERS:
        shapes = (images, size, size, channels), (filters, kernel, kernel, channels), (filters,)
        x, kernels, bias = (rng.standard_normal(shape).astype(np.float32) for shape in shapes)
        made.append((x, kernels, bias, stride, padding))
    return made


def runs_of(steps: Steps) -> list[list[float]]:
    """Milliseconds of every step, run after run as in a network, after some to warm up."""
    for _ in range(WARM_UPS):
        _run(steps)
    started, runs = time.perf_counter(), []
    while len(runs) < RUNS[0] or (len(runs) < RUNS[1] and time.perf_counter() - started < SECONDS):
        runs.append(_run(steps))
    return runs


def _run(steps: Steps) -> list[float]:
    times = []
    for step in steps.values():
        started = time.perf_counter()
        step()
        times.append(1000 * (time.perf_counter() - started))
    return times


def main(library: str, what: str, images: int, threads: int) -> None:
    kernels = ""
    if library == "torch":
        import torch

        torch.set_num_threads(threads)
        steps = {"convolutions": torch_convolutions, "alexnet": torch_alexnet}[what](images)
        with torch.inference_mode():
            runs = runs_of(steps)
    else:
        import threadpoolctl

        kernels = next((str(info.get("architecture") or "") for info in threadpoolctl.threadpool_info()), "")
        steps = {"convolutions": numpy_convolutions, "products": products_alone, "alexnet": numpy_alexnet}[what](images)
        with threadpoolctl.threadpool_limits(threads):
            runs = runs_of(steps)
    print(json.dumps({"kernels": kernels, "steps": list(steps), "runs": runs}))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
