"""A kernel's share of a GPU, as far as it goes without one: what it sees and reaches, what the server leaves alone."""

from __future__ import annotations

import textwrap
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from autograder.sandbox import gpu as gpus
from autograder.sandbox.client import KernelFailed
from autograder.sandbox.gpu import Gpu, GpuMissing, open_device
from autograder.sandbox.limits import MEBI, Limits
from autograder.sandbox.warm_pool import WarmPool

from .conftest import run

SHARE = Gpu("GPU-fake", (), 0.25, 4096 * MEBI)


@pytest.fixture(scope="module")
def torch_pool() -> WarmPool:
    with WarmPool("torch+tensorflow") as pool:
        yield pool


def test_it_travels_as_plain_data():
    share = replace(SHARE, files=("/dev/nvidia3",))
    assert Gpu.from_dict(share.to_dict()) == share


@pytest.mark.parametrize("wrong", [{"fraction": 0}, {"fraction": 1.1}, {"memory_bytes": 0}])
def test_a_share_that_is_none_is_refused(wrong: dict[str, float]):
    with pytest.raises(ValueError, match="share of a GPU"):
        replace(SHARE, **wrong)


def test_a_kernel_sees_its_device_alone_and_reaches_its_file_alone(pool, starter, tmp_path: Path):
    mine, other = tmp_path / "nvidia0", tmp_path / "nvidia1"
    for path in (mine, other):
        path.write_text("")
        path.chmod(0o666)
    code = f"""
        import os
        def opens(path):
            try:
                open(path, "r+").close()
            except OSError as error:
                return type(error).__name__
            return "opens"
        os.environ["CUDA_VISIBLE_DEVICES"], opens({str(mine)!r}), opens({str(other)!r})"""
    kernel = starter(pool, gpu=replace(SHARE, files=(str(mine),)))
    refused = "FileNotFoundError" if "own-root" in kernel.isolation else "PermissionError"
    assert run(kernel, textwrap.dedent(code)).result == f"('GPU-fake', 'opens', {refused!r})"
    without = starter(pool)
    assert run(without, textwrap.dedent(code)).result == f"('-1', {refused!r}, {refused!r})"


def test_the_address_space_is_not_what_is_limited(pool, starter):
    code = """
        import mmap, resource
        mmap.mmap(-1, 200 * 2**30, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | 0x4000, prot=0).close()
        resource.getrlimit(resource.RLIMIT_AS) == (resource.RLIM_INFINITY,) * 2"""
    assert run(starter(pool, gpu=SHARE), textwrap.dedent(code)).result == "True"


def test_the_guard_still_stops_what_takes_the_machines_memory(pool, starter):
    kernel = starter(pool, Limits(memory_bytes=200 * MEBI), gpu=SHARE)
    run(kernel, "import time\nheld = bytearray(400 * 2**20)\ntime.sleep(9)")
    assert kernel.stopped_reason == "memory"


def test_the_server_has_opened_no_gpu_and_its_fork_can_still_choose_one(torch_pool, starter):
    torch_pool.wait_until_warm()
    assert torch_pool.facts["gpu_files"] == []
    code = """
        import os, torch
        from tensorflow.python.eager import context
        torch.cuda.is_initialized(), context.context()._initialized, os.environ["CUDA_VISIBLE_DEVICES"]"""
    kernel = starter(torch_pool, Limits(memory_bytes=1024 * MEBI))
    assert run(kernel, textwrap.dedent(code), timeout=60).result == "(False, False, '-1')"


def test_a_framework_that_cannot_use_the_share_is_said_in_a_sentence(torch_pool, starter):
    import torch

    if torch.version.cuda is not None:
        pytest.skip("this PyTorch is built with CUDA; tests/sandbox/test_cuda.py has the case of a device")
    with pytest.raises(KernelFailed, match="this PyTorch is built for the CPU; grade with --per-gpu 0"):
        starter(torch_pool, Limits(memory_bytes=1024 * MEBI), gpu=SHARE)


class FakeTorch:
    """The few names of PyTorch that opening a device uses; `fails` is what the driver says."""

    def __init__(self, cuda: str | None = "13.0", fails: str = "") -> None:
        self.version = SimpleNamespace(cuda=cuda)
        self.cuda = SimpleNamespace(set_per_process_memory_fraction=self._cap)
        self.calls: list[tuple[Any, ...]] = []
        self._fails = fails

    def _cap(self, fraction: float, device: int) -> None:
        if self._fails:
            raise RuntimeError(self._fails)
        self.calls.append((fraction, device))

    def zeros(self, count: int, *, device: str) -> None:
        self.calls.append((count, device))


def test_pytorch_is_capped_before_it_allocates():
    torch = FakeTorch()
    open_device(SHARE, {"torch": torch})
    assert torch.calls == [(0.25, 0), (1, "cuda")]


def test_tensorflow_is_capped_on_every_device_that_it_sees():
    calls: list[tuple[Any, ...]] = []
    config = SimpleNamespace(
        list_physical_devices=lambda kind: [f"{kind}:0"],
        LogicalDeviceConfiguration=lambda memory_limit: memory_limit,
        set_logical_device_configuration=lambda device, limits: calls.append((device, limits)),
    )
    open_device(SHARE, {"tensorflow": SimpleNamespace(config=config)})
    assert calls == [("GPU:0", [4096])]


def test_a_runtime_without_a_framework_opens_nothing():
    open_device(SHARE, {})


@pytest.mark.parametrize(
    ("torch", "says"),
    [(FakeTorch(None), "built for the CPU"), (FakeTorch(fails="No CUDA GPUs here\nmore"), "GPU-fake .* No CUDA GPUs")],
)
def test_a_device_that_cannot_be_opened_is_one_sentence(torch: FakeTorch, says: str):
    with pytest.raises(GpuMissing, match=says) as caught:
        open_device(SHARE, {"torch": torch})
    assert "\n" not in str(caught.value)


def test_open_device_files_are_found(monkeypatch: pytest.MonkeyPatch):
    assert gpus.opened_files() == []
    monkeypatch.setattr(gpus.os, "readlink", lambda path: "/dev/nvidiactl")
    assert gpus.opened_files() == ["/dev/nvidiactl"]


def test_the_folders_of_the_driver_are_readable_where_they_lie(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "libcuda.so.1").touch()
    monkeypatch.setenv("LD_LIBRARY_PATH", f"{tmp_path}:/nothing/here:")
    assert str(tmp_path) in SHARE.readable and "/nothing/here" not in SHARE.readable
