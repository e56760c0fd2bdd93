"""Public check of pitfalls: the form of the answer."""

from __future__ import annotations

from autograder.checks.api import example, expect, expect_entries, read_entry, read_word, reference

KEYS = tuple("ABCDEFGHIJ")
KINDS = ("statistics", "duplicates", "groups", "chosen on the test set")


def test_kinds(student):
    """There is an entry for each pipeline: None, or one of the four kinds of leak."""
    for key in KEYS:
        kind = read_entry(student.pitfalls, key, known=KEYS, none=True)
        known = kind is None or read_word(kind, f'the entry "{key}"') in KINDS
        expect(known, f'The entry "{key}" is none of the four kinds, and not None.')


@example('{"K": ..., "L": ..., "M": ..., "N": ...}')
def test_example(student):
    """Four more pipelines. K: every image is divided by 255, then the images are split. L: 40 photographers took some
    50 photographs each, and these are split at random. M: ten crops are tried, and the one with the best test accuracy
    is kept and reported. N: every photograph lies in the folder in two sizes, and the files are split at random."""
    expect_entries(student.pitfalls, reference.more_pitfalls())
