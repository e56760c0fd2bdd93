"""Where the crops of an augmentation come from, read from images in which no two pixels are alike."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .failure import CheckFailure


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
        raise CheckFailure("augment returns a NumPy array; something else came back.")
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
