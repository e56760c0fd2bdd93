"""Right answers by other ways, and the mutants of the reference that compute the same."""

from __future__ import annotations

from ..conv2d.right_answers import COPY, NARROWER, ONE_DILATION, ONE_OF_TWO, copied, one_number, refused_again
from ..im2col.right_answers import any_negative

FULL_CONVOLUTION = '''
import numpy as np


def refuse(grad, x, kernels, steps, padding):
    problems = {
        "image: its rank": np.ndim(x) != 4 or np.ndim(grad) != 4, "stride": min(steps) < 1,
        "padding": padding not in ("same", "valid"),
        "image: its channels": np.shape(x)[-1:] != np.shape(kernels)[-1:],
    }
    wrong = [problem for problem, found in problems.items() if found]
    if not wrong:
        extent = [np.shape(x)[1 + a] - (padding == "valid") * (kernels.shape[1 + a] - 1) for a in (0, 1)]
        counts = [-(-extent[a] // steps[a]) for a in (0, 1)]
        wrong += ["kernel_size"] * (min(counts) < 1)
        wrong += ["grad_output"] * (grad.shape != (len(x), *counts, len(kernels)))
    if wrong:
        raise ValueError(", ".join(wrong))


def correlate(x, k):
    """Valid cross-correlation of (n, h, w, c) with (f, kh, kw, c)."""
    view = np.lib.stride_tricks.sliding_window_view(x, k.shape[1:3], axis=(1, 2))
    return np.einsum("nrcdij,fijd->nrcf", view, k)


def conv2d_backward(grad_output, x, kernels, stride=1, padding="valid"):
    if np.ndim(x) == 3:
        gx, gk, gb = conv2d_backward(grad_output[None], x[None], kernels, stride, padding)
        return gx[0], gk, gb
    steps = tuple(np.broadcast_to(stride, 2).tolist())
    refuse(grad_output, x, kernels, steps, padding)
    kh, kw = kernels.shape[1:3]
    pads = [(0, 0), (0, 0)]
    if padding == "same":
        pads = [same_padding(x.shape[1 + a], kernels.shape[1 + a], steps[a]) for a in (0, 1)]
    padded = np.pad(x, [(0, 0), *pads, (0, 0)])
    # the gradient on the grid of a convolution of stride 1: zeros between and after
    spread = np.zeros((len(x), padded.shape[1] - kh + 1, padded.shape[2] - kw + 1, len(kernels)), grad_output.dtype)
    rows, columns = grad_output.shape[1:3]
    spread[:, : (rows - 1) * steps[0] + 1 : steps[0], : (columns - 1) * steps[1] + 1 : steps[1]] = grad_output
    full = np.pad(spread, [(0, 0), (kh - 1, kh - 1), (kw - 1, kw - 1), (0, 0)])
    gx = correlate(full, kernels[:, ::-1, ::-1].transpose(3, 1, 2, 0))
    gk = correlate(padded.transpose(3, 1, 2, 0), spread.transpose(3, 1, 2, 0)).transpose(3, 1, 2, 0)
    gx = gx[:, pads[0][0] : pads[0][0] + x.shape[1], pads[1][0] : pads[1][0] + x.shape[2]]
    return gx, gk, grad_output.sum((0, 1, 2))
'''
NUMBER_BY_NUMBER = '''
import numpy as np


def conv2d_backward(grad_output, x, kernels, stride=1, padding="valid"):
    one = x.ndim == 3
    grads, images = (grad_output[None], x[None]) if one else (grad_output, x)
    if images.ndim != 4:
        raise ValueError("an image has three axes")
    sh, sw = (stride, stride) if np.ndim(stride) == 0 else stride
    if sh <= 0 or sw <= 0:
        raise ValueError("stride: the window has to move on")
    filters, kh, kw, channels = kernels.shape
    if channels != images.shape[3]:
        raise ValueError("the kernels are for images with other channels")
    if padding != "same" and padding != "valid":
        raise ValueError("no such padding")
    places = [
        len(range(0, n if padding == "same" else n - k + 1, s))
        for n, k, s in zip(images.shape[1:3], (kh, kw), (sh, sw))
    ]
    if 0 in places:
        raise ValueError("the kernel does not fit into the image")
    if grads.shape != (len(images), places[0], places[1], filters):
        raise ValueError("grad_output is not of the result's shape")
    top = left = 0
    if padding == "same":
        top, left = same_padding(images.shape[1], kh, sh)[0], same_padding(images.shape[2], kw, sw)[0]
    gx, gk = np.zeros(images.shape, grads.dtype), np.zeros(kernels.shape, grads.dtype)
    gb = np.zeros(filters, grads.dtype)
    for n, r, c, f in np.ndindex(grads.shape):
        g = grads[n, r, c, f]
        gb[f] += g
        for i, j in np.ndindex(kh, kw):
            y, z = r * sh + i - top, c * sw + j - left
            if 0 <= y < images.shape[1] and 0 <= z < images.shape[2]:
                gx[n, y, z] += g * kernels[f, i, j]
                gk[f, i, j] += g * images[n, y, z]
    return (gx[0] if one else gx), gk, gb
'''

# Window by window, as the text says it.
WINDOW_BY_WINDOW = '''
import numpy as np


def conv2d_backward(grad_output, x, kernels, stride=1, padding="valid"):
    if x.ndim == 3:
        gx, gk, gb = conv2d_backward(grad_output[np.newaxis], x[np.newaxis], kernels, stride, padding)
        return gx[0], gk, gb
    if x.ndim != 4 or x.shape[3] != kernels.shape[3]:
        raise ValueError("image does not fit: rank or channels")
    if padding not in ("valid", "same"):
        raise ValueError("padding is valid or same")
    s0, s1 = stride if isinstance(stride, tuple) else (stride, stride)
    if s0 < 1 or s1 < 1:
        raise ValueError("stride")
    dtype = np.float32 if x.dtype == np.float32 else np.float64
    kh, kw = kernels.shape[1], kernels.shape[2]
    (t, b), (l, r) = (0, 0), (0, 0)
    if padding == "same":
        (t, b), (l, r) = same_padding(x.shape[1], kh, s0), same_padding(x.shape[2], kw, s1)
    xp = np.pad(x, ((0, 0), (t, b), (l, r), (0, 0))).astype(dtype)
    if kh > xp.shape[1] or kw > xp.shape[2]:
        raise ValueError("kernel_size")
    rows, columns = (xp.shape[1] - kh) // s0 + 1, (xp.shape[2] - kw) // s1 + 1
    if grad_output.shape != (x.shape[0], rows, columns, kernels.shape[0]):
        raise ValueError("grad_output has another shape than the result")
    gxp, gk = np.zeros(xp.shape, dtype), np.zeros(kernels.shape, dtype)
    gb = np.zeros(kernels.shape[0], dtype)
    for n in range(x.shape[0]):
        for i in range(rows):
            for j in range(columns):
                for f in range(kernels.shape[0]):
                    g = grad_output[n, i, j, f]
                    window = slice(i * s0, i * s0 + kh), slice(j * s1, j * s1 + kw)
                    gxp[n][window] += g * kernels[f]
                    gk[f] += g * xp[n][window]
                    gb[f] += g
    return gxp[:, t : t + x.shape[1], l : l + x.shape[2]], gk, gb
'''

ANSWERS = {
    "full convolution": FULL_CONVOLUTION, "number by number": NUMBER_BY_NUMBER, "window by window": WINDOW_BY_WINDOW,
}

# Wrong in ways that have no name here.
WRONG = {
    "every second window of a row": WINDOW_BY_WINDOW.replace("in range(columns)", "in range(0, columns, 2)"),
    "the filters in reverse": WINDOW_BY_WINDOW.replace("+= g * kernels[f]", "+= g * kernels[-1 - f]"),
    "grad_output is cleared": WINDOW_BY_WINDOW.replace(
        "    return gxp[:", "    grad_output[...] = 0\n    return gxp[:"
    ),
    "the bias counts windows": WINDOW_BY_WINDOW.replace("gb[f] += g\n", "gb[f] += 1\n"),
    "the sign is that of a descent": WINDOW_BY_WINDOW.replace("g = grad_output", "g = -grad_output"),
    "the frame is cut off at the other side in one direction": WINDOW_BY_WINDOW.replace(
        "l : l + x.shape[2]", "r : r + x.shape[2]"
    ),
    "gradients start from the kernels": WINDOW_BY_WINDOW.replace(
        "np.zeros(kernels.shape, dtype)", "np.array(kernels, dtype)"
    ),
}

EQUIVALENT = {
    f"conv2d_backward > {COPY}": copied,
    f"conv2d_backward > {ONE_DILATION}": one_number,
    f"conv2d_backward > {ONE_OF_TWO}": refused_again,
    **{f"conv2d_backward > {mutant}": refused_again for mutant in NARROWER},
    "conv2d_backward: np.asarray(grad_output, images.dtype).reshape(-1, *np.shape(grad_output)[-3:]) -> "
    "np.asarray(grad_output, images.dtype).reshape(-2, *np.shape(grad_output)[-3:])": any_negative,
}


NAMED = '''
import numpy as np
def _pads(n, k, s, padding):
    if padding == "valid": return 0, 0
    t = max((int(np.ceil(n / s)) - 1) * s + k - n, 0)
    return t // 2, t - t // 2
def conv2d_backward(grad_output, x, kernels, stride=1, padding="valid"):
    """vectorised over windows"""
    if padding not in ("valid", "same"):
        raise ValueError("padding has to be valid or same")
    sh, sw = (int(s) for s in np.broadcast_to(stride, 2))
    if min(sh, sw) < 1:
        raise ValueError("stride has to be positive")
    x = np.asarray(x)
    if x.ndim == 3:
        if np.ndim(grad_output) != 3: raise ValueError("grad_output rank")
        gx, gw, gb = conv2d_backward(np.asarray(grad_output)[None], x[None], kernels, stride, padding)
        return gx[0], gw, gb
    if x.ndim != 4:
        raise ValueError("image rank")
    t = x.dtype if x.dtype == np.float32 else np.dtype(np.float64)
    k = np.asarray(kernels, t)
    g = np.asarray(grad_output, t)
    F, kh, kw, c = k.shape
    if x.shape[3] != c:
        raise ValueError("image channels")
    ph, pw = _pads(x.shape[1], kh, sh, padding), _pads(x.shape[2], kw, sw, padding)
    xp = np.pad(x.astype(t), ((0, 0), ph, pw, (0, 0)))
    H, W = xp.shape[1:3]
    if kh > H or kw > W:
        raise ValueError("kernel_size")
    oh, ow = (H - kh) // sh + 1, (W - kw) // sw + 1
    if g.shape != (len(x), oh, ow, F):
        raise ValueError(f"grad_output has shape {g.shape}")
    gx, gk = np.zeros_like(xp), np.zeros_like(k)
    for i in range(kh):
        for j in range(kw):
            at = np.s_[:, i:i + sh * (oh - 1) + 1:sh, j:j + sw * (ow - 1) + 1:sw]
            gx[at] += g @ k[:, i, j]
            gk[:, i, j] = np.einsum("nrqf,nrqc->fc", g, xp[at])
    from collections import namedtuple
    return namedtuple('Grads', 'x k b')(gx[:, ph[0]:H - ph[1], pw[0]:W - pw[1]], gk, g.sum((0, 1, 2)))
'''
ANSWERS["a named tuple"] = NAMED
