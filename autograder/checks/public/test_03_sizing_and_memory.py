"""Public checks of assignment 03. For numbers of one's own they look at the form and at what must fit together."""

from autograder.checks.api import (
    CheckFailure,
    expect,
    expect_close,
    expect_equal,
    expect_raises,
    in_kernel,
    misconceptions,
    numbers,
    reference,
    task,
)
from autograder.checks.probes import memory as probes


def whole_numbers(answer, keys):
    """The entries as ints, after a look at the form of the answer."""
    if not isinstance(answer, dict):
        raise CheckFailure("This task is answered with a dict.")
    for key in keys:
        value = answer.get(key)
        if isinstance(value, bool) or not isinstance(value, (int, float)) or value != value or value <= 0:
            raise CheckFailure(f'The entry "{key}" is to be a positive number.')
        if value % 1:
            raise CheckFailure(f'The entry "{key}" is not a whole number; is it in bytes?')
    return [answer[key] for key in keys]


# --- the answers with numbers of one's own -------------------------------------------------------------------------


@task("conv-parameters")
def test_parameters_are_whole_numbers(student):
    """Every entry is filled in with a whole number."""
    whole_numbers(student.conv_parameters, ["layer1", "layer2", "layer3", "total"])


@task("conv-parameters")
def test_parameters_fit_together(student, variant):
    """All maps of a layer have equally many parameters, and the total is the sum of the layers."""
    *layers, total = whole_numbers(student.conv_parameters, ["layer1", "layer2", "layer3", "total"])
    for number, (count, maps) in enumerate(zip(layers, variant["maps"], strict=True), start=1):
        expect(count % maps == 0, f'"layer{number}" cannot be shared out evenly among its {maps} maps.')
    expect(total == sum(layers), "The total is not the sum of the three layers.")


@task("inference-memory")
def test_memory_is_in_bytes(student):
    """The total is a whole number of bytes, four for each float32."""
    (total,) = whole_numbers(student.inference_memory, ["total"])
    expect(total % 4 == 0, "The total is not a multiple of 4 bytes, which a float32 takes.")


@task("training-memory")
def test_training_memory_fits_together(student, variant):
    """Every entry is a whole number of bytes, and the total is the sum of the three."""
    keys = ["outputs", "inputs", "parameters_and_gradients", "total"]
    *parts, total = whole_numbers(student.training_memory, keys)
    for key, part in zip(keys, parts, strict=False):
        expect(part % 4 == 0, f'"{key}" is not a multiple of 4 bytes, which a float32 takes.')
    for key, part in zip(keys[:2], parts[:2], strict=True):
        expect(part % (4 * variant["batch"]) == 0, f'"{key}" cannot be shared out evenly among the batch\'s images.')
    expect(total == sum(parts), "The total is not the sum of the other three.")


# --- layer-summary and the table -----------------------------------------------------------------------------------

SMALL = ["conv1 6@5x5", "pool1 2x2 stride 2", "conv2 16@5x5", "pool2 2x2 stride 2", "conv3 120@5x5", "fc4 64", "fc5 10"]


def rows(student, layers, input_shape):
    kernel = in_kernel(student, probes.summary_rows, probes.layer_from, probes.row_as_tuple)
    found = kernel.summary_rows(student.summarize, student.Conv, student.Pool, student.Dense, layers, input_shape)
    if not isinstance(found, list) or not all(isinstance(row, tuple) and len(row) == 4 for row in found):
        raise CheckFailure("summarize returns a list with one LayerSummary per layer; something else came back.")
    return found


def column(student, layers, input_shape, field):
    names = ("name", "output_shape", "parameters", "multiply_adds")
    expect_equal(
        [row[names.index(field)] for row in rows(student, layers, input_shape)],
        reference.summary_column(layers, input_shape, field), like=misconceptions.LAYER_SUMMARY,
        what="the column " + field,
    )


@task("layer-summary")
def test_small_network_shapes(student):
    """The network of the text on a 32x32x3 image: names and output shapes."""
    column(student, SMALL, (32, 32, 3), "name")
    column(student, SMALL, (32, 32, 3), "output_shape")


@task("layer-summary")
def test_small_network_parameters(student):
    """The network of the text: 59,386 parameters in all."""
    column(student, SMALL, (32, 32, 3), "parameters")


@task("layer-summary")
def test_small_network_multiply_adds(student):
    """The network of the text: multiply-adds for one image."""
    column(student, SMALL, (32, 32, 3), "multiply_adds")


@task("layer-summary")
def test_stride_padding_and_groups(student):
    """One convolution with stride, padding and groups on an image that is higher than wide."""
    layer = ["conv1 4@3x3 stride 2 padding 1 groups 2"]
    for field in ("output_shape", "parameters", "multiply_adds"):
        column(student, layer, (9, 6, 2), field)


@task("layer-summary")
def test_window_too_wide(student):
    """A window wider than the padded image raises a ValueError that names the argument."""
    with expect_raises("ValueError", naming="kernel_size"):
        rows(student, ["conv1 2@5x5"], (4, 4, 3))
    with expect_raises("ValueError", naming="size"):
        rows(student, ["pool1 5x5 stride 1"], (4, 4, 3))


LAYERS = ["conv1", "pool1", "conv2", "pool2", "conv3", "conv4", "conv5", "pool5", "fc6", "fc7", "fc8"]


@task("alexnet-table")
def test_form_of_the_table(student):
    """Every layer has its output shape and its number of parameters."""
    answer = student.alexnet_table
    if not isinstance(answer, dict):
        raise CheckFailure("This task is answered with a dict.")
    for name in LAYERS:
        pair = answer.get(name)
        if not isinstance(pair, (tuple, list)) or len(pair) != 2:
            raise CheckFailure(f'"{name}" is to be a pair: the output shape and the number of parameters.')
        axes = 1 if name.startswith("fc") else 3
        shape = pair[0] if isinstance(pair[0], (tuple, list)) else (pair[0],)
        expect(len(shape) == axes, f'The shape of "{name}" is to have {axes} {"number" if axes == 1 else "numbers"}.')


@task("alexnet-table")
def test_table_adds_up(student):
    """The total is the sum of the layers' parameters."""
    answer = student.alexnet_table
    if not isinstance(answer, dict) or not all(isinstance(answer.get(n), (tuple, list)) for n in LAYERS):
        raise CheckFailure("The table is not complete.")
    counts = [answer[name][1] if len(answer[name]) == 2 else None for name in LAYERS]
    if not all(isinstance(count, (int, float)) for count in [*counts, answer.get("total")]):
        raise CheckFailure("Every number of parameters is to be a number, the total too.")
    expect(answer["total"] == sum(counts), "The total is not the sum of the layers' parameters.")


# --- gradient-accumulation -----------------------------------------------------------------------------------------


def accumulated(student, samples, micro_batch, report, earlier=None):
    weights = [numbers(2, 3, seed=1), numbers(2, seed=2), numbers(1, 2, seed=3), numbers(1, seed=4)]
    arguments = (weights, numbers(samples, 3, seed=5), numbers(samples, 1, seed=6), micro_batch, "squared-error",
                 earlier, False)
    kernel = in_kernel(student, probes.run_accumulation, probes.on_one_thread, probes.gradients_of)
    seen = kernel.run_accumulation(student.accumulate_gradients, *arguments)
    return seen, reference.accumulation(*arguments, _report=report)


@task("gradient-accumulation")
def test_four_samples_two_by_two(student):
    """Four samples, two by two: the gradients are those of all four at once."""
    seen, right = accumulated(student, 4, 2, "gradients")
    expect_close(seen["gradients"], right, like=misconceptions.ACCUMULATION, what="the row of all gradients")


@task("gradient-accumulation")
def test_five_samples_two_by_two(student):
    """Five samples, two by two: the last micro batch has one sample only."""
    seen, right = accumulated(student, 5, 2, "gradients")
    expect_close(seen["gradients"], right, like=misconceptions.ACCUMULATION, what="the row of all gradients")


@task("gradient-accumulation")
def test_loss_of_the_batch(student):
    """The loss of the whole batch is returned, as a Python float."""
    seen, right = accumulated(student, 4, 2, "loss")
    loss = seen["loss"]
    expect(not hasattr(loss, "framework"), "The loss is a tensor.",
           diagnosis=misconceptions.ACCUMULATION["loss-as-a-tensor"])
    expect_close(loss, right, like=misconceptions.ACCUMULATION, what="the returned loss")


@task("gradient-accumulation")
def test_small_portions(student):
    """The network never sees more samples at once than a micro batch has."""
    seen, _ = accumulated(student, 4, 2, "loss")
    expect(all(size <= 2 for size in seen["sizes"]), "More samples than a micro batch went through at once.",
           diagnosis=misconceptions.ACCUMULATION["whole-batch-at-once"])
    expect(seen["most_alive"] == 1, "Activations of more than one micro batch were kept at once.",
           diagnosis=misconceptions.ACCUMULATION["one-backward-at-the-end"])


# --- checkpointing -------------------------------------------------------------------------------------------------


def checkpointed(student, report, size=4):
    weights = [
        [numbers(2, 2, 3, 3, seed=n) / 2, numbers(2, seed=n) + 1,
         numbers(2, 2, 3, 3, seed=n + 9) / 2, numbers(2, seed=n + 9) + 1]
        for n in (1, 2)
    ]
    arguments = (weights, numbers(1, 2, size, size, seed=5), True, "sequential")
    kernel = in_kernel(student, probes.run_checkpointed, probes.saved_bytes, probes.on_one_thread,
                       probes.gradients_of)
    seen = kernel.run_checkpointed(student.checkpointed_forward, *arguments)
    if "order" not in seen:
        raise CheckFailure("checkpointed_forward returns a tensor; something else came back.")
    return seen, reference.checkpointing(*arguments, _report=report)


@task("checkpointing")
def test_output_of_two_blocks(student):
    """Two blocks give the output that they give without checkpoints."""
    seen, right = checkpointed(student, "output")
    expect_close(seen["output"], right, like=misconceptions.CHECKPOINTING, framework="torch", what="the output")


@task("checkpointing")
def test_gradients_of_two_blocks(student):
    """The parameters of both blocks get the gradients that they get without checkpoints."""
    seen, right = checkpointed(student, "gradients")
    registry = misconceptions.CHECKPOINTING
    expect(seen["gradients"] is not None, "The output has no gradient.", diagnosis=registry["gradients-switched-off"])
    expect_close(seen["gradients"], right, like=registry, what="the row of all gradients")


@task("checkpointing")
def test_less_is_kept(student):
    """With two blocks, two maps are kept for the backward pass instead of five."""
    seen, _ = checkpointed(student, "output", size=12)
    registry = misconceptions.CHECKPOINTING
    expect(seen["gradients"] is not None, "The output has no gradient.", diagnosis=registry["gradients-switched-off"])
    expect(seen["order"] != [0, 1], "Nothing was computed again.", diagnosis=registry["nothing-checkpointed"])
    expect(seen["saved"] <= 1.1 * 2 * 8 * 2 * 12 * 12, "More than the blocks' inputs was kept.",
           diagnosis=registry["last-block-kept"])


# --- mixed-precision -----------------------------------------------------------------------------------------------


def half_precision(student, report):
    shapes = [(4, 3), (4,), (2, 4), (2,)]
    weights = [numbers(*shape, seed=i, dtype="float32") for i, shape in enumerate(shapes)]
    arguments = (weights, numbers(5, 3, seed=9, dtype="float32"), "bfloat16")
    kernel = in_kernel(student, probes.run_autocast, probes.saved_bytes, probes.on_one_thread,
                       probes.gradients_of)
    seen = kernel.run_autocast(student.autocast_forward, *arguments)
    if not hasattr(seen["output"], "framework"):
        raise CheckFailure("autocast_forward returns a tensor; something else came back.")
    return seen, reference.mixed_precision(*arguments, _report=report)


@task("mixed-precision")
def test_output_in_sixteen_bits(student):
    """Asked for bfloat16, the output is bfloat16, and close to the one in float32."""
    seen, right = half_precision(student, "output")
    registry = misconceptions.MIXED_PRECISION
    expect(seen["output"].dtype != "float32", "The output is float32.", diagnosis=registry["not-autocast"])
    expect_close(seen["output"], right, like=registry, framework="torch", dtype="bfloat16", rtol=0.03, atol=0.1,
                 what="the output")


@task("mixed-precision")
def test_parameters_are_left_alone(student):
    """The parameters stay float32, and get their gradients."""
    seen, right = half_precision(student, "gradients")
    registry = misconceptions.MIXED_PRECISION
    expect(seen["untouched"], "The parameters changed.", diagnosis=registry["parameters-converted"])
    recorded = seen["gradients"] is not None or seen["output"].requires_grad
    expect(recorded, "Nothing was recorded.", diagnosis=registry["no-gradients-recorded"])
    expect(seen["gradients"] is not None, "No gradients arrived.", diagnosis=registry["a-converted-copy"])
    expect_close(seen["gradients"], right, like=registry, rtol=0.03, atol=0.2, what="the row of all gradients")


# --- what-it-buys --------------------------------------------------------------------------------------------------

MEASURES = ["half_batch", "half_sides", "sixteen_bit_activations", "half_filters"]


@task("what-it-buys")
def test_form_of_the_factors(student):
    """Four factors between 0 and 1: what is left, not what is saved; and a list of names."""
    answer = student.what_it_buys
    if not isinstance(answer, dict):
        raise CheckFailure("This task is answered with a dict.")
    for name in MEASURES:
        factor = answer.get(name)
        if not isinstance(factor, (int, float)) or not 0 < factor < 1:
            raise CheckFailure(f'"{name}" is to be a factor between 0 and 1.')
    names = answer.get("leaves_parameters_alone")
    if not isinstance(names, (list, tuple)) or not names or any(name not in MEASURES for name in names):
        raise CheckFailure(f'"leaves_parameters_alone" is to be a list of names out of {", ".join(MEASURES)}.')
