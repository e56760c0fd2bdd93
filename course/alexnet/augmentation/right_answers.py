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
    "a-dataset-of-views": '''
import numpy as np
def augment(images, crop, rng):
    """Windows of every image, one of them chosen, then flipped in a second step."""
    height, width = images.shape[1:3]
    if crop < 1 or height < crop or width < crop:
        raise ValueError("this crop does not fit into the images")
    views = np.lib.stride_tricks.sliding_window_view(images, (crop, crop), axis=(1, 2))
    number = np.arange(len(images))
    rows = np.array([rng.integers(0, views.shape[1]) for _ in number])
    columns = np.array([rng.integers(0, views.shape[2]) for _ in number])
    chosen = np.moveaxis(views[number, rows, columns], 1, -1).copy()
    for i in number:
        if rng.choice([True, False]):
            chosen[i] = np.fliplr(chosen[i].copy())
    return chosen
def subtract_mean(train, other):
    mean = train.sum(axis=0, dtype=np.float64) / train.shape[0]
    return [train - mean, other - mean]
''',
}

RIGHT = '''
import numpy as np
def fits(images, crop):
    if not 1 <= crop <= min(images.shape[1:3]):
        raise ValueError(f"crop={crop}")
def cut(image, crop, rng, share=0.5):
    top, left = (rng.integers(side - crop + 1) for side in image.shape[:2])
    piece = image[top:top + crop, left:left + crop]
    return piece[:, ::-1] if rng.random() < share else piece
def augment(images, crop, rng):
    fits(images, crop)
    return np.stack([cut(image, crop, rng) for image in images])
def subtract_mean(train, other):
    mean = train.mean(axis=0)
    return train - mean, other - mean
'''
WRONG = {
    "any-image-of-the-batch": RIGHT + '''
def augment(images, crop, rng):
    """Drawn with replacement: some images come twice, some never."""
    fits(images, crop)
    return np.stack([cut(images[rng.integers(len(images))], crop, rng) for _ in images])
''',
    "rarely-mirrored": RIGHT + '''
def augment(images, crop, rng):
    fits(images, crop)
    return np.stack([cut(image, crop, rng, share=0.1) for image in images])
''',
    "only-the-height-is-asked": RIGHT + '''
def augment(images, crop, rng):
    """NumPy complains by itself where the crop is wider than the image."""
    if not 1 <= crop <= images.shape[1]:
        raise ValueError(f"crop={crop}")
    return np.stack([cut(image, crop, rng) for image in images])
''',
    "median": RIGHT + '''
def subtract_mean(train, other):
    middle = np.median(train, axis=0)
    return train - middle, other - middle
''',
}

EQUIVALENT = {
    "augment: rng.random(count) < 0.5 -> rng.random(count) <= 0.5": "exactly one half is practically never drawn",
    "augment: enumerate(zip(images, tops, lefts, mirrored, strict=True)) -> "
    "enumerate(zip(images, tops, lefts, mirrored, strict=False))": "all four are as long as there are images",
}
