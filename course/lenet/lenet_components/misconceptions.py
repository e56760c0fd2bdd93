"""Wrong turns in the table of LeNet-5's layers."""

from __future__ import annotations

from autograder.checks.api import Misconceptions

from . import reference as right

LENET_COMPONENTS = Misconceptions("lenet-components", right.lenet_components, answer=True)
LAYERS = "LeNet-5, layer by layer"


def _changed(**entries):
    """The right table with these entries, and the total that follows from them (C3_paper is no part of it)."""
    table = right.lenet_components() | entries
    if "total" not in entries:
        table["total"] = sum(entry[1] for name, entry in table.items() if name not in ("C3_paper", "total"))
    return table


@LENET_COMPONENTS.add("input-of-28", section=LAYERS)
def input_of_28():
    """The sizes are those of a 28x28 image; LeNet-5 reads 32x32."""
    return _changed(
        C1=((24, 24, 6), 156), S2=((12, 12, 6), 0), C3=((8, 8, 16), 2_416), S4=((4, 4, 16), 0),
        C5=((120,), (4 * 4 * 16 + 1) * 120),
    )


@LENET_COMPONENTS.add("convolutions-padded", section=LAYERS)
def convolutions_padded():
    """The convolutions keep the size here; LeNet-5 pads nothing, so a 5x5 kernel takes 4 pixels off each side."""
    return _changed(
        C1=((32, 32, 6), 156), S2=((16, 16, 6), 0), C3=((16, 16, 16), 2_416), S4=((8, 8, 16), 0),
        C5=((120,), (8 * 8 * 16 + 1) * 120),
    )


@LENET_COMPONENTS.add("biases-forgotten", section=LAYERS)
def biases_forgotten():
    """Biases are missing: each map and each unit has one."""
    return _changed(
        C1=((28, 28, 6), 150), C3=((10, 10, 16), 2_400), C5=((120,), 48_000), F6=((84,), 10_080),
        output=((10,), 840), C3_paper=1_500,
    )


@LENET_COMPONENTS.add("one-bias-per-kernel", section=LAYERS)
def one_bias_per_kernel():
    """A bias was counted for every pair of an input and an output map; each output map has one."""
    return _changed(C3=((10, 10, 16), (25 + 1) * 6 * 16), C3_paper=(25 + 1) * 60)


@LENET_COMPONENTS.add("kernels-of-one-map", section=LAYERS)
def kernels_of_one_map():
    """The kernels of C3 read a single map; each has 5x5 weights for every map that it reads."""
    return _changed(C3=((10, 10, 16), (25 + 1) * 16), C5=((120,), (25 + 1) * 120), C3_paper=(25 + 1) * 16)


@LENET_COMPONENTS.add("trainable-pooling", section=LAYERS)
def trainable_pooling():
    """The paper's pooling has a trainable factor and bias for each map; here pooling is a plain average."""
    return _changed(S2=((14, 14, 6), 12), S4=((5, 5, 16), 32))


@LENET_COMPONENTS.add("pooling-overlaps", section=LAYERS)
def pooling_overlaps():
    """The pooling moves by one pixel; its 2x2 windows do not overlap, so that each side is halved."""
    return _changed(
        S2=((27, 27, 6), 0), C3=((23, 23, 16), 2_416), S4=((22, 22, 16), 0), C5=((120,), (22 * 22 * 16 + 1) * 120),
    )


@LENET_COMPONENTS.add("connection-table-in-c3", section=LAYERS)
def connection_table_in_c3():
    """C3 has the parameters with the paper's table; this entry asks for the fully connected C3."""
    return _changed(C3=((10, 10, 16), 1_516), total=61_706)


@LENET_COMPONENTS.add("full-connection-as-the-papers", section=LAYERS)
def full_connection_as_the_papers():
    """C3_paper is the fully connected C3; with the paper's table most maps read only three or four of the six."""
    return _changed(C3_paper=2_416)


@LENET_COMPONENTS.add("total-of-both-c3", section=LAYERS)
def total_of_both_c3():
    """The total has C3 twice, fully connected and with the paper's table."""
    return _changed(total=61_706 + 1_516)


@LENET_COMPONENTS.add("total-with-the-table", section=LAYERS)
def total_with_the_table():
    """The total takes C3 with the paper's table; the one asked for takes it fully connected."""
    return _changed(total=61_706 - 2_416 + 1_516)


@LENET_COMPONENTS.add("channels-first", section=LAYERS)
def channels_first():
    """The maps stand first in the shapes; here they stand last: height, width, maps."""
    return _changed(
        C1=((6, 28, 28), 156), S2=((6, 14, 14), 0), C3=((16, 10, 10), 2_416), S4=((16, 5, 5), 0),
    )


@LENET_COMPONENTS.add("connections-counted", section=LAYERS)
def connections_counted():
    """These are connections: a convolution uses its parameters at every position, but has them once."""
    return _changed(
        C1=((28, 28, 6), 156 * 28 * 28), C3=((10, 10, 16), 2_416 * 100), C3_paper=151_600,
    )
