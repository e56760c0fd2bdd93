"""The table of dependencies names what is depended on, all of it and nothing else; nothing is depended on in vain."""

from __future__ import annotations

import importlib.metadata
import re
from pathlib import Path

from packaging.utils import canonicalize_name

from tests.test_setup import EXTRAS, NAMED, imported

TABLE = Path(__file__).parents[1] / "docs" / "decisions" / "0007-dependencies.md"
# What no file imports, and what uses it all the same.
USED_BY = {
    "coverage": "make coverage",
    "dask": "distributed",
    "furo": "the site's theme",
    "import-linter": "make quick",
    "mutmut": "make mutants",
    "mypy": "make test",
    "myst-parser": "the site's pages",
    "nbmake": "make solutions",
    "notebook": "students",
    "psycopg": "SQLAlchemy, for a gradebook in PostgreSQL",
    "pytest-timeout": "pytest",
    "pytest-xdist": "make test",
    "ruff": "make lint",
    "sphinx": "make site",
}


def dependencies() -> set[str]:
    return {canonicalize_name(requirement.name) for requirement in NAMED + EXTRAS}


def test_the_table_has_a_row_for_each_and_no_other() -> None:
    rows = re.findall(r"^\| ([\w-]+) \| [^|]+ \| [^|]+ \| [^|]+ \|$", TABLE.read_text(encoding="utf-8"), re.MULTILINE)
    rows = [row for row in rows if row != "package"]
    assert len(rows) == len(set(rows))
    assert {canonicalize_name(row) for row in rows} == dependencies()


def test_nothing_is_depended_on_in_vain() -> None:
    providers = importlib.metadata.packages_distributions()
    used = {canonicalize_name(name) for library in imported() for name in providers.get(library, [library])}
    assert dependencies() - used == set(USED_BY)
