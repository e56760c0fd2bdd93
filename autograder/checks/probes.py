"""What checks of any course send to the student's kernel. Holds no secret, and imports what it needs there."""
# Types are left out: the source runs in the student's kernel, where nothing of this package need exist.


def in_plain_words(value):
    """What an object means, as (kind, plain data): a ratio, a word, a list, a set, a dict; ("other", None) else."""
    import collections
    import decimal
    import fractions

    import numpy

    if isinstance(value, (fractions.Fraction, decimal.Decimal)):
        return "ratio", tuple(value.as_integer_ratio())
    if isinstance(value, str):
        return "word", str.__str__(value)
    if isinstance(value, (set, frozenset)) and len(value) <= 10_000:
        return "set", list(value)
    if isinstance(value, numpy.ndarray) and value.size <= 10_000:
        return in_plain_words(value.item()) if value.ndim == 0 else ("list", value.tolist())
    if isinstance(value, collections.abc.Mapping) and len(value) <= 10_000:
        return "dict", [(key, value[key]) for key in value]
    views = collections.abc.KeysView, collections.abc.ValuesView
    if isinstance(value, (range, collections.deque, *views)) and len(value) <= 10_000:
        return "list", list(value)
    if hasattr(value, "tolist") and hasattr(value, "index") and len(value) <= 10_000:  # a column of a table
        return "list", value.tolist()
    return "other", None


def leaves_alone(call, args, kwargs, dtypes):
    """Whether `call` leaves every array, list and dict among its arguments as it was, with floats of each dtype."""
    import copy

    import numpy

    def of_dtype(value, dtype):
        if isinstance(value, numpy.ndarray):
            return value.astype(dtype) if value.dtype.kind == "f" else value.copy()
        if isinstance(value, (list, tuple)):
            return type(value)(of_dtype(part, dtype) for part in value)
        if isinstance(value, dict):
            return {key: of_dtype(part, dtype) for key, part in value.items()}
        return copy.deepcopy(value) if type(value).__module__ == "builtins" else value

    def alike(a, b):
        if isinstance(a, numpy.ndarray):
            return (
                isinstance(b, numpy.ndarray) and a.dtype == b.dtype and a.shape == b.shape
                and a.tobytes() == b.tobytes()
            )
        if isinstance(a, (list, tuple)):
            return type(a) is type(b) and len(a) == len(b) and all(map(alike, a, b))
        if isinstance(a, dict):
            return type(a) is type(b) and list(a) == list(b) and all(alike(a[key], b[key]) for key in a)
        return type(a) is type(b) and (a is b or a == b or a != a)

    for dtype in dtypes:
        given = of_dtype((list(args), kwargs), dtype)
        before = of_dtype(given, dtype)
        call(*given[0], **given[1])
        if not alike(before, given):
            return False
    return True


def shares_memory(call, args, kwargs):
    """Whether an array that `call` returns lies in the memory of one of its arguments."""
    import numpy

    def arrays(value):
        if isinstance(value, numpy.ndarray):
            return [value]
        if isinstance(value, dict):
            value = list(value.values())
        return [one for part in value for one in arrays(part)] if isinstance(value, (list, tuple)) else []

    result = call(*args, **kwargs)
    given = arrays([list(args), kwargs])
    return any(numpy.shares_memory(a, b) for a in arrays(result) for b in given)
