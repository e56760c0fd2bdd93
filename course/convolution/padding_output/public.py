"""Public checks of padding-output."""

from autograder.checks.api import expect


def test_padding_answers_are_there(student):
    """All four entries are filled in: three whole numbers and one of the three words."""
    answer = student.padding_output
    expect(isinstance(answer, dict), "This task is answered with a dict.")
    for key in ("same", "valid", "valid_repeats"):
        expect(type(answer.get(key)) is int, f'The entry "{key}" is missing or not a whole number.')
    words = ("corners", "edges", "centre")
    expect(answer.get("least_read") in words, 'The entry "least_read" is one of "corners", "edges" and "centre".')
