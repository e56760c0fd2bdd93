"""JSON schemas of documents, from the types that the code has for them, and the same as tables to read."""

from __future__ import annotations

import dataclasses
import types
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, NotRequired, Union, get_args, get_origin, get_type_hints, is_typeddict

DIALECT = "https://json-schema.org/draft/2020-12/schema"
SIMPLE: dict[Any, str] = {str: "string", bool: "boolean", int: "integer", float: "number", Path: "string"}


class NoSchema(TypeError):
    """A type that no schema can be written for: what a document holds has to be said exactly."""


def schema_of(kind: Any) -> dict[str, Any]:
    """The schema of what a value of this type is in JSON.

    Dataclasses and typed dictionaries are objects, with every field and no other; their docstring's first paragraph is
    the description, and of a field what `Annotated` says. Raises `NoSchema` for a type that says too little, such as
    `Any`.
    """
    if kind is None or kind is type(None):
        return {"type": "null"}
    if kind in SIMPLE:
        return {"type": SIMPLE[kind]}
    if dataclasses.is_dataclass(kind) or is_typeddict(kind):
        return _object(kind)
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is NotRequired:
        return schema_of(arguments[0])
    if origin is Annotated:
        return {**schema_of(arguments[0]), "description": arguments[1]}
    if origin is Literal:
        return {"enum": list(arguments)}
    if origin in (Union, types.UnionType):
        return _any_of([schema_of(one) for one in arguments])
    if origin is tuple and len(arguments) == 2 and arguments[1] is Ellipsis:
        return {"type": "array", "items": schema_of(arguments[0])}
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return {"type": "object", "additionalProperties": schema_of(arguments[1])}
    if isinstance(origin, type) and issubclass(origin, Sequence | frozenset | set):
        return {"type": "array", "items": schema_of(arguments[0])}
    raise NoSchema(f"{kind!r} does not say what stands there in JSON")


def _any_of(each: list[dict[str, Any]]) -> dict[str, Any]:
    if {"type": "null"} in each and len(each) == 2:
        other = next(one for one in each if one != {"type": "null"})
        if "enum" in other:
            return {"enum": [*other["enum"], None]}
        if set(other) == {"type"}:
            return {"type": [other["type"], "null"]}
    return {"anyOf": each}


def _object(kind: Any) -> dict[str, Any]:
    hints = get_type_hints(kind, include_extras=True)
    if dataclasses.is_dataclass(kind):
        hints = {field.name: hints[field.name] for field in dataclasses.fields(kind)}
        required = list(hints)
    else:
        required = [name for name, hint in hints.items() if get_origin(hint) is not NotRequired]
    described = {"description": paragraph(kind)} if paragraph(kind) else {}
    return {
        **described,
        "type": "object",
        "properties": {name: schema_of(hint) for name, hint in hints.items()},
        "required": required,
        "additionalProperties": False,
    }


def paragraph(thing: Any) -> str:
    """The first paragraph of a docstring on one line; empty where there is none of its own."""
    if not isinstance(thing, type):  # of a list of documents
        return ""
    doc = vars(thing).get("__doc__") or ""
    if doc.startswith(f"{thing.__name__}("):  # what dataclasses write where nobody did
        return ""
    return " ".join(doc.strip().split("\n\n")[0].replace("``", "`").split())


def table(schema: Mapping[str, Any], name: str = "") -> list[str]:
    """A schema as rows of a Markdown table, `| field | what stands there | description |`, nested fields below."""
    rows = []
    for field, inside in schema.get("properties", {}).items():
        place = f"{name}.{field}" if name else field
        optional = "" if field in schema["required"] else " (may be missing)"
        rows.append(f"| `{place}`{optional} | {_words(inside)} | {_described(inside)} |")
        rows += _below(inside, place)
    return rows


def _described(schema: Mapping[str, Any]) -> str:
    """A field's own description, otherwise that of what it is a list of."""
    own: str = schema.get("description") or (_described(schema["items"]) if "items" in schema else "")
    return own


def _below(schema: Mapping[str, Any], place: str) -> list[str]:
    if schema.get("type") == "array":
        inner = schema["items"]
        return table(inner, f"{place}[]") if "properties" in inner else _below(inner, f"{place}[]")
    if isinstance(schema.get("additionalProperties"), dict):
        inner = schema["additionalProperties"]
        return table(inner, f"{place}.*") if "properties" in inner else _below(inner, f"{place}.*")
    if "anyOf" in schema:
        return [row for one in schema["anyOf"] for row in _below(one, place)]
    return table(schema, place) if "properties" in schema else []


def _words(schema: Mapping[str, Any]) -> str:
    if "enum" in schema:
        return ", ".join("null" if value is None else f"`{value}`" for value in schema["enum"])
    if "anyOf" in schema:
        return " or ".join(_words(one) for one in schema["anyOf"])
    kind = schema["type"]
    if kind == "array":
        return f"list of: {_words(schema['items'])}"
    if kind == "object":
        inner = schema["additionalProperties"]
        return f"by name: {_words(inner)}" if isinstance(inner, dict) else "object"
    return " or ".join(kind) if isinstance(kind, list) else str(kind)
