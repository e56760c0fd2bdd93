"""The GPUs of this machine, and the places on them that submissions take turns at.

They are listed by asking ``nvidia-smi``, so that no process of the grader opens a device. A place is held by an
abstract socket, as the users of kernels are: its name can be taken once on the whole machine, and is free again when
its owner dies. So runs side by side share the devices, and nothing is left behind.
"""

from __future__ import annotations

import csv
import importlib.util
import json
import os
import re
import shutil
import socket
import subprocess
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.course import Assignment, CourseError, Task
from autograder.language import sentences_of
from autograder.sandbox.gpu import Gpu
from autograder.sandbox.limits import MEBI
from autograder.submission.results import Device

_ = sentences_of(__package__)

# What a process needs on a device beside the memory that its framework allocates: the driver's context and code.
CONTEXT_BYTES = 640 * MEBI
SMALLEST_SHARE = 0.05
PROC = Path("/proc/driver/nvidia/gpus")
_WSL = "/usr/lib/wsl/lib"
_QUERY = "index,uuid,name,memory.total,pci.bus_id"
_ASK_S = 30.0
_POLL_S = 0.2


@dataclass(frozen=True)
class GpuDevice:
    """One GPU: its place in the driver's list, its id, its name, its memory, its device file's number."""

    index: int
    uuid: str
    name: str
    memory_bytes: int
    minor: int

    def share(self, per_gpu: int) -> Gpu:
        """What one of ``per_gpu`` submissions at once gets of it."""
        room = self.memory_bytes / per_gpu - CONTEXT_BYTES
        fraction = min(1.0, max(SMALLEST_SHARE, room / self.memory_bytes))
        return Gpu(self.uuid, (f"/dev/nvidia{self.minor}",), fraction, int(fraction * self.memory_bytes))


def found() -> tuple[GpuDevice, ...]:
    """The devices of this machine that ``CUDA_VISIBLE_DEVICES`` leaves to the command; none without a driver."""
    program = shutil.which("nvidia-smi") or shutil.which("nvidia-smi", path=_WSL)
    if program is None:
        return ()
    command = [program, f"--query-gpu={_QUERY}", "--format=csv,noheader,nounits"]
    try:
        said = subprocess.run(command, capture_output=True, text=True, timeout=_ASK_S, check=True).stdout
    except (OSError, subprocess.SubprocessError):
        return ()
    rows = [[field.strip() for field in row] for row in csv.reader(said.splitlines())]
    return tuple(filter(_visible, (_device(row) for row in rows if len(row) == 5 and row[3].isdigit())))


def _device(row: list[str]) -> GpuDevice:
    index, uuid, name, memory, bus = row
    return GpuDevice(int(index), uuid, name, int(memory) * MEBI, _minor(bus, int(index)))


def _minor(bus: str, index: int) -> int:
    """The number of the device file, which need not be the place in the list."""
    # nvidia-smi writes eight digits for what the kernel of Linux writes with four.
    about = PROC / bus.lower()[-len("0000:00:00.0") :] / "information"
    try:
        match = re.search(r"Device Minor:\s*(\d+)", about.read_text())
    except OSError:
        match = None
    return int(match[1]) if match else index


def _visible(device: GpuDevice) -> bool:
    named = os.environ.get("CUDA_VISIBLE_DEVICES")
    if named is None:
        return True
    names = [name.strip() for name in named.split(",") if name.strip()]
    return any(name == str(device.index) or (len(name) > 4 and device.uuid.startswith(name)) for name in names)


def has_cuda(runtime: str) -> bool:
    """Whether the runtime's framework can use a GPU, found without importing it.

    PyTorch's wheels say so in a file; TensorFlow is asked in the kernel alone, and stays on the CPU where it cannot."""
    if "torch" not in runtime:
        return runtime == "tensorflow"
    spec = importlib.util.find_spec("torch")
    if spec is None or not spec.submodule_search_locations:
        return False
    try:
        version = Path(spec.submodule_search_locations[0], "version.py").read_text(encoding="utf-8")
    except OSError:
        return False
    return re.search(r"^cuda\b[^=]*=\s*['\"]", version, re.MULTILINE) is not None


def device_for(assignment: Assignment, per_gpu: int) -> Device:
    """Where an assignment's submissions compute on this machine."""
    wanted = assignment.gpu and per_gpu > 0
    return "cuda" if wanted and has_cuda(assignment.runtime) and found() else "cpu"


def wanted_by(notebook: bytes | None, released: Any, tasks: Iterable[Task]) -> bool:
    """Whether a submission may compute on a GPU: one in which no code of the student's own names what a marked task
    asks for need not wait for a place. ``released`` is the student version's JSON."""
    if notebook is None:
        return False
    names = [re.escape(name) for task in tasks if task.gpu for name in task.names]
    try:
        own = set(_sources(json.loads(notebook))) - set(_sources(released))
    except (ValueError, TypeError, LookupError, RecursionError):
        return True  # restoring may still make a notebook of it
    pattern = re.compile(rf"\b({'|'.join(names)})\b")
    return any(pattern.search(source) for source in own)


def _sources(notebook: Any) -> Iterator[str]:
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            source = cell["source"]
            yield (source if isinstance(source, str) else "".join(source)).strip()


@dataclass(frozen=True)
class Slot:
    """A place on a device, taken: the share to give to a kernel, and what holds the place."""

    share: Gpu
    holder: socket.socket


class Slots:
    """The places of this machine: ``per_gpu`` on each device. Runs side by side have to agree on that number."""

    def __init__(self, devices: tuple[GpuDevice, ...], per_gpu: int) -> None:
        self._devices, self._per_gpu = devices, per_gpu
        self._taken: Counter[str] = Counter()

    @classmethod
    def of_machine(cls, per_gpu: int) -> Slots:
        """All places here. Raises ``CourseError`` if there are none."""
        devices = found()
        if not devices:
            raise CourseError(_("This machine has no GPU that nvidia-smi knows; grade with --per-gpu 0, on the CPU."))
        return cls(devices, per_gpu)

    def __len__(self) -> int:
        return len(self._devices) * self._per_gpu

    def take(self) -> Slot | None:
        """A free place, on the device where this run holds the fewest; None while all are taken."""
        for device in sorted(self._devices, key=lambda one: self._taken[one.uuid]):
            for place in range(self._per_gpu):
                holder = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
                try:
                    holder.bind(f"\0autograder-gpu-{device.uuid}-{place}")
                except OSError:
                    holder.close()
                    continue
                self._taken[device.uuid] += 1
                return Slot(device.share(self._per_gpu), holder)
        return None

    def give_back(self, slot: Slot) -> None:
        """Frees a place."""
        self._taken[slot.share.uuid] -= 1
        slot.holder.close()

    @contextmanager
    def taken(self) -> Iterator[Gpu]:
        """Waits for a place and holds it."""
        while (slot := self.take()) is None:
            time.sleep(_POLL_S)
        try:
            yield slot.share
        finally:
            self.give_back(slot)
