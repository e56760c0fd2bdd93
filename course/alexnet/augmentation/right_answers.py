"""Right answers of augmentation in other ways."""

ANSWERS = {
    "by-indices": '''
import numpy as np
def augment(images, crop, rng):
    """All crops at once by fancy indices, backwards where mirrored."""
    n, h, w, _ = images.shape
    if not 0 < crop <= min(h, w):
        raise ValueError(f"crop {crop} does not fit")
    flips = rng.integers(0, 2, n).astype(bool)
    rows = rng.integers(0, h - crop, n, endpoint=True)[:, None] + np.arange(crop)
    columns = rng.integers(0, w - crop, n, endpoint=True)[:, None] + np.arange(crop)
    columns = np.where(flips[:, None], columns[:, ::-1], columns)
    return images[np.arange(n)[:, None, None], rows[:, :, None], columns[:, None, :]]
def subtract_mean(train, other):
    """Means added up image by image."""
    total = np.zeros(train.shape[1:])
    for image in train:
        total += image
    mean = total / len(train)
    return train.astype(float) - mean, other.astype(float) - mean
''',
    "one-by-one": '''
import numpy as np
def augment(images, crop, rng):
    """One image after the other, each draws its own."""
    if crop < 1 or crop > images.shape[1] or crop > images.shape[2]:
        raise ValueError("crop must fit into the images")
    result = []
    for image in images:
        if rng.uniform() > 0.5:
            image = np.flip(image, axis=1)
        top = rng.choice(image.shape[0] - crop + 1)
        left = rng.choice(image.shape[1] - crop + 1)
        result.append(image[top:top + crop, left:left + crop, :].copy())
    return np.array(result)
def subtract_mean(train, other):
    """In float64, by NumPy's mean."""
    train, other = np.float64(train), np.float64(other)
    mean = np.mean(train, axis=0, keepdims=True)
    return np.subtract(train, mean), np.subtract(other, mean)
''',
}

EQUIVALENT = {
    "augment: rng.random(count) < 0.5 -> rng.random(count) <= 0.5": "exactly one half is practically never drawn",
    "augment: enumerate(zip(images, tops, lefts, mirrored, strict=True)) -> "
    "enumerate(zip(images, tops, lefts, mirrored, strict=False))": "all four are as long as there are images",
}
