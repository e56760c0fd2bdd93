"""The threat model names every submission of the hostile class, and of the other folders here, and no other."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from autograder.course import Course
from tests.hostile.bits import bits
from tests.hostile.corpus import HERE, attacks
from tests.hostile.notebooks import FILES

PAGE = Path(__file__).parents[2] / "docs" / "threat-model.md"


def test_every_submission_stands_in_the_threat_model_and_the_other_way_round():
    tables = re.findall(r"^\|.* shown by \|\n((?:\|.*\n)+)", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    shown = " ".join(row.split("|")[3] for table in tables for row in table.splitlines())
    named = {word.rpartition("/")[2] for word in re.findall(r"`([a-z0-9_/]*[a-z0-9_])`", shown)}
    files = [*(HERE / "corpus").rglob("*.py"), *(HERE / "training").glob("*.py"), *(HERE / "believed").glob("*.py")]
    corpus = {path.stem for path in files} | {file.make_name for file in FILES}
    assert named == corpus


def test_the_class_is_as_large_as_the_page_says():
    assert f"{len(attacks()) + len(FILES)} hostile" in PAGE.read_text(encoding="utf-8")


def test_so_many_bits_leave_as_the_page_says():
    """To 2 %, which leaves room for some sentences: `python -m tests.hostile.bits` prints the table's numbers."""
    page = PAGE.read_text(encoding="utf-8")
    table = {row[0]: row[1:] for row in re.findall(r"^\| (\d\d) \| (\d+) \| `([\w-]+)`, (\d+) \|$", page, re.MULTILINE)}
    said, found = {}, {}
    for name in Course.here().names:
        all_tasks, task, most = table[name[:2]]
        said[name], of_tasks = (int(all_tasks), int(most)), bits(name)
        found[name] = (sum(of_tasks.values()), max(of_tasks.values()))
        assert of_tasks[task] == max(of_tasks.values())
    assert len(table) == len(said) and all(said[name] == pytest.approx(found[name], rel=0.02) for name in said), found
    ten = 10 * int(table["01"][0])
    assert f"with ten hand-ins of 01, {ten:,} bits, {ten // 64} numbers" in page
