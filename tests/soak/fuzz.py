"""The decoder under atheris, a coverage-guided fuzzer (`pip install atheris`): `python -m tests.soak.fuzz MINUTES`.

The fuzzer's bytes become a tree that nearly is a value, and a frame as they are; what the decoder may do with either
is to give a value or to raise MalformedMessage.
"""

from __future__ import annotations

import sys
from typing import Any

import atheris

with atheris.instrument_imports(include=["autograder.sandbox"]):
    from autograder.sandbox import wire

KINDS = ["list", "tuple", "dict", "slice", "int", "float", "array", "scalar", "tensor", "ref", "object"]
FIELDS = ["v", "d", "s", "o", "id", "type", "bases", "f", "n", "w", "g"]
TEXTS = ["<f4", "<f8", "|b1", "|O", "nan", "inf", "0xff", "torch", "float32", "bfloat16", "cpu", "cuda:0", "Layer", ""]


def tree(data: atheris.FuzzedDataProvider, depth: int = 0) -> Any:
    """A JSON value, most often one that claims to be of a kind."""
    choice = data.ConsumeIntInRange(0, 9)
    if choice >= 4 and depth < 8:
        fields = {data.PickValueInList(FIELDS): tree(data, depth + 1) for _ in range(data.ConsumeIntInRange(0, 6))}
        return {**fields, "t": data.PickValueInList(KINDS)}
    if choice == 3 and depth < 8:
        return [tree(data, depth + 1) for _ in range(data.ConsumeIntInRange(0, 4))]
    if choice == 2:
        return data.PickValueInList(TEXTS)
    return data.ConsumeInt(8) if choice == 1 else data.PickValueInList([None, True, False, 1.5, 0, -1])


def one(raw: bytes) -> None:
    """One input: as a value with a payload, and as a frame."""
    data = atheris.FuzzedDataProvider(raw)
    try:
        value = tree(data)
        wire.Decoder(data.ConsumeBytes(64), lambda reference: reference).decode(value)
    except wire.MalformedMessage:
        value = None
    try:
        wire.unpack_prefix(raw[: wire.HEADER.size].ljust(wire.HEADER.size, b"\0"), wire.Caps())
        wire.parse_header(raw[wire.HEADER.size :])
    except wire.MalformedMessage:
        return


if __name__ == "__main__":
    atheris.Setup([sys.argv[0], f"-max_total_time={60 * int(sys.argv[1])}", "-max_len=2048"], one)
    atheris.Fuzz()
