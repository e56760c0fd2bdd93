"""Public check of pitfalls: the form of the answer."""

from __future__ import annotations

from autograder.checks.api import expect, read_entry, read_word

KEYS = tuple("ABCDEFGHIJ")
KINDS = ("statistics", "duplicates", "groups", "chosen on the test set")


def test_kinds(student):
    """There is an entry for each pipeline: None, or one of the four kinds of leak."""
    for key in KEYS:
        kind = read_entry(student.pitfalls, key, known=KEYS, none=True)
        known = kind is None or read_word(kind, f'the entry "{key}"') in KINDS
        expect(known, f'The entry "{key}" is none of the four kinds, and not None.')
