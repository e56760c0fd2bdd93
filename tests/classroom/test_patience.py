"""Folders that do not answer, as those of a file server that is gone: nobody waits for one for ever."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from autograder.classroom import folder as folder_module
from autograder.classroom import patience
from autograder.classroom.arrivals import Arrivals
from autograder.classroom.folder import CourseFolder
from autograder.classroom.patience import ask, ask_each
from autograder.submission.notebook import Template
from tests.small.grade_small import grade
from tests.small.small_class import RIGHT, answered, small_course, submit

ODD, EVEN = Path("submitted/odd"), Path("submitted/even")


class Gone:
    """A file server that is gone: whoever looks into a folder of odd's waits until it is back."""

    def __init__(self) -> None:
        self.asked = 0
        self.waiting: set[threading.Thread] = set()
        self._back = threading.Event()

    def wait_for(self, folder: Path) -> str:
        if "odd" in folder.parts:
            self.asked += 1
            if not self._back.is_set():
                self.waiting.add(threading.current_thread())
                self._back.wait()
        return folder.name

    def before(self, look: Callable[..., object]) -> Callable[..., object]:
        """``look``, of whose arguments one is a folder on that server."""

        def looked(*arguments: object) -> object:
            self.wait_for(next(each for each in arguments if isinstance(each, Path)))
            return look(*arguments)

        return looked

    def answers_again(self) -> None:
        waiting, self.waiting = self.waiting, set()
        self._back.set()
        for each in waiting:
            each.join()


@pytest.fixture
def gone(monkeypatch: pytest.MonkeyPatch) -> Iterator[Gone]:
    gone = Gone()

    class Asking(threading.Thread):
        """Its time is up as soon as it waits for what is gone."""

        def join(self, timeout: float | None = None) -> None:
            while self.is_alive() and self not in gone.waiting:
                super().join(0.01)

    monkeypatch.setattr(patience, "threading", SimpleNamespace(Thread=Asking))
    yield gone
    gone.answers_again()
    patience._waiting.clear()


def test_a_folder_that_does_not_answer_is_asked_once_until_it_does(gone: Gone):
    for _ in range(3):
        with pytest.raises(TimeoutError) as caught:
            ask(ODD, lambda: gone.wait_for(ODD))
        assert caught.value.filename == str(ODD)
    assert gone.asked == 1
    assert ask(EVEN, lambda: gone.wait_for(EVEN)) == "even"
    gone.answers_again()
    assert ask(ODD, lambda: gone.wait_for(ODD)) == "odd"
    assert gone.asked == 2


def test_a_folder_is_waited_for_a_while_and_not_for_ever(monkeypatch: pytest.MonkeyPatch):
    back = threading.Event()
    monkeypatch.setattr(patience, "PATIENCE_S", 0.01)
    with pytest.raises(TimeoutError):
        ask(ODD, back.wait)
    back.set()
    patience._waiting.pop(ODD).join()


@pytest.mark.parametrize("error", [TimeoutError("of the folder's own"), KeyboardInterrupt(), ValueError("no")])
def test_what_the_question_raises_is_raised_where_it_was_asked(error: BaseException):
    def question() -> None:
        raise error

    with pytest.raises(type(error)) as caught:
        ask(EVEN, question)
    assert caught.value is error


def test_where_no_thread_can_be_had_the_machine_is_named(monkeypatch: pytest.MonkeyPatch):
    def refused(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", refused)
    with pytest.raises(BlockingIOError):
        ask(EVEN, lambda: 1)


def test_of_many_folders_those_that_answer_do(gone: Gone):
    around = ODD.parent
    assert ask_each(around, [ODD, EVEN], gone.wait_for) == {EVEN: "even"}
    assert gone.asked == 2, "together with the other one, and by itself"
    assert ask_each(around, [ODD, EVEN], gone.wait_for) == {EVEN: "even"}
    assert gone.asked == 2
    gone.answers_again()
    assert ask_each(around, [ODD, EVEN], gone.wait_for) == {ODD: "odd", EVEN: "even"}
    assert gone.asked == 3


@pytest.mark.parametrize("what", ["_may_be_folder", "_mend_timestamp", "read_submission"])
def test_a_submission_that_does_not_answer_concerns_its_student_alone(
    gone: Gone, what: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    template = Template.load(small_course(tmp_path))
    for student in ("even", "odd"):
        submit(tmp_path, student, answered(template, RIGHT))
    monkeypatch.setattr(folder_module, what, gone.before(getattr(folder_module, what)))
    assert CourseFolder(tmp_path).students("00-small") == ["even", "odd"]
    assert CourseFolder(tmp_path).is_submitted("odd", "00-small")
    summary = grade(tmp_path)
    assert [*summary.graded] == ["even"] and [*summary.failed] == ["odd"]
    assert "/odd/00-small does not answer; look at the network or the disk" in summary.failed["odd"]
    gone.answers_again()
    summary = grade(tmp_path)
    assert [*summary.graded] == ["odd"] and summary.unchanged == ["even"] and not summary.failed


def test_who_hands_in_is_seen_while_another_folder_does_not_answer(
    gone: Gone, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(Arrivals, "_seen", gone.before(Arrivals._seen))
    for student in ("even", "odd"):
        submit(tmp_path, student, b"{}")
    arrivals = Arrivals(tmp_path / "submitted", "00-small")
    assert _next(arrivals) == ["even"]
    gone.answers_again()
    assert _next(arrivals) == ["odd"]


def _next(arrivals: Arrivals) -> list[str]:
    while not (came := arrivals.take()):
        pass
    return came
