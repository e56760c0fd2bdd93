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
    "by-numpy-block": '''
import numpy as np
def filter_grid(weights, columns=8, gap=1):
    """Places looked up one by one in a list; float32 comes back."""
    if columns < 1:
        raise ValueError(f"columns={columns} is too few")
    if gap < 0:
        raise ValueError(f"gap={gap} is negative")
    n, c, h, w = weights.shape
    rows = int(np.ceil(n / columns))
    picture = np.full((rows * h + gap * (rows - 1), columns * w + gap * (columns - 1), c), 1, dtype=np.float32)
    place = ((r, k) for r in range(rows) for k in range(columns))
    for kernel, (r, k) in zip(weights, place):
        smallest, largest = np.amin(kernel), np.amax(kernel)
        own = np.zeros(kernel.shape) if smallest == largest else (kernel - smallest) / (largest - smallest)
        picture[r * (h + gap):r * (h + gap) + h, k * (w + gap):k * (w + gap) + w] = np.transpose(own, (1, 2, 0))
    return picture
''',
}

TILES = '''
import numpy as np
def scaled(kernel):
    low, high = kernel.min(), kernel.max()
    return (kernel - low) / (high - low) if high > low else np.zeros_like(kernel, dtype=float)
def placed(tiles, columns, gap):
    if columns < 1 or gap < 0:
        raise ValueError(f"columns={columns}, gap={gap}")
    h, w, c = tiles[0].shape
    rows = -(-len(tiles) // columns)
    grid = np.ones((rows * (h + gap) - gap, columns * (w + gap) - gap, c))
    for n, tile in enumerate(tiles):
        y, x = n // columns * (h + gap), n % columns * (w + gap)
        grid[y:y + h, x:x + w] = tile
    return grid
'''
WRONG = {
    "scaled-in-place": TILES + '''
def filter_grid(weights, columns=8, gap=1):
    """Scales the weights that it is given."""
    for kernel in weights:
        kernel -= kernel.min()
        kernel /= kernel.max() or 1
    return placed([kernel.transpose(1, 2, 0) for kernel in weights], columns, gap)
''',
    "from-minus-one-to-one": TILES + '''
def filter_grid(weights, columns=8, gap=1):
    return placed([2 * scaled(kernel).transpose(1, 2, 0) - 1 for kernel in weights], columns, gap)
''',
    "one-pixel-between-always": TILES + '''
def filter_grid(weights, columns=8, gap=1):
    if gap < 0:
        raise ValueError("gap")
    return placed([scaled(kernel).transpose(1, 2, 0) for kernel in weights], columns, 1)
''',
}

EQUIVALENT = {
    "filter_grid: (kernel - kernel.min()) / (np.ptp(kernel) or 1) -> "
    "(kernel - kernel.min()) / (np.ptp(kernel) or 2)": "without contrast only zeros are divided",
}
