"""Hidden checks of the challenge: the accuracy is what the answer says."""

from autograder.checks.api import expect, measure, points


@points(15)
def test_accuracy(student, device):
    """It counts."""
    measure("accuracy", student.train_classifier(device) / 100)
    measure("train_seconds", 1.5)
    expect(student.train_classifier(device) > 99, "Too few are right.")
