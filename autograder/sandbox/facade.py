"""What `autograder` is inside a student's kernel: the names that notebooks import, and nothing behind.

`check` says that the grader does the checking, `variant` draws from the choices that the grader passed on at the start,
and `load_images` and `load_pretrained` read what the grader laid in a read-only folder.
"""

from __future__ import annotations

import json
import sys
import types
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np

from ..language import sentences_of
from .policy import FORBIDDEN
from .training import Offers, Thresholds
from .variants import Variants

_ = sentences_of(__package__)


class ForbiddenLibrary(ModuleNotFoundError):
    """Importing a library that the assignment asks the student to do without."""


class Gatekeeper(MetaPathFinder):
    """Refuses forbidden libraries with a sentence, before the import system looks for their files."""

    def __init__(self, forbidden: tuple[str, ...]) -> None:
        self._forbidden = frozenset(forbidden)

    def find_spec(self, fullname: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        """None, so that the next finder looks; or `ForbiddenLibrary`."""
        library = fullname.partition(".")[0]
        if library in self._forbidden:
            raise ForbiddenLibrary(FORBIDDEN.format(library=library), name=library)
        return None


class DataError(RuntimeError):
    """Images that are nowhere to be found, as in the package that students have."""


def _shared(path: Path) -> np.ndarray:
    """An array that all kernels of the machine share in memory, except for the pages that one writes to."""
    return np.asarray(np.load(path, mmap_mode="c", allow_pickle=False))


def make_module(variants: Variants, data: Path | None) -> types.ModuleType:
    """The module that `import autograder` gives a student.

    `variants` has the students' own numbers; `data` is the folder with `index.json` and, for each data set, a folder
    with `train_images.npy` (uint8) and `train_labels.npy` (int64); `weights/` there has the pretrained networks, and
    `thresholds.json` what training tasks ask for.
    """
    module = types.ModuleType("autograder", _("Checks for the course's notebooks."))

    def check(task: str, *words: Any, **more: Any) -> None:
        """Says that this task is checked by the grader."""
        print(_("{task}: checked by the grader").format(task=task))

    def variant(task: str, student: str | None = None) -> dict[str, Any]:
        """The numbers of a task for one student, by default for this one."""
        return variants.numbers(task, student)

    def load_images(name: str | None = None, *, otherwise: str | None = None) -> SimpleNamespace:
        """The training images and labels that the grader laid out."""
        if data is None:
            raise FileNotFoundError(_("this assignment comes without images"))
        index = json.loads((data / "index.json").read_text(encoding="utf-8"))
        asked = [index["default"]] if name is None else [str(one).strip().casefold() for one in (name, otherwise)]
        found = next((one for one in asked if one in index["sets"]), None)
        if found is None:
            raise DataError(
                _("while grading there are only these images: {sets}").format(sets=", ".join(index["sets"]))
            )
        print(_("Images: {found}, the training part.").format(found=found))
        arrays = {part: _shared(data / found / f"{part}.npy") for part in ("train_images", "train_labels")}
        about = index["sets"][found]
        return SimpleNamespace(name=found, **arrays, classes=tuple(about["classes"]), source=about["source"])

    def load_pretrained(name: str, *, download: bool = False) -> dict[str, np.ndarray]:
        """The weights of a pretrained network that comes with the course, by the paths of its variables."""
        from safetensors.numpy import load_file

        known = {path.stem: path for path in sorted((data / "weights").glob("*.safetensors"))} if data else {}
        if name not in known:
            if not known:
                raise ValueError(_("name: no pretrained network is at hand while this assignment is graded."))
            there = ", ".join(known)
            raise ValueError(
                _("name: there is no pretrained network {name!r} while grading; there are: {there}.").format(
                    name=name, there=there
                )
            )
        return load_file(known[name])

    for function in (check, variant, load_images, load_pretrained):
        function.__module__ = "autograder"
        setattr(module, function.__name__, function)
    module.offer = Offers()  # type: ignore[attr-defined]
    table = data / "thresholds.json" if data else None
    known = json.loads(table.read_text(encoding="utf-8")) if table and table.is_file() else {}
    module.thresholds = Thresholds(known)  # type: ignore[attr-defined]
    names = ["check", "load_images", "load_pretrained", "offer", "thresholds", "variant"]
    module.__all__ = names  # type: ignore[attr-defined]
    return module


def install(forbidden: tuple[str, ...], variants: Variants, data: Path | None) -> None:
    """Puts the facade in place of the package, and forgets forbidden libraries and the sandbox."""
    for name in list(sys.modules):
        if name.partition(".")[0] in ("autograder", *forbidden):
            del sys.modules[name]
    sys.modules["autograder"] = make_module(variants, data)
    sys.meta_path.insert(0, Gatekeeper(forbidden))
