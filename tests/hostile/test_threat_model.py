"""The threat model names every submission of the hostile class, and of the other folders here, and no other."""

from __future__ import annotations

import re
from pathlib import Path

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
