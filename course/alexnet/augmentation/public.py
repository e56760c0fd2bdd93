"""Public checks of augmentation: crops are found in images in which no two pixels are alike."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from autograder.checks.api import (
    CheckFailure,
    expect,
    expect_close,
    in_kernel,
    misconceptions,
    numbers,
    reference,
    second,
    wrong_return,
)


@dataclass(frozen=True)
class Crop:
    """One crop: from which image, the place of its top left pixel there, and what was turned round."""

    image: int
    top: int
    left: int
    mirrored: bool
    upside_down: bool = False
    colours_reversed: bool = False

    @property
    def turned(self) -> bool:
        """Whether anything was turned round, in whatever way."""
        return self.mirrored or self.upside_down or self.colours_reversed


def numbered_images(count: int, height: int, width: int, channels: int = 3) -> np.ndarray:
    """Images (count, height, width, channels) of int64 whose numbers are all different, from 1 on."""
    shape = (count, height, width, channels)
    return np.arange(1, 1 + np.prod(shape, dtype=int), dtype=np.int64).reshape(shape)


def crops_in(augmented: object, images: np.ndarray, size: int) -> list[Crop]:
    """What each of the augmented images is a crop of; a single pixel shows no left and right, and no top and bottom.

    Raises CheckFailure for another shape, and for a picture that no image has in it, turned round or not.
    """
    wanted = (len(images), size, size, images.shape[-1])
    if not isinstance(augmented, np.ndarray):
        raise wrong_return("augment returns a NumPy array", augmented)
    if augmented.shape != wanted:
        raise CheckFailure(f"The result has shape {'x'.join(map(str, augmented.shape))}, "
                           f"expected {'x'.join(map(str, wanted))}.")
    if augmented.dtype.kind not in "iuf":
        raise CheckFailure("The result does not hold the numbers of the images.")
    return [_crop(picture, images) for picture in augmented]


def _crop(picture: np.ndarray, images: np.ndarray) -> Crop:
    size = len(picture)
    for colours in (False, True):
        for upside_down in (False, True):
            for mirrored in (False, True):
                upright = picture[::-1] if upside_down else picture
                upright = upright[:, ::-1] if mirrored else upright
                upright = upright[..., ::-1] if colours else upright
                number, top, left = _place(upright[0, 0, 0], images)
                if np.array_equal(images[number, top : top + size, left : left + size], upright):
                    return Crop(number, top, left, mirrored, upside_down, colours)
    raise CheckFailure("A picture in the result is not a piece of any of the images, mirrored or not.")


def _place(first: float, images: np.ndarray) -> tuple[int, int, int]:
    """The image, row and column in which the number `first` stands; the first pixel for one that is nowhere."""
    inside = np.isfinite(first) and 1 <= first <= images.size
    number, top, left, _ = np.unravel_index(int(first) - 1 if inside else 0, images.shape)
    return int(number), int(top), int(left)


def run_augment(augment, images, crop, seed):
    """What `augment` gives in two calls with one new generator."""
    import numpy

    rng = numpy.random.default_rng(seed)
    return augment(images.copy(), crop, rng), augment(images.copy(), crop, rng)


def augmented(student, images, crop, seed):
    kernel = in_kernel(student, run_augment)
    first, second = kernel.run_augment(student.augment, images, crop, seed)
    return crops_in(first, images, crop), crops_in(second, images, crop)


def test_crops_of_eight_images(student):
    """Crops of 3x3 from eight images of 4x5: pieces of their own image, as they are or with left and right exchanged.
    """
    known = misconceptions.AUGMENT
    crops, _ = augmented(student, numbered_images(8, 4, 5), 3, 0)
    expect(not any(crop.colours_reversed for crop in crops), "", diagnosis=known["colours-reversed"])
    expect(not any(crop.upside_down for crop in crops), "", diagnosis=known["flipped-upside-down"])
    own, places = [crop.image for crop in crops], list(range(8))
    expect(own == places, "A picture is a piece of another image than the one at its place.",
           diagnosis=known["images-exchanged"] if sorted(own) == places else None)


def test_every_image_by_itself(student):
    """Of 100 images some are mirrored and some are not, and they are cut at different places."""
    crops, more = augmented(student, numbered_images(100, 6, 6), 4, 0)
    mirrored = {crop.turned for crop in crops}, {crop.turned for crop in more}
    expect(len(mirrored[0]) == 2, "All 100 images are mirrored, or none is.")
    expect(len({crop.top for crop in crops}) > 1, "All 100 crops begin in the same row.")
    expect(len({crop.left for crop in crops}) > 1, "All 100 crops begin in the same column.")


def test_the_same_generator(student):
    """The same generator gives the same crops."""
    known = misconceptions.AUGMENT
    images = numbered_images(30, 6, 6)
    same = augmented(student, images, 4, 3) == augmented(student, images, 4, 3)
    expect(same, "", diagnosis=known["generator-not-used"])


@second(lambda rng: 5)
def test_mean_of_three_images(student, case):
    """Three training images and two others, of 2x2 pixels: each pixel loses its mean over the training images."""
    train, other = numbers(case or 3, 2, 2, 3, seed=1), numbers(2, 2, 2, 3, seed=2)
    result = student.subtract_mean(train, other)
    expect(isinstance(result, (tuple, list)) and len(result) == 2, "subtract_mean returns two arrays, train and other.")
    right = reference.subtract_mean(train, other)
    for part, name in ((1, "the other set"), (0, "the training set")):
        expect_close(result[part], right, part=part, like=misconceptions.SUBTRACT_MEAN, what=name)
