"""Whether an augmentation leaves its images, in the kernel: no types, for nothing of this package is there."""


def augment_stays(augment, images, crop, seed):
    """Whether `augment` leaves its images as they were."""
    import numpy

    before = images.copy()
    augment(images, crop, numpy.random.default_rng(seed))
    return bool(numpy.array_equal(images, before))
