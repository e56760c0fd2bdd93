"""Wrong turns with augmentation and the mean image."""

from __future__ import annotations

import numpy as np

from autograder.checks.api import Misconceptions

from ...pooling_and_normalization.max_pooling.reference import as_float
from . import reference as right

AUGMENT = Misconceptions("augmentation", right.augment)
CROPS, MEAN = "Augmentation: more images than there are", "The mean image"


def _cut(images, crop, tops, lefts, mirrored, turn=lambda picture: picture[:, ::-1]):
    """Crops at these places, turned where `mirrored` says so."""
    if not 1 <= crop <= min(images.shape[1:3]):
        raise ValueError("crop does not fit")
    cuts = [image[t : t + crop, j : j + crop] for image, t, j in zip(images, tops, lefts, strict=True)]
    return np.stack([turn(cut) if mirror else cut for cut, mirror in zip(cuts, mirrored, strict=True)])


def _drawn(images, crop, rng, *, inside=1):
    """Places and flips as they should be; with `inside=0` the last place is never drawn."""
    count, height, width, _ = images.shape
    rows, columns = max(1, height - crop + inside), max(1, width - crop + inside)
    return rng.integers(0, rows, count), rng.integers(0, columns, count), rng.random(count) < 0.5


@AUGMENT.add("one-crop-for-all", section=CROPS)
def one_crop_for_all(images, crop, rng):
    """All images were cut at the same place; each one needs a place of its own."""
    tops, lefts, mirrored = _drawn(images, crop, rng)
    return _cut(images, crop, np.full_like(tops, tops[0]), np.full_like(lefts, lefts[0]), mirrored)


@AUGMENT.add("one-flip-for-all", section=CROPS)
def one_flip_for_all(images, crop, rng):
    """One decision mirrored the whole batch or nothing; each image needs a decision of its own."""
    tops, lefts, mirrored = _drawn(images, crop, rng)
    return _cut(images, crop, tops, lefts, np.full_like(mirrored, mirrored[0]))


@AUGMENT.add("flipped-upside-down", section=CROPS)
def flipped_upside_down(images, crop, rng):
    """Images stand on their head: a horizontal flip exchanges left and right, not top and bottom."""
    return _cut(images, crop, *_drawn(images, crop, rng), turn=lambda picture: picture[::-1])


@AUGMENT.add("never-flipped", section=CROPS)
def never_flipped(images, crop, rng):
    """No image was ever mirrored."""
    tops, lefts, mirrored = _drawn(images, crop, rng)
    return _cut(images, crop, tops, lefts, np.zeros_like(mirrored))


@AUGMENT.add("always-flipped", section=CROPS)
def always_flipped(images, crop, rng):
    """Every image was mirrored; that should happen to about half of them."""
    tops, lefts, mirrored = _drawn(images, crop, rng)
    return _cut(images, crop, tops, lefts, np.ones_like(mirrored))


@AUGMENT.add("always-the-middle", section=CROPS)
def always_the_middle(images, crop, rng):
    """Every crop is cut from the middle; its place should be drawn."""
    tops, lefts, mirrored = _drawn(images, crop, rng)
    middle = [(size - crop) // 2 for size in images.shape[1:3]]
    return _cut(images, crop, np.full_like(tops, middle[0]), np.full_like(lefts, middle[1]), mirrored)


@AUGMENT.add("always-on-the-diagonal", section=CROPS)
def always_on_the_diagonal(images, crop, rng):
    """Row and column of the crop are the same number; each should be drawn by itself."""
    tops, _, mirrored = _drawn(images, crop, rng)
    limits = [size - crop for size in images.shape[1:3]]
    return _cut(images, crop, np.minimum(tops, limits[0]), np.minimum(tops, limits[1]), mirrored)


@AUGMENT.add("last-place-never-drawn", section=CROPS)
def last_place_never_drawn(images, crop, rng):
    """The last possible row or column is never drawn: NumPy's `integers` leaves out its upper end."""
    return _cut(images, crop, *_drawn(images, crop, rng, inside=0))


@AUGMENT.add("images-exchanged", section=CROPS)
def images_exchanged(images, crop, rng):
    """The images came back in another order, and so no longer fit their labels."""
    return right.augment(images, crop, rng)[::-1]


@AUGMENT.add("colours-reversed", section=CROPS)
def colours_reversed(images, crop, rng):
    """The last axis was turned round as well: that exchanges the colours, not left and right."""
    return _cut(images, crop, *_drawn(images, crop, rng), turn=lambda picture: picture[..., ::-1])


@AUGMENT.add("generator-not-used", section=CROPS)
def generator_not_used(images, crop, rng):
    """The same generator gave two results: something was drawn from another source than `rng`."""
    return right.augment(images, crop, np.random.default_rng())


@AUGMENT.add("the-same-every-time", section=CROPS)
def the_same_every_time(images, crop, rng):
    """Every call gave the same crops, whatever the generator: a seed is set inside the function."""
    return right.augment(images, crop, np.random.default_rng(7))


@AUGMENT.add("input-changed", section=CROPS)
def input_changed(images, crop, rng):
    """The images given to the function were changed: with the next call they would be augmented twice."""
    tops, lefts, mirrored = _drawn(images, crop, rng)
    images[mirrored] = images[mirrored][:, :, ::-1]
    return _cut(images, crop, tops, lefts, np.zeros_like(mirrored))


SUBTRACT_MEAN = Misconceptions("augmentation", right.subtract_mean)


@SUBTRACT_MEAN.add("mean-of-all-images", section=MEAN)
def mean_of_all_images(train, other):
    """The mean was taken from both sets: the other one must not be looked at."""
    both = np.concatenate([as_float(train), as_float(other)])
    return train - both.mean(axis=0), other - both.mean(axis=0)


@SUBTRACT_MEAN.add("each-its-own-mean", section=MEAN)
def each_its_own_mean(train, other):
    """Each set lost its own mean; both should lose the training set's."""
    return train - as_float(train).mean(axis=0), other - as_float(other).mean(axis=0)


@SUBTRACT_MEAN.add("other-set-left-alone", section=MEAN)
def other_set_left_alone(train, other):
    """The other set came back as it was; the training set's mean is subtracted from it too."""
    return right.subtract_mean(train, other)[0], as_float(other)


@SUBTRACT_MEAN.add("mean-per-channel", section=MEAN)
def mean_per_channel(train, other):
    """One mean was taken for each channel; each pixel has its own."""
    mean = as_float(train).mean(axis=(0, 1, 2))
    return train - mean, other - mean


@SUBTRACT_MEAN.add("one-mean-for-all", section=MEAN)
def one_mean_for_all(train, other):
    """One number was subtracted everywhere; each pixel has its own mean."""
    mean = as_float(train).mean()
    return train - mean, other - mean


@SUBTRACT_MEAN.add("each-image-its-own-mean", section=MEAN)
def each_image_its_own_mean(train, other):
    """Each image lost its own mean; the mean is one over all training images."""
    return tuple(images - as_float(images).mean(axis=(1, 2, 3), keepdims=True) for images in (train, other))


@SUBTRACT_MEAN.add("divided-by-the-deviation", section=MEAN)
def divided_by_the_deviation(train, other):
    """The result was divided by the standard deviation as well; only the mean should go."""
    spread = as_float(train).std(axis=0) + 1e-8
    return tuple(images / spread for images in right.subtract_mean(train, other))


@SUBTRACT_MEAN.add("wrapped-below-zero", section=MEAN)
def wrapped_below_zero(train, other):
    """The subtraction was made in the images' own integer type, in which nothing is below zero: 3 - 5 gives 254."""
    mean = as_float(train).mean(axis=0).astype(train.dtype)
    return train - mean, other - mean
