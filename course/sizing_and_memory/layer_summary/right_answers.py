"""Right answers of layer-summary in other ways."""

LAYER_CLASSES = """
from collections import namedtuple
Conv = namedtuple("Conv", "name filters kernel_size stride padding groups", defaults=(1, 0, 1))
Pool = namedtuple("Pool", "name size stride")
Dense = namedtuple("Dense", "name units")
LayerSummary = namedtuple("LayerSummary", "name output_shape parameters multiply_adds")
"""
WALK = LAYER_CLASSES + '''
from math import prod

def summarize(layers, input_shape):
    """Recursive: the first layer, then the rest on its output."""
    if not layers:
        return []
    first, *rest = layers
    if isinstance(first, Dense):
        seen = prod(input_shape)
        row = LayerSummary(first.name, (first.units,), (seen + 1) * first.units, seen * first.units)
        return [row, *summarize(rest, row.output_shape)]
    h, w, c = input_shape
    k, p = (first.kernel_size, first.padding) if isinstance(first, Conv) else (first.size, 0)
    s = first.stride
    hs, ws = range(-p, h + p - k + 1, s), range(-p, w + p - k + 1, s)
    if not hs or not ws:
        raise ValueError("kernel_size is too large" if isinstance(first, Conv) else "size is too large")
    if isinstance(first, Pool):
        row = LayerSummary(first.name, [len(hs), len(ws), c], 0, 0)
    else:
        if c % first.groups or first.filters % first.groups:
            raise ValueError("groups")
        per_filter = k * k * (c // first.groups)
        row = LayerSummary(first.name, [len(hs), len(ws), first.filters], (per_filter + 1) * first.filters,
                           len(hs) * len(ws) * per_filter * first.filters)
    return [row, *summarize(rest, tuple(row.output_shape))]
'''
BUILT = LAYER_CLASSES + '''
import numpy as np

def summarize(layers, input_shape):
    """Sizes by NumPy integers, and the layers' kinds by their fields."""
    shape, rows = np.array(input_shape), []
    for layer in layers:
        if hasattr(layer, "units"):
            weights = int(shape.prod()) * layer.units
            rows.append(LayerSummary(layer.name, (np.int64(layer.units),), weights + layer.units, np.int64(weights)))
            shape = np.array([layer.units])
            continue
        conv = hasattr(layer, "filters")
        window, padding = (layer.kernel_size, layer.padding) if conv else (layer.size, 0)
        room = shape[:2] + 2 * padding - window
        if (room < 0).any():
            raise ValueError("kernel_size" if conv else "size")
        sides, weights = room // layer.stride + 1, 0
        if conv:
            if shape[2] % layer.groups or layer.filters % layer.groups:
                raise ValueError("groups do not divide")
            weights = layer.filters * window * window * shape[2] // layer.groups
        channels = layer.filters if conv else shape[2]
        parameters = weights + (channels if conv else 0)
        rows.append(LayerSummary(layer.name, (*sides, channels), parameters, weights * sides.prod()))
        shape = np.array([*sides, channels])
    return rows
'''

ANSWERS = {"recursive": WALK, "numpy": BUILT}

# The layers' defaults: the checks hand over layers whose every option is written out.
EQUIVALENT = {
    f"summary_column > ConvLayer: {change}": "every option is given"
    for change in ("1 -> 2", "0 -> 1", "1 -> 2 (2)")
}
