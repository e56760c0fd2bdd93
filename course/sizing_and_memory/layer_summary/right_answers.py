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

STEPWISE = LAYER_CLASSES + '''
def summarize(layers, input_shape):
    result = []
    current_shape = input_shape
    for layer in layers:
        if type(layer).__name__ == "Conv":
            h, w, c = current_shape
            if layer.kernel_size > h + 2 * layer.padding or layer.kernel_size > w + 2 * layer.padding:
                raise ValueError("kernel_size is larger than the padded input")
            if c % layer.groups != 0 or layer.filters % layer.groups != 0:
                raise ValueError("groups must divide channels and filters")
            out_h = (h + 2 * layer.padding - layer.kernel_size) // layer.stride + 1
            out_w = (w + 2 * layer.padding - layer.kernel_size) // layer.stride + 1
            weights_per_filter = layer.kernel_size * layer.kernel_size * (c // layer.groups)
            params = (weights_per_filter + 1) * layer.filters
            macs = weights_per_filter * layer.filters * out_h * out_w
            current_shape = (out_h, out_w, layer.filters)
        elif type(layer).__name__ == "Pool":
            h, w, c = current_shape
            if layer.size > h or layer.size > w:
                raise ValueError("size is larger than the input")
            current_shape = ((h - layer.size) // layer.stride + 1, (w - layer.size) // layer.stride + 1, c)
            params, macs = 0, 0
        else:
            n = 1
            for side in current_shape:
                n *= side
            params, macs = n * layer.units + layer.units, n * layer.units
            current_shape = (layer.units,)
        result.append(LayerSummary(name=layer.name, output_shape=current_shape, parameters=params, multiply_adds=macs))
    return result
'''
MATCHED = LAYER_CLASSES + '''
import math

def summarize(layers, input_shape):
    """By patterns, all sizes in floats until the end."""
    def side(n, k, s, p, name):
        if (room := n + 2 * p - k) < 0:
            raise ValueError(f"{name}={k} does not fit")
        return math.floor(room / s) + 1
    shape, rows = list(input_shape), ()
    for layer in layers:
        match layer:
            case Conv(name, filters, k, s, p, groups):
                if math.gcd(shape[2], filters) % groups:
                    raise ValueError(f"groups={groups}")
                weights = filters * k ** 2 * shape[2] / groups
                shape = [side(n, k, s, p, "kernel_size") for n in shape[:2]] + [filters]
                row = weights + filters, weights * shape[0] * shape[1]
            case Pool(name, k, s):
                shape = [side(n, k, s, 0, "size") for n in shape[:2]] + shape[2:]
                row = 0, 0
            case Dense(name, units):
                weights = math.prod(shape) * units
                shape, row = [units], (weights + units, weights)
        rows += (LayerSummary(name, tuple(shape), *map(int, row)),)
    return list(rows)
'''

ANSWERS = {"recursive": WALK, "numpy": BUILT, "stepwise": STEPWISE, "matched": MATCHED}


def _with(old, new):
    assert old in STEPWISE
    return STEPWISE.replace(old, new)


WRONG = {
    "plain-tuples": _with(
        "LayerSummary(name=layer.name, output_shape=current_shape, parameters=params, multiply_adds=macs)",
        "(layer.name, current_shape, params, macs)",
    ),
    "layers-used-up": _with("for layer in layers:", "while layers:\n        layer = layers.pop(0)"),
    "rows-kept": _with("    result = []\n", "").replace("def summarize", "result = []\ndef summarize"),
    "shape-not-passed-on": _with("current_shape = ((h - layer.size)", "pooled = ((h - layer.size)"),
    "pooling-with-weights": _with("params, macs = 0, 0", "params, macs = layer.size ** 2 * c, 0"),
    "kernel-not-squared": _with("layer.kernel_size * layer.kernel_size", "layer.kernel_size * 2"),
    "windows-fit-always": _with("if layer.size > h or layer.size > w:", "if False:"),
}


# The layers' defaults: the checks hand over layers whose every option is written out.
EQUIVALENT = {
    f"summary_column > ConvLayer: {change}": "every option is given"
    for change in ("1 -> 2", "0 -> 1", "1 -> 2 (2)")
}


BY_TYPE_NAME = LAYER_CLASSES + '''
import math
def _side(n, k, s, p=0):
    return (n + 2 * p - k) // s + 1
def _conv(l, shape):
    H, W, C = shape
    if min(H, W) + 2 * l.padding < l.kernel_size:
        raise ValueError("kernel_size")
    if C % l.groups != 0 or l.filters % l.groups != 0:
        raise ValueError("groups")
    out = tuple(_side(n, l.kernel_size, l.stride, l.padding) for n in (H, W)) + (l.filters,)
    per_filter = l.kernel_size ** 2 * C // l.groups
    return out, (per_filter + 1) * l.filters, per_filter * math.prod(out)
def _pool(l, shape):
    if l.size > shape[0] or l.size > shape[1]:
        raise ValueError("size")
    return (*(_side(n, l.size, l.stride) for n in shape[:2]), shape[2]), 0, 0
def _dense(l, shape):
    n = math.prod(shape)
    return (l.units,), (n + 1) * l.units, n * l.units
def summarize(layers, input_shape):
    how = {"Conv": _conv, "Pool": _pool, "Dense": _dense}
    result, shape = [], input_shape
    for l in layers:
        shape, params, macs = how[type(l).__name__](l, shape)
        result.append(LayerSummary(name=l.name, output_shape=list(shape), parameters=params, multiply_adds=macs))
    return result
'''
ANSWERS["functions by the name of the type, lists as shapes"] = BY_TYPE_NAME
