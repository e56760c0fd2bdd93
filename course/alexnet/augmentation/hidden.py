"""Hidden checks of augmentation."""

import numpy as np

from autograder.checks.api import (
    cases,
    expect,
    expect_close,
    expect_raises,
    in_kernel,
    kernel_says,
    leaves_unchanged,
    misconceptions,
    numbers,
    points,
    reference,
    search,
)
from autograder.checks.api import strategies as st

from .probes import augment_stays
from .public import crops_in, numbered_images, run_augment

SEED = st.integers(0, 50)
IMAGES = cases(count=st.integers(2, 5), height=st.integers(4, 9), width=st.integers(4, 9), crop=st.integers(2, 4),
               seed=SEED)
MANY = cases(count=st.integers(8, 9), height=st.integers(4, 9), width=st.integers(4, 9), crop=st.integers(2, 4),
             seed=SEED)  # so many that they hardly come in another order by chance


def augmented(student, images, crop, seed):
    """The result of `augment` with a new generator, and of a second call with the same one."""
    kernel = in_kernel(student, run_augment)
    return kernel.run_augment(student.augment, images, crop, seed)


def many_crops(student, rng, count=240, height=6, width=8, crop=4):
    """Crops of many images, among which everything possible occurs if it is drawn as it should be."""
    images = numbered_images(count, height, width)
    first, second = augmented(student, images, crop, int(rng.integers(10**6)))
    return crops_in(first, images, crop), crops_in(second, images, crop)


def flips_in(crops):
    """Which pictures were turned round; whether it is left and right that were exchanged has checks of its own."""
    return [crop.mirrored or crop.colours_reversed for crop in crops]


@points(1)
@search(MANY, examples=12)
def test_pieces_of_their_own_image(student, case):
    """Each picture is a piece of the image at its place of the batch, in its colours."""
    known = misconceptions.AUGMENT
    images = numbered_images(case.count, case.height, case.width)
    crops = crops_in(augmented(student, images, case.crop, case.seed)[0], images, case.crop)
    expect(not any(crop.colours_reversed for crop in crops), "", diagnosis=known["colours-reversed"])
    own, places = [crop.image for crop in crops], list(range(case.count))
    expect(own == places, "A picture is a piece of another image than the one at its place.",
           diagnosis=known["images-exchanged"] if sorted(own) == places else None)


@points(2)
def test_every_place_occurs(student, rng):
    """Row and column of the crop are drawn for each image by themselves, from the first to the last possible one."""
    known = misconceptions.AUGMENT
    crops, more = many_crops(student, rng)
    tops, lefts = ([getattr(crop, side) for crop in crops + more] for side in ("top", "left"))
    expect((set(tops), set(lefts)) != ({1}, {2}), "", diagnosis=known["always-the-middle"])
    places = {(crop.top, crop.left) for crop in crops}
    expect(len(places) > 1, "", diagnosis=known["one-crop-for-all"])
    expect(tops != lefts, "", diagnosis=known["always-on-the-diagonal"])
    last = max(tops), max(lefts)
    expect(last not in ((1, 3), (1, 4), (2, 3)), "", diagnosis=known["last-place-never-drawn"])
    expect(len(places) == 15, "Not every place of the crop occurs, though there are many images.")
    counts = np.bincount([5 * top + left for top, left in zip(tops, lefts, strict=True)], minlength=15)
    expect(bool(counts.min() > 10), "Some places of the crop occur much less often than others.")


@points(2)
def test_about_half_are_mirrored(student, rng):
    """About half of the images have left and right exchanged; which ones is drawn for each image by itself."""
    known = misconceptions.AUGMENT
    first, second = many_crops(student, rng)
    upright = not any(crop.upside_down for crop in (*first, *second))
    expect(upright, "", diagnosis=known["flipped-upside-down"])
    first, second, third = (flips_in(one) for one in (first, second, many_crops(student, rng)[0]))
    share = np.mean([first, second, third])
    one_decision = all(len(set(flips)) == 1 for flips in (first, second, third))
    expect(not one_decision or len({first[0], second[0], third[0]}) == 1, "", diagnosis=known["one-flip-for-all"])
    if one_decision:  # all alike in three calls: one decision for each call is told by more of them
        more = [flips_in(many_crops(student, rng, 2)[0])[0] for _ in range(12)]
        expect(len({*more, first[0]}) == 1, "", diagnosis=known["one-flip-for-all"])
    expect(share > 0, "", diagnosis=known["never-flipped"])
    expect(share < 1, "", diagnosis=known["always-flipped"])
    expect(abs(share - 0.5) < 0.12, "The share of mirrored images is far from one half.")


@points(1)
def test_drawn_from_the_generator(student, rng):
    """The same generator gives the same crops, another one gives others, and so does the next call."""
    known = misconceptions.AUGMENT
    images, seed = numbered_images(60, 7, 8), int(rng.integers(10**6))
    (first, second), (again, _), (other, _) = (augmented(student, images, 4, s) for s in (seed, seed, seed + 1))
    for result in (first, second, again, other):
        crops_in(result, images, 4)  # of the right kind at all
    expect(np.array_equal(first, again), "", diagnosis=known["generator-not-used"])
    expect(not np.array_equal(first, other), "", diagnosis=known["the-same-every-time"])
    expect(not np.array_equal(first, second), "A second call with the same generator repeats the first one.")


@points(0.25)
def test_crops_that_fit(student):
    """A crop is from one pixel to the whole image wide; below, or wider than one side, it is a ValueError."""
    for height, width in ((4, 7), (7, 4)):
        images = numbered_images(3, height, width)
        for crop in (1, 4):
            crops_in(augmented(student, images, crop, 0)[0], images, crop)
        for crop in (-1, 0, 5, 8):
            with expect_raises("ValueError", naming="crop"):
                augmented(student, images, crop, 0)


@points(0.25)
@kernel_says
@search(IMAGES, examples=4)
def test_images_stay(student, case):
    """Neither function changes the images that it is given."""
    images = numbered_images(24, case.height, case.width)
    crops_in(augmented(student, images, 2, case.seed)[0], images, 2)
    kernel = in_kernel(student, augment_stays)
    for one in (images, images.astype(np.uint8), images / 1.0, np.float32(images)):
        stays = kernel.augment_stays(student.augment, one, 2, case.seed)
        expect(stays is True, "", diagnosis=misconceptions.AUGMENT["input-changed"])
    sets = np.float64(images[:2]), np.float64(images[2:5])
    result = student.subtract_mean(*sets)
    expect_close(result[1], reference.subtract_mean(*sets), part=1, what="the other set")
    stays = leaves_unchanged(student, student.subtract_mean, *sets)
    expect(stays, "The images given to `subtract_mean` were changed.")


@points(0.5)
@search(cases(train=st.integers(1, 4), other=st.integers(1, 4), height=st.integers(1, 4), width=st.integers(1, 4),
              seed=SEED), examples=15)
def test_mean_of_the_training_set(student, case):
    """Both sets lose the training set's mean, pixel by pixel."""
    train = 100 * numbers(case.train + 1, case.height, case.width, 3, seed=case.seed)
    other = 100 * numbers(case.other, case.height, case.width, 3, seed=case.seed + 1)
    result = student.subtract_mean(train, other)
    expect(isinstance(result, (tuple, list)) and len(result) == 2, "subtract_mean returns two arrays, train and other.")
    right = reference.subtract_mean(train, other)
    for part, name in ((1, "the other set"), (0, "the training set")):
        expect_close(result[part], right, part=part, like=misconceptions.SUBTRACT_MEAN, what=name)


@points(1)
@search(cases(images=st.integers(2, 4), side=st.integers(1, 3), seed=SEED), examples=8)
def test_mean_of_bytes(student, case):
    """Images of whole numbers from 0 to 255 become negative where they are darker than the mean."""
    rng = np.random.default_rng(case.seed)
    train, other = (rng.integers(0, 256, (case.images, case.side, case.side, 3), dtype=np.uint8) for _ in range(2))
    result = student.subtract_mean(train, other)
    expect(isinstance(result, (tuple, list)) and len(result) == 2, "subtract_mean returns two arrays, train and other.")
    for part, right in enumerate((train - train.mean(axis=0), other - train.mean(axis=0))):
        whole = isinstance(result[part], np.ndarray) and result[part].shape == right.shape
        expect(whole, "The sets keep their shapes.")
        wrapped = misconceptions.SUBTRACT_MEAN["wrapped-below-zero"]
        expect(result[part].dtype.kind == "f", "", diagnosis=wrapped)
    expect_close(result[1], reference.subtract_mean(train, other), part=1, like=misconceptions.SUBTRACT_MEAN,
                 rtol=1e-4, atol=1e-3, what="the other set")
