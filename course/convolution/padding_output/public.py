"""Public checks of padding-output."""

from autograder.checks.api import (
    example,
    expect,
    expect_entries,
    read_entry,
    read_number,
    read_word,
    reference,
)

KEYS = ("same", "valid", "valid_repeats", "least_read")


def test_padding_answers_are_there(student):
    """All four entries are filled in: three whole numbers and one of the three words."""
    answer = student.padding_output
    for key in KEYS[:3]:
        read_number(read_entry(answer, key, known=KEYS), f'the entry "{key}"', whole=True)
    word = read_word(read_entry(answer, "least_read", known=KEYS), 'the entry "least_read"')
    known = word in ("corners", "edges", "centre")
    expect(known, 'The entry "least_read" is one of "corners", "edges" and "centre".')


@example('{"same": ..., "valid": ..., "valid_repeats": ...}')
def test_example(student):
    """An image of 12x12 pixels and a 5x5 window, stride 1."""
    expect_entries(student.padding_output, reference.sides_after_padding(12, 5))
