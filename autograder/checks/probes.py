"""What checks of any course send to the student's kernel. Holds no secret, and imports what it needs there."""
# Types are left out: the source runs in the student's kernel, where nothing of this package need exist.


def call_and_compare(call, args):
    """Whether `call(*args)` leaves every array among the arguments as it was."""
    import copy

    import numpy

    before = copy.deepcopy(args)
    call(*args)
    return all(
        numpy.array_equal(a, b) for a, b in zip(args, before, strict=True) if isinstance(a, numpy.ndarray)
    )
