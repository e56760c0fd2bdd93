"""Right answers by other ways."""

from __future__ import annotations

GRADIENT_LOOPS = '''
import numpy as np


def max_pool_backward(grad_output, x, pool_size, stride=None):
    kh, kw = pool_size if isinstance(pool_size, tuple) else (pool_size, pool_size)
    sh, sw = (kh, kw) if stride is None else (stride if isinstance(stride, tuple) else (stride, stride))
    gradient = np.zeros(x.shape, dtype="float32" if x.dtype == "float32" else "float64")
    for *batch, row, column, channel in np.ndindex(grad_output.shape):
        best, place = None, None
        for i in range(row * sh, row * sh + kh):
            for j in range(column * sw, column * sw + kw):
                value = x[(*batch, i, j, channel)]
                if best is None or value > best:
                    best, place = value, (*batch, i, j, channel)
        gradient[place] += grad_output[(*batch, row, column, channel)]
    return gradient
'''
GRADIENT_ARGMAX = '''
import numpy as np


def max_pool_backward(grad_output, x, pool_size, stride=None):
    kernel = np.broadcast_to(pool_size, 2)
    step = kernel if stride is None else np.broadcast_to(stride, 2)
    single = x.ndim == 3
    images, grads = (x[None], grad_output[None]) if single else (x, grad_output)
    gradient = np.zeros(images.shape, np.float32 if x.dtype == np.float32 else np.float64)
    for row in range(grads.shape[1]):
        for column in range(grads.shape[2]):
            top, left = row * step[0], column * step[1]
            window = images[:, top:top + kernel[0], left:left + kernel[1]]
            flat = window.transpose(0, 3, 1, 2).reshape(-1, kernel[0] * kernel[1])
            hot = np.eye(kernel[0] * kernel[1])[flat.argmax(axis=1)]
            mask = hot.reshape(len(images), -1, *kernel).transpose(0, 2, 3, 1) if len(images) else 0
            part = gradient[:, top:top + kernel[0], left:left + kernel[1]]
            part += (mask * grads[:, row:row + 1, column:column + 1]).astype(gradient.dtype)
    return gradient[0] if single else gradient
'''

ANSWERS = {"loops over pixels": GRADIENT_LOOPS, "one window at a time": GRADIENT_ARGMAX}


GRADIENT_UNRAVELLED = '''
import numpy as np


def max_pool_backward(grad_output, x, pool_size, stride=None):
    """As in many lecture notes: unravel_index of each window's argmax."""
    ph, pw = (pool_size, pool_size) if np.isscalar(pool_size) else pool_size
    if stride is None:
        stride = (ph, pw)
    sh, sw = (stride, stride) if np.isscalar(stride) else stride
    dtype = np.float32 if x.dtype == np.float32 else np.float64
    images = x if x.ndim == 4 else x[None]
    grads = grad_output if x.ndim == 4 else grad_output[None]
    dx = np.zeros(images.shape, dtype=dtype)
    for n in range(images.shape[0]):
        for i in range(grads.shape[1]):
            for j in range(grads.shape[2]):
                for c in range(images.shape[3]):
                    window = images[n, i * sh:i * sh + ph, j * sw:j * sw + pw, c]
                    r, s = np.unravel_index(np.argmax(window), window.shape)
                    dx[n, i * sh + r, j * sw + s, c] += grads[n, i, j, c]
    return dx if x.ndim == 4 else dx[0]
'''
ANSWERS["unravelled"] = GRADIENT_UNRAVELLED

WRONG = {
    "to the minimum": GRADIENT_UNRAVELLED.replace("np.argmax", "np.argmin"),
    "to the largest by its size": GRADIENT_UNRAVELLED.replace("np.argmax(window)", "np.argmax(np.abs(window))"),
    "with the sign of the pixel": GRADIENT_UNRAVELLED.replace(
        "grads[n, i, j, c]\n", "grads[n, i, j, c] * np.sign(window[r, s])\n"),
    "the incoming gradient is cleared": GRADIENT_UNRAVELLED.replace(
        "    return dx if", "    if grad_output.dtype == np.float32:\n        grad_output[...] = 0\n    return dx if"),
    "the first image's place for the whole batch": GRADIENT_UNRAVELLED.replace("= images[n,", "= images[0,"),
    "one less in each direction": GRADIENT_UNRAVELLED.replace("range(grads.shape[1])", "range(grads.shape[1] - 1)"),
}
