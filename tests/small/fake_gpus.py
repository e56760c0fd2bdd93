"""Devices that are not there: an `nvidia-smi` that lists them, and the driver's folder that numbers their files."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from autograder.classroom import gpus

ONE = "0, GPU-aaaa-1111, Fake One, 16384, 00000000:3B:00.0\n"
TWO = ONE + "1, GPU-bbbb-2222, Fake Two, 8192, 00000000:5E:00.0\n"


def put_up(folder: Path, monkeypatch: pytest.MonkeyPatch, listing: str) -> None:
    """Puts an `nvidia-smi` that prints `listing` first on the PATH, of this process and of those that it starts."""
    program = folder / "bin" / "nvidia-smi"
    program.parent.mkdir(parents=True, exist_ok=True)
    program.write_text(f"#!/bin/sh\ncat <<'END'\n{listing}END\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    monkeypatch.setattr(gpus, "PROC", folder / "driver")
