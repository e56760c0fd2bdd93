"""Hidden checks of dense-to-conv."""

from autograder.checks.api import (
    CheckFailure,
    Tensor,
    cases,
    current,
    expect,
    expect_raises,
    in_kernel,
    kernel_says,
    later,
    look_at,
    misconceptions,
    points,
    reference,
    search,
)
from autograder.checks.api import strategies as st

from ...sizing_and_memory.shared import on_one_thread
from ..shared import fill, same_output, values_of
from . import public
from .probes import converted_with_a_wrong_height

FEW, SEED = st.integers(1, 4), st.integers(0, 50)
DENSE = cases(outputs=FEW, channels=st.integers(1, 3), size=st.tuples(st.integers(1, 4), st.integers(1, 4)), seed=SEED)
# A square kernel, and weights that are alike: weights in another order cost the points of the first test.
SIDES = st.integers(1, 4).map(lambda side: (side, side))
SQUARE = {"outputs": FEW, "channels": st.integers(1, 3), "size": SIDES, "seed": SEED}
LARGER = cases(larger_by=st.tuples(st.integers(0, 4), st.integers(0, 4)), **SQUARE)


def converted(student, case, larger_by=(0, 0), bias=True, even=False):
    """(what the convolution gives, after a look at its kernel; the right scores)"""
    arguments = (case.outputs, case.channels, case.size, larger_by, bias)
    kernel = in_kernel(student, public.run_dense_to_conv, fill, values_of, on_one_thread)
    seen = later(kernel.run_dense_to_conv, student.dense_to_conv, *arguments, case.seed, even)

    def upright(got):
        turned = isinstance(got, dict) and case.size[0] != case.size[1] and got.get("kernel") == case.size[::-1]
        expect(not turned, "The kernel lies on its side.",
               diagnosis=misconceptions.DENSE_TO_CONV["height-and-width-swapped"])
        if isinstance(got, dict):
            public.made_otherwise(got)
        if not isinstance(got, dict) or not isinstance(got.get("output"), Tensor):
            raise CheckFailure("dense_to_conv returns a convolution; something else came back.")

    look_at(seen, upright)
    return seen, reference.convolved(*arguments, _seed=case.seed, _even=even)


@points(5)
@search(DENSE, examples=15)
def test_same_scores_as_the_dense_layer(student, case):
    """On images of the layer's size the convolution gives what the dense layer gave."""
    seen, right = converted(student, case)
    same_output(seen, right, misconceptions.DENSE_TO_CONV)


@points(4)
@search(LARGER, examples=15)
def test_a_map_of_scores(student, case):
    """On a larger image there is a score for every place where the window fits."""
    seen, right = converted(student, case, larger_by=case.larger_by, bias=False, even=True)
    same_output(seen, right, misconceptions.DENSE_TO_CONV)


@points(1)
@search(cases(**SQUARE), examples=6)
def test_dense_layer_without_bias(student, case):
    """A dense layer without a bias becomes a convolution that adds none."""
    seen, right = converted(student, case, bias=False, even=True)
    same_output(seen, right, misconceptions.DENSE_TO_CONV)


@points(1)
@kernel_says
@search(DENSE, examples=6)
def test_it_is_a_convolution(student, case):
    """An nn.Conv2d with a kernel as large as the image comes back, with a bias only if the dense layer has one; the
    dense layer stays what it was."""
    current().believed = True

    def is_right(got):
        expect(got.get("is_conv") is True, "What came back is no nn.Conv2d.")
        expect(tuple(got["output"].shape[:2]) == (2, case.outputs), "The number of images or of scores is off.")
        expect(got.get("kernel") == case.size, "The kernel is not as large as the image.")
        expect(got.get("untouched") is True, "The dense layer was changed.")

    look_at(converted(student, case)[0], is_right)
    look_at(converted(student, case, bias=False)[0], lambda got: expect(
        got.get("biased") is False, "The convolution has a bias, which the dense layer had not."))


@points(1)
def test_sizes_that_do_not_fit(student):
    """A dense layer of another number of inputs is refused with a ValueError."""
    kernel = in_kernel(student, converted_with_a_wrong_height)
    with expect_raises("ValueError"):
        kernel.converted_with_a_wrong_height(student.dense_to_conv)
