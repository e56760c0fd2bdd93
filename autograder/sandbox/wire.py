"""The message format of the bridge: frames, and values as plain data.

A frame is a fixed header (magic, version, length of the JSON part, length of the payload), a JSON object, and the
raw bytes of the arrays it mentions, one after the other. Decoding validates every field and never evaluates,
imports or unpickles anything, so that the trusted side may read what an untrusted kernel wrote.
"""

from __future__ import annotations

import json
import math
import re
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

VERSION = 1
PROGRESS_S = 0.25  # how often the kernel says which of several requests are done
MAX_BITS = 2048  # of an int; a longer one stays in the kernel
MAGIC = b"CNNB"
HEADER = struct.Struct("!4sBxxxIQ")
_JSON = json.JSONEncoder(ensure_ascii=True, allow_nan=False, separators=(",", ":"))

DTYPES = frozenset(
    "|b1 |i1 |u1 <i2 <u2 <i4 <u4 <i8 <u8 <f2 <f4 <f8 <c8 <c16".split()
)
FRAMEWORKS = frozenset({"torch", "tensorflow"})
TENSOR_DTYPES = frozenset(
    "bool int8 uint8 int16 uint16 int32 uint32 int64 uint64 "
    "float16 bfloat16 float32 float64 complex64 complex128".split()
)
PLAIN = frozenset({str, bool, type(None)})  # what is in JSON as it is
DEVICE = re.compile(r"(cpu|meta|mps|cuda(:\d{1,2})?)\Z")


class MalformedMessage(BaseException):
    """A message that does not follow the format. Not an Exception, so that no check can swallow it."""


@dataclass(frozen=True)
class Caps:
    """Upper bounds on one message, checked before anything is allocated."""

    json_bytes: int = 4_000_000
    payload_bytes: int = 512_000_000
    depth: int = 16
    nodes: int = 200_000
    text: int = 200_000
    odd_keys: int = 1_000  # keys of dicts that are no text, and whose hashes their sender may choose


_CAPS = Caps()


@dataclass(frozen=True)
class Tensor:
    """A framework's tensor that crossed as data. bfloat16 crosses as float32 and keeps its name in `dtype`."""

    array: np.ndarray
    framework: str
    dtype: str
    device: str = "cpu"
    requires_grad: bool = False

    @property
    def shape(self) -> tuple[int, ...]:
        return self.array.shape


@dataclass(frozen=True)
class Reference:
    """Names an object that stays in the kernel: its number, its type's name and those of its base classes."""

    id: int
    type: str
    bases: tuple[str, ...] = ()
    callable: bool = False


def pack(header: Mapping[str, Any], payload: bytes | bytearray = b"") -> bytes:
    """One frame as bytes."""
    text = _JSON.encode(header).encode()
    return b"".join((HEADER.pack(MAGIC, VERSION, len(text), len(payload)), text, payload))


def unpack_prefix(prefix: bytes | bytearray, caps: Caps) -> tuple[int, int]:
    """Lengths of the JSON part and of the payload, from the first `HEADER.size` bytes of a frame."""
    magic, version, json_length, payload_length = HEADER.unpack(prefix)
    if magic != MAGIC or version != VERSION:
        raise MalformedMessage("a frame that is not of this protocol")
    if json_length > caps.json_bytes or payload_length > caps.payload_bytes:
        raise MalformedMessage(f"a frame of {json_length + payload_length} bytes, above the cap")
    return json_length, payload_length


def parse_header(text: bytes | bytearray) -> dict[str, Any]:
    """The JSON part of a frame, as a dict."""
    try:
        header = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise MalformedMessage("a frame whose header is not JSON") from error
    if type(header) is not dict:
        raise MalformedMessage("a frame whose header is not an object")
    return header


class Encoder:
    """Turns values into a JSON tree and one payload. `keep` gets what has no plain form and returns a Reference."""

    def __init__(self, keep: Callable[[Any], Reference] | None = None) -> None:
        self.payload = bytearray()
        self._keep = keep

    def encode(self, value: Any, depth: int = 0) -> Any:
        if depth > 14:
            return self._opaque(value)
        kind = type(value)
        if value is None or kind is bool or kind is str or (kind is int and -(2**53) < value < 2**53):
            return value
        if kind is dict or kind is tuple or kind is list:
            return self._container(value, kind, depth)
        if isinstance(value, np.generic):
            return self._numbers("scalar", np.asarray(value), value)
        if isinstance(value, np.ndarray):
            return self._numbers("array", np.asarray(value), value)
        if isinstance(value, Tensor):
            return self._tensor(value)
        if isinstance(value, int):
            number = int(value)
            if number.bit_length() > MAX_BITS:
                return self._opaque(value)
            return number if abs(number) < 2**53 else {"t": "int", "v": hex(number)}
        if isinstance(value, float):
            real = float(value)
            return real if math.isfinite(real) else {"t": "float", "v": repr(real)}
        if isinstance(value, str):
            return str(value)
        for base in (list, tuple, dict):
            if isinstance(value, base):
                return self._container(value, base, depth)
        if isinstance(value, slice):
            return {"t": "slice", "v": [self.encode(part, depth + 1) for part in (value.start, value.stop, value.step)]}
        return self._opaque(value)

    def _container(self, value: Any, kind: type, depth: int) -> Any:
        encode, deeper = self.encode, depth + 1
        if kind is dict:
            items = [
                [encode(key, deeper), part if type(part) in PLAIN else encode(part, deeper)]
                for key, part in value.items()
            ]
            return {"t": "dict", "v": items}
        return {"t": kind.__name__, "v": [item if type(item) in PLAIN else encode(item, deeper) for item in value]}

    def _numbers(self, kind: str, array: np.ndarray, original: Any) -> Any:
        plain = array
        if array.dtype.str not in DTYPES:
            plain = array.astype(array.dtype.newbyteorder("<"), copy=False)
            if plain.dtype.str not in DTYPES:
                return self._opaque(original)
        data = plain.tobytes()  # in the order of rows, wherever they lie
        node = {"t": kind, "d": plain.dtype.str, "s": list(plain.shape), "o": len(self.payload)}
        self.payload += data
        return node

    def _tensor(self, tensor: Tensor) -> Any:
        node = self._numbers("tensor", tensor.array, tensor)
        return node | {"f": tensor.framework, "n": tensor.dtype, "w": tensor.device, "g": tensor.requires_grad}

    def _opaque(self, value: Any) -> Any:
        if isinstance(value, Reference):
            reference = value
        elif self._keep is None:
            raise TypeError(f"a {type(value).__name__} cannot cross the bridge")
        else:
            reference = self._keep(value)
        return {
            "t": "ref", "id": reference.id, "type": reference.type[:200],
            "bases": [name[:200] for name in reference.bases[:12]], "callable": reference.callable,
        }


class Decoder:
    """Turns a JSON tree and its payload back into values, validating every field.

    `resolve` gets each Reference and returns what stands for it: a proxy on the trusted side, the object itself in
    the kernel.
    """

    def __init__(
        self, payload: bytes | bytearray, resolve: Callable[[Reference], Any], caps: Caps | None = None
    ) -> None:
        self._payload = memoryview(payload)
        self._resolve = resolve
        self._caps = caps or _CAPS
        self._nodes = self._odd_keys = 0
        self._taken = 0  # bytes of the payload that arrays have taken: each byte belongs to one of them

    def decode(self, tree: Any, depth: int = 0) -> Any:
        self._nodes += 1
        if depth > self._caps.depth or self._nodes > self._caps.nodes:
            raise MalformedMessage("a value nested too deeply or with too many parts")
        kind = type(tree)
        if tree is None or kind is bool or kind is int or kind is float:
            return tree
        if kind is str:
            if len(tree) > self._caps.text:
                raise MalformedMessage("a text above the cap")
            return tree
        if kind is not dict or type(tree.get("t")) is not str:
            raise MalformedMessage("a value of no known kind")
        method = self._KINDS.get(tree["t"])
        if method is None:
            raise MalformedMessage("a value of no known kind")
        return method(self, tree, depth)

    def _list(self, tree: dict[str, Any], depth: int) -> list[Any]:
        parts = tree.get("v")
        if type(parts) is not list:
            raise MalformedMessage("a list without its parts")
        decode, deeper = self.decode, depth + 1
        return [decode(part, deeper) for part in parts]

    def _tuple(self, tree: dict[str, Any], depth: int) -> tuple[Any, ...]:
        return tuple(self._list(tree, depth))

    def _slice(self, tree: dict[str, Any], depth: int) -> slice:
        parts = self._list(tree, depth)
        if len(parts) != 3:
            raise MalformedMessage("a slice without three parts")
        return slice(*parts)

    def _dict(self, tree: dict[str, Any], depth: int) -> dict[Any, Any]:
        items = tree.get("v")
        if type(items) is not list:
            raise MalformedMessage("a dict without its items")
        result: dict[Any, Any] = {}
        for item in items:
            if type(item) is not list or len(item) != 2:
                raise MalformedMessage("a dict with a broken item")
            key, value = self.decode(item[0], depth + 1), self.decode(item[1], depth + 1)
            self._odd_keys += type(key) is not str
            if self._odd_keys > self._caps.odd_keys:
                raise MalformedMessage("dicts with too many keys that are no text")
            try:
                result[key] = value
            except TypeError as error:
                raise MalformedMessage("a dict with a key that has no hash") from error
        return result

    def _int(self, tree: dict[str, Any], depth: int) -> int:
        text = tree.get("v")
        if type(text) is not str or len(text) > MAX_BITS // 4 + 3:
            raise MalformedMessage("an int out of bounds")
        try:
            return int(text, 16)
        except ValueError as error:
            raise MalformedMessage("an int that is none") from error

    def _float(self, tree: dict[str, Any], depth: int) -> float:
        text = tree.get("v")
        if type(text) is not str or text not in ("nan", "inf", "-inf"):
            raise MalformedMessage("a float that is none")
        return float(text)

    def _array(self, tree: dict[str, Any], depth: int) -> np.ndarray:
        dtype, shape, offset = tree.get("d"), tree.get("s"), tree.get("o")
        if type(dtype) is not str or dtype not in DTYPES:
            raise MalformedMessage("an array of a dtype that does not cross the bridge")
        if type(shape) is not list or len(shape) > 32 or not all(type(n) is int and 0 <= n <= 1 << 40 for n in shape):
            raise MalformedMessage("an array with a broken shape")
        count = math.prod(shape)
        size = count * np.dtype(dtype).itemsize
        if type(offset) is not int or offset < self._taken or offset + size > len(self._payload):
            raise MalformedMessage("an array that lies outside its message, or where another does")
        self._taken = offset + size
        try:
            return np.frombuffer(self._payload, dtype=dtype, count=count, offset=offset).reshape(shape).copy()
        except ValueError as error:  # NumPy's own bounds: no values in an empty payload, sizes that overflow
            if count == 0:
                return self._empty(dtype, shape)
            raise MalformedMessage("an array that NumPy cannot hold") from error

    @staticmethod
    def _empty(dtype: str, shape: list[int]) -> np.ndarray:
        try:
            return np.empty(shape, dtype=dtype)
        except (ValueError, MemoryError) as error:
            raise MalformedMessage("an array that NumPy cannot hold") from error

    def _scalar(self, tree: dict[str, Any], depth: int) -> Any:
        array = self._array(tree, depth)
        if array.shape != ():
            raise MalformedMessage("a scalar with a shape")
        return array[()]

    def _tensor(self, tree: dict[str, Any], depth: int) -> Tensor:
        framework, dtype, device = tree.get("f"), tree.get("n"), tree.get("w")
        if type(framework) is not str or framework not in FRAMEWORKS:
            raise MalformedMessage("a tensor of no known framework")
        if type(dtype) is not str or dtype not in TENSOR_DTYPES:
            raise MalformedMessage("a tensor of no known dtype")
        if type(device) is not str or not DEVICE.match(device):
            raise MalformedMessage("a tensor on no known device")
        return Tensor(self._array(tree, depth), framework, dtype, device, tree.get("g") is True)

    def _ref(self, tree: dict[str, Any], depth: int) -> Any:
        number, name, bases = tree.get("id"), tree.get("type"), tree.get("bases")
        if type(number) is not int or type(name) is not str or len(name) > 200:
            raise MalformedMessage("a handle without number or type")
        if type(bases) is not list or len(bases) > 12 or any(type(b) is not str or len(b) > 200 for b in bases):
            raise MalformedMessage("a handle with broken bases")
        return self._resolve(Reference(number, name, tuple(bases), tree.get("callable") is True))

    _KINDS: ClassVar = {
        "list": _list, "tuple": _tuple, "dict": _dict, "slice": _slice, "int": _int, "float": _float,
        "array": _array, "scalar": _scalar, "tensor": _tensor, "ref": _ref,
    }
