"""Right answers by other ways."""

from __future__ import annotations

LAYER = '''
import math

import numpy as np


class {name}:
    def __init__(self, pool_size=(2, 2), stride=None, padding="valid"):
        if isinstance(pool_size, (int, np.integer)):
            pool_size = (pool_size, pool_size)
        if stride is None:
            stride = pool_size
        elif isinstance(stride, (int, np.integer)):
            stride = (stride, stride)
        if pool_size[0] < 1 or pool_size[1] < 1:
            raise ValueError("pool_size is too small")
        if stride[0] < 1 or stride[1] < 1:
            raise ValueError("stride is too small")
        if padding != "valid" and padding != "same":
            raise ValueError("unknown padding")
        self.pool_size, self.stride, self.padding = pool_size, stride, padding

    def forward(self, image):
        if np.ndim(image) == 4:
            if len(image) == 0:
                rows, columns = self.grid(image.shape[1], 0)[0], self.grid(image.shape[2], 1)[0]
                return np.zeros((0, rows, columns, image.shape[3]), image.dtype)
            return np.array([self.forward(one) for one in image])
        if np.ndim(image) != 3:
            raise ValueError("an image has three axes, a batch of them four")
        height, width, channels = image.shape
        rows, top = self.grid(height, 0)
        columns, left = self.grid(width, 1)
        result = np.empty((rows, columns, channels), np.float32 if image.dtype == np.float32 else np.float64)
        for row in range(rows):
            for column in range(columns):
                # only the part of the window that lies in the image
                first, start = row * self.stride[0] - top, column * self.stride[1] - left
                window = image[max(first, 0):first + self.pool_size[0], max(start, 0):start + self.pool_size[1]]
                for channel in range(channels):
                    result[row, column, channel] = {of_window}(window[:, :, channel])
        return result

    def grid(self, size, axis):
        """How many windows there are along an axis, and where the first one starts before the image."""
        window, step = self.pool_size[axis], self.stride[axis]
        if self.padding == "same":
            number = math.ceil(size / step)
            return number, max((number - 1) * step + window - size, 0) // 2
        if window > size:
            raise ValueError("pool_size is larger than the image")
        return (size - window) // step + 1, 0
'''

BY_AXES = '''
import numpy as np


class {name}:
    """Pools the rows, then the columns: a maximum of maxima, or a sum of sums."""

    def __init__(self, pool_size=(2, 2), stride=None, padding="valid"):
        self.kernel = np.broadcast_to(np.asarray(pool_size, dtype=int), 2)
        self.step = self.kernel if stride is None else np.broadcast_to(np.asarray(stride, dtype=int), 2)
        self.same = dict(same=True, valid=False).get(padding)
        if self.same is None:
            raise ValueError("padding: 'valid' or 'same'")
        if (self.kernel < 1).any():
            raise ValueError("pool_size: 1 or more")
        if (self.step < 1).any():
            raise ValueError("stride: 1 or more")

    def forward(self, image):
        image = np.array(image, dtype=np.float32 if image.dtype == np.float32 else np.float64)
        if image.ndim not in {{3, 4}}:
            raise ValueError("image: 3 or 4 axes")
        {compute}

    def along(self, array, axis, which, fill, combine):
        array = np.moveaxis(array, axis, 0)
        kernel, step, size = self.kernel[which], self.step[which], len(array)
        if self.same:
            missing = max((-(-size // step) - 1) * step + kernel - size, 0)
            before = np.full((missing // 2, *array.shape[1:]), fill, array.dtype)
            after = np.full((missing - missing // 2, *array.shape[1:]), fill, array.dtype)
            array = np.concatenate([before, array, after])
        if len(array) < kernel:
            raise ValueError("pool_size: larger than the image")
        starts = np.arange(0, len(array) - kernel + 1, step)
        windows = array[starts[:, None] + np.arange(kernel)]  # (positions, kernel, ...)
        return np.moveaxis(combine(windows, axis=1), 0, axis)
'''
TWICE = "return self.along(self.along(image, -3, 0, {fill}, {combine}), -2, 1, {fill}, {combine})"

ANSWERS = {
    "loops over windows": LAYER.format(name="MaxPooling2D", of_window="np.max"),
    "one axis after the other": BY_AXES.format(
        name="MaxPooling2D", compute=TWICE.format(fill="-np.inf", combine="np.max")),
}


BY_SLICES = '''
import numpy as np


class MaxPooling2D:
    """A loop over output positions with slices, as in many lecture notes."""

    def __init__(self, pool_size=(2, 2), stride=None, padding="valid"):
        self.ph, self.pw = (pool_size, pool_size) if np.isscalar(pool_size) else pool_size
        stride = (self.ph, self.pw) if stride is None else stride
        self.sh, self.sw = (stride, stride) if np.isscalar(stride) else stride
        if self.ph < 1 or self.pw < 1:
            raise ValueError(f"pool_size must be positive, got {pool_size}")
        if self.sh < 1 or self.sw < 1:
            raise ValueError(f"stride must be positive, got {stride}")
        if padding not in {"valid", "same"}:
            raise ValueError(f"unknown padding {padding!r}")
        self.padding = padding

    def forward(self, image):
        if image.ndim not in (3, 4):
            raise ValueError("image needs 3 or 4 axes")
        x = image if image.ndim == 4 else image[None]
        x = x.astype(np.float32 if image.dtype == np.float32 else np.float64)
        n, h, w, c = x.shape
        if self.padding == "same":
            oh, ow = -(-h // self.sh), -(-w // self.sw)
            th, tw = max((oh - 1) * self.sh + self.ph - h, 0), max((ow - 1) * self.sw + self.pw - w, 0)
            big = np.full((n, h + th, w + tw, c), -np.inf, dtype=x.dtype)
            big[:, th // 2:th // 2 + h, tw // 2:tw // 2 + w] = x
            x = big
        else:
            if self.ph > h or self.pw > w:
                raise ValueError("pool_size exceeds the image")
            oh, ow = (h - self.ph) // self.sh + 1, (w - self.pw) // self.sw + 1
        out = np.empty((n, oh, ow, c), dtype=x.dtype)
        for i in range(oh):
            for j in range(ow):
                top, left = i * self.sh, j * self.sw
                out[:, i, j] = x[:, top:top + self.ph, left:left + self.pw].max(axis=(1, 2))
        return out if image.ndim == 4 else out[0]
'''
ANSWERS["slices"] = BY_SLICES
OF_WINDOW = "                out[:, i, j] = x[:, top:top + self.ph, left:left + self.pw].max(axis=(1, 2))\n"

WRONG = {
    "the first result is kept for each shape": BY_SLICES.replace(
        "        return out if", "        self.kept = getattr(self, 'kept', {})\n"
        "        out = self.kept.setdefault(image.shape, out)\n        return out if"),
    "the largest by its size, whatever its sign": BY_SLICES.replace(OF_WINDOW, """\
                window = x[:, top:top + self.ph, left:left + self.pw].reshape(n, self.ph * self.pw, c)
                best = np.abs(window).argmax(axis=1)
                out[:, i, j] = np.take_along_axis(window, best[:, None], axis=1)[:, 0]
"""),
    "the second largest": BY_SLICES.replace(OF_WINDOW, """\
                window = x[:, top:top + self.ph, left:left + self.pw].reshape(n, self.ph * self.pw, c)
                out[:, i, j] = np.sort(window, axis=1)[:, -2:][:, 0]
"""),
    "a batch, also of one image, loses its first axis": BY_SLICES.replace(
        "return out if image.ndim == 4 else out[0]", "return out if len(out) > 1 else out[0]"),
    "a minimum that is finite": BY_SLICES.replace("-np.inf", "-1e9"),
    "padded with the image's smallest number, which may be a NaN": BY_SLICES.replace("-np.inf", "x.min(initial=0)"),
    "self is forgotten": BY_SLICES.replace("def forward(self, image)", "def forward(image)"),
    "the image is cleared": BY_SLICES.replace("        n, h, w, c =", "        image[...] = 0\n        n, h, w, c ="),
    "windows that stick out of a valid image count": BY_SLICES.replace(
        "oh, ow = (h - self.ph) // self.sh + 1, (w - self.pw) // self.sw + 1",
        "oh, ow = -(-(h - self.ph) // self.sh) + 1, -(-(w - self.pw) // self.sw) + 1"),
}
