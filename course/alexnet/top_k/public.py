"""Public checks of top-k."""

import numpy as np

from autograder.checks.api import (
    expect_close,
    expect_equal,
    expect_raises,
    in_kernel,
    misconceptions,
    reference,
    second,
)


def run_top_k(top_k, scores, k, class_names):
    """What `top_k` gives, with the pairs as plain tuples of a text and a float; anything else as it came."""
    best = top_k(scores, k, class_names)
    try:
        return [(str(name), float(score)) for name, score in best]
    except (TypeError, ValueError):
        return best


SCORES = np.array([[0.1, 0.5, 0.2, 0.2], [0.7, 0.1, 0.15, 0.05], [0.3, 0.3, 0.3, 0.1]])


@second(lambda rng: 2)
def test_accuracy_of_three_images(student, case):
    """Three images and four classes: the accuracy for k = 1, 2 and 3."""
    for k in (1, 2, 3):
        scores, labels = np.tile(SCORES, (case or 1, 1)), np.array([1, 3, 1, 0, 2, 1][: 3 * (case or 1)])
        expect_close(student.top_k_accuracy(scores, labels, k), reference.top_k_accuracy(scores, labels, k),
                     like=misconceptions.TOP_K_ACCURACY, what="the accuracy")


def test_best_of_four_classes(student):
    """The two and the three best of four classes; two of them have equal scores."""
    kernel = in_kernel(student, run_top_k)
    for k in (2, 3):
        names = ["ant", "bee", "cat", "dog"]
        best = kernel.run_top_k(student.top_k, SCORES[0], k, names)
        expect_equal(best, reference.top_k(SCORES[0], k, names), like=misconceptions.TOP_K)


def test_k_above_the_number_of_classes(student):
    """A k for which there are not enough classes is a ValueError that names it."""
    with expect_raises("ValueError", naming="k"):
        student.top_k_accuracy(SCORES, np.array([0, 1, 2]), 5)
