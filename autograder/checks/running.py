"""One test on one notebook: called, or run by pytest, within a trial of its own."""

from __future__ import annotations

import time
import traceback
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from ..bridge.student import NotAttempted
from ..bridge.transport import BridgeFailure
from ..faults import MachineFault
from . import trial as trials
from .collecting import ABOUT_ANSWERS, OF_A_CHECK, Asked, CollectedTest, RunByPytest, call_on_cases
from .frozen import frozen_cases
from .trial import Observation, Trial

NOT_ENDED = "E   pytest did not run this test to its end"


@dataclass
class RanTest:
    """A test that was run: what it raised about the answer, or a report of what else it raised.

    lost: why the notebook could not be asked any more when its turn came; seconds: the wall time that it took. name: of
    the notebook, which it asked for last.
    """

    test: CollectedTest
    asked: Asked
    trial: Trial
    raised: BaseException | None = None
    report: str | None = None
    lost: str | None = None
    seconds: float = 0.0
    name: str = ""

    @property
    def failed(self) -> bool:
        """Whether there was an answer, and it was wrong."""
        return self.raised is not None and not isinstance(self.raised, NotAttempted | BridgeFailure)


def trial_of(test: CollectedTest, asked: Asked) -> Trial:
    """A trial in which nothing is known yet, with the frozen cases where the kit has them."""
    trial = Trial(
        test.item.name, test.folder, test.hidden, asked.seed, device=asked.device, revealing=asked.revealing,
        source=asked.source,
    )
    trial.frozen = None if test.hidden else frozen_cases(test.folder, test.item.name)
    return trial


def run_test(test: CollectedTest, asked: Asked) -> RanTest:
    """Runs one test. Never raises for what student code does; a fault of the machine ends it and is nobody's answer."""
    trial = trial_of(test, asked)
    began = time.monotonic()
    with during(trial):
        raised, report = _directly(test, asked) if test.is_plain else _by_pytest(test, asked)
    name = asked.student._session.asked
    return RanTest(test, asked, trial, raised, report, seconds=time.monotonic() - began, name=name)


def _directly(test: CollectedTest, asked: Asked) -> tuple[BaseException | None, str | None]:
    """Calls a plain test: what it raised about the answer, or a report of what else it raised."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            call_on_cases(test.item, asked.arguments(test.item), asked.seed)
    except ABOUT_ANSWERS as error:
        return error, None
    except MachineFault:
        raise
    except OF_A_CHECK as error:
        return None, report_of(error)
    return None, None


def report_of(error: BaseException) -> str:
    """What is kept of an exception that the code of a check raised: as pytest reports it, with its line marked."""
    lines = traceback.format_exception(error)
    return "".join([*lines[:-1], f"E   {lines[-1]}"])


def _by_pytest(test: CollectedTest, asked: Asked) -> tuple[BaseException | None, str | None]:
    """Has pytest run a test: what it raised about the answer, or pytest's report of what else went wrong in it."""
    once = RunByPytest(asked)
    place = f"{test.item.path}::{test.item.nodeid.partition('::')[2]}"
    once.run(test.folder.course.root, [place])
    if once.raised is not None and not isinstance(once.raised, ABOUT_ANSWERS):
        raise once.raised
    if once.raised is not None or (once.ended and once.report is None):
        return once.raised, None
    return None, once.problem or once.report or NOT_ENDED


def seen(one: RanTest, run: Callable[[], None]) -> list[Observation]:
    """The comparisons that a test makes when none of them ends it. What else it raises is known already."""
    trial = trial_of(one.test, one.asked)
    trial.lenient = True
    with during(trial), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            run()
        except OF_A_CHECK:
            return trial.observations
    return trial.observations


@contextmanager
def during(trial: Trial) -> Iterator[None]:
    """Makes a trial the current one while its test runs."""
    token = trials.begin(trial)
    try:
        yield
    finally:
        trials.end(token)
