"""Wrong turns in the table of AlexNet."""

from __future__ import annotations

from autograder.checks.api import Misconceptions

from ..layer_summary import misconceptions as summary
from ..layer_summary.reference import summary_column
from . import reference as right

ALEXNET_TABLE = Misconceptions("alexnet-table", right.alexnet_table, answer=True)
ALEXNET_LAYERS = [
    "conv1 96@11x11 stride 4", "pool1 3x3 stride 2", "conv2 256@5x5 padding 2", "pool2 3x3 stride 2",
    "conv3 384@3x3 padding 1", "conv4 384@3x3 padding 1", "conv5 256@3x3 padding 1", "pool5 3x3 stride 2",
    "fc6 4096", "fc7 4096", "fc8 1000",
]


def _table(layers, column_of=summary_column, input_shape=(227, 227, 3)):
    return right.table_of(layers, input_shape, column_of)


@ALEXNET_TABLE.add("biases-forgotten", section="Counting parameters")
def table_biases_forgotten():
    """The weights are right, but every filter and every unit has a bias as well."""
    return _table(ALEXNET_LAYERS, summary.LAYER_SUMMARY["biases-forgotten"].around(summary_column))


@ALEXNET_TABLE.add("pooling-rounded-up", section="How large is a layer's output?")
def pooling_rounded_up():
    """A side was rounded up: a window that does not fit any more is not counted."""
    return _table(ALEXNET_LAYERS, _side_rounded_up)


def _side_rounded_up(layers, input_shape, column):
    return summary.resized(layers, input_shape, column, lambda n, k, s, p: (n + 2 * p - k) // s + 1 + (s == 2))


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


@ALEXNET_TABLE.add("total-of-two-groups", section="AlexNet, layer by layer")
def total_of_two_groups():
    """The total is the paper's, with two groups, and not the sum of the layers above it, which have none."""
    return right.alexnet_table() | {"total": two_groups()["total"]}


@ALEXNET_TABLE.add("total-of-torchvision", section="AlexNet, layer by layer")
def total_of_torchvision():
    """The total is that of torchvision's AlexNet, which has other layers than the table: add up the table's own."""
    return right.alexnet_table() | {"total": 61_100_840}
