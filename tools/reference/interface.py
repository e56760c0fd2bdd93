"""What a check module and a notebook import, from the docstrings of the code."""

from __future__ import annotations

import inspect
import re
from collections.abc import Collection
from types import ModuleType
from typing import Any

import autograder
from autograder.checks import api, strategies


def checks_page() -> str:
    """What `autograder.checks.api` and its strategies have."""
    names = [name for name in sorted(api.__all__, key=str.lower) if not inspect.ismodule(getattr(api, name))]
    drawn = sorted(name for name, thing in vars(strategies).items() if _is_own(strategies, name, thing))
    return "".join(
        [
            "# What checks are written with\n\n",
            "This page is written from the code; [the authoring guide](../authoring.md) shows it at work.\n\n",
            markdown(api.__doc__ or ""),
            *(_entry(name, getattr(api, name)) for name in names),
            "\n## Strategies\n\n`from autograder.checks.api import strategies as st`\n\n",
            markdown(strategies.__doc__ or ""),
            *(_entry(f"st.{name}", getattr(strategies, name), level=3) for name in drawn),
        ]
    )


def notebook_page() -> str:
    """What a notebook imports from `autograder`."""
    return "".join(
        [
            "# What a notebook imports\n\n",
            "This page is written from the code: `from autograder import check` and so on.\n",
            *(_entry(name, getattr(autograder, name)) for name in sorted(autograder.__all__, key=str.lower)),
        ]
    )


def _is_own(module: ModuleType, name: str, thing: Any) -> bool:
    return callable(thing) and not name.startswith("_") and getattr(thing, "__module__", "") == module.__name__


def _entry(name: str, thing: Any, level: int = 2) -> str:
    """A heading, a signature and a docstring; of a class its public methods, too."""
    doc = inspect.getdoc(thing) or ""
    if not callable(thing):  # `reference` and `misconceptions`
        doc = inspect.getdoc(type(thing)) or ""
    signature = _signature(name, thing)
    parts = [f"\n{'#' * level} {name}\n\n", f"```python\n{signature}\n```\n\n" if signature else ""]
    parts.append(markdown(doc, _names(thing)) if not doc.startswith(f"{name}(") else "")  # what dataclasses write
    if inspect.isclass(thing):
        parts += [f"\n`{_signature(one, method)}`\n: {_first(method)}\n" for one, method in _methods(thing)]
    return "".join(parts)


def _signature(name: str, thing: Any) -> str:
    if not callable(thing):
        return ""
    if inspect.isclass(thing) and issubclass(thing, BaseException | dict):
        return f"class {name}"
    shown = re.sub(r"(: |-> )'([^']*)'", r"\1\2", str(inspect.signature(thing)))
    return f"{name}{re.sub(r'(?:[a-z_]+[.])+(?=[A-Z])', '', shown)}"


def _methods(thing: type) -> list[tuple[str, Any]]:
    return [
        (name, one)
        for name, one in vars(thing).items()
        if inspect.isfunction(one) and not name.startswith("_") and one.__doc__
    ]


def _first(thing: Any) -> str:
    return " ".join(markdown((inspect.getdoc(thing) or "").split("\n\n")[0]).split())


def _names(thing: Any) -> set[str]:
    """The parameters and fields that a docstring may explain, each on lines that begin with its name."""
    if inspect.isclass(thing):
        return {*getattr(thing, "__annotations__", {}), *inspect.signature(thing.__init__).parameters}
    return set(inspect.signature(thing).parameters) if callable(thing) else set()


def markdown(doc: str, names: Collection[str] = ()) -> str:
    """A docstring as Markdown: ``names`` in one pair of backticks, examples behind a colon as code, parameters as a
    list."""
    text = re.sub(r"::$", ":", inspect.cleandoc(doc).replace("``", "`"), flags=re.MULTILINE)
    lines, listed = [], False
    for line in text.splitlines():
        found = re.match(r"([a-z_]+(?:, [a-z_]+)*): ", line)
        if found and set(found[1].split(", ")) <= set(names):
            lines += [] if listed else [""]
            line, listed = f"- *{found[1]}*: {line[found.end() :]}", True
        elif not line:
            listed = False
        lines.append(line.lstrip() if listed else line)
    return "\n".join(lines) + "\n"
