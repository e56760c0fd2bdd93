"""Wrong turns in telling where a pipeline leaks."""

from __future__ import annotations

from autograder.checks.api import Misconceptions

from . import reference as right

PITFALLS = Misconceptions("pitfalls", right.pitfalls, answer=True)
LEAKS = "Where it leaks"


def _with(**changes):
    return right.pitfalls() | changes


@PITFALLS.add("mirrored-training-images", section=LEAKS)
def mirrored_training_images():
    """Augmenting the training images alone, after the split, is no leak: no other side sees anything of it."""
    return _with(B="duplicates")


@PITFALLS.add("training-statistics", section=LEAKS)
def training_statistics():
    """Statistics of the training images alone may be used on all sides: they are part of the trained model."""
    return _with(G="statistics")


@PITFALLS.add("augmentation-before-the-split", section=LEAKS)
def augmentation_before_the_split():
    """Augmented copies that were made before the split land on other sides than their originals."""
    return _with(F=None)


@PITFALLS.add("copies-are-harmless", section=LEAKS)
def copies_are_harmless():
    """The same image under two names can land on two sides."""
    return _with(C=None)


@PITFALLS.add("people-are-not-duplicates", section=LEAKS)
def people_are_not_duplicates():
    """Different images of one person are no duplicates: what they share is the person, so they are a group."""
    return _with(E="duplicates", I="duplicates")


@PITFALLS.add("random-is-enough", section=LEAKS)
def random_is_enough():
    """A random split tears apart what belongs together: images of one person, or neighbours in time."""
    return _with(E=None, I=None)


@PITFALLS.add("test-set-chooses", section=LEAKS)
def test_set_chooses():
    """What is chosen by the test accuracy, be it an epoch or a network, is fitted to the test set."""
    return _with(D=None, J=None)


@PITFALLS.add("statistics-are-harmless", section=LEAKS)
def statistics_are_harmless():
    """A mean, or a choice of features, that was computed from all images has seen the test images."""
    return _with(A=None, H=None)
