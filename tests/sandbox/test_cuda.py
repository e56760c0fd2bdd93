"""With a real GPU: forked kernels compute on it, keep to their cap, and leave nothing behind. `make gpu` runs these."""

from __future__ import annotations

import os
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from autograder.classroom import gpus
from autograder.sandbox.gpu import Gpu
from autograder.sandbox.limits import MEBI, Limits
from autograder.sandbox.warm_pool import WarmPool
from autograder.submission.reasons import gpu_memory

from .conftest import run

pytestmark = pytest.mark.gpu
ROOMY = Limits(memory_bytes=6144 * MEBI, cpu_s=600.0, threads=2)
OPEN_S = 120.0

TRAIN = """
    import torch
    from torch import nn
    torch.manual_seed(0)
    device = torch.device("cuda")
    model = nn.Sequential(nn.Conv2d(1, 8, 3), nn.ReLU(), nn.Flatten(), nn.Linear(8 * 26 * 26, 10)).to(device)
    optimizer = torch.optim.SGD(model.parameters(), 0.1)
    images, labels = torch.randn(64, 1, 28, 28, device=device), torch.randint(0, 10, (64,), device=device)
    losses = []
    for _ in range(20):
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(model(images), labels)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    losses[-1] < losses[0], torch.cuda.device_count()"""
ENDLESS = """
    import torch
    x = torch.randn(8192, 8192, device="cuda")
    while True:
        x = x @ x / 100"""


@pytest.fixture(scope="module")
def device() -> gpus.GpuDevice:
    devices = gpus.found()
    if not devices or not gpus.has_cuda("torch"):
        pytest.skip("there is no GPU that nvidia-smi lists, or this PyTorch is built for the CPU")
    return devices[0]


@pytest.fixture(scope="module")
def frameworks(device: gpus.GpuDevice) -> Iterator[WarmPool]:
    with WarmPool("torch+tensorflow") as pool:
        yield pool


def share(device: gpus.GpuDevice, per_gpu: int = 1) -> Gpu:
    return device.share(per_gpu)


def free_again(pool: WarmPool, starter, share: Gpu) -> bool:
    """Whether a fresh kernel can have nine tenths of its share."""
    kernel = starter(pool, ROOMY, gpu=share)
    size = int(share.memory_bytes * 0.9)
    ran = run(kernel, f"import torch; torch.empty({size}, dtype=torch.uint8, device='cuda').numel()", timeout=OPEN_S)
    kernel.shutdown()
    return not ran.error


def test_the_server_has_not_touched_the_device(frameworks: WarmPool):
    frameworks.wait_until_warm()
    assert frameworks.facts["gpu_files"] == []
    descriptors = Path(f"/proc/{frameworks._process.pid}/fd")
    assert not [one for one in descriptors.iterdir() if os.readlink(one).startswith("/dev/nvidia")]


def test_twenty_forked_kernels_train_one_after_the_other(frameworks: WarmPool, starter, device: gpus.GpuDevice):
    for _ in range(20):
        kernel = starter(frameworks, ROOMY, gpu=share(device))
        assert run(kernel, textwrap.dedent(TRAIN), timeout=OPEN_S).result == "(True, 1)"
        kernel.shutdown()


def test_a_kernel_without_a_share_reaches_no_device(frameworks: WarmPool, starter):
    kernel = starter(frameworks, ROOMY)
    assert run(kernel, "import torch; torch.cuda.is_available()", timeout=OPEN_S).result == "False"
    assert "PermissionError" in run(kernel, "open('/dev/nvidiactl', 'rb+')").error


def test_the_cap_is_kept_and_passing_it_is_the_students_memory(
    frameworks: WarmPool, starter, device: gpus.GpuDevice
):
    half = share(device, 2)
    kernel = starter(frameworks, ROOMY, gpu=half)
    code = f"import torch; held = torch.empty({int(half.memory_bytes * 1.2)}, dtype=torch.uint8, device='cuda')"
    name, _, text = run(kernel, code, timeout=OPEN_S).error.partition(": ")
    assert gpu_memory(name, text), (name, text)


def test_two_at_once_share_a_device(frameworks: WarmPool, starter, device: gpus.GpuDevice):
    kernels = [starter(frameworks, ROOMY, gpu=share(device, 2)) for _ in range(2)]
    assert [run(kernel, textwrap.dedent(TRAIN), timeout=OPEN_S).result for kernel in kernels] == ["(True, 1)"] * 2


def test_what_takes_the_whole_memory_gives_it_back_when_it_ends(
    frameworks: WarmPool, starter, device: gpus.GpuDevice
):
    kernel = starter(frameworks, ROOMY, gpu=share(device))
    code = """
        import torch
        torch.cuda.set_per_process_memory_fraction(1.0, 0)
        held = []
        while True:
            held.append(torch.empty(256 * 2**20, dtype=torch.uint8, device="cuda"))"""
    assert run(kernel, textwrap.dedent(code), timeout=OPEN_S).error.startswith("OutOfMemoryError")
    kernel.shutdown()
    assert free_again(frameworks, starter, share(device))


def test_work_without_end_on_the_device_ends_with_its_kernel(frameworks: WarmPool, starter, device: gpus.GpuDevice):
    kernel = starter(frameworks, ROOMY, gpu=share(device))
    kernel.client.execute(textwrap.dedent(ENDLESS))
    time.sleep(5)
    started = time.monotonic()
    kernel.kill()
    assert time.monotonic() - started < 10
    kernel.shutdown()
    assert free_again(frameworks, starter, share(device))


def test_keras_trains_where_tensorflow_finds_the_device_and_on_the_cpu_elsewhere(
    frameworks: WarmPool, starter, device: gpus.GpuDevice
):
    code = """
        import keras, numpy as np, tensorflow as tf
        model = keras.Sequential([keras.layers.Input((8, 8, 1)), keras.layers.Conv2D(2, 3), keras.layers.Flatten(),
                                  keras.layers.Dense(3)])
        model.compile("sgd", loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True))
        fitted = model.fit(np.ones((16, 8, 8, 1)), np.arange(16) % 3, epochs=2, verbose=0)
        print("TensorFlow's GPUs:", len(tf.config.list_logical_devices("GPU")))
        len(fitted.history["loss"])"""
    ran = run(starter(frameworks, ROOMY, gpu=share(device)), textwrap.dedent(code), timeout=OPEN_S)
    print(ran.text)
    assert ran.result == "2"
