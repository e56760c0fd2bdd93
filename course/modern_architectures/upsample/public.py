"""Public checks of upsample, and its code for the kernel."""

from autograder.checks.api import expect_close, expect_equal, in_kernel, misconceptions, reference, second

from ..shared import IN_THE_KERNEL, looked_at, run_module


def run_head(make, options, size, factor, seed):
    """What a segmentation head gives for a map of `size` and one `factor` times as large: as `run_module`.

    The output's border, `factor` pixels wide, is left out, because transposed convolutions and interpolation differ
    there; `shape` is the whole output's.
    """
    low = (2, options["low_channels"], *size)
    high = (2, options["high_channels"], size[0] * factor, size[1] * factor)
    seen = run_module(make, options, [low, high], False, "drawn", seed)
    if "layers" not in seen:
        return seen
    output = seen["output"]
    inner = output[..., factor:-factor, factor:-factor]
    return {"output": inner, "shape": tuple(output.shape), "layers": seen["layers"]}


@second(lambda rng: 5)
def test_kernel_for_a_factor_of_two(student, case):
    """The kernel for a factor of 2 is 4x4 and adds up to 4; for 3 it is 5x5 and adds up to 9."""
    for factor in (2, case) if case else (2, 3):
        expect_close(student.bilinear_kernel(factor), reference.bilinear_kernel(factor),
                     like=misconceptions.BILINEAR_KERNEL, framework="torch", dtype="float32", what="the kernel")


@second(lambda rng: 5)
def test_small_head(student, case):
    """A map of 3x4 and one twice as large: scores for every class at every pixel of the larger one."""
    size = (case or 3, 4)
    options = {"low_channels": 3, "high_channels": 2, "num_classes": 2}
    kernel = in_kernel(student, run_head, run_module, *IN_THE_KERNEL)
    seen = looked_at(kernel.run_head(student.SegmentationHead, options, size, 2, 0))
    registry = misconceptions.SEGMENTATION_HEAD
    expect_equal(seen["shape"], reference.segmentation(options, size, 2, _report="shape"), like=registry,
                 what="the output's shape")
    # a float32 kernel may do the enlarging
    expect_close(seen["output"], reference.segmentation(options, size, 2), like=registry, framework="torch",
                 rtol=1e-4, atol=1e-5, what="the output")
