"""Public check of pitfalls: the form of the answer."""

from __future__ import annotations

from autograder.checks.api import CheckFailure, expect

KINDS = ("statistics", "duplicates", "groups", "chosen on the test set")


def test_kinds(student):
    """There is an entry for each pipeline: None, or one of the four kinds of leak."""
    answer = student.pitfalls
    if not isinstance(answer, dict):
        raise CheckFailure("This task is answered with a dict.")
    for key in "ABCDEFGHIJ":
        expect(key in answer, f'The answer has no entry "{key}".')
        expect(answer[key] is None or answer[key] in KINDS, f'The entry "{key}" is none of the kinds.')
