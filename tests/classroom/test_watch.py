"""`watch`: what arrives is graded, in its order, with what a student is shown of it."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from autograder.classroom.arrivals import Arrivals
from autograder.classroom.folder import CourseFolder
from autograder.classroom.ledger import Ledger
from autograder.classroom.options import Options
from autograder.classroom.watch import Log, WatchRun
from autograder.course import Course
from autograder.gradebook.gradebook import GradebookWriter
from autograder.submission.notebook import Template
from tests.small.courses import REPOSITORY
from tests.small.pretend import Pretended
from tests.small.small_class import RIGHT, answered, as_json, scores, small_class, small_course, submit

WAIT_S = 120.0
HALF = {**RIGHT, "double": "def double(x):\n    return abs(2 * x)"}


class Watched:
    """A running `autograder watch` over the small course in `root`."""

    def __init__(self, root: Path, *options: str) -> None:
        self.root = root
        self.template = Template.load(small_course(root))
        self.lines: list[str] = []
        command = [sys.executable, "-m", "autograder.cli", "watch", "00-small", "--jobs", "1", *options]
        environ = {**os.environ, "PYTHONPATH": str(REPOSITORY), "PYTHONUNBUFFERED": "1"}
        self.process = subprocess.Popen(
            command, cwd=root, env=environ, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )

    def hand_in(self, student: str, answers: dict[str, str], extra: tuple[str, ...] = ()) -> None:
        submit(self.root, student, answered(self.template, answers, extra))

    def until(self, *words: str) -> str:
        """Reads lines to the next one with all these words."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line.rstrip())
            if all(word in line for word in words):
                return line
        raise AssertionError(f"it ended without saying {words}: {self.lines}")

    def results(self, student: str) -> Any:
        return as_json(self.root / "autograded" / student / "00-small" / "results.json")

    def page(self, student: str) -> Path:
        return self.root / "feedback" / student / "00-small" / "00-small.html"

    def end(self, number: int = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        rest = self.process.communicate(timeout=WAIT_S)[0]
        self.lines += rest.splitlines()
        return self.process.returncode


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[Callable[..., Watched]]:
    started: list[Watched] = []

    def start(*options: str) -> Watched:
        started.append(Watched(tmp_path, *options))
        return started[-1]

    yield start
    for one in started:
        if one.process.poll() is None:
            one.end()


@pytest.mark.timeout(200)
def test_what_arrives_is_graded_and_shown(watched, tmp_path):
    """New, again, with other answers, what cannot be read, and what was there before."""
    watch = watched("--show", "all")
    watch.hand_in("ada", HALF)
    watch.until("ada: 9 of")
    assert scores(watch.results("ada"))["double"] < 6
    watch.hand_in("ada", RIGHT)
    watch.until("ada: 12 of")
    watch.hand_in("bob", RIGHT)
    (tmp_path / "submitted" / "cyd" / "00-small").mkdir(parents=True)
    watch.until("cyd: 0 of")
    assert "What works" in watch.page("bob").read_text()
    assert watch.end() == 130
    assert watch.lines[-1] == "autograder: Ended. Every result is kept, and what arrives now waits for the next start."
    with Ledger(CourseFolder(tmp_path).ledger) as ledger:
        assert len(ledger.history("00-small", "ada")) == 2
        assert all(entry.committed for entry in ledger.entries("00-small").values())
    left = [each for each in psutil.process_iter(["cmdline"]) if str(tmp_path) in " ".join(each.info["cmdline"] or ())]
    assert left == []


@pytest.mark.timeout(200)
def test_a_burst_is_graded_in_the_order_in_which_it_came(watched, tmp_path):
    template = Template.load(small_course(tmp_path))
    students = ["eve", "dan", "cyd", "bob", "ada"]
    for number, student in enumerate(students):
        folder = submit(tmp_path, student, answered(template, RIGHT))
        for path in (*folder.iterdir(), folder):
            os.utime(path, ns=(10**18 + number, 10**18 + number))
    watch = watched()
    graded = [watch.until("points").split()[2] for _ in students]
    assert graded == [f"{student}:" for student in students]


@pytest.mark.timeout(200)
def test_who_hands_in_again_while_being_graded_is_graded_again(watched, tmp_path):
    """The first hand-in holds its worker until the second lies there."""
    watch = watched("--jobs", "2")
    watch.hand_in("ada", HALF, ("import time\nt = time.time()\nwhile time.time() - t < 2: pass",))
    watch.hand_in("bob", RIGHT)
    watch.until("bob: 12")
    watch.hand_in("ada", RIGHT)
    watch.until("ada: 12 of")
    assert watch.results("ada")["score"] == 12


@pytest.mark.timeout(200)
def test_scores_alone_and_so_many_results_a_day(watched):
    watch = watched("--show", "scores", "--per-day", "1")
    watch.hand_in("ada", HALF)
    watch.until("ada: 9 of")
    watch.hand_in("ada", RIGHT)
    watch.until("ada", "has been shown 1 results today")
    page = watch.page("ada").read_text()
    assert "Score by task" in page and "9</span>" in page and "What works" not in page and "def double" not in page


@pytest.mark.timeout(200)
def test_a_second_watch_and_other_checks_end_it_with_a_sentence(watched, tmp_path):
    watch = watched()
    watch.until("Watching")
    command = [sys.executable, "-m", "autograder.cli", "watch", "00-small"]
    environ = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    second = subprocess.run(command, cwd=tmp_path, env=environ, capture_output=True, text=True)
    assert second.returncode == 2 and "is watched in" in second.stderr and "Traceback" not in second.stderr
    hidden = next(tmp_path.glob("*/small/double/hidden.py"), None) or next(tmp_path.rglob("hidden.py"))
    hidden.write_text(hidden.read_text() + "\n# another check\n")
    watch.hand_in("ada", RIGHT)
    watch.until("checks of 00-small are others than when this was started; start it again")
    assert watch.process.wait(WAIT_S) == 1


def arrived(arrivals: Arrivals, looks: int = 2) -> list[str]:
    found = []
    for _ in range(looks):
        arrivals._next_look = 0.0  # as if the time had passed
        found += arrivals.take()
    return found


def test_what_is_still_being_written_has_not_arrived(tmp_path):
    arrivals = Arrivals(tmp_path / "submitted", "00-small")
    assert arrived(arrivals) == []
    folder = submit(tmp_path, "ada", b"{")
    assert arrived(arrivals, 1) == []
    with open(folder / "00-small.ipynb", "ab") as file:
        file.write(b"}")
    assert arrived(arrivals, 1) == []
    assert arrived(arrivals, 1) == ["ada"]
    assert arrived(arrivals, 3) == []
    (folder / "notes.txt").write_text("more")
    assert arrived(arrivals) == ["ada"]
    shutil.rmtree(folder)
    assert arrived(arrivals) == []
    submit(tmp_path, "ada", b"{}")
    assert arrived(arrivals) == ["ada"]


def test_links_are_not_followed(tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    folder = submit(tmp_path, "ada", b"{}")
    (folder / "link").symlink_to(outside)
    arrivals = Arrivals(tmp_path / "submitted", "00-small")
    assert arrived(arrivals) == ["ada"]
    (outside / "new.txt").write_text("elsewhere")
    assert arrived(arrivals) == []


def test_workers_and_servers_are_started_anew_after_so_many(tmp_path, monkeypatch):
    """Each 2 here: 5 submissions take 3 sets of workers, one after the other, and none is lost in between."""
    monkeypatch.setattr("autograder.classroom.watch.RENEW_AFTER", 2)
    monkeypatch.setattr("autograder.classroom.arrivals.LOOK_S", 0.0)
    monkeypatch.setattr("autograder.classroom.arrivals.SHARE", 1.0)
    course, place = Course(tmp_path), CourseFolder(tmp_path)
    small_class(tmp_path, 5)
    for number, folder in enumerate(sorted((tmp_path / "submitted").glob("*/*"))):
        if number:
            folder.rename(tmp_path / f"later-{number}")
    sets: list[list[str]] = []

    class Lines(Log):
        def done(self, student: str, row: Any) -> None:
            count = sum(map(len, sets))
            if count == 5:
                raise KeyboardInterrupt
            (tmp_path / f"later-{count}").rename(tmp_path / "submitted" / f"s{count:03}" / "00-small")

    def workers(spec: Any, size: int, total_s: float) -> Pretended:
        sets.append([])
        return Pretended(spec, False, sets[-1])

    with Ledger(place.ledger) as ledger, GradebookWriter(tmp_path, course=course) as writer:
        options = Options(jobs=1, isolation="off", device="cpu")
        run = WatchRun(course, place, course.assignment("00-small"), writer, ledger, options)
        with pytest.raises(KeyboardInterrupt):
            run.watch(Arrivals(tmp_path / "submitted", "00-small"), Lines(None), workers)
        assert sets == [["s000", "s001"], ["s002", "s003"], ["s004"]]
        assert len(ledger.entries("00-small")) == 5


def test_the_log_begins_anew_when_it_is_full(tmp_path, monkeypatch):
    monkeypatch.setattr("autograder.classroom.watch.LOG_BYTES", 2_000)
    log = Log(tmp_path / "watch.log")
    for number in range(600):
        log.say(f"line {number}")
    files = sorted(tmp_path.glob("watch.log*"))
    assert len(files) == 6 and all(path.stat().st_size <= 2_000 for path in files)
    assert "line 599" in (tmp_path / "watch.log").read_text()
