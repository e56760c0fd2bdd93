"""A kernel's share of one GPU: what it may open for it, what it sees of it, and how much of its memory it gets.

The warm server hides every GPU from itself, because CUDA does not survive a fork. A kernel that has a share is told of
its device after the fork, before anything asks for one, and opens it before the first cell: then the driver's own
memory and threads do not count as the student's, and a device that cannot be opened is the grader's trouble and no
answer's.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ..language import sentences_of
from .limits import MEBI

_ = sentences_of(__package__)

HIDDEN = "-1"
CONTROL_FILES = ("/dev/nvidiactl", "/dev/nvidia-uvm", "/dev/dxg")
# What the driver's libraries read. Paths that a machine lacks allow nothing.
_READABLE = (
    "/proc/driver/nvidia", "/proc/driver/nvidia-uvm", "/proc/devices", "/proc/modules", "/proc/sys/kernel/osrelease",
    "/sys/module/nvidia", "/sys/module/nvidia_uvm", "/sys/bus/pci/devices", "/etc/nvidia", "/usr/share/nvidia",
    "/usr/local/nvidia", "/usr/local/cuda", "/usr/lib/wsl",
)  # fmt: skip
_DRIVER = "libcuda.so.1"
# Address space that a framework's libraries and the driver map beside what the kernel's process uses of it.
DATA_SLACK = 16 * 1024 * MEBI
OPEN_FILES = 4096


class GpuMissing(RuntimeError):
    """A kernel has a share of a GPU that its libraries cannot use. The text is one sentence for the instructor."""


@dataclass(frozen=True)
class Gpu:
    """A share of one device. ``uuid`` as CUDA names it, ``files`` are its device files beside ``CONTROL_FILES``.

    ``fraction`` of the device's memory, which is ``memory_bytes``, is what each framework lets a kernel allocate.
    """

    uuid: str
    files: tuple[str, ...]
    fraction: float
    memory_bytes: int

    def __post_init__(self) -> None:
        if not 0 < self.fraction <= 1 or self.memory_bytes <= 0:
            raise ValueError(
                _("a share of a GPU must be above 0 and at most 1, not {fraction}").format(fraction=self.fraction)
            )

    def to_dict(self) -> dict[str, Any]:
        """Plain data, for the message that starts a kernel."""
        return {**asdict(self), "files": list(self.files)}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Gpu:
        """The inverse of `to_dict`."""
        return cls(**{**values, "files": tuple(values["files"])})

    @property
    def devices(self) -> tuple[str, ...]:
        """The device files that the kernel may open, write to and control: this device's, and no other's."""
        return (*CONTROL_FILES, *self.files)

    @property
    def readable(self) -> tuple[str, ...]:
        """What the driver's libraries read, and the folders that they lie in where that is no usual place."""
        folders = os.environ.get("LD_LIBRARY_PATH", "").split(os.pathsep)
        return (*_READABLE, *(folder for folder in folders if folder and Path(folder, _DRIVER).exists()))

    @property
    def environ(self) -> dict[str, str]:
        """The environment in which CUDA sees this device alone, and keeps no files of its own."""
        return {"CUDA_VISIBLE_DEVICES": self.uuid, "TF_FORCE_GPU_ALLOW_GROWTH": "true", "CUDA_CACHE_DISABLE": "1"}


def opened_files() -> list[str]:
    """The GPU device files that this process has open; with one of them open, its forks could not use a GPU."""
    found = []
    for descriptor in os.listdir("/proc/self/fd"):
        try:
            found.append(os.readlink(f"/proc/self/fd/{descriptor}"))
        except FileNotFoundError:  # the one that listed the folder
            continue
    return sorted(path for path in set(found) if path.startswith(("/dev/nvidia", "/dev/dxg")))


def open_device(gpu: Gpu, modules: Mapping[str, Any]) -> None:
    """Opens the device in the frameworks among `modules` and caps the memory that they allocate on it.

    Raises `GpuMissing` where PyTorch cannot use it. TensorFlow that was installed without CUDA stays on the CPU.
    """
    if torch := modules.get("torch"):
        _open_in_torch(gpu, torch)
    if tensorflow := modules.get("tensorflow"):
        limit = tensorflow.config.LogicalDeviceConfiguration(memory_limit=gpu.memory_bytes // MEBI)
        for device in tensorflow.config.list_physical_devices("GPU"):
            tensorflow.config.set_logical_device_configuration(device, [limit])


def _open_in_torch(gpu: Gpu, torch: Any) -> None:
    if torch.version.cuda is None:
        raise GpuMissing(_("there is a GPU, but this PyTorch is built for the CPU; grade with --per-gpu 0"))
    try:
        torch.cuda.set_per_process_memory_fraction(gpu.fraction, 0)
        torch.zeros(1, device="cuda")
    except (RuntimeError, AssertionError) as error:
        said = str(error).strip().splitlines() or [type(error).__name__]
        raise GpuMissing(
            _("the GPU {uuid} could not be opened inside the sandbox: {said}").format(uuid=gpu.uuid, said=said[0])
        ) from error
