"""The documentation: the site builds without a warning, and what is written from the code says what the code does."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, Literal

import jsonschema
import pytest

from autograder.course import ROOT_VARIABLE
from tests.small.small_class import small_class
from tools.reference.commands import commands, prints_json
from tools.reference.printed import PRINTED, printed_schema
from tools.reference.results import PLACE, as_file, results_schema
from tools.reference.schema import NoSchema, schema_of

ROOT = Path(__file__).parents[1]


class _Links(HTMLParser):
    """What a page refers to, and the places in it that can be referred to."""

    def __init__(self, page: Path) -> None:
        super().__init__()
        self.targets: set[str] = set()
        self.ids: set[str] = set()
        self.feed(page.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name in ("href", "src") and value:
                self.targets.add(value)
            if name == "id" and value:
                self.ids.add(value)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built as `make site` does."""
    place = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", "-b", "html", "-d", place / "trees"]
    done = subprocess.run([*command, "docs", place / "html"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return place / "html"


def test_every_page_is_in_the_site_and_every_link_leads_somewhere(site: Path) -> None:
    sources = {path.relative_to(ROOT / "docs").with_suffix("") for path in (ROOT / "docs").rglob("*.md")}
    assert sources <= {path.relative_to(site).with_suffix("") for path in site.rglob("*.html")}
    links = {page: _Links(page) for page in site.rglob("*.html")}
    for page, found in links.items():
        for target in found.targets:
            path, _, place = target.partition("#")
            if ":" in path or path.startswith("//"):
                continue
            meant = (page.parent / path.partition("?")[0]).resolve() if path else page
            assert meant.exists(), f"{page.relative_to(site)} refers to {target}"
            if place and meant in links:
                assert place in links[meant].ids, f"{page.relative_to(site)} refers to {target}"


def test_the_site_has_every_command(site: Path) -> None:
    ids = _Links(site / "reference" / "commands.html").ids
    assert {name.replace(" ", "-") for name, _ in commands()} <= ids


def test_the_contract_of_results_is_what_the_code_has() -> None:
    assert PLACE.read_text(encoding="utf-8") == as_file(results_schema()), "run `make reference`"


def test_a_type_that_says_too_little_has_no_schema() -> None:
    with pytest.raises(NoSchema):
        schema_of(dict[str, Any])
    assert schema_of(Literal["a"] | None) == {"enum": ["a", None]}


def test_what_every_command_prints_with_json_is_described() -> None:
    assert {name for name, command in commands() if prints_json(command)} == set(PRINTED)


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A class of the small course, graded."""
    root = tmp_path_factory.mktemp("small")
    small_class(root, 4)
    (root / "list.csv").write_text("id,first_name,last_name,email\ns000,Ada,L,ada@example.org\n", encoding="utf-8")
    assert _printed(root, "grade", "00-small")["graded"]
    return root


def _printed(root: Path, *arguments: str) -> Any:
    environment = {name: value for name, value in os.environ.items() if name != ROOT_VARIABLE}
    command = [sys.executable, "-m", "autograder.cli", *arguments, "--json"]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, env=environment)
    assert done.stdout, done.stderr
    return json.loads(done.stdout)


# Each on the small class; what needs a course of its own is held to its schema where that is tested.
RUNS: dict[str, tuple[str, ...]] = {
    "audit": ("00-small",),
    "check": ("assignments/00-small/00-small.ipynb",),
    "doctor": (),
    "due": (),
    "feedback": ("00-small",),
    "grade": ("00-small",),
    "history": ("s000",),
    "late": (),
    "leaderboard": ("--task", "double"),
    "report": ("00-small",),
    "request": (),
    "roster": ("list.csv",),
    "similar": ("00-small",),
}


# What takes an archive or a kit, or leaves no class behind.
NOT_RUN = {"collect", "forget", "hand-in"}


def test_every_command_that_can_be_is_run_here() -> None:
    assert set(RUNS) | NOT_RUN == set(PRINTED)


@pytest.mark.parametrize("command", sorted(RUNS))
def test_what_a_command_prints_is_as_described(command: str, graded: Path) -> None:
    jsonschema.validate(_printed(graded, *command.split(), *RUNS[command]), printed_schema(command))


def test_every_result_of_a_class_keeps_the_contract(graded: Path) -> None:
    found = sorted((graded / "autograded").rglob("results.json"))
    assert len(found) == 4
    for path in found:
        jsonschema.validate(json.loads(path.read_text(encoding="utf-8")), json.loads(PLACE.read_text(encoding="utf-8")))
