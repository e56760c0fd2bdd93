"""What a student's kernel may use. Every limit is for the kernel and everything it started, together."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields

MEBI = 1024 * 1024


@dataclass(frozen=True)
class Limits:
    """Budgets of one kernel. Sizes are in bytes, times in seconds.

    `wall_s`, `output_bytes`, `display_updates` and `bridge_bytes` are watched by whoever talks to the kernel;
    the others are enforced beside the kernel, by `guard` and by resource limits of the operating system.
    """

    wall_s: float = 30.0
    cpu_s: float = 120.0
    memory_bytes: int = 2048 * MEBI
    processes: int = 64
    disk_bytes: int = 256 * MEBI
    output_bytes: int = 4 * MEBI
    display_updates: int = 1000
    bridge_bytes: int = 256 * MEBI
    threads: int = 1
    files: int = 20_000

    def __post_init__(self) -> None:
        for field in fields(self):
            if getattr(self, field.name) <= 0:
                raise ValueError(f"limit {field.name} must be positive, not {getattr(self, field.name)}")

    def to_dict(self) -> dict[str, float]:
        """Plain data, for the message that starts a kernel."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: dict[str, float]) -> Limits:
        """The inverse of `to_dict`."""
        return cls(**values)  # type: ignore[arg-type]
