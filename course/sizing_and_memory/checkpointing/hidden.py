"""Hidden checks of checkpointing."""

from autograder.checks.api import (
    cases,
    current,
    expect,
    expect_close,
    expect_equal,
    fresh,
    in_kernel,
    kernel_says,
    later,
    look_at,
    measured,
    misconceptions,
    numbers,
    points,
    reference,
    search,
)
from autograder.checks.api import strategies as st

from ..shared import MB, gradients_of, on_one_thread, saved_bytes, wide_layers
from . import public
from .public import with_its_form


def blocks_of(case):
    """Weights of blocks of two convolutions each, and images for them, from a drawn case."""
    maps, seed = case.maps, case.seed
    weights = [
        [numbers(maps, maps, 3, 3, seed=seed + 4 * block) / 2, numbers(maps, seed=seed + 4 * block + 1) + 1,
         numbers(maps, maps, 3, 3, seed=seed + 4 * block + 2) / 2, numbers(maps, seed=seed + 4 * block + 3) + 1]
        for block in range(case.blocks)
    ]
    return weights, numbers(case.images, maps, case.height, case.width, seed=seed)


def ran(student, case, needs_gradient=True, backward=True):
    """(what the student's forward pass gave, read when it is looked at; what it was asked with) for a case."""
    arguments = (*blocks_of(case), needs_gradient, case.container, True, "", backward)
    kernel = in_kernel(student, public.run_checkpointed, saved_bytes, on_one_thread, gradients_of)
    return later(kernel.run_checkpointed, student.checkpointed_forward, *arguments), arguments


def checkpointed(student, case, report, look, **how):
    """Has `look(what the student's forward pass gave, the right report)` compare them for a case."""
    seen, arguments = ran(student, case, **how)
    right = reference.checkpointing(*arguments, _report=report)
    look_at(seen, lambda found: look(with_its_form(found), right))


def gradients_arrive(seen, registry, id):
    """The output carries gradients, and they reach every parameter."""
    expect(seen["gradients"] is not None, "The output has no gradient.", diagnosis=registry[id])


BLOCKS = cases(blocks=st.integers(2, 3), maps=st.integers(1, 2), images=st.integers(1, 2), height=st.integers(1, 5),
               width=st.integers(1, 5), container=st.sampled_from(["list", "sequential"]), seed=st.integers(0, 50))


@points(1)
@search(BLOCKS, examples=12)
def test_same_output_and_gradients(student, case):
    """The output and the parameters' gradients are those of a plain forward pass, for one input after another."""
    registry = misconceptions.CHECKPOINTING
    answer, arguments = ran(student, case)

    def compare(found):
        seen = with_its_form(found)
        right = reference.checkpointing(*arguments, _report="output")
        expect_close(seen["output"], right, like=registry, framework="torch", what="the output")
        gradients_arrive(seen, registry, "gradients-switched-off")
        right = reference.checkpointing(*arguments, _report="gradients")
        expect_close(seen["gradients"], right, like=registry, what="the row of all gradients")

    look_at(answer, compare)


@points(1)
@search(BLOCKS, examples=8)
def test_gradient_of_the_input(student, case):
    """What lies before the blocks is trained too: the input gets its gradient."""
    registry = misconceptions.CHECKPOINTING

    def compare(seen, right):
        gradients_arrive(seen, registry, "gradients-switched-off")
        expect(seen["input_gradient"] is not None, "The input has no gradient.",
               diagnosis=registry["detached-between-blocks"])
        expect_close(seen["input_gradient"], right, like=registry, framework="torch", what="the input's gradient")

    checkpointed(student, case, "input_gradient", compare)


@points(1)
@search(BLOCKS, examples=8)
def test_images_without_gradients(student, case):
    """Images need no gradient, and the parameters get theirs all the same."""
    registry = misconceptions.CHECKPOINTING

    def compare(seen, right):
        if seen["gradients"] is None:
            trained = with_its_form(ran(student, case)[0].value)
            without = "needs-a-gradient-of-the-input" if trained["gradients"] is not None else "gradients-switched-off"
            gradients_arrive(seen, registry, without)
        expect_close(seen["gradients"], right, like=registry, what="the row of all gradients")

    checkpointed(student, case, "gradients", compare, needs_gradient=False)


NORMED = cases(blocks=st.integers(2, 3), maps=st.integers(1, 2), images=st.integers(2, 3), height=st.integers(2, 4),
               width=st.integers(2, 4), container=st.sampled_from(["list", "sequential"]), seed=st.integers(0, 50))


@points(1)
@search(NORMED, examples=6)
def test_mode_stays(student, case):
    """Blocks stay in training or in evaluation mode: batch normalisation gives what it gives in that mode."""
    public.mode_stays(student, *blocks_of(case), case.container)


@points(0.5)
@kernel_says
@search(BLOCKS, examples=6)
def test_input_needs_no_gradient(student, case):
    """An input that needed no gradient needs none afterwards, and the output is right."""
    current().believed = True
    public.input_needs_no_gradient(student, *blocks_of(case), case.container)


SMALL = cases(blocks=st.just(3), maps=st.just(2), images=st.just(1), height=st.integers(8, 12),
              width=st.integers(8, 12), container=st.just("list"), seed=st.integers(0, 50))
# Inside a block 100 MB are held. With checkpoints that is all, whoever holds two blocks at once holds 200 MB, and a
# plain pass 300. The kernel's own are some 30, and 60 more where a notebook imports much of SciPy.
DEEP, LAYERS, COPIES = 3, 2, 25_000
ROOM = 215 * MB


def as_they_run(student, case):
    """For a name: in which order the blocks run, forward and again."""
    checkpointed(student, case, "order", lambda seen, right: expect_equal(
        seen["order"], right, like=misconceptions.CHECKPOINTING,
        what="the order in which the blocks run, forward and again"))


@points(5)
@search(SMALL, examples=1)
def test_memory_is_saved(student, case):
    """Forward and backward: at no time more than the blocks' inputs and what lies inside one block is held."""
    scales = 1 + numbers(DEEP, LAYERS, seed=case.seed, dtype="float32") / 9
    with fresh(student) as alone:
        kernel = in_kernel(alone, public.run_deep_checkpointed, wide_layers, on_one_thread, gradients_of)
        with measured(alone) as used:
            gradients = kernel.run_deep_checkpointed(alone.checkpointed_forward, scales, COPIES)
    expect_close(gradients, reference.deep_checkpointed(scales), rtol=1e-3, atol=1e-6, what="the row of all gradients")
    if used.peak_bytes >= ROOM:
        as_they_run(student, case)
    expect(used.peak_bytes < ROOM, "The peak of memory is that of a plain pass, or nearly.")


@points(0.5)
@kernel_says
@search(cases(blocks=st.integers(2, 5), maps=st.integers(2, 4), images=st.integers(1, 3), height=st.integers(8, 16),
              width=st.integers(8, 16), container=st.sampled_from(["list", "sequential"]), seed=st.integers(0, 50)),
        examples=8)
def test_inputs_of_the_blocks_are_kept(student, case):
    """For the backward pass each block's input is kept, and nothing that lies inside a block, not even the last."""
    current().believed = True

    def compare(seen, right):
        expect_close(seen["output"], right, like=misconceptions.CHECKPOINTING, framework="torch", what="the output")
        one_map = 8 * case.images * case.maps * case.height * case.width
        kept = isinstance(seen.get("saved"), int) and seen["saved"] <= 1.1 * case.blocks * one_map
        if not kept:
            as_they_run(student, case)
        expect(kept, "More than the blocks' inputs was kept.")

    checkpointed(student, case, "output", compare, backward=False)
