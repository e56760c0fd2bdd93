"""Assignment 05's small tools in the kernel: generators are made there."""
# Types are left out: the source runs in the student's kernel, where nothing of this package need exist.


def run_augment(augment, images, crop, seed):
    """What `augment` gives in two calls with one new generator."""
    import numpy

    rng = numpy.random.default_rng(seed)
    return augment(images.copy(), crop, rng), augment(images.copy(), crop, rng)


def augment_stays(augment, images, crop, seed):
    """Whether `augment` leaves its images as they were."""
    import numpy

    before = images.copy()
    augment(images, crop, numpy.random.default_rng(seed))
    return bool(numpy.array_equal(images, before))


def run_top_k(top_k, scores, k, class_names):
    """What `top_k` gives, with the pairs as plain tuples of a text and a float; anything else as it came."""
    best = top_k(scores, k, class_names)
    try:
        return [(str(name), float(score)) for name, score in best]
    except (TypeError, ValueError):
        return best
