"""What a notebook with training tasks imports: `offer` keeps a finished model, `thresholds` says what is asked.

The same code serves students at home and behind the boundary, where it runs beside their own and decides nothing.
"""

from __future__ import annotations

import copy
import ctypes
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from autograder.language import sentences_of

_ = sentences_of(__package__)

T = TypeVar("T")
TICK_S = 0.05
AGAIN_S = 1.0  # after this long, a training that goes on in spite of its end is told so once more
CLOCKS: dict[str, Callable[[], float]] = {"cpu": time.process_time, "wall": time.monotonic}


class OutOfTime(BaseException):
    """The budget of a training is used up. Not an `Exception`, so that what handles those lets it pass."""


class Offers:
    """`offer(model)`: keeps a complete copy of a model, to be judged if the training has to be stopped.

    Call it whenever the model is worth something, for instance after every epoch. Later steps do not change the copy.
    """

    def __init__(self) -> None:
        self._latest: Callable[[], Any] | None = None

    def __call__(self, model: Any) -> None:
        self._latest = _kept(model)  # assigned when the copy is complete, so that half a copy never counts

    def trained(self, call: Callable[[], Any], seconds: float, clock: str) -> tuple[Any, bool]:
        """(what `call` gives, False), or (the last model it offered, or None, True) if it was stopped.

        seconds: its budget, of the process's CPU time (clock "cpu", so that a busy machine takes nothing away) or of
        time itself ("wall").
        """
        self._latest = None
        watch = Watch(seconds, CLOCKS[clock])
        try:
            return watch.during(call), False
        except OutOfTime:
            return (self._latest() if self._latest else None), True


class Watch:
    """Raises `OutOfTime` in the thread that made it, once its time is used up."""

    def __init__(self, seconds: float, clock: Callable[[], float]) -> None:
        self._clock, self._until = clock, clock() + seconds
        self._thread = ctypes.c_ulong(threading.get_ident())
        self._over = threading.Event()

    def during(self, call: Callable[[], T]) -> T:
        """What `call` gives, within the time."""
        watcher = threading.Thread(target=self._look, daemon=True)
        watcher.start()
        try:
            return call()
        finally:
            self._end(watcher)

    def _look(self) -> None:
        while not self._over.wait(TICK_S):
            if self._clock() > self._until and not self._over.is_set():
                ctypes.pythonapi.PyThreadState_SetAsyncExc(self._thread, ctypes.py_object(OutOfTime))
                self._over.wait(AGAIN_S)

    def _end(self, watcher: threading.Thread) -> None:
        """Nothing is raised any more after this; what is still on its way arrives here.

        It is not taken back: what is taken back Python 3.11 looks for at every call, for as long as the process lives,
        and it is caught in that where its calls are traced.
        """
        while True:
            try:
                self._over.set()
                watcher.join()
                _arrive()
            except OutOfTime:  # between the call and here
                continue
            return


def _arrive() -> None:
    """Being called, whereby Python raises what another thread has sent."""


def _kept(model: Any) -> Callable[[], Any]:
    """A function that gives the model as it is now."""
    if hasattr(model, "get_weights") and hasattr(model, "set_weights"):  # Keras: copying the weights is enough
        weights = model.get_weights()

        def restored() -> Any:
            model.set_weights(weights)
            return model

        return restored
    copied = copy.deepcopy(model)
    return lambda: copied


class Needed:
    """What a training task asks for, shown by a notebook as text."""

    def __init__(self, task: str, sets: dict[str, Any]) -> None:
        self._task, self._sets = task, sets

    def __repr__(self) -> str:
        return "\n".join([_("{task}: what you need").format(task=self._task), *(f"  {line}" for line in self._lines())])

    def _repr_markdown_(self) -> str:
        return "\n".join(
            [_("**{task}**: what you need").format(task=self._task), "", *(f"- {line}" for line in self._lines())]
        )

    def _lines(self) -> list[str]:
        return [line for name, about in self._sets.items() for line in _said(name, about)]


def _said(name: str, about: dict[str, Any]) -> list[str]:
    units = {"cpu": "CPU seconds", "cuda": _("seconds on a GPU")}
    budget = " or ".join(f"{seconds:g} {units[device]}" for device, seconds in about["budget_s"].items())
    lines = []
    for device, where in (("cpu", ""), ("cuda", _(" on a GPU"))):
        if device in about:
            tiers = ", ".join(f"{tier:.2%}" for tier in about[device]["tiers"])
            lines.append(
                _("{name}{where}: {tiers} of the altered test images, trained within {budget}").format(
                    name=name, where=where, tiers=tiers, budget=budget
                )
            )
    return lines


class Thresholds:
    """`thresholds(task)`: the accuracies that a training task asks for, with the time there is.

    They stand in a table, for each data set and device. Raises ValueError for a task that has none. Without a figure of
    its own, a GPU has to reach the CPU's.
    """

    def __init__(self, table: Mapping[str, Any]) -> None:
        self._table = table

    def __call__(self, task: str) -> Needed:
        if task not in self._table:
            raise ValueError(
                _("There is no training task {task!r}; there are: {table}.").format(
                    task=task, table=", ".join(self._table)
                )
            )
        return Needed(task, self._table[task])


offer = Offers()
