"""Hidden checks of lrn-frameworks."""

import numpy as np

from autograder.checks.api import cases, expect, expect_entry, later, look_at, misconceptions, points, reference, search
from autograder.checks.api import strategies as st

PAPER = cases(size=st.sampled_from([3, 5, 7]), k=st.sampled_from([1.0, 2.0]), alpha=st.sampled_from([1e-4, 2e-3]),
              beta=st.sampled_from([0.5, 0.75]))


def framework_entries(student, name, case, *keys):
    """Compares entries of the dicts that a function gives for two sizes, and that there are no others."""
    entries_of(student, name, case | {"size": case.size + 2}, *keys)  # a mistake about 5 may look like another at 3
    return entries_of(student, name, case, *keys)


def entries_of(student, name, case, *keys):
    found = later(getattr(student, name), **case)
    like, right = getattr(misconceptions, name.upper()), getattr(reference, name)(**case)

    def compare(answer):
        for key in keys:
            expect_entry(answer, key, right, like=like)
        expect(set(answer) <= set(right.value), "The dict has entries that the framework does not know.")

    look_at(found, compare)
    return found


@points(2)
@search(PAPER, examples=12)
def test_torch_alpha(student, case):
    """PyTorch divides alpha by the size: the argument makes up for that."""
    framework_entries(student, "lrn_as_torch", case, "alpha")


@points(1)
@search(PAPER, examples=12)
def test_torch_others(student, case):
    """PyTorch's size, beta and k are those of the formula."""
    framework_entries(student, "lrn_as_torch", case, "size", "beta", "k")


@points(2)
@search(PAPER, examples=12)
def test_tensorflow_radius(student, case):
    """TensorFlow's depth_radius is an int: the neighbours on one side."""
    found = framework_entries(student, "lrn_as_tensorflow", case, "depth_radius")
    look_at(found, lambda answer: expect(isinstance(answer["depth_radius"], (int, np.integer)),
                                         "The depth_radius is a float; TensorFlow wants an int: `//` gives one."))


@points(1)
@search(PAPER, examples=12)
def test_tensorflow_others(student, case):
    """TensorFlow takes alpha and beta as they are, and calls k the bias."""
    framework_entries(student, "lrn_as_tensorflow", case, "bias", "alpha", "beta")
