"""Values survive the crossing; garbage is refused, whatever it is."""

from __future__ import annotations

import json
import math
import struct
import time

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from autograder.sandbox import wire

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4)
    | st.tuples(inner, inner)
    | st.dictionaries(st.text(max_size=5) | st.integers(), inner, max_size=3),
    max_leaves=12,
)
ARRAYS = npst.arrays(
    st.sampled_from(["?", "i1", "u1", "i2", "i4", "i8", ">i4", "f2", "f4", "f8", ">f8", "c8", "c16"]),
    npst.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4),
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(
        st.sampled_from(["t", "v", "d", "s", "o", "id", "type", "bases", "f", "n", "w"]), inner, max_size=6
    ),
    max_leaves=20,
)
KINDS = ["list", "tuple", "dict", "slice", "int", "float", "array", "scalar", "tensor", "ref", "object", ""]


def cross(value: object) -> object:
    encoder = wire.Encoder()
    tree = json.loads(json.dumps(encoder.encode(value), allow_nan=False))
    return wire.Decoder(bytes(encoder.payload), lambda reference: reference).decode(tree)


def same(a: object, b: object) -> bool:
    if isinstance(a, float) and isinstance(b, float):
        return a == b or (math.isnan(a) and math.isnan(b))
    if isinstance(a, (list, tuple)):
        return type(a) is type(b) and len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, dict):
        return isinstance(b, dict) and a.keys() == b.keys() and all(same(a[key], b[key]) for key in a)
    return type(a) is type(b) and a == b


@given(PLAIN)
def test_plain_values_cross_unchanged(value):
    assert same(value, cross(value))


@given(ARRAYS)
def test_arrays_cross_unchanged_and_can_be_written_to(array):
    got = cross(array)
    assert isinstance(got, np.ndarray) and got.shape == array.shape and got.flags.writeable
    assert got.dtype == array.dtype.newbyteorder("<")
    np.testing.assert_array_equal(got, array)


def test_views_cross_by_their_values():
    base = np.arange(24.0).reshape(4, 6)
    for view in (base[::2, ::-1], base.T, np.broadcast_to(np.float32(3), (2, 3))):
        np.testing.assert_array_equal(cross(view), view)


def test_numpy_scalars_stay_scalars():
    got = cross(np.float32(0.1))
    assert type(got) is np.float32 and got == np.float32(0.1)


@pytest.mark.parametrize("value", [np.array([object()]), np.array(["a"]), np.longdouble(1), object(), {1, 2}, b"x"])
def test_what_has_no_plain_form_stays_in_the_kernel(value):
    with pytest.raises(TypeError):
        wire.Encoder().encode(value)
    kept = []
    tree = wire.Encoder(lambda thing: kept.append(thing) or wire.Reference(7, "thing")).encode(value)
    assert tree["t"] == "ref" and len(kept) == 1


def nodes() -> st.SearchStrategy:
    """JSON that nearly is a value: the right kind, any fields."""
    fields = st.dictionaries(st.sampled_from(["v", "d", "s", "o", "id", "type", "bases", "f", "n", "w", "g"]), JSON)
    return st.builds(lambda kind, rest: {**rest, "t": kind}, st.sampled_from(KINDS), fields)


@settings(max_examples=400)
@given(JSON | nodes() | st.lists(nodes(), max_size=3), st.binary(max_size=64))
@example({"t": "array", "d": "<f8", "s": [1 << 40, 1 << 40], "o": 0}, b"")
@example({"t": "array", "d": "<f8", "s": [0, 1 << 70], "o": 0}, b"")
@example({"t": "array", "d": "|O", "s": [1], "o": 0}, b"12345678")
@example({"t": "array", "d": "<f8", "s": [True], "o": 0}, b"12345678")
@example({"t": "int", "v": "0x" + "f" * 2000}, b"")
def test_garbage_is_refused_and_never_anything_else(tree, payload):
    try:
        wire.Decoder(payload, lambda reference: reference).decode(tree)
    except wire.MalformedMessage:
        return


def test_nesting_and_number_of_parts_are_bounded():
    deep: object = 1
    for _ in range(40):
        deep = {"t": "list", "v": [deep]}
    with pytest.raises(wire.MalformedMessage):
        wire.Decoder(b"", lambda reference: reference).decode(deep)
    wide = {"t": "list", "v": [0] * 20}
    with pytest.raises(wire.MalformedMessage):
        wire.Decoder(b"", lambda reference: reference, wire.Caps(nodes=10)).decode(wide)


@given(st.binary(min_size=wire.HEADER.size, max_size=wire.HEADER.size))
def test_a_prefix_is_ours_or_refused(prefix):
    try:
        lengths = wire.unpack_prefix(prefix, wire.Caps())
    except wire.MalformedMessage:
        return
    assert prefix.startswith(wire.MAGIC) and all(length >= 0 for length in lengths)


def test_an_announced_size_above_the_cap_is_refused_before_reading():
    prefix = wire.HEADER.pack(wire.MAGIC, wire.VERSION, 10, 1 << 60)
    with pytest.raises(wire.MalformedMessage):
        wire.unpack_prefix(prefix, wire.Caps())
    other_version = struct.pack("!4sBxxxIQ", wire.MAGIC, 9, 1, 1)
    with pytest.raises(wire.MalformedMessage):
        wire.unpack_prefix(other_version, wire.Caps())


@pytest.mark.parametrize("text", [b"", b"[]", b"{", b"\xff", b"1" * 5000, b"[" * 100_000])
def test_a_header_that_is_no_object_is_refused(text):
    with pytest.raises(wire.MalformedMessage):
        wire.parse_header(text)


def refused(tree: object, payload: bytes = b"") -> str:
    with pytest.raises(wire.MalformedMessage) as error:
        wire.Decoder(payload, lambda reference: reference).decode(tree)
    return str(error.value)


def test_no_two_arrays_lie_in_the_same_bytes():
    """Else a message of a few bytes could name arrays of many gigabytes."""
    array = {"t": "array", "d": "|u1", "s": [8], "o": 0}
    assert "where another does" in refused({"t": "list", "v": [array, array]}, bytes(8))
    backwards = [array | {"o": 4, "s": [4]}, array | {"s": [4]}]
    assert "where another does" in refused({"t": "list", "v": backwards}, bytes(8))


def test_keys_whose_hashes_collide_are_too_many_soon():
    prime = (1 << 61) - 1
    keys = [{"t": "int", "v": hex(prime * (1 << 40) * number)} for number in range(1, 40_000)]
    started = time.process_time()
    assert "too many keys" in refused({"t": "dict", "v": [[key, None] for key in keys]})
    assert "too many keys" in refused({"t": "list", "v": [{"t": "dict", "v": [[key, None]]} for key in keys]})
    assert time.process_time() - started < 2
    text = {"t": "dict", "v": [[f"key {number}", number] for number in range(20_000)]}
    assert len(wire.Decoder(b"", lambda reference: reference).decode(text)) == 20_000
