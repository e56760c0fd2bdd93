"""Wrong turns in assignment 03, as far as they need no framework."""

from __future__ import annotations

from itertools import pairwise
from math import prod

from ..diagnosis import Misconceptions
from ..reference import memory as right
from ..reference.memory import FLOAT32_BYTES
from .layer_summary import LAYER_SUMMARY, resized

# --- conv-parameters ---------------------------------------------------------------------------------------------

CONV_PARAMETERS = Misconceptions("conv-parameters", right.conv_parameters, answer=True)


def _counted(image, maps, count):
    counts = [count(before, after) for before, after in pairwise([image[2], *maps])]
    return {"layer1": counts[0], "layer2": counts[1], "layer3": counts[2], "total": sum(counts)}


@CONV_PARAMETERS.add("biases-forgotten", section="Counting parameters")
def biases_forgotten(image, maps, batch):
    """The weights are right, but every map has a bias as well, and it is a parameter too."""
    return _counted(image, maps, lambda before, after: 9 * before * after)


@CONV_PARAMETERS.add("one-bias-per-layer", section="Counting parameters")
def one_bias_per_layer(image, maps, batch):
    """Only one bias was counted for each layer; every map has its own."""
    return _counted(image, maps, lambda before, after: 9 * before * after + 1)


@CONV_PARAMETERS.add("flat-kernels", section="Counting parameters")
def flat_kernels(image, maps, batch):
    """The kernels were taken as 3x3 only; a kernel also reaches through all the maps that come in."""
    return _counted(image, maps, lambda before, after: 10 * after)


@CONV_PARAMETERS.add("image-channels-everywhere", section="Counting parameters")
def image_channels_everywhere(image, maps, batch):
    """Every layer was given the image's channels; from the second on, the maps of the layer before come in."""
    return _counted(image, maps, lambda before, after: (9 * image[2] + 1) * after)


@CONV_PARAMETERS.add("weights-not-shared", section="Counting parameters")
def weights_not_shared(image, maps, batch):
    """The weights were counted once for every output position; all positions of a map share one kernel."""
    outputs = right.output_sizes(image, maps)
    channels = [image[2], *maps]
    counts = [(9 * before + 1) * size for before, size in zip(channels[:-1], outputs, strict=True)]
    return {"layer1": counts[0], "layer2": counts[1], "layer3": counts[2], "total": sum(counts)}


# --- inference-memory --------------------------------------------------------------------------------------------

INFERENCE_MEMORY = Misconceptions("inference-memory", right.inference_memory, answer=True)


def _held(image, maps, numbers, copies=1):
    return {"total": FLOAT32_BYTES * (numbers + copies * right.conv_parameters(image, maps, 1)["total"])}


@INFERENCE_MEMORY.add("parameters-forgotten", section="Predicting: two outputs at a time")
def parameters_forgotten(image, maps, batch):
    """The outputs are right, but the parameters lie in memory too."""
    return _held(image, maps, max(a + b for a, b in pairwise([prod(image), *right.output_sizes(image, maps)])), 0)


@INFERENCE_MEMORY.add("everything-kept", section="Predicting: two outputs at a time")
def everything_kept(image, maps, batch):
    """All outputs were added up, as in training; here a layer's input is freed once its output exists."""
    return _held(image, maps, prod(image) + sum(right.output_sizes(image, maps)))


@INFERENCE_MEMORY.add("largest-output-alone", section="Predicting: two outputs at a time")
def largest_output_alone(image, maps, batch):
    """Only the largest output was counted; while a layer computes, its input is still there."""
    return _held(image, maps, max(right.output_sizes(image, maps)))


@INFERENCE_MEMORY.add("input-image-forgotten", section="Predicting: two outputs at a time")
def input_image_forgotten(image, maps, batch):
    """The pairs of outputs were compared without the image; it counts as the output before the first layer."""
    return _held(image, maps, max(a + b for a, b in pairwise(right.output_sizes(image, maps))))


@INFERENCE_MEMORY.add("gradients-at-inference", section="Predicting: two outputs at a time")
def gradients_at_inference(image, maps, batch):
    """The parameters were counted twice, as if each had a gradient; a prediction needs no gradients."""
    return _held(image, maps, max(a + b for a, b in pairwise([prod(image), *right.output_sizes(image, maps)])), 2)


@INFERENCE_MEMORY.add("whole-batch-predicted", section="Predicting: two outputs at a time")
def whole_batch_predicted(image, maps, batch):
    """The outputs were counted for a whole batch; the task asks for one image."""
    largest = max(a + b for a, b in pairwise([prod(image), *right.output_sizes(image, maps)]))
    return _held(image, maps, batch * largest)


@INFERENCE_MEMORY.add("numbers-not-bytes", section="From numbers to bytes")
def numbers_not_bytes(solve, image, maps, batch):
    """These are numbers, not bytes; a float32 takes four bytes."""
    return {key: value / FLOAT32_BYTES for key, value in solve(image, maps, batch).items()}


@INFERENCE_MEMORY.add("megabytes-not-bytes", section="From numbers to bytes")
def megabytes_not_bytes(solve, image, maps, batch):
    """This is in MB; the task asks for bytes."""
    return {key: value / 1e6 for key, value in solve(image, maps, batch).items()}


# --- training-memory ---------------------------------------------------------------------------------------------

TRAINING_MEMORY = Misconceptions("training-memory", right.training_memory, answer=True)


def _sum_up(outputs, inputs, parameters):
    return {"outputs": outputs, "inputs": inputs, "parameters_and_gradients": parameters,
            "total": outputs + inputs + parameters}


def _training_parts(image, maps, batch):
    parts = right.training_memory(image, maps, batch)
    return parts["outputs"], parts["inputs"], parts["parameters_and_gradients"]


@TRAINING_MEMORY.add("one-image-only", section="Training: everything is kept")
def one_image_only(image, maps, batch):
    """This is for one image; in training all images of the batch are in memory."""
    return right.training_memory(image, maps, 1)


@TRAINING_MEMORY.add("gradients-forgotten", section="Training: everything is kept")
def gradients_forgotten(image, maps, batch):
    """The parameters were counted once; in training each has a gradient of the same size."""
    outputs, inputs, parameters = _training_parts(image, maps, batch)
    return _sum_up(outputs, inputs, parameters // 2)


@TRAINING_MEMORY.add("parameters-per-image", section="Training: everything is kept")
def parameters_per_image(image, maps, batch):
    """The parameters and gradients were counted once per image; the whole batch shares them."""
    outputs, inputs, parameters = _training_parts(image, maps, batch)
    return _sum_up(outputs, inputs, parameters * batch)


@TRAINING_MEMORY.add("outputs-freed", section="Training: everything is kept")
def outputs_freed(image, maps, batch):
    """Only the largest output was kept, as if for a prediction; the backward pass needs every layer's output."""
    _, inputs, parameters = _training_parts(image, maps, batch)
    return _sum_up(FLOAT32_BYTES * batch * max(right.output_sizes(image, maps)), inputs, parameters)


@TRAINING_MEMORY.add("sizes-rounded-down", section="Training: everything is kept")
def sizes_rounded_down(image, maps, batch):
    """Odd sides were rounded down; with "same" padding and stride 2 half of an odd side is rounded up."""
    (height, width, _), numbers = image, 0
    for count in maps:
        height, width = height // 2, width // 2
        numbers += height * width * count
    _, inputs, parameters = _training_parts(image, maps, batch)
    return _sum_up(FLOAT32_BYTES * batch * numbers, inputs, parameters)


@TRAINING_MEMORY.add("inputs-left-out-of-the-total", section="Training: everything is kept")
def inputs_left_out_of_the_total(image, maps, batch):
    """The total leaves out the input images; the first layer's backward pass needs them."""
    outputs, inputs, parameters = _training_parts(image, maps, batch)
    return _sum_up(outputs, inputs, parameters) | {"total": outputs + parameters}


@TRAINING_MEMORY.add("numbers-not-bytes", section="From numbers to bytes")
def training_numbers_not_bytes(solve, image, maps, batch):
    """These are numbers, not bytes; a float32 takes four bytes."""
    return {key: value / FLOAT32_BYTES for key, value in solve(image, maps, batch).items()}


@TRAINING_MEMORY.add("megabytes-not-bytes", section="From numbers to bytes")
def training_megabytes_not_bytes(solve, image, maps, batch):
    """This is in MB; the task asks for bytes."""
    return {key: value / 1e6 for key, value in solve(image, maps, batch).items()}


# --- alexnet-table -----------------------------------------------------------------------------------------------

ALEXNET_TABLE = Misconceptions("alexnet-table", right.alexnet_table, answer=True)
ALEXNET_LAYERS = [
    "conv1 96@11x11 stride 4", "pool1 3x3 stride 2", "conv2 256@5x5 padding 2", "pool2 3x3 stride 2",
    "conv3 384@3x3 padding 1", "conv4 384@3x3 padding 1", "conv5 256@3x3 padding 1", "pool5 3x3 stride 2",
    "fc6 4096", "fc7 4096", "fc8 1000",
]


def _table(layers, column_of=right.summary_column, input_shape=(227, 227, 3)):
    names, shapes, counts = (
        column_of(layers, input_shape, column) for column in ("name", "output_shape", "parameters")
    )
    return {name: tuple(entry) for name, *entry in zip(names, shapes, counts, strict=True)} | {"total": sum(counts)}


@ALEXNET_TABLE.add("biases-forgotten", section="Counting parameters")
def table_biases_forgotten():
    """The weights are right, but every filter and every unit has a bias as well."""
    return _table(ALEXNET_LAYERS, LAYER_SUMMARY["biases-forgotten"].around(right.summary_column))


@ALEXNET_TABLE.add("pooling-rounded-up", section="How large is a layer's output?")
def pooling_rounded_up():
    """A side was rounded up: a window that does not fit any more is not counted."""
    return _table(ALEXNET_LAYERS, _side_rounded_up)


def _side_rounded_up(layers, input_shape, column):
    return resized(layers, input_shape, column, lambda n, k, s, p: (n + 2 * p - k) // s + 1 + (s == 2))


@ALEXNET_TABLE.add("two-groups", section="AlexNet, layer by layer")
def two_groups():
    """These are the parameters with the paper's two groups; the table asks for one tower, without groups."""
    grouped = [f"{text} groups 2" if text.split()[0] in ("conv2", "conv4", "conv5") else text
               for text in ALEXNET_LAYERS]
    return _table(grouped)


@ALEXNET_TABLE.add("image-of-224", section="AlexNet, layer by layer")
def image_of_224():
    """The image was taken as 224x224, as the paper's text has it; the sizes only work out with 227x227."""
    return _table(ALEXNET_LAYERS, input_shape=(224, 224, 3))


@ALEXNET_TABLE.add("convolutions-alone-in-the-total", section="AlexNet, layer by layer")
def convolutions_alone_in_the_total():
    """The total leaves out the dense layers."""
    table = right.alexnet_table()
    return table | {"total": sum(count for name, (_, count) in list(table.items())[:-1] if name[:2] != "fc")}


# --- what-it-buys ------------------------------------------------------------------------------------------------

WHAT_IT_BUYS = Misconceptions("what-it-buys", right.what_it_buys, answer=True)


@WHAT_IT_BUYS.add("half-the-sides-half-the-memory", section="What each measure buys")
def half_the_sides_half_the_memory():
    """Halving both sides was taken for half of the positions; both height and width shrink."""
    return right.what_it_buys() | {"half_sides": 0.5}


@WHAT_IT_BUYS.add("half-the-filters-squared", section="What each measure buys")
def half_the_filters_squared():
    """A quarter is what is left of the weights; the outputs shrink with the number of maps, once."""
    return right.what_it_buys() | {"half_filters": 0.25}


@WHAT_IT_BUYS.add("savings-not-factors", section="What each measure buys")
def savings_not_factors():
    """These are the shares that are saved; a factor says what is left."""
    table = right.what_it_buys()
    return {key: 1 - value if isinstance(value, float) else value for key, value in table.items()}


@WHAT_IT_BUYS.add("halved-instead-of-factor", section="What each measure buys")
def halved_instead_of_factor():
    """These are numbers by which to divide; a factor is what to multiply with."""
    table = right.what_it_buys()
    return {key: 1 / value if isinstance(value, float) else value for key, value in table.items()}


@WHAT_IT_BUYS.add("fewer-filters-same-parameters", section="What each measure buys")
def fewer_filters_same_parameters():
    """Fewer filters are fewer kernels: that measure does change the parameters."""
    return right.what_it_buys() | {
        "leaves_parameters_alone": ["half_batch", "half_filters", "half_sides", "sixteen_bit_activations"]
    }


@WHAT_IT_BUYS.add("smaller-images-fewer-parameters", section="What each measure buys")
def smaller_images_fewer_parameters():
    """A convolution's kernels do not depend on the image's size: smaller images leave them as they are."""
    return right.what_it_buys() | {"leaves_parameters_alone": ["half_batch", "sixteen_bit_activations"]}
