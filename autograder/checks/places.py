"""Where the course keeps what belongs to a task: a folder for each, with the same parts in all of them.

    course/shifts/shift/   reference.py  misconceptions.py  public.py  hidden.py  probes.py  variants.py
                           right_answers.py  hints.py  training.py  good.md  poor.md
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from types import ModuleType
from typing import Any

from ..course import Course, CourseError, words_of
from ..language import Say, sentences_in, sentences_of

_ = sentences_of(__package__)

CASES = "public.cases"  # in the kit: the public checks' cases with their answers
CHECKS = ("public", "hidden")


@dataclass(frozen=True)
class TaskFolder:
    """A task's folder: `package` is its assignment's ("shifts"), `name` its own ("shift_by_two")."""

    course: Course
    package: str
    name: str

    @property
    def task(self) -> str:
        """The task's id."""
        return self.name.replace("_", "-")

    @cached_property
    def say(self) -> Say:
        """What says the course's own sentences, its checks' docstrings among them, in the language of this process."""
        return sentences_in(self.course.folder)

    @cached_property
    def path(self) -> Path:
        return self.course.folder / self.package / self.name

    @property
    def is_frozen(self) -> bool:
        """Whether this is a student's copy: cases in place of references."""
        return (self.path / CASES).is_file()

    def has(self, part: str) -> bool:
        """Whether the folder has the module `part`."""
        return (self.path / f"{part}.py").is_file()

    def part(self, part: str) -> ModuleType:
        """The module `part` of the folder. Raises `CourseError` where it has none, or one that cannot be loaded."""
        known = self._parts.get(part)  # a check asks for its reference at every comparison
        if known is not None and sys.modules.get(known.__name__) is known:
            return known
        if not self.has(part):
            raise CourseError(
                _("{root} has no {part}.py.").format(root=self.path.relative_to(self.course.root), part=part)
            )
        try:
            self._parts[part] = self.course.module(self.package, self.name, part)
        except (CourseError, ImportError):
            raise
        except Exception as error:  # whatever its author's own code raises
            where = (self.path / part).relative_to(self.course.root)
            raise CourseError(
                _("{where}.py cannot be loaded ({kind}: {error}); correct it.").format(
                    where=where, kind=type(error).__name__, error=error
                )
            ) from error
        return self._parts[part]

    @cached_property
    def _parts(self) -> dict[str, ModuleType]:
        """The modules that were asked for; one that another has taken the place of is asked for anew."""
        return {}

    def attribute(self, part: str, name: str) -> Any:
        """What the module `part` calls `name`. Raises `AttributeError` where it has no such name."""
        module = self.part(part)
        if not hasattr(module, name):
            raise AttributeError(
                _("{root}.py defines no {name}").format(
                    root=(self.path / part).relative_to(self.course.root), name=name
                )
            )
        return getattr(module, name)


def folders_of(assignment: str, course: Course | None = None) -> list[TaskFolder]:
    """The folders of an assignment's tasks ("02-shifts", or its package "shifts"), sorted by name."""
    course, package = course or Course.here(), words_of(assignment)
    home = course.folder / package
    names = sorted(path.parent.name for path in home.glob("*/__init__.py"))
    return [TaskFolder(course, package, name) for name in names]


def folder_of(task: str, course: Course | None = None) -> TaskFolder:
    """The folder of a task. Raises `KeyError` where no assignment of the course has one."""
    course = course or Course.here()
    return _folder_of(task, course)


@cache
def _folder_of(task: str, course: Course) -> TaskFolder:
    found = sorted(course.folder.glob(f"*/{words_of(task)}/__init__.py"))
    if not found or not re.fullmatch(r"[a-z0-9-]+", task):
        raise KeyError(task)
    return TaskFolder(course, found[0].parents[1].name, found[0].parent.name)


def calling_folder(depth: int) -> TaskFolder:
    """The folder of the task whose module called, `depth` frames above. Raises `LookupError` for other callers."""
    module = str(sys._getframe(depth + 1).f_globals.get("__name__", ""))
    course = Course.here()
    package, *inner = module.split(".")
    if package != course.package or len(inner) != 3:
        raise LookupError(
            _("{module} is no module of a task, so nobody knows whose references it asks for").format(module=module)
        )
    return TaskFolder(course, inner[0], inner[1])


def sample_answers(folder: TaskFolder) -> dict[str, tuple[float, str]]:
    """A text task's sample answers by name ("good"), each with the points that it earns.

    They stand in the folder's Markdown files, whose first line is ``points: 4.5``. Raises `CourseError` where not.
    """
    return {path.stem: _sample(path) for path in sorted(folder.path.glob("*.md"))}


def _sample(path: Path) -> tuple[float, str]:
    first, _end, text = path.read_text(encoding="utf-8").partition("\n")
    match = re.fullmatch(r"points: (\d+(?:\.\d+)?)", first.strip())
    if match is None:
        raise CourseError(_("{path} has to begin with its points, as in `points: 4.5`.").format(path=path))
    return float(match[1]), text.strip()


def files_of(folder: TaskFolder) -> Iterator[Path]:
    """The check modules that a task's folder has, the public one first."""
    return (folder.path / f"{part}.py" for part in CHECKS if folder.has(part))
