"""What stands in a kernel for modules that draw: whatever they are asked for, nothing is drawn or trained.

A notebook says `figures.windows(size=7)` and shows what comes back; while it is graded nobody looks.
"""

from __future__ import annotations

import sys
import types
from collections.abc import Iterator
from typing import Any

from autograder.language import sentences_of

_ = sentences_of(__package__)


class Undrawn:
    """A picture that was not drawn: swallows attributes, calls, indexing, iteration and `with`, and shows nothing."""

    def __getattr__(self, name: str) -> Undrawn:
        if name.startswith("_"):  # a protocol of somebody's (`__array__`, `_repr_png_`) that this does not follow
            raise AttributeError(name)
        return self

    def __setattr__(self, name: str, value: Any) -> None:
        """Keeps nothing."""

    def __call__(self, *_: Any, **__: Any) -> Undrawn:
        return self

    def __getitem__(self, key: Any) -> Undrawn:
        return self

    def __setitem__(self, key: Any, value: Any) -> None:
        """Keeps nothing."""

    def __iter__(self) -> Iterator[Undrawn]:
        return iter(())

    def __len__(self) -> int:
        return 0

    def __enter__(self) -> Undrawn:
        return self

    def __exit__(self, *_: object) -> None:
        """Lets exceptions pass."""

    def __repr__(self) -> str:
        return "<not drawn while grading>"

    def _ipython_display_(self) -> None:
        """A cell that ends in a picture has no output."""


class _Pictures(types.ModuleType):
    """A module each of whose public names is `Undrawn`."""

    def __getattr__(self, name: str) -> Undrawn:
        if name.startswith("_"):
            raise AttributeError(_("module {kind!r} has no attribute {name!r}").format(kind=self.__name__, name=name))
        return Undrawn()


def install(names: tuple[str, ...]) -> None:
    """Makes modules of these dotted names importable, with the packages they stand in and nothing else of those."""
    for name in names:
        *packages, last = name.split(".")
        above: types.ModuleType | None = None
        for depth in range(1, len(packages) + 1):
            above = _put(above, packages[depth - 1], ".".join(packages[:depth]))
        module = _Pictures(name, _("Pictures, which are not drawn while a notebook is graded."))
        sys.modules[name] = module
        if above is not None:
            setattr(above, last, module)


def _put(above: types.ModuleType | None, last: str, name: str) -> types.ModuleType:
    package = sys.modules.get(name)
    if package is None:
        package = types.ModuleType(name)
        package.__path__ = []  # a package in which no file is found
        sys.modules[name] = package
    if above is not None:
        setattr(above, last, package)
    return package
