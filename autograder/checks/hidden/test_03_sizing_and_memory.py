"""Hidden checks of assignment 03."""

import numpy as np
from hypothesis import strategies as st

from autograder.checks.api import (
    CheckFailure,
    cases,
    expect,
    expect_close,
    expect_entry,
    expect_equal,
    expect_raises,
    in_kernel,
    misconceptions,
    numbers,
    points,
    reference,
    search,
    task,
)
from autograder.checks.probes import memory as probes
from autograder.checks.variants import all_variants

# --- conv-parameters, inference-memory, training-memory ------------------------------------------------------------


def entry(answer, key, right, registry, task_id):
    expect_entry(answer, key, right, like=registry, others=all_variants(task_id), rtol=0)


@task("conv-parameters")
@points(3)
def test_first_layer(student, variant):
    """Layer 1: the kernels reach through the image's channels, and every map has a bias."""
    right = reference.conv_parameters(**variant)
    entry(student.conv_parameters, "layer1", right, misconceptions.CONV_PARAMETERS, "conv-parameters")


@task("conv-parameters")
@points(3)
def test_second_layer(student, variant):
    """Layer 2: the kernels reach through all maps of layer 1."""
    right = reference.conv_parameters(**variant)
    entry(student.conv_parameters, "layer2", right, misconceptions.CONV_PARAMETERS, "conv-parameters")


@task("conv-parameters")
@points(3)
def test_third_layer(student, variant):
    """Layer 3: the kernels reach through all maps of layer 2."""
    right = reference.conv_parameters(**variant)
    entry(student.conv_parameters, "layer3", right, misconceptions.CONV_PARAMETERS, "conv-parameters")


@task("conv-parameters")
@points(1)
def test_all_parameters(student, variant):
    """The total is the sum of the three layers."""
    right = reference.conv_parameters(**variant)
    entry(student.conv_parameters, "total", right, misconceptions.CONV_PARAMETERS, "conv-parameters")


@task("inference-memory")
@points(6)
def test_outputs_held_at_once(student, variant):
    """At the worst moment a layer's input and its output are held: the largest such pair, in bytes."""
    answer, right = student.inference_memory, reference.inference_memory(**variant)
    parameters = 4 * reference.conv_parameters(**variant).value["total"]
    given = answer.get("total") if isinstance(answer, dict) else None
    if isinstance(given, (int, float, np.number)) and given == right.value["total"] - parameters:
        return  # the parameters were left out, which costs the other test's points
    entry(answer, "total", right, misconceptions.INFERENCE_MEMORY, "inference-memory")


@task("inference-memory")
@points(4)
def test_outputs_and_parameters(student, variant):
    """The total has the parameters too."""
    right = reference.inference_memory(**variant)
    entry(student.inference_memory, "total", right, misconceptions.INFERENCE_MEMORY, "inference-memory")


@task("training-memory")
@points(3)
def test_outputs_of_the_batch(student, variant):
    """All layers' outputs are kept, for every image of the batch."""
    right = reference.training_memory(**variant)
    entry(student.training_memory, "outputs", right, misconceptions.TRAINING_MEMORY, "training-memory")


@task("training-memory")
@points(2)
def test_inputs_of_the_batch(student, variant):
    """The batch's images are kept too."""
    right = reference.training_memory(**variant)
    entry(student.training_memory, "inputs", right, misconceptions.TRAINING_MEMORY, "training-memory")


@task("training-memory")
@points(3)
def test_parameters_and_gradients(student, variant):
    """Each parameter has one gradient of the same size."""
    right = reference.training_memory(**variant)
    entry(student.training_memory, "parameters_and_gradients", right, misconceptions.TRAINING_MEMORY,
          "training-memory")


@task("training-memory")
@points(2)
def test_everything_in_training(student, variant):
    """The total is the sum of the three."""
    right = reference.training_memory(**variant)
    entry(student.training_memory, "total", right, misconceptions.TRAINING_MEMORY, "training-memory")


# --- layer-summary -------------------------------------------------------------------------------------------------


def column(student, layers, input_shape, field):
    """One column of the student's summary, compared with the right one."""
    rows = summary(student, layers, input_shape)
    names = ("name", "output_shape", "parameters", "multiply_adds")
    expect_equal(
        [row[names.index(field)] for row in rows], reference.summary_column(layers, input_shape, field),
        like=misconceptions.LAYER_SUMMARY, what="the column " + field,
    )


def summary(student, layers, input_shape):
    """The rows of the student's summary as tuples."""
    kernel = in_kernel(student, probes.summary_rows, probes.layer_from, probes.row_as_tuple)
    rows = kernel.summary_rows(
        student.summarize, student.Conv, student.Pool, student.Dense, list(layers), tuple(input_shape)
    )
    if not isinstance(rows, list) or not all(isinstance(row, tuple) and len(row) == 4 for row in rows):
        raise CheckFailure("summarize returns a list with one LayerSummary per layer; something else came back.")
    return rows


FEW, NONE_TO_TWO = st.integers(1, 4), st.integers(0, 2)


def convolution(number, kernel=FEW, stride=FEW, padding=NONE_TO_TWO):
    return st.builds(
        lambda f, k, s, p: f"conv{number} {f}@{k}x{k} stride {s} padding {p}", FEW, kernel, stride, padding
    )


def image(low, high, channels=FEW):
    return st.tuples(st.integers(low, high), st.integers(low, high), channels)


@task("layer-summary")
@points(3)
@search(cases(layers=st.tuples(convolution(1), convolution(2)).map(list), input_shape=image(16, 40)), examples=40)
def test_output_shapes_of_convolutions(student, case):
    """A convolution's output has the right height, width and channels for any stride and padding."""
    column(student, case.layers, case.input_shape, "output_shape")


def pooling(number):
    return st.builds(lambda size, stride: f"pool{number} {size}x{size} stride {stride}", FEW, FEW)


@task("layer-summary")
@points(2)
@search(cases(layers=st.tuples(pooling(1), pooling(2), st.integers(1, 9).map("fc {}".format)).map(list),
              input_shape=image(16, 40)), examples=30)
def test_output_shapes_of_pooling_and_dense(student, case):
    """Pooling keeps the channels, and a dense layer's output has one axis."""
    column(student, case.layers, case.input_shape, "output_shape")


@task("layer-summary")
@points(2)
@search(cases(layers=st.tuples(convolution(1, stride=st.just(1)), st.just("pool1 1x1 stride 1"),
                               convolution(2, stride=st.just(1))).map(list), input_shape=image(10, 12)))
def test_parameters_of_convolutions(student, case):
    """A convolution's parameters are its weights and biases; pooling has none."""
    column(student, case.layers, case.input_shape, "parameters")


UNITS = st.integers(1, 9)
DENSE = cases(layers=st.tuples(UNITS.map("fc1 {}".format), UNITS.map("fc2 {}".format)).map(list),
              input_shape=image(1, 6))


@task("layer-summary")
@points(2)
@search(DENSE)
def test_parameters_of_dense_layers(student, case):
    """A dense layer sees every number of what comes in, and has a bias per unit."""
    column(student, case.layers, case.input_shape, "parameters")


def centred(number):
    """A convolution that keeps the sides: a slip in the sizes costs nothing here."""
    return st.builds(lambda f, k: f"conv{number} {f}@{2 * k + 1}x{2 * k + 1} padding {k}", FEW, NONE_TO_TWO)


@task("layer-summary")
@points(2)
@search(cases(layers=st.tuples(centred(1), centred(2)).map(list), input_shape=image(2, 9)))
def test_multiply_adds_of_convolutions(student, case):
    """Every weight of a convolution is used once at every output position."""
    column(student, case.layers, case.input_shape, "multiply_adds")


@task("layer-summary")
@points(1)
@search(cases(layers=st.tuples(convolution(1, kernel=st.just(2), stride=st.just(2), padding=st.just(0)),
                               st.just("pool1 1x1 stride 1"), st.just("fc 3")).map(list),
              input_shape=st.tuples(st.sampled_from([2, 4, 6]), st.sampled_from([2, 4, 8]), st.integers(1, 3))))
def test_multiply_adds_with_stride_pooling_and_dense(student, case):
    """A stride leaves fewer positions; pooling multiplies nothing; a dense layer uses every weight once."""
    column(student, case.layers, case.input_shape, "multiply_adds")


GROUPED = cases(layers=st.builds(lambda f, g: [f"conv1 {f * g}@3x3 padding 1 groups {g}"], st.integers(1, 3),
                                 st.sampled_from([2, 3])), input_shape=image(1, 5, st.sampled_from([6, 12])))


@task("layer-summary")
@points(1)
@search(GROUPED)
def test_groups(student, case):
    """With groups a filter sees the channels of its own group only."""
    column(student, case.layers, case.input_shape, "parameters")
    column(student, case.layers, case.input_shape, "multiply_adds")


@task("layer-summary")
@points(1)
def test_impossible_layers(student):
    """A window wider than the padded image, or groups that do not divide, raise a ValueError naming the argument."""
    with expect_raises("ValueError", naming="kernel_size"):
        summary(student, ["conv1 2@6x6"], (8, 5, 3))
    with expect_raises("ValueError", naming="kernel_size"):
        summary(student, ["conv1 2@8x8 padding 1"], (5, 8, 3))
    with expect_raises("ValueError", naming="size"):
        summary(student, ["pool1 2x2 stride 2", "pool2 3x3 stride 2"], (5, 9, 3))
    for wrong, channels in (("conv1 4@1x1 groups 2", 3), ("conv1 3@1x1 groups 2", 4)):
        with expect_raises("ValueError", naming="groups"):
            summary(student, [wrong], (2, 2, channels))
    expect_equal(
        [row[1] for row in summary(student, ["conv1 2@7x7 padding 1"], (5, 5, 3))],
        reference.summary_column(["conv1 2@7x7 padding 1"], (5, 5, 3), "output_shape"),
        what="the column output_shape",
    )


ALEXNET = (
    "conv1 96@11x11 stride 4", "pool1 3x3 stride 2", "conv2 256@5x5 padding 2", "pool2 3x3 stride 2",
    "conv3 384@3x3 padding 1", "conv4 384@3x3 padding 1", "conv5 256@3x3 padding 1", "pool5 3x3 stride 2",
    "fc6 4096", "fc7 4096", "fc8 1000",
)


@task("layer-summary")
@points(1)
def test_a_whole_network(student):
    """All of AlexNet comes out right: names, shapes, parameters and multiply-adds, with and without groups."""
    in_groups = [f"{text} groups 2" if text.split()[0] in ("conv2", "conv4", "conv5") else text for text in ALEXNET]
    for layers in (list(ALEXNET), in_groups):
        for field in ("name", "output_shape", "parameters", "multiply_adds"):
            column(student, layers, (227, 227, 3), field)


# --- alexnet-table -------------------------------------------------------------------------------------------------


def table_half(student, layers, half):
    """Compares one half of the layers' entries, (shape, parameters); the other half is filled in."""
    right = reference.alexnet_table()
    answer = student.alexnet_table
    if isinstance(answer, dict):
        answer = {key: completed(answer[key], right.value.get(key), half) for key in answer}
    for layer in layers:
        expect_entry(answer, layer, right, like=misconceptions.ALEXNET_TABLE, rtol=0)


def completed(given, right, half):
    """The entry with its other half right; a dense layer's shape may be written as a number."""
    if not isinstance(given, (tuple, list)) or len(given) != 2 or not isinstance(right, tuple):
        return given
    shape = (given[0],) if isinstance(given[0], (int, float, np.generic)) else given[0]
    return (shape, right[1]) if half == "shape" else (right[0], given[1])


@task("alexnet-table")
@points(2)
def test_convolutions_outputs(student):
    """The outputs of the five convolutions."""
    table_half(student, ["conv1", "conv2", "conv3", "conv4", "conv5"], "shape")


@task("alexnet-table")
@points(2)
def test_pooling_and_dense_outputs(student):
    """The outputs of the pooling and the dense layers."""
    table_half(student, ["pool1", "pool2", "pool5", "fc6", "fc7", "fc8"], "shape")


@task("alexnet-table")
@points(3)
def test_convolutions_parameters(student):
    """The parameters of the five convolutions; pooling has none."""
    table_half(student, ["conv1", "conv2", "conv3", "conv4", "conv5", "pool1", "pool2", "pool5"], "parameters")


@task("alexnet-table")
@points(2)
def test_dense_layers_parameters(student):
    """The parameters of the three dense layers."""
    table_half(student, ["fc6", "fc7", "fc8"], "parameters")


@task("alexnet-table")
@points(1)
def test_total(student):
    """All parameters together."""
    right = reference.alexnet_table()
    expect_entry(student.alexnet_table, "total", right, like=misconceptions.ALEXNET_TABLE, rtol=0)


# --- gradient-accumulation -----------------------------------------------------------------------------------------


def network(case):
    """Weights of a small network, and a batch for it, from a drawn case."""
    units, seed = case.units, case.seed
    weights = [numbers(units, 3, seed=seed), numbers(units, seed=seed + 1), numbers(2, units, seed=seed + 2),
               numbers(2, seed=seed + 3)]
    inputs = numbers(case.samples, 3, seed=seed + 4)
    if case.loss == "squared-error":
        return weights, inputs, numbers(case.samples, 2, seed=seed + 5)
    return weights, inputs, (numbers(case.samples, seed=seed + 6) > 0).astype(np.int64)


def measured(report, kinds):
    """The report of a probe, after a look at its types: it comes from the notebook's process."""
    if not isinstance(report, dict) or any(not isinstance(report.get(key), kind) for key, kind in kinds.items()):
        raise CheckFailure("What came back from your notebook is not what this check measures there.")
    if any(isinstance(report[key], list) and any(type(part) is not int for part in report[key]) for key in kinds):
        raise CheckFailure("What came back from your notebook is not what this check measures there.")
    return report


ACCUMULATED = {"gradients": np.ndarray, "weights": np.ndarray, "sizes": list, "most_alive": int}


def accumulated(student, case, report, earlier=None, frozen=False):
    """(what the student's function left, the right report) for a case."""
    arguments = (*network(case), case.micro_batch, case.loss, earlier, frozen)
    kernel = in_kernel(student, probes.run_accumulation, probes.on_one_thread, probes.gradients_of)
    seen = measured(kernel.run_accumulation(student.accumulate_gradients, *arguments), ACCUMULATED)
    return seen, reference.accumulation(*arguments, _report=report)


def same_gradients(seen, right):
    expect_close(seen["gradients"], right, like=misconceptions.ACCUMULATION, what="the row of all gradients")


def in_micro_batches(seen, case):
    """The network saw micro batches only, each once."""
    sizes = seen["sizes"]
    expect(
        all(size <= case.micro_batch for size in sizes), "More samples than a micro batch went through at once.",
        diagnosis=misconceptions.ACCUMULATION["whole-batch-at-once"],
    )


DRAWN = {"units": st.integers(1, 3), "loss": st.sampled_from(["cross-entropy", "squared-error"]),
         "seed": st.integers(0, 50)}
EVEN = cases(parts=st.integers(2, 4), micro_batch=st.integers(1, 3), **DRAWN).map(
    lambda case: type(case)(case, samples=case.parts * case.micro_batch))
UNEVEN = cases(samples=st.integers(3, 8), micro_batch=st.integers(2, 5), **DRAWN).filter(
    lambda case: case.samples > case.micro_batch and case.samples % case.micro_batch)


@task("gradient-accumulation")
@points(3)
@search(EVEN, examples=15)
def test_gradients_of_equal_micro_batches(student, case):
    """Micro batches of one size leave the gradients of the whole batch."""
    seen, right = accumulated(student, case, "gradients")
    same_gradients(seen, right)
    in_micro_batches(seen, case)


@task("gradient-accumulation")
@points(2)
@search(UNEVEN, examples=12)
def test_gradients_with_a_smaller_last_micro_batch(student, case):
    """A last micro batch that is smaller counts by the samples it has; frozen layers stay without gradients."""
    for frozen in (False, True):
        seen, right = accumulated(student, case, "gradients", frozen=frozen)
        same_gradients(seen, right)
        in_micro_batches(seen, case)


WHOLE = cases(samples=st.integers(1, 4), extra=st.integers(0, 3), **DRAWN).map(
    lambda case: type(case)(case, micro_batch=case.samples + case.extra))


@task("gradient-accumulation")
@points(1)
@search(WHOLE, examples=10)
def test_gradients_are_zeroed_first(student, case):
    """Gradients that lay there before the call do not count."""
    seen, right = accumulated(student, case, "gradients", earlier=2.0)
    same_gradients(seen, right)


@task("gradient-accumulation")
@points(1)
@search(UNEVEN, examples=12)
def test_returned_loss(student, case):
    """The loss of the whole batch comes back, as a Python float."""
    seen, right = accumulated(student, case, "loss")
    loss = seen["loss"]
    tensor = hasattr(loss, "framework")
    expect_close(loss.array if tensor else loss, right, like=misconceptions.ACCUMULATION, what="the returned loss")
    expect(isinstance(loss, float), "The returned loss is not a Python float.",
           diagnosis=misconceptions.ACCUMULATION["loss-as-a-tensor"] if tensor else None)


@task("gradient-accumulation")
@points(2)
@search(EVEN, examples=12)
def test_one_micro_batch_in_memory(student, case):
    """The activations of one micro batch at a time are kept, all samples count, and the weights stay."""
    seen, right = accumulated(student, case, "gradients")
    in_micro_batches(seen, case)
    expect(seen["most_alive"] == 1, "Activations of more than one micro batch were kept at once.",
           diagnosis=misconceptions.ACCUMULATION["one-backward-at-the-end"])
    left = np.concatenate([part.ravel() for part in network(case)[0]])
    expect(np.array_equal(seen["weights"], left), "The weights changed.",
           diagnosis=misconceptions.ACCUMULATION["weights-updated"])
    # the direction only: a wrong factor costs the points of the tests of the gradients
    same_gradients({"gradients": scaled_to(seen["gradients"], right.value)}, right)


def scaled_to(row, wanted):
    """The row at the length of another of its shape."""
    length = float(np.linalg.norm(row))
    return row * (np.linalg.norm(wanted) / length) if 0 < length < np.inf else row


@task("gradient-accumulation")
@points(1)
def test_micro_batch_below_one(student):
    """A micro_batch below 1 is refused with a ValueError that names it."""
    weights = [numbers(2, 3), numbers(2), numbers(2, 2), numbers(2)]
    kernel = in_kernel(student, probes.run_accumulation, probes.on_one_thread, probes.gradients_of)
    for micro_batch in (0, -2):
        with expect_raises("ValueError", naming="micro_batch"):
            kernel.run_accumulation(student.accumulate_gradients, weights, numbers(4, 3), numbers(4, 2), micro_batch,
                                    "squared-error", None, False)


# --- checkpointing -------------------------------------------------------------------------------------------------


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
    kernel = in_kernel(student, probes.run_checkpointed, probes.saved_bytes, probes.on_one_thread,
                       probes.gradients_of)
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


@task("checkpointing")
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


@task("checkpointing")
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


@task("checkpointing")
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


@task("checkpointing")
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


@task("checkpointing")
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


# --- mixed-precision -----------------------------------------------------------------------------------------------

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
    kernel = in_kernel(student, probes.run_autocast, probes.saved_bytes, probes.on_one_thread,
                       probes.gradients_of)
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


@task("mixed-precision")
@points(2)
@search(IMAGES, examples=12)
def test_bfloat16_output(student, case):
    """The output is bfloat16, and close to what float32 gives."""
    weights, x = pyramid(case)
    seen, right = half_precision(student, weights, x, "bfloat16", "output")
    near(seen["output"], right, "bfloat16", "the output")


DENSE_ONLY = cases(images=FEW, features=st.integers(1, 6), units=st.integers(1, 6), seed=st.integers(0, 50))


@task("mixed-precision")
@points(1)
@search(DENSE_ONLY, examples=12)
def test_float16_output(student, case):
    """The dtype that is asked for comes out: float16 too."""
    shapes = [(case.units, case.features), (case.units,), (3, case.units), (3,)]
    weights = [numbers(*shape, seed=case.seed + i, dtype="float32") for i, shape in enumerate(shapes)]
    x = numbers(case.images, case.features, seed=case.seed, dtype="float32")
    seen, right = half_precision(student, weights, x, "float16", "output")
    near(seen["output"], right, "float16", "the output")


@task("mixed-precision")
@points(1)
@search(IMAGES, examples=8)
def test_parameters_stay_float32(student, case):
    """The model's parameters are the same float32 values afterwards, and the output is right."""
    weights, x = pyramid(case)
    seen, right = half_precision(student, weights, x, "bfloat16", "output")
    expect(seen["untouched"], "The parameters changed.",
           diagnosis=misconceptions.MIXED_PRECISION["parameters-converted"])
    near(seen["output"], right, "bfloat16", "the output")


@task("mixed-precision")
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


@task("mixed-precision")
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


# --- what-it-buys --------------------------------------------------------------------------------------------------


def bought(student, key):
    answer = student.what_it_buys
    names = answer.get("leaves_parameters_alone") if isinstance(answer, dict) else None
    if isinstance(names, (list, tuple)) and all(isinstance(name, str) for name in names):
        answer = answer | {"leaves_parameters_alone": sorted(set(names))}
    expect_entry(answer, key, reference.what_it_buys(), like=misconceptions.WHAT_IT_BUYS)


@task("what-it-buys")
@points(1)
def test_half_the_batch(student):
    """Half the batch: the factor on the outputs' memory."""
    bought(student, "half_batch")


@task("what-it-buys")
@points(2)
def test_half_the_sides(student):
    """Half the height and half the width: the factor on the outputs' memory."""
    bought(student, "half_sides")


@task("what-it-buys")
@points(1)
def test_sixteen_bits(student):
    """Outputs in 16 bits: the factor on their memory."""
    bought(student, "sixteen_bit_activations")


@task("what-it-buys")
@points(1)
def test_half_the_filters(student):
    """Half the filters in every layer: the factor on the outputs' memory."""
    bought(student, "half_filters")


@task("what-it-buys")
@points(2)
def test_what_leaves_the_parameters_alone(student):
    """The list has every measure after which the network has the same parameters as before."""
    bought(student, "leaves_parameters_alone")
