"""Hidden checks of checkpointing."""

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


def blocks_of(case):
    """Weights of blocks of two convolutions each, and images for them, from a drawn case."""
    maps, seed = case.maps, case.seed
    weights = [
        [numbers(maps, maps, 3, 3, seed=seed + 4 * block) / 2, numbers(maps, seed=seed + 4 * block + 1) + 1,
         numbers(maps, maps, 3, 3, seed=seed + 4 * block + 2) / 2, numbers(maps, seed=seed + 4 * block + 3) + 1]
        for block in range(case.blocks)
    ]
    return weights, numbers(case.images, maps, case.height, case.width, seed=seed)


def checkpointed(student, case, report, needs_gradient=True):
    """(what the student's forward pass gave, the right report) for a case."""
    arguments = (*blocks_of(case), needs_gradient, case.container)
    kernel = in_kernel(student, public.run_checkpointed, saved_bytes, on_one_thread, gradients_of)
    seen = kernel.run_checkpointed(student.checkpointed_forward, *arguments)
    if isinstance(seen, dict) and len(seen) == 1:
        raise CheckFailure("checkpointed_forward returns a tensor; something else came back.")
    return measured(seen, {"saved": int, "order": list}), reference.checkpointing(*arguments, _report=report)


def gradients_arrive(seen, registry, id):
    """The output carries gradients, and they reach every parameter."""
    expect(seen["gradients"] is not None, "The output has no gradient.", diagnosis=registry[id])


def runs_again(seen, case, registry):
    """Every block ran forward and once more."""
    expect(seen["order"] != list(range(case.blocks)), "Nothing was computed again.",
           diagnosis=registry["nothing-checkpointed"])


BLOCKS = cases(blocks=st.integers(2, 3), maps=st.integers(1, 2), images=st.integers(1, 2), height=st.integers(1, 5),
               width=st.integers(1, 5), container=st.sampled_from(["list", "sequential"]), seed=st.integers(0, 50))


@points(2)
@search(BLOCKS, examples=12)
def test_same_output_and_gradients(student, case):
    """The output and the parameters' gradients are those of a plain forward pass."""
    registry = misconceptions.CHECKPOINTING
    seen, right = checkpointed(student, case, "output")
    expect_close(seen["output"], right, like=registry, framework="torch", what="the output")
    gradients_arrive(seen, registry, "gradients-switched-off")
    seen, right = checkpointed(student, case, "gradients")
    expect_close(seen["gradients"], right, like=registry, what="the row of all gradients")


@points(1)
@search(BLOCKS, examples=8)
def test_gradient_of_the_input(student, case):
    """What lies before the blocks is trained too: the input gets its gradient."""
    registry = misconceptions.CHECKPOINTING
    seen, right = checkpointed(student, case, "input_gradient")
    gradients_arrive(seen, registry, "gradients-switched-off")
    expect(seen["input_gradient"] is not None, "The input has no gradient.",
           diagnosis=registry["detached-between-blocks"])
    expect_close(seen["input_gradient"], right, like=registry, framework="torch", what="the input's gradient")
    runs_again(seen, case, registry)


@points(1)
@search(BLOCKS, examples=8)
def test_images_without_gradients(student, case):
    """Images need no gradient, and the parameters get theirs all the same."""
    registry = misconceptions.CHECKPOINTING
    seen, right = checkpointed(student, case, "gradients", needs_gradient=False)
    trained, _ = checkpointed(student, case, "gradients")
    without = "needs-a-gradient-of-the-input" if trained["gradients"] is not None else "gradients-switched-off"
    gradients_arrive(seen, registry, without)
    expect_close(seen["gradients"], right, like=registry, what="the row of all gradients")
    runs_again(seen, case, registry)


LARGE = cases(blocks=st.integers(2, 5), maps=st.integers(2, 4), images=st.integers(1, 3), height=st.integers(8, 16),
              width=st.integers(8, 16), container=st.sampled_from(["list", "sequential"]), seed=st.integers(0, 50))


@points(4)
@search(LARGE, examples=10)
def test_memory_is_saved(student, case):
    """Only each block's input is kept for the backward pass, and the output is right."""
    registry = misconceptions.CHECKPOINTING
    seen, right = checkpointed(student, case, "output")
    expect_close(seen["output"], right, like=registry, framework="torch", what="the output")
    gradients_arrive(seen, registry, "gradients-switched-off")
    runs_again(seen, case, registry)
    one_map = 8 * case.images * case.maps * case.height * case.width
    expect(seen["saved"] <= 1.1 * case.blocks * one_map, "More than the blocks' inputs was kept.",
           diagnosis=registry["last-block-kept"])


@points(2)
@search(LARGE, examples=8)
def test_one_block_at_a_time(student, case):
    """In the backward pass one block after the other is computed again, the last one first; the gradients are right."""
    registry = misconceptions.CHECKPOINTING
    seen, right = checkpointed(student, case, "gradients")
    gradients_arrive(seen, registry, "gradients-switched-off")
    expect_close(seen["gradients"], right, like=registry, what="the row of all gradients")
    runs_again(seen, case, registry)
    forward = list(range(case.blocks))
    expect(seen["order"] != forward + forward, "All blocks were computed again at once.",
           diagnosis=registry["one-checkpoint-around-everything"])
    expect(set(seen["order"][case.blocks:]) == set(forward), "Some block was not computed again.",
           diagnosis=registry["last-block-kept"])
    expect(seen["order"] == forward + forward[::-1], "The blocks did not run in the expected order.")
