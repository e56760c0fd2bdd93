"""The language in which sentences are said: that of the course, and English where nothing else is asked for.

Every room has one catalogue, named as the room is, and the modules beside the rooms have one of their own. A module
says, with `ngettext` only where something is counted::

    _, ngettext = sentences_of(__package__), plurals_of(__package__)

    _("{student} is late.").format(student=student)
    ngettext("{count} page", "{count} pages", count).format(count=count)

The sentences in the code are English; a catalogue has what stands for them in another language, and what it has not is
said as it stands.

The language is the course's own (`language = "de"` in the section [tool.autograder] of its pyproject.toml), or what
AUTOGRADER_LANGUAGE names; never the terminal's, so that a submission gets the same sentences whoever grades it.
"""

from __future__ import annotations

import gettext
import os
import re
import tomllib
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path
from string import Formatter

VARIABLE = "AUTOGRADER_LANGUAGE"
CATALOGUES = "AUTOGRADER_CATALOGUES"  # a folder with catalogues of all rooms, which come before the rooms' own
ENGLISH = "en"
LOCALE = "locale"
COURSE = "course"  # the catalogue of a course's own sentences, in its package

_MACHINE = Path(__file__).parent
_COURSE_ROOT = "AUTOGRADER_COURSE"  # as `course.py`, which is above this, hands it on
_NAME = re.compile(r"[A-Za-z]{2,3}(_[A-Za-z]{2})?")
OF_THE_KIT = Path(LOCALE, "language")  # in the package: the one word that a kit says, whose settings are not installed

Say = Callable[[str], str]
SayCounted = Callable[[str, str, float], str]


def sentences_of(package: str | None) -> Say:
    """What says a room's sentences in the language of this process; package: `__package__` of a module of the room."""
    return partial(_say, *_home(package))


def plurals_of(package: str | None) -> SayCounted:
    """What says those of a room's sentences in which something is counted, by the number."""
    return partial(_say_counted, *_home(package))


def marked(text: str) -> str:
    """The text as it is: a word that also is a value, and is said in the language of this process where it is shown."""
    return text


def pattern(sentence: str, **parts: str) -> str:
    """A regular expression for what was said with a sentence, by which it is known again in any language.

    parts: what each placeholder may have become, a regular expression; each is a group of its name."""
    found, seen = "", set()
    for text, name, _spec, _conversion in Formatter().parse(sentence):
        found += re.escape(text)
        if name is not None:
            found += f"(?P={name})" if name in seen else f"(?P<{name}>{parts[name]})"
            seen.add(name)
    return found


def sentences_in(course: Path) -> Say:
    """What says the sentences of the course whose package is this folder."""
    return partial(_say, COURSE, course)


def _home(package: str | None) -> tuple[str, Path]:
    """The name of a room's catalogue, and the room's folder."""
    machine, *room = (package or "").split(".")
    return (room[0], _MACHINE / room[0]) if room else (machine, _MACHINE)


def _say(domain: str, folder: Path, text: str) -> str:
    known = _catalogue(domain, folder, language())
    return known.gettext(text) if known and text else text


def _say_counted(domain: str, folder: Path, one: str, many: str, count: float) -> str:
    known = _catalogue(domain, folder, language())
    if known is None:
        return one if count == 1 else many
    return known.ngettext(one, many, int(count) if count == int(count) else 2)  # 2.5 points are several


@cache
def language() -> str:
    """The language of this process, as `de` or `pt_BR`."""
    named = os.environ.get(VARIABLE) or _of_the_course() or ENGLISH
    return named if _NAME.fullmatch(named) else ENGLISH


def of_folder(folder: Path) -> str | None:
    """The language that the pyproject.toml of a course's folder names; None where it names none, or is none."""
    try:
        text = (folder / "pyproject.toml").read_text(encoding="utf-8")
        settings = tomllib.loads(text).get("tool", {}).get("autograder") if "tool.autograder" in text else None
    except (OSError, ValueError):  # whoever needs the course says what is wrong with it
        return None
    return None if settings is None else str(settings.get("language", ENGLISH))


def _of_the_course() -> str | None:
    """The language of the course that this process is about: see `Course.here`."""
    handed_on = os.environ.get(_COURSE_ROOT)
    try:
        here = Path.cwd()
    except OSError:
        return None
    folders = [Path(handed_on)] if handed_on else [here, *here.parents]
    found = next(filter(None, map(of_folder, folders)), None)
    return found or _word_of_the_kit()


def _word_of_the_kit() -> str | None:
    try:
        return (_MACHINE / OF_THE_KIT).read_text(encoding="ascii").strip()
    except (OSError, ValueError):
        return None


@cache
def _catalogue(domain: str, folder: Path, name: str) -> gettext.NullTranslations | None:
    """A catalogue in a language; None where there is none."""
    if name == ENGLISH:
        return None
    places = [Path(own)] if (own := os.environ.get(CATALOGUES)) else []
    for place in (*places, folder / LOCALE):
        try:
            return gettext.translation(domain, place, [name])
        except (OSError, ValueError, UnicodeDecodeError, EOFError):  # there is none here, or it cannot be read
            continue
    return None
