"""The language of a kit: which one it is, and the course's sentences in it, those that students get anyway."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import read_mo, write_mo

from autograder.checks import frozen
from autograder.checks.places import CASES
from autograder.course import Course
from autograder.language import COURSE, LOCALE, OF_THE_KIT

MO = f"LC_MESSAGES/{COURSE}.mo"


def write(course: Course, kit: Path) -> None:
    """Says in the kit which language it speaks, and lays the course's catalogue into it, without what only hidden
    checks say. Called when everything else is there."""
    machine = kit / "autograder"
    word = machine / OF_THE_KIT
    word.parent.mkdir(exist_ok=True)
    word.write_text(course.language, encoding="ascii")
    package = kit / course.package
    written = _in_words("\n".join(_texts(package)))
    for source in sorted((course.folder / LOCALE).glob(f"*/{MO}")):
        target = package / source.relative_to(course.folder)
        target.parent.mkdir(parents=True, exist_ok=True)
        with source.open("rb") as file, target.open("wb") as out:
            write_mo(out, _of_students(read_mo(file), written))


def _texts(package: Path) -> Iterator[str]:
    """All that students get of the course's package: its modules, and what frozen cases say of misconceptions."""
    for path in sorted(package.rglob("*.py")):
        yield path.read_text(encoding="utf-8")
    for path in sorted(package.rglob(CASES)):
        for registry in frozen.load(path)["registries"].values():
            for sentence, section, _raises in registry["known"].values():
                yield from filter(None, (sentence, section))


def _of_students(known: Catalog, written: str) -> Catalog:
    """Of a catalogue, what stands in the kit in English too."""
    kept = Catalog(known.locale, domain=known.domain, fuzzy=False)
    for message in known:
        if isinstance(message.id, str) and message.id and _in_words(message.id) in written:
            kept.add(message.id, message.string)
    return kept


def _in_words(text: str) -> str:
    """A text however its lines are broken."""
    return " ".join(text.split())
