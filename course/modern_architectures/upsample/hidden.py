"""Hidden checks of upsample."""

from autograder.checks.api import (
    cases,
    current,
    expect_close,
    expect_equal,
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

from ..shared import IN_THE_KERNEL, looked_at, run_module, same_layers, same_output
from . import public

FEW, SEED = st.integers(1, 4), st.integers(0, 50)


def same_kernel(student, factor):
    expect_close(student.bilinear_kernel(factor), reference.bilinear_kernel(factor),
                 like=misconceptions.BILINEAR_KERNEL, framework="torch", dtype="float32", what="the kernel")


@points(2)
def test_kernel_for_even_factors(student):
    """The bilinear kernel for the factors 2, 4, 6 and 8."""
    for factor in (2, 4, 6, 8):
        same_kernel(student, factor)


@points(2)
def test_kernel_for_odd_factors(student):
    """The bilinear kernel for the factors 1, 3, 5 and 7."""
    for factor in (3, 5, 7, 1):
        same_kernel(student, factor)


HEADS = cases(
    options=st.fixed_dictionaries({"low_channels": FEW, "high_channels": FEW, "num_classes": st.integers(2, 4)}),
    size=st.tuples(st.integers(3, 5), st.integers(3, 5)), factor=st.sampled_from([2, 3, 4]), seed=SEED,
)


def head(student, case, factor=None):
    kernel = in_kernel(student, public.run_head, run_module, *IN_THE_KERNEL)
    factor = factor or case.factor
    return later(kernel.run_head, student.SegmentationHead, case.options, case.size, factor, case.seed)


@points(1)
@search(HEADS, examples=10)
def test_form_of_the_head(student, case):
    """Scores for every class come out, at every pixel of the larger map."""
    seen, case_of = head(student, case), (case.options, case.size, case.factor)
    shape = reference.segmentation(*case_of, _report="shape", _seed=case.seed)
    look_at(seen, lambda got: expect_equal(
        looked_at(got).get("shape"), shape, like=misconceptions.SEGMENTATION_HEAD, what="the output's shape"))


@points(1)
@kernel_says
@search(HEADS, examples=8)
def test_parameters_of_the_head(student, case):
    """Two 1x1 convolutions with biases, and nothing to learn in the enlarging."""
    current().believed = True
    # the parameters do not depend on it, and who always enlarges by 2 has paid for that elsewhere
    factor = 2
    right = reference.segmentation(case.options, case.size, factor, _report="layers", _seed=case.seed)
    same_layers(head(student, case, factor), right, misconceptions.SEGMENTATION_HEAD)


@points(4)
@search(HEADS, examples=12)
def test_scores_of_the_head(student, case):
    """The coarse scores, enlarged bilinearly, and the fine ones are added (compared away from the border)."""
    seen = head(student, case)
    right = reference.segmentation(case.options, case.size, case.factor, _seed=case.seed)
    # a float32 kernel may do the enlarging
    same_output(seen, right, misconceptions.SEGMENTATION_HEAD, rtol=1e-4, atol=1e-5)
