"""What a kernel is started with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .gpu import Gpu
from .limits import Limits
from .policy import Policy


@dataclass(frozen=True)
class KernelSetup:
    """One kernel as the grader wants it.

    `work` becomes its working folder, the only one it can fill, and is removed with it; it is made if missing.
    `student` is whose notebook it runs, None where that is said later (`SandboxKernel.belongs_to`), `variants` maps
    task names to the sources of their ``variants.py``, and `pictures` are the dotted names of modules that draw, for
    which something stands that draws nothing. `environ` is added to its environment, `data` is the read-only folder of
    training images, and `gpu` its share of a GPU; without one it reaches none.
    """

    limits: Limits
    policy: Policy
    work: Path
    student: str | None = ""
    variants: Mapping[str, str] = field(default_factory=dict)
    pictures: tuple[str, ...] = ()
    environ: Mapping[str, str] = field(default_factory=dict)
    data: Path | None = None
    gpu: Gpu | None = None

    def to_dict(self) -> dict[str, Any]:
        """Plain data, for the message that starts the kernel; the folders are another part of it."""
        return {
            "limits": self.limits.to_dict(),
            "policy": self.policy.to_dict(),
            "student": self.student,
            "variants": dict(self.variants),
            "pictures": list(self.pictures),
            "environ": dict(self.environ),
            "data": str(self.data.resolve()) if self.data else None,
            "gpu": self.gpu.to_dict() if self.gpu else None,
        }
