"""Hidden checks of pitfalls."""

from __future__ import annotations

from autograder.checks.api import expect_entry, misconceptions, points, reference


def pitfall(student, *keys):
    for key in keys:
        expect_entry(student.pitfalls, key, reference.pitfalls(), like=misconceptions.PITFALLS)


@points(1)
def test_clean_pipelines(student):
    """The pipelines without a leak, among those that look alike with one."""
    pitfall(student, "B", "G", "A")


@points(1)
def test_statistics(student):
    """Numbers that were computed from all images."""
    pitfall(student, "A", "H")


@points(1)
def test_duplicates(student):
    """Images that stand on two sides."""
    pitfall(student, "C", "F")


@points(1)
def test_choices(student):
    """Choices that were made on the test set."""
    pitfall(student, "D", "J")


@points(1)
def test_groups(student):
    """Images that belong together."""
    pitfall(student, "E", "I")
