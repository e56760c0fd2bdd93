"""Hidden checks of mixed-precision."""

import numpy as np

from autograder.checks.api import (
    CheckFailure,
    cases,
    expect,
    expect_close,
    in_kernel,
    misconceptions,
    numbers,
    points,
    reference,
    search,
)
from autograder.checks.api import strategies as st

from ..shared import gradients_of, measured, on_one_thread, saved_bytes
from . import public

# Sixteen bits keep 8 (bfloat16) or 11 (float16) significant ones; sums may lose a few more.
NEAR = {"bfloat16": 0.03, "float16": 0.005}


def pyramid(case, units=4):
    """Weights of conv-ReLU-conv-ReLU-Linear (float32), and images for it, from a drawn case."""
    maps, seed, size = case.maps, case.seed, case.height * case.width
    shapes = [(maps, 3, 3, 3), (maps,), (maps, maps, 3, 3), (maps,), (units, maps * size), (units,)]
    weights = [numbers(*shape, seed=seed + i, dtype="float32") / np.float32(np.prod(shape[1:]) ** 0.5)
               for i, shape in enumerate(shapes)]
    return weights, numbers(case.images, 3, case.height, case.width, seed=seed, dtype="float32")


def half_precision(student, weights, x, dtype, report):
    """(what the student's forward pass gave, the right report); an output in another dtype fails here."""
    kernel = in_kernel(student, public.run_autocast, saved_bytes, on_one_thread, gradients_of)
    seen = kernel.run_autocast(student.autocast_forward, weights, x, dtype)
    registry = misconceptions.MIXED_PRECISION
    output = seen.get("output") if isinstance(seen, dict) else None
    found = getattr(output, "dtype", None) if hasattr(output, "framework") else None
    if found is None:
        raise CheckFailure("autocast_forward returns a tensor; something else came back.")
    expect(found != "float32", "The output is float32.", diagnosis=registry["not-autocast"])
    expect(found == dtype, "The output has another dtype.",
           diagnosis=registry["dtype-ignored"] if found == "bfloat16" else None)
    seen = measured(seen, {"saved": int, "untouched": bool})
    return seen, reference.mixed_precision(weights, x, dtype, _report=report)


def near(actual, right, dtype, what):
    """Equal to what 16 bits can hold."""
    scale = float(np.abs(right.value).max())
    framework = "torch" if hasattr(actual, "framework") else None
    expect_close(actual, right, like=misconceptions.MIXED_PRECISION, framework=framework, rtol=NEAR[dtype],
                 atol=NEAR[dtype] * scale, what=what)


IMAGES = cases(maps=st.integers(1, 4), images=st.integers(1, 3), height=st.integers(1, 8), width=st.integers(1, 8),
               seed=st.integers(0, 50))


@points(2)
@search(IMAGES, examples=12)
def test_bfloat16_output(student, case):
    """The output is bfloat16, and close to what float32 gives."""
    weights, x = pyramid(case)
    seen, right = half_precision(student, weights, x, "bfloat16", "output")
    near(seen["output"], right, "bfloat16", "the output")


DENSE_ONLY = cases(
    images=st.integers(1, 4), features=st.integers(1, 6), units=st.integers(1, 6), seed=st.integers(0, 50)
)


@points(1)
@search(DENSE_ONLY, examples=12)
def test_float16_output(student, case):
    """The dtype that is asked for comes out: float16 too."""
    shapes = [(case.units, case.features), (case.units,), (3, case.units), (3,)]
    weights = [numbers(*shape, seed=case.seed + i, dtype="float32") for i, shape in enumerate(shapes)]
    x = numbers(case.images, case.features, seed=case.seed, dtype="float32")
    seen, right = half_precision(student, weights, x, "float16", "output")
    near(seen["output"], right, "float16", "the output")


@points(1)
@search(IMAGES, examples=8)
def test_parameters_stay_float32(student, case):
    """The model's parameters are the same float32 values afterwards, and the output is right."""
    weights, x = pyramid(case)
    seen, right = half_precision(student, weights, x, "bfloat16", "output")
    expect(seen["untouched"], "The parameters changed.",
           diagnosis=misconceptions.MIXED_PRECISION["parameters-converted"])
    near(seen["output"], right, "bfloat16", "the output")


@points(2)
@search(IMAGES, examples=8)
def test_gradients_reach_the_parameters(student, case):
    """The backward pass reaches the model's own parameters, in 16 bits where the forward pass was."""
    weights, x = pyramid(case)
    seen, right = half_precision(student, weights, x, "bfloat16", "gradients")
    registry = misconceptions.MIXED_PRECISION
    arrived = isinstance(seen["gradients"], np.ndarray)
    recorded = getattr(seen["output"], "requires_grad", False)
    expect(arrived or recorded, "Nothing was recorded.", diagnosis=registry["no-gradients-recorded"])
    expect(arrived, "No gradients arrived.", diagnosis=registry["a-converted-copy"])
    near(seen["gradients"], right, "bfloat16", "the row of all gradients")


WIDE = cases(maps=st.integers(4, 8), images=st.integers(2, 4), height=st.integers(12, 16), width=st.integers(12, 16),
             seed=st.integers(0, 50))


@points(2)
@search(WIDE, examples=6)
def test_half_the_memory(student, case):
    """What is kept for the backward pass takes about half the bytes, and the output is right."""
    weights, x = pyramid(case, units=1)
    seen, right = half_precision(student, weights, x, "bfloat16", "output")
    near(seen["output"], right, "bfloat16", "the output")
    expect(seen["saved"] > 0, "Nothing was kept.",
           diagnosis=misconceptions.MIXED_PRECISION["no-gradients-recorded"])
    positions = case.images * case.height * case.width
    in_float32 = 4 * positions * (3 + 2 * case.maps)  # the images and two maps
    expect(seen["saved"] <= 0.75 * in_float32, "More was kept than 16 bits take.",
           diagnosis=misconceptions.MIXED_PRECISION["output-converted-only"])
