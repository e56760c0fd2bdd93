"""In a language that nobody speaks, a small class and its staff read no word of English: nothing is left out.

Its sentences are the English ones in letters that no name, number or code has, each in brackets. So what can be read in
plain letters is data, or was never said by a catalogue.
"""

from __future__ import annotations

import getpass
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from bs4 import BeautifulSoup

from autograder.language import CATALOGUES, VARIABLE
from tests.small.courses import PACKAGE
from tools import messages

ROOT = Path(__file__).parents[1]
PLAIN = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
STRANGE = "ȧƀċḋḗƒġħīĵķŀḿƞǿƥɋřşŧŭṽẇẋẏẑȦƁĊḊḖƑĠĦĪĴĶĿḾȠǾƤɊŘŞŦŬṼẆẊẎẐ"
LANGUAGE = "eo"
KEPT = re.compile(r"(\{[^{}]*\}|</?[a-z][^<>]*>|&\w+;)")


def strange(text: str) -> str:
    """The text in strange letters; what is laid into it, and tags, as they are."""
    letters = str.maketrans(PLAIN, STRANGE)
    parts = (part if KEPT.fullmatch(part) else part.translate(letters) for part in KEPT.split(text))
    end = text[len(text.rstrip()) :]
    begin = text[: len(text) - len(text.lstrip())]
    return f"{begin}⟦{''.join(parts).strip()}⟧{end}"


def compile_strange(folder: Path) -> None:
    """The pseudo-language's catalogues of all rooms, and of the small course, in a folder."""
    place = folder / LANGUAGE / "LC_MESSAGES"
    place.mkdir(parents=True)
    rooms = [room for room in messages.rooms() if room.name != messages.COURSE]
    for room in (*rooms, messages.of_course(PACKAGE)):
        catalogue = Catalog(LANGUAGE, domain=room.name, fuzzy=False)
        for one, many in room.found:
            catalogue.add((one, many) if many else one, (strange(one), strange(many)) if many else strange(one))
        with (place / f"{room.name}.mo").open("wb") as file:
            write_mo(file, catalogue)


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What is read, by where."""
    folder = tmp_path_factory.mktemp("strange")
    compile_strange(folder / "catalogues")
    environ = {**os.environ, VARIABLE: LANGUAGE, CATALOGUES: str(folder / "catalogues"), "COLUMNS": "200"}
    command = [sys.executable, "-m", "tests.small.pseudo", str(folder / "class")]
    done = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    read: dict[str, str] = json.loads(done.stdout.splitlines()[-1])
    return {where: visible(text) for where, text in read.items()}


def visible(text: str) -> str:
    """What a person sees of a page, alternative texts and labels too; other text as it is."""
    if "<html" not in text:
        return text
    page = BeautifulSoup(text, "html.parser")
    for hidden in page(["style", "script"]):
        hidden.decompose()
    labels = [
        value for tag in page.find_all(True) for name, value in tag.attrs.items()
        if name in ("alt", "title", "aria-label", "placeholder")
    ]
    # answers, and the course's words
    for data in page.select("code, pre, bdi, textarea, .question, .rubric, .prose, .item"):
        data.decompose()
    return " ".join([page.get_text(" "), *labels])


# What commands print of themselves in every language: the names of options and their values, and Typer's own words.
OF_COMMANDS = re.compile(
    r"Show this message and exit\.|Usage:|Error|Missing option|Try '[^']*' for help|\[required\]|\[default: [^\]]*\]"
    r"|Arguments|Options|Commands|--?[a-z-]+|<[^>]*>|\b[A-Z]{2,}\b|│ \*? *[a-z_-]+ |\{[^}]*\}|\[[a-z]+\]"
    r"|autograder [a-z-]+|\[[a-z]+\.\.\.\]|│ +[a-z]+\.\.\. "
)
NAMES = re.compile(r"\S*/\S*|\S+\.\w+|s00\d|\b[0-9a-f]{8,}\b")  # files, modules, students, fingerprints
# Of the class: its titles, its tasks, what students wrote, who grades. Of the machine: names of its parts.
DATA = frozenset(
    """small assignment course double square tiny sum why Why convolution Your answer Because nobody none Wrong Name aca
    autograder UTC mnist challenge""".split()
)
IN_THEIR_OWN_FORM = {"doctor", "export"}  # names of packages and mechanisms; columns that other programs read


def english(where: str, text: str) -> set[str]:
    """The words in plain letters that are no data."""
    left = NAMES.sub(" ", OF_COMMANDS.sub(" ", text) if "help" in where or "error" in where else text)
    return set(re.findall(r"[A-Za-z]{3,}", left)) - DATA - {getpass.getuser()}


def test_nothing_that_is_read_is_left_in_english(said: dict[str, str]) -> None:
    left = {where: words for where, text in said.items() if (words := english(where, text))}
    assert not {where: words for where, words in left.items() if where not in IN_THEIR_OWN_FORM}


def test_all_of_it_was_looked_at(said: dict[str, str]) -> None:
    """The class was graded, its pages were written, and every kind of page of the desk was open."""
    looked_at = {"grade --help", "check", "s000", "00-small.html", "desk class/student", "desk by-hand/why/next"}
    assert looked_at <= set(said)
    assert {where for where, text in said.items() if "⟦" not in text} <= IN_THEIR_OWN_FORM
