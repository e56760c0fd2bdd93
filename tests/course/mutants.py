"""Small mutants of a reference function: would the hidden checks notice an operator or a number that is off?

`mutants_of(function)` changes one thing at a time in the function and in those that it calls, of its module and of the
assignment's other references.
Left alone: texts, annotations, defaults of parameters, what is raised, and functions that have a task of their own.
"""

from __future__ import annotations

import ast
import copy
import importlib
import inspect
import signal
import sys
import types
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any

SWAPPED: dict[type, type] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Add, ast.Div: ast.Mult, ast.FloorDiv: ast.Mult,
    ast.Mod: ast.FloorDiv, ast.Pow: ast.Mult, ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot,
    ast.IsNot: ast.Is, ast.And: ast.Or, ast.Or: ast.And,
}
SKIPPED = (ast.Raise, ast.JoinedStr, ast.Import, ast.ImportFrom)


@dataclass(frozen=True)
class Mutant:
    """A mutated reference function. `id` says what was changed in which function, without line numbers."""

    id: str
    function: Callable[..., Any]


class OutOfTime(BaseException):
    """A mutant that does not come to an end."""


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raises OutOfTime in the block after so many seconds of the process's CPU time; on the main thread only.

    Seconds of the clock would end mutants that no check notices, too, where other programs take the machine.
    """

    def stop(signum: int, frame: Any) -> None:
        raise OutOfTime

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def mutants_of(function: Callable[..., Any], *, without: Collection[str] = ()) -> Iterator[Mutant]:
    """Every mutant of the function, one change each; alike ones are told apart by a number.

    without: names of functions that it calls and that are left as they are.
    """
    found = reached(function, without=without)
    modules = list(dict.fromkeys(module for module, _ in found))
    seen: dict[str, int] = {}
    for module, name in found:
        tree = _tree(module)
        for index in range(len(list(_places(_definition(tree, name))))):
            changed = copy.deepcopy(tree)
            definition = _definition(changed, name)
            place, change = list(_places(definition))[index]
            before = ast.unparse(place)
            change()
            path = name if name == function.__name__ else f"{function.__name__} > {name}"
            id = f"{path}: {before} -> {ast.unparse(place)}"
            seen[id] = seen.get(id, 0) + 1
            yield Mutant(id if seen[id] == 1 else f"{id} ({seen[id]})", _load(changed, module, modules, function))


@cache
def _tree(module: str) -> ast.Module:
    return ast.parse(inspect.getsource(sys.modules[module]))


def _load(tree: ast.Module, changed: str, modules: Sequence[str], function: Callable[..., Any]) -> Callable[..., Any]:
    """The function, where the module `changed` has this tree; the others of `modules` are imported anew around it."""
    kept = {name: sys.modules[name] for name in modules}
    mutated = types.ModuleType(changed)
    mutated.__package__, mutated.__file__ = kept[changed].__package__, kept[changed].__file__
    for name in modules:
        del sys.modules[name]
    # dataclasses look their module up by name while they are made
    sys.modules[changed] = mutated
    try:
        exec(compile(ast.fix_missing_locations(tree), "<mutant>", "exec"), mutated.__dict__)
        return getattr(importlib.import_module(function.__module__), function.__name__)
    finally:
        for name, module in kept.items():
            sys.modules[name] = module
            package, _, part = name.rpartition(".")
            setattr(sys.modules[package], part, module)


def _definition(tree: ast.Module, name: str) -> ast.AST:
    return next(node for node in tree.body if getattr(node, "name", None) == name)


def reached(function: Callable[..., Any], *, without: Collection[str] = ()) -> list[tuple[str, str]]:
    """What `mutants_of` changes, by module and name: the function, and what it uses of the assignment's references."""
    found = [(function.__module__, function.__name__)]
    for module, name in found:
        for node in ast.walk(_definition(_tree(module), name)):
            used = _reference(module, node.id) if isinstance(node, ast.Name) else None
            if used is not None and used not in found and used[1] not in without:
                found.append(used)
    return found


def _reference(module: str, name: str) -> tuple[str, str] | None:
    """Where the function or class is defined that a module calls `name`, if that is a reference of its assignment."""
    thing = vars(sys.modules[module]).get(name)
    if not isinstance(thing, type | types.FunctionType):
        return None
    home, own = thing.__module__, thing.__name__
    assignment = module.rsplit(".", 2)[0]
    if home != module and not (home.startswith(f"{assignment}.") and home.endswith(".reference")):
        return None
    return (home, own) if any(getattr(node, "name", None) == own for node in _tree(home).body) else None


def _places(definition: ast.AST) -> Iterator[tuple[ast.AST, Callable[[], None]]]:
    """Every place in the function's body that can be changed: the node to show, and what changes it."""
    for node, shown in _nodes(definition, definition):
        if isinstance(node, ast.BinOp | ast.BoolOp | ast.AugAssign) and type(node.op) in SWAPPED:
            yield shown, _setter(node, "op", SWAPPED[type(node.op)]())
        elif isinstance(node, ast.Compare) and type(node.ops[0]) in SWAPPED:
            yield shown, _setter(node, "ops", [SWAPPED[type(node.ops[0])](), *node.ops[1:]])
        elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            yield shown, _setter(node, "op", ast.UAdd())
        elif isinstance(node, ast.Constant) and type(node.value) is bool:
            yield shown, _setter(node, "value", not node.value)
        elif isinstance(node, ast.Constant) and type(node.value) in (int, float):
            yield shown, _setter(node, "value", node.value + 1)


def _nodes(node: ast.AST, shown: ast.AST) -> Iterator[tuple[ast.AST, ast.AST]]:
    """The nodes to change with the expression or short statement that shows them best."""
    for name, value in ast.iter_fields(node):
        if name in ("annotation", "returns", "args", "decorator_list") and isinstance(
            node, ast.FunctionDef | ast.AnnAssign | ast.Lambda | ast.ClassDef
        ):
            continue
        for child in value if isinstance(value, list) else [value]:
            if not isinstance(child, ast.AST) or isinstance(child, SKIPPED):
                continue
            whole = isinstance(child, ast.expr) and not _is_part(node)
            around = child if whole or isinstance(child, ast.AugAssign) else shown
            yield child, around
            yield from _nodes(child, around)


def _is_part(node: ast.AST) -> bool:
    """Whether the node's children are shown best as part of it: a whole expression, not a statement."""
    return isinstance(node, ast.expr | ast.slice | ast.keyword | ast.comprehension)


def _setter(node: ast.AST, field: str, value: Any) -> Callable[[], None]:
    return lambda: setattr(node, field, value)
