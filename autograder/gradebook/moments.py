"""Times as Moodle writes them, in the language of whoever downloaded them: `Dienstag, 2. Dezember 2025, 10:37`.

A month's name can mean two months in two languages, so the day of the week that stands beside it has to agree. What
can be two moments, or is not understood whole, is no time: nothing is guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from babel import Locale

# Languages that Moodle is much used in, and that write their dates with these digits.
LANGUAGES = (
    "en", "de", "fr", "es", "it", "nl", "pt", "ca", "gl", "eu", "da", "sv", "nb", "nn", "fi", "pl", "cs", "sk", "sl",
    "hr", "hu", "ro", "bg", "el", "ru", "uk", "et", "lv", "lt", "tr", "id", "vi",
)  # fmt: skip
_BESIDE = frozenset("de del di a à at um às alle ore kl klo h uur o og den r г".split())
_TIME = re.compile(r"\b(\d{1,2})[:.h](\d{2})(?::\d{2})?(?:\s*(am|pm|a\.\s?m\.|p\.\s?m\.))?(?!\w)", re.IGNORECASE)
_ISO = re.compile(r"(\d{4})-(\d\d)-(\d\d)[ T](\d\d):(\d\d)(?::(\d\d))?")
_EAST_ASIAN = re.compile(r"(\d{4})年\s*(\d{1,2})月\s*(\d{1,2})日[\s(（]*(?:星期.|.曜日|周.)?[\s)）]*(\d{1,2}):(\d{2})")
_DIGITS = re.compile(r"(\d{1,2})([./])(\d{1,2})\2(\d{4}|\d{2}),? +(\d{1,2}):(\d{2})")


def moment(text: str) -> datetime | None:
    """The moment that a text means, without a zone; None where it means none, or can mean several."""
    text = " ".join(text.split())
    found = {one for one in _meanings(text) if one is not None}
    return found.pop() if len(found) == 1 else None


def _meanings(text: str) -> Iterator[datetime | None]:
    if match := _ISO.fullmatch(text) or _EAST_ASIAN.fullmatch(text):
        yield _at(*(int(part or 0) for part in match.groups()))
    elif match := _DIGITS.fullmatch(text):
        first, point, second, year, hour, minute = match.groups()
        full = int(year) + (2000 if len(year) == 2 else 0)
        yield _at(full, int(second), int(first), int(hour), int(minute))
        if point == "/":  # the United States have the month before the day
            yield _at(full, int(first), int(second), int(hour), int(minute))
    else:
        yield from _in_words(text)


def _in_words(text: str) -> Iterator[datetime | None]:
    times = list(_TIME.finditer(text))
    if len(times) != 1:
        return
    hour, minute = int(times[0][1]), int(times[0][2])
    if half := (times[0][3] or "").lower():
        if not 1 <= hour <= 12:
            return
        hour = hour % 12 + (12 if half.startswith("p") else 0)
    rest = (text[: times[0].start()] + text[times[0].end() :]).casefold()
    numbers = re.findall(r"\d+", rest)
    years, days = [n for n in numbers if len(n) == 4], [n for n in numbers if len(n) < 3]
    words = [word for word in re.findall(r"[^\W\d_]+(?:-[^\W\d_]+)*", rest) if word not in _BESIDE]
    if len(years) != 1 or len(days) != 1 or len(numbers) != 2:
        return
    for months, weekdays in map(_names, LANGUAGES):
        for month in {months[word] for word in words if word in months}:
            found = _at(int(years[0]), month, int(days[0]), hour, minute)
            others = [word for word in words if months.get(word) != month]
            if found and _agree(others, weekdays, found):
                yield found


def _agree(words: list[str], weekdays: dict[str, int], day: date) -> bool:
    """Whether what stands beside a date is nothing, or the name of its day of the week."""
    said = " ".join(words)
    return not words or weekdays.get(said) == day.weekday()


@lru_cache(maxsize=len(LANGUAGES))
def _names(language: str) -> tuple[dict[str, int], dict[str, int]]:
    """The months (January is 1) and the days of the week (Monday is 0) by their names in a language."""
    known = Locale(language)

    def by_name(field: Any) -> dict[str, int]:
        return {
            name.casefold(): number
            for context in ("format", "stand-alone") for number, name in field[context]["wide"].items()
        }  # fmt: skip

    return by_name(known.months), by_name(known.days)


def _at(year: int, month: int, day: int, hour: int, minute: int, second: int = 0) -> datetime | None:
    with suppress(ValueError):
        return datetime(year, month, day, hour, minute, second)
    return None
