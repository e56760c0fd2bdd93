"""Writes down, for the kit, every question that public checks ask with its right answer: references stay behind."""

from __future__ import annotations

import inspect
import zlib
from types import ModuleType
from typing import Any

from ..sandbox import wire
from ..sandbox.agent import as_data
from .asking import References
from .diagnosis import Misconceptions
from .expected import Expected
from .places import folder_of
from .registry import reference_names, registries
from .runner import CheckSession


def freeze(assignment: str) -> dict[str, bytes]:
    """The frozen public cases of an assignment: for each task with checks, the bytes of its ``public.cases``."""
    session = CheckSession(assignment, parts=("public",))
    return {task: frozen_of(session, task) for task in session.tasks}


def frozen_of(session: CheckSession, task: str) -> bytes:
    """The frozen public cases of one task: the bytes of its ``public.cases``."""
    module = folder_of(task).part("public")
    tests = _frozen_tests(session, task) if _asks_or_searches(module) else {
        test: [_frozen_case(None, [], False)] for test, *_ in session.tests(task)
    }  # not even run: there the right answer would train a network, and nobody would ask what comes of it
    named = {
        name: {"answer": registry.answer, "known": {m.id: (m.sentence, m.section, m.raises) for m in registry}}
        for name, registry in registries(task, others=True).items()
    }
    encoder = wire.Encoder()
    tree = encoder.encode({"tests": tests, "registries": named})
    return zlib.compress(wire.pack({"frozen": tree}, encoder.payload), 9)


def _frozen_tests(session: CheckSession, task: str) -> dict[str, list[dict[str, Any]]]:
    tests: dict[str, list[dict[str, Any]]] = {}
    names = reference_names(task)
    for second, recorded in enumerate((session.record(task, names), session.record_second(task, names))):
        for test, cases in recorded.items():
            tests.setdefault(test, []).extend(_frozen_case(case, asked, bool(second)) for case, asked in cases)
    return tests


def _asks_or_searches(module: ModuleType) -> bool:
    """Whether a check module can ask a reference for a right answer, itself or by a function of another module that it
    uses, or draws cases."""
    functions = [value for value in vars(module).values() if inspect.isfunction(value)]
    scopes = [vars(module), *(function.__globals__ for function in functions)]
    asks = any(isinstance(value, References) for scope in scopes for value in scope.values())
    marks = {mark.name for function in functions for mark in getattr(function, "pytestmark", ())}
    return asks or bool(marks & {"search", "second"})


def _frozen_case(case: Any, questions: list[tuple[Expected, Any]], second: bool) -> dict[str, Any]:
    answers = []
    for expected, registry in questions:
        wrong = {}
        if isinstance(registry, Misconceptions):
            for id, function, _sentence in registry.answers():
                try:
                    wrong[id] = as_data(expected.distorted(id, function))
                except Exception as error:  # a wrong turn that cannot cope with the case has no output to freeze
                    wrong[id] = f"raises {type(error).__name__}"
        answers.append({
            "name": expected.function.__name__, "value": as_data(expected.value), "wrong": wrong,
            "text": expected.describe(),
        })
    return {"case": dict(case) if isinstance(case, dict) else case, "answers": answers, "second": second}
