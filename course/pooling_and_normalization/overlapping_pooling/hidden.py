"""Hidden checks of overlapping-pooling."""

from autograder.checks.api import expect_entry, misconceptions, points, reference


def overlapping_entry(student, key):
    """Compares one entry of the answer."""
    expect_entry(student.overlapping_pooling, key, reference.overlapping_pooling(),
                 like=misconceptions.OVERLAPPING_POOLING)


@points(1)
def test_size_3x3(student):
    """How many 3x3 windows fit along 55 pixels, two pixels apart."""
    overlapping_entry(student, "size_3x3")


@points(1)
def test_size_2x2(student):
    """How many 2x2 windows fit along 55 pixels, two pixels apart."""
    overlapping_entry(student, "size_2x2")


@points(1)
def test_top1(student):
    """By how many points overlapping windows lowered the top-1 error in the AlexNet paper."""
    overlapping_entry(student, "top1_points")


@points(1)
def test_top5(student):
    """By how many points overlapping windows lowered the top-5 error in the AlexNet paper."""
    overlapping_entry(student, "top5_points")


@points(1)
def test_discarded(student):
    """How many percent of an even-sized map's activations 2x2 pooling with stride 2 discards."""
    overlapping_entry(student, "discarded_percent")
