"""Hidden checks of mixed-precision.

Autocast is told by values. A product of numbers that are equal in 16 bits alone shows what was multiplied in 16 bits, a
small number added to a large one what was cast.
"""

import numpy as np

from autograder.checks.api import (
    cases,
    current,
    expect,
    expect_close,
    kernel_says,
    misconceptions,
    numbers,
    points,
    reference,
    search,
)
from autograder.checks.api import strategies as st

from .public import (
    all_as_before,
    asked,
    gradients_arrive,
    in_sixteen_bits,
    layers_between,
    products_in_sixteen_bits,
    sums_in_float32,
)

# Sixteen bits keep 8 (bfloat16) or 11 (float16) significant ones; sums may lose a few more.
NEAR = {"bfloat16": 0.03, "float16": 0.005}
SEED = st.integers(0, 50)


def pyramid(case):
    """Weights of conv-ReLU-conv-ReLU-Linear (float32), and images for it, from a drawn case."""
    maps, seed, size = case.maps, case.seed, case.height * case.width
    shapes = [(maps, 3, 3, 3), (maps,), (maps, maps, 3, 3), (maps,), (4, maps * size), (4,)]
    weights = [numbers(*shape, seed=seed + i, dtype="float32") / np.float32(np.prod(shape[1:]) ** 0.5)
               for i, shape in enumerate(shapes)]
    return weights, numbers(case.images, 3, case.height, case.width, seed=seed, dtype="float32")


def near(actual, right, dtype, what):
    """Equal to what 16 bits can hold."""
    scale = float(np.abs(right.value).max())
    framework = "torch" if hasattr(actual, "framework") else None
    expect_close(actual, right, like=misconceptions.MIXED_PRECISION, framework=framework, rtol=NEAR[dtype],
                 atol=NEAR[dtype] * scale, what=what)


def output_is_near(student, weights, x, dtype):
    right = reference.mixed_precision(weights, x, dtype)
    in_sixteen_bits(student, weights, x, dtype, lambda seen: near(seen["output"], right, dtype, "the output"))


IMAGES = cases(maps=st.integers(1, 4), images=st.integers(1, 3), height=st.integers(1, 8), width=st.integers(1, 8),
               seed=SEED)


@points(2)
@search(IMAGES, examples=10)
def test_bfloat16_output(student, case):
    """The output is bfloat16, and close to what float32 gives, for one batch of images after another."""
    weights, x = pyramid(case)
    for images in (x, -x):
        output_is_near(student, weights, images, "bfloat16")


@points(1)
@search(cases(images=st.integers(1, 4), units=st.integers(1, 6), seed=SEED), examples=10)
def test_float16_output(student, case):
    """The dtype that is asked for comes out: float16 too."""
    weights, x = layers_between(case.units, case.seed), numbers(case.images, 3, seed=case.seed, dtype="float32")
    output_is_near(student, weights, x, "float16")


@points(2)
@search(cases(count=st.integers(1, 4), seed=SEED), examples=8)
def test_products_in_sixteen_bits(student, case):
    """The layers multiply in 16 bits: it is not the output alone that is converted."""
    products_in_sixteen_bits(student, "bfloat16", case.count, case.seed)


@points(1)
@search(cases(features=st.integers(1, 5), seed=SEED), examples=8)
def test_sums_in_float32(student, case):
    """Sums stay in float32, as autocast leaves them: neither parameters nor input are cast beforehand."""
    sums_in_float32(student, "bfloat16", case.features, case.seed)


@points(1)
@search(IMAGES, examples=8)
def test_gradients_reach_the_parameters(student, case):
    """The backward pass reaches the model's own parameters, in 16 bits where the forward pass was."""
    weights, x = pyramid(case)
    right = reference.mixed_precision(weights, x, "bfloat16", _report="gradients")

    def compare(seen):
        gradients_arrive(seen, misconceptions.MIXED_PRECISION)
        near(seen["gradients"], right, "bfloat16", "the row of all gradients")

    asked(student, weights, x, "bfloat16", compare)


@points(1)
@kernel_says
@search(IMAGES, examples=6)
def test_parameters_stay_what_they_are(student, case):
    """Parameters, input and mode are the same afterwards, in training as in evaluation; what was frozen stays so."""
    current().believed = True
    weights, x = pyramid(case)
    right = reference.mixed_precision(weights, x, "bfloat16", _report="dtypes")

    def compare(seen):
        expect(seen["dtypes"] != ["torch.bfloat16"] * len(right.value), "The parameters were converted.",
               diagnosis=misconceptions.MIXED_PRECISION["parameters-converted"])
        all_as_before(seen, misconceptions.MIXED_PRECISION)

    for evaluating in (False, True):
        asked(student, weights, x, "bfloat16", compare, evaluating=evaluating)
