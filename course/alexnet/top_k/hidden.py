"""Hidden checks of top-k."""

import numpy as np

from autograder.checks.api import (
    cases,
    expect,
    expect_close,
    expect_equal,
    expect_raises,
    in_kernel,
    misconceptions,
    numbers,
    points,
    read_number,
    reference,
    search,
)
from autograder.checks.api import strategies as st

from .public import run_top_k

SEED = st.integers(0, 50)
COUNTED = cases(images=st.integers(6, 12), classes=st.integers(3, 7), k=st.integers(1, 3), seed=SEED)
MANY = cases(images=st.integers(12, 20), classes=st.sampled_from([4, 7, 30]), k=st.integers(1, 3), seed=SEED)
NAMES = ["ant", "bee", "cat", "dog", "elk", "fox", "gnu", *(f"class {number}" for number in range(7, 60))]


def scored(case, tied):
    """Scores and labels; of `tied` ones many are equal. No score is a whole number, as a label is.

    The first three images have the best, the worst and the k-th class for a label, so that counting only these shows.
    """
    rng = np.random.default_rng([case.seed, case.images, case.classes])
    shape = (case.images, case.classes)
    scores = rng.integers(0, 3, shape) + 0.5 if tied else (rng.permutation(np.prod(shape)).reshape(shape) + 0.5) / 8
    labels = rng.integers(0, case.classes, case.images)
    for image, place in zip(range(case.images), (0, -1, case.k - 1), strict=False):
        labels[image] = np.argsort(-scores[image], kind="stable")[place]
    return scores, labels


def same_best(student, scores, k):
    names = NAMES[: len(scores)]
    kernel = in_kernel(student, run_top_k)
    best = kernel.run_top_k(student.top_k, scores, k, names)
    expect_equal(best, reference.top_k(scores, k, names), like=misconceptions.TOP_K)


def same_accuracy(student, scores, labels, k):
    expect_close(student.top_k_accuracy(scores, labels, k), reference.top_k_accuracy(scores, labels, k),
                 like=misconceptions.TOP_K_ACCURACY, rtol=1e-6, what="the accuracy")


@points(1.5)
@search(COUNTED, examples=20)
def test_accuracy_of_different_scores(student, case):
    """The share of images whose label is among the k best classes, where no two scores are equal."""
    same_accuracy(student, *scored(case, tied=False), case.k)


@points(0.75)
@search(MANY, examples=25)
def test_accuracy_with_equal_scores(student, case):
    """Of equal scores the class with the lower index comes first, and so may be the last that counts."""
    same_accuracy(student, *scored(case, tied=True), case.k)


@points(1.5)
@search(COUNTED, examples=20)
def test_best_classes(student, case):
    """The k best classes with their scores, the best first."""
    same_best(student, scored(case, tied=False)[0][0], case.k)


@points(0.75)
@search(cases(images=st.just(1), classes=st.sampled_from([4, 7, 40, 60]), k=st.integers(1, 3), seed=SEED), examples=25)
def test_best_classes_with_equal_scores(student, case):
    """Of equal scores the class with the lower index comes first, of however many."""
    same_best(student, scored(case, tied=True)[0][0], case.k)


@points(0.5)
@search(cases(classes=st.integers(2, 5), seed=SEED), examples=6)
def test_as_many_as_there_are_classes(student, case):
    """k may be the number of classes; below 1 or above that number it is a ValueError that names it."""
    scores = numbers(3, case.classes, seed=case.seed)
    labels, names = np.arange(3) % case.classes, NAMES[: case.classes]
    best = in_kernel(student, run_top_k).run_top_k(student.top_k, scores[0], case.classes, names)
    whole = isinstance(best, list) and len(best) == case.classes
    expect(whole, "With k the number of classes, `top_k` gives all of them.")
    read_number(student.top_k_accuracy(scores, labels, case.classes), "the accuracy")
    for k in (0, case.classes + 1):
        with expect_raises("ValueError", naming="k"):
            student.top_k(scores[0], k, names)
        with expect_raises("ValueError", naming="k"):
            student.top_k_accuracy(scores, labels, k)
