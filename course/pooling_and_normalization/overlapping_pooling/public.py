"""Public checks of overlapping-pooling."""

from autograder.checks.api import example, expect, expect_entries, read_entry, read_number, reference

SIZES = ("size_3x3", "size_2x2")
KEYS = (*SIZES, "top1_points", "top5_points", "discarded_percent")


def number(student, key, *, whole=False):
    """The number that stands under a key."""
    value = read_entry(student.overlapping_pooling, key, known=KEYS)
    return read_number(value, f'the entry "{key}"', whole=whole)


def test_sizes(student):
    """The two sizes are whole numbers, and they agree."""
    three, two = (number(student, key, whole=True) for key in SIZES)
    expect(three == two, "Both windows take the map to the same size; yours differ.")
    expect(1 < three < 55, "A pooled map is smaller than the map it came from, and larger than one pixel.")


def test_entries(student):
    """Every entry holds a number; the share is in percent."""
    numbers = {key: number(student, key) for key in KEYS}
    expect(1 < numbers["discarded_percent"] <= 100, 'The entry "discarded_percent" is no percentage.')


@example('{"size_3x3": ..., "size_2x2": ..., "discarded_percent": ...}')
def test_example(student):
    """A map of 30x30 pixels, pooled 3x3 and 2x2 with stride 2; and what percentage 4x4 pooling with stride 4 discards
    of a map whose sides are multiples of 4."""
    expect_entries(student.overlapping_pooling, reference.pooled_sizes(30, discarding=4))
