"""Hidden checks of receptive-field."""

from functools import partial

from autograder.checks.api import (
    cases,
    expect,
    expect_equal,
    expect_refusals,
    kernel_says,
    later,
    leaves_unchanged,
    misconceptions,
    points,
    reference,
    refused,
    search,
)
from autograder.checks.api import strategies as st

from ..shared import small


def layers_of(strides, dilations):
    return st.lists(st.tuples(small, strides, dilations), min_size=1, max_size=4)


def expect_field(student, layers):
    expect_equal(
        later(student.receptive_field, layers), reference.receptive_field(layers), like=misconceptions.RECEPTIVE_FIELD
    )


@points(2)
@search(cases(layers=layers_of(st.just(1), st.just(1))))
def test_field_of_plain_layers(student, case):
    """Each layer of k taps adds k - 1 pixels."""
    expect_field(student, case.layers)


@points(3)
@search(cases(layers=layers_of(st.integers(1, 3), st.just(1))), examples=12)
def test_field_with_strides(student, case):
    """After a stride the steps of all later layers are that much longer."""
    for layers in ([(2, 2, 1)] * 2, [(3, 2, 1)], [(3, 2, 1), (2, 1, 1)], [(2, 3, 1), (2, 2, 1), (2, 1, 1)]):
        expect_field(student, layers)
    expect_field(student, [(3, 2, 1)] * 3 + [(2, 1, 1)])
    expect_field(student, case.layers)


@points(2)
@search(cases(layers=layers_of(st.just(1), st.integers(1, 3))), examples=12)
def test_field_with_dilations(student, case):
    """A dilation spreads the taps of its own layer, and nothing else."""
    expect_field(student, [(3, 1, 1), (3, 1, 1)])
    expect_field(student, [(3, 1, 2)])
    expect_field(student, [(3, 1, 2), (2, 1, 1)])
    expect_field(student, case.layers)


@points(1)
@kernel_says
def test_field_of_no_layers(student):
    """No layer sees one pixel; a kernel, stride or dilation below 1 raises a ValueError that names it.

    And the list that was given stays as it was.
    """
    expect_field(student, [])
    wrong = (("kernel", (0, 1, 1)), ("stride", (3, 0, 1)), ("dilation", (3, 1, 0)))
    expect_refusals(student, [
        (refused("ValueError", naming=name), partial(student.receptive_field, [(3, 1, 1), layer]))
        for name, layer in wrong
    ])
    alone = leaves_unchanged(student, student.receptive_field, [(3, 2, 1), (3, 1, 2)])
    expect(alone, "The list of layers was changed.")
