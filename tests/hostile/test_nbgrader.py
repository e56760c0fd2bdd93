"""`nbgrader autograde` on a part of the hostile class: the same boundary, the same scores, and nothing left."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from nbgrader.apps import AutogradeApp

from autograder.course import Course
from autograder.submission.notebook import Template
from autograder.submission.results import read_results
from tests.hostile.corpus import TASK, attacks
from tests.hostile.test_corpus import ANSWERS, ASSIGNMENT, POINTS, hand_in, hostile_course, submission, surroundings
from tests.small.nbgrader_apps import run

pytestmark = [pytest.mark.long, pytest.mark.timeout(600), pytest.mark.filterwarnings("ignore:Object of type")]

CHOSEN = (
    "forging-agent-patched", "forging-ndarray-subclass", "harm-files-in-flight", "harm-headers-full-of-dates",
    "harm-keys-that-collide", "harm-large-messages", "harm-one-payload-for-many-arrays", "harm-page-tables",
    "harm-pages-lent-to-sockets", "harm-rules-of-landlock", "harm-shared-mapping-of-a-page", "harm-socket-buffers",
    "harm-watches", "reading-gradebook", "reading-hidden-inputs-by-message",
)  # fmt: skip


def test_nbgraders_own_autograde_holds_too(tmp_path: Path):
    course: Course = hostile_course(tmp_path)
    settings = Path(__file__).resolve().parents[2] / "nbgrader_config.py"
    (tmp_path / "nbgrader_config.py").write_text(settings.read_text(encoding="utf-8"), encoding="utf-8")
    template = Template.load(course.assignment(ASSIGNMENT))
    hand_in(tmp_path, "neighbour", json.dumps(submission(template, ANSWERS)).encode())
    chosen = [attack for attack in attacks() if attack.name in CHOSEN]
    for attack in chosen:
        made = submission(template, {**ANSWERS, TASK: attack.answer}, attack.before)
        hand_in(tmp_path, attack.name, json.dumps(made).encode())
    linked = tmp_path / "submitted" / "linked"
    linked.mkdir()
    (linked / ASSIGNMENT).symlink_to(tmp_path / "submitted" / "neighbour" / ASSIGNMENT)
    before = surroundings()
    run(AutogradeApp, tmp_path, ASSIGNMENT)

    def scores(student: str) -> dict[str, float | None]:
        tasks = read_results(tmp_path / "autograded" / student / ASSIGNMENT).tasks
        return {task.task: task.score for task in tasks}

    assert scores("neighbour") == POINTS
    for attack in chosen:
        got = scores(attack.name)
        assert attack.score == "any" or got[TASK] == (POINTS[TASK] if attack.score == "full" else 0), attack.says
        assert got["first"] == POINTS["first"] and (attack.later_lost or got["last"] == POINTS["last"]), attack.says
    graded = tmp_path / "autograded" / "linked" / ASSIGNMENT
    earned = any(scores("linked").values()) if (graded / "results.json").exists() else False
    assert not earned, "a neighbour's work earned points"
    after = surroundings()
    for kind in ("planted", "children", "ipc"):
        assert after[kind] == before[kind]
    for page in (tmp_path / "autograded").rglob("*.ipynb"):
        shown = json.dumps([cell.get("outputs", []) for cell in json.loads(page.read_text())["cells"]])
        assert "CANARY_" not in shown.replace("CANARY_INPUT", ""), page
