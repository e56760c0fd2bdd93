"""Right answers of filters in other ways."""

ANSWERS = {
    "padded-and-joined": '''
import numpy as np
def filter_grid(weights, columns=8, gap=1):
    """Tiles with a gap on the right and below, joined, the last gaps cut off."""
    if columns < 1:
        raise ValueError("columns")
    if gap < 0:
        raise ValueError("gap")
    weights = np.array(weights, dtype=float)
    low = weights.min(axis=(1, 2, 3), keepdims=True)
    span = weights.max(axis=(1, 2, 3), keepdims=True) - low
    tiles = ((weights - low) / np.where(span == 0, 1, span)).transpose(0, 2, 3, 1)
    f, h, w, c = tiles.shape
    missing = -f % columns
    tiles = np.concatenate([tiles, np.ones((missing, h, w, c))])
    tiles = np.pad(tiles, ((0, 0), (0, gap), (0, gap), (0, 0)), constant_values=1)
    grid = tiles.reshape(-1, columns, h + gap, w + gap, c).swapaxes(1, 2).reshape(-1, columns * (w + gap), c)
    return grid[:len(grid) - gap, :grid.shape[1] - gap]
''',
    "row-by-row": '''
import numpy as np
def filter_grid(weights, columns=8, gap=1):
    """Rows of tiles with strips of ones between them."""
    if columns <= 0 or gap < 0:
        raise ValueError("columns has to be positive, gap not negative")
    count, channels, height, width = weights.shape
    def tile(i):
        if i >= count:
            return np.ones((height, width, channels))
        kernel = np.stack(list(weights[i]), axis=-1)
        kernel = kernel - kernel.min()
        return kernel / kernel.max() if kernel.max() > 0 else kernel
    rows = []
    for start in range(0, count, columns):
        parts = []
        for i in range(start, start + columns):
            parts += [np.ones((height, gap, channels))] * (i > start) + [tile(i)]
        row = np.hstack(parts)
        rows += [np.ones((gap, row.shape[1], channels))] * (start > 0) + [row]
    return np.vstack(rows)
''',
}

EQUIVALENT = {
    "filter_grid: (kernel - kernel.min()) / (np.ptp(kernel) or 1) -> "
    "(kernel - kernel.min()) / (np.ptp(kernel) or 2)": "without contrast only zeros are divided",
}
