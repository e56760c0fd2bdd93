"""What a notebook imports: `check(task)`, `variant(task)`, `load_images()`, `load_pretrained(name)`, and
`offer(model)`, `thresholds(task)`.

Imported lazily, so that `import autograder` costs nothing and a command starts fast.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .checks.notebook import CheckFailed, CheckResult, check, variant
    from .datasets import ImageSet, load_images
    from .datasets.thresholds import thresholds
    from .datasets.weights import load_pretrained
    from .sandbox.training import offer

__all__ = [
    "CheckFailed", "CheckResult", "ImageSet", "check", "load_images", "load_pretrained", "offer", "thresholds",
    "variant",
]

_HOMES = dict.fromkeys(("CheckFailed", "CheckResult", "check", "variant"), "checks.notebook")
_HOMES |= dict.fromkeys(("ImageSet", "load_images"), "datasets")
_HOMES |= {"load_pretrained": "datasets.weights", "offer": "sandbox.training", "thresholds": "datasets.thresholds"}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f".{_HOMES[name]}", __name__), name)
