"""The kernel's side of the bridge: does to the notebook's objects what the grader asks, and answers with data.

Nothing here is trusted by the grader, and nothing here holds a secret: a student who replaces this file's functions
in their own kernel can only make their own answers wrong.
"""

from __future__ import annotations

import contextlib
import io
import linecache
import socket
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from . import wire
from .meant import meant_by

TEXT_CAP = 600
BUFFER = 1 << 16


class Agent:
    """Answers the grader's requests on one notebook's namespace.

    `namespace` is the notebook's globals. The op `mark` remembers its names as they are, `restore` brings them back,
    so that a task can be asked after the last cell about the names as they were at its check cell. With `quiet`,
    what student code prints during a request is dropped.
    """

    def __init__(self, namespace: dict[str, Any], *, quiet: bool = False) -> None:
        self._namespace = namespace
        self._objects: dict[int, Any] = {}
        self._next = 1
        self._quiet = quiet
        self._marks: dict[str, dict[str, Any]] = {}
        self._say: Callable[[dict[str, Any]], None] | None = None

    def serve(self, connection: socket.socket) -> None:
        """Answers requests from the socket until the op `close` or the end of the connection."""
        caps = wire.Caps()
        self._say = lambda header: connection.sendall(wire.pack(header))
        with connection.makefile("rb", buffering=BUFFER) as requests:  # most requests in one system call
            while prefix := requests.read(wire.HEADER.size):
                json_length, payload_length = wire.unpack_prefix(prefix, caps)
                header = wire.parse_header(requests.read(json_length))
                payload = requests.read(payload_length)
                if header.get("op") == "close":
                    connection.sendall(wire.pack({"id": header.get("id"), "ok": None}))
                    return
                reply, data = self.answer(header, payload)
                connection.sendall(wire.pack(reply, data))

    def answer(self, header: dict[str, Any], payload: bytes | bytearray) -> tuple[dict[str, Any], bytearray]:
        """The reply to one request: its header and its payload."""
        number = header.get("id")
        try:
            with contextlib.redirect_stdout(io.StringIO()) if self._quiet else contextlib.nullcontext():
                decoder = wire.Decoder(payload, lambda reference: self._objects[reference.id])
                encoder = wire.Encoder(self._keep)
                if header["op"] == "several":
                    return {"id": number, **self._several(header, decoder, encoder)}, encoder.payload
                result = self._perform(header, decoder)
                return {"id": number, "ok": encoder.encode(as_data(result))}, encoder.payload
        except BaseException as error:  # whatever student code raises is an answer too, SystemExit among it
            return {"id": number, "raised": self._describe(error)}, bytearray()

    def _several(self, header: dict[str, Any], decoder: wire.Decoder, encoder: wire.Encoder) -> dict[str, Any]:
        """Requests that came in one message: the answers that are read, and the last one's result or what one raised.

        What one of a group raises ends that group alone, and is its outcome. In between it is said which are done,
        since each has its own time."""
        result: Any = None
        answers: list[Any] = []
        outcomes: dict[int, dict[str, Any]] = {}
        said = time.monotonic()
        try:
            for number, request in enumerate(header["requests"]):
                if self._say is not None and number and time.monotonic() - said > wire.PROGRESS_S:
                    self._say({"id": header.get("id"), "done": number})
                    said = time.monotonic()
                if "group" in request:
                    self._perform_of(request["group"], request, decoder, outcomes)
                    result = None
                    continue
                result = self._perform(request, decoder)
                if request.get("answer"):
                    answers.append(encoder.encode(as_data(result)))
                    result = None
            said_last = {"ok": encoder.encode(as_data(result))}
        except BaseException as error:  # as in `answer`
            said_last = {"raised": self._describe(error)}
        return {**said_last, "answers": answers, "outcomes": [list(one) for one in outcomes.items()]}

    def _perform_of(
        self, group: int, request: dict[str, Any], decoder: wire.Decoder, outcomes: dict[int, dict[str, Any]]
    ) -> None:
        """One of a group's requests, of which the first that raises is the last."""
        if group in outcomes:
            return
        try:
            self._perform(request, decoder)
        except Exception as error:  # an interrupt, and what would end the kernel, ends the message
            outcomes[group] = self._describe(error)

    def _perform(self, header: dict[str, Any], decoder: wire.Decoder) -> Any:
        op = header["op"]
        name: Any = header.get("name")
        if op == "name":
            if name not in self._namespace:
                raise MissingName(name)
            return self._namespace[name]
        if op == "mark":
            self._marks[name] = dict(self._namespace)
            return None
        if op == "restore":
            names = dict(self._marks[name])
            self._namespace.clear()
            self._namespace.update(names)
            return None
        if op == "load":
            return self._load(header["source"], header["names"])
        target = self._objects[header["of"]]
        if op == "kept":
            return target
        if op == "get":
            return getattr(target, name)
        if op == "set":
            return setattr(target, name, decoder.decode(header["value"]))
        if op in ("call", "method"):
            args = decoder.decode(header["args"])
            kwargs = decoder.decode(header["kwargs"]) if "kwargs" in header else {}
            called = target if op == "call" else getattr(target, name)
            result = called(*args, **kwargs)
            if "keep" not in header:
                return result
            self._objects[header["keep"]] = result
            return None
        raise ValueError(f"unknown op {op!r}")

    def _load(self, source: str, names: list[str]) -> dict[str, Any]:
        module: dict[str, Any] = {"__name__": "autograder_check", "__builtins__": __builtins__}
        exec(compile(source, "<check>", "exec"), module)
        return {name: module[name] for name in names}

    def _keep(self, value: Any) -> wire.Reference:
        number, self._next = self._next, self._next + 1
        self._objects[number] = value
        bases = [base.__name__ for base in type(value).__mro__]
        return wire.Reference(number, type(value).__name__, tuple(bases), callable(value))

    def _describe(self, error: BaseException) -> dict[str, Any]:
        return {
            "type": type(error).__name__[:100],
            "bases": [base.__name__[:100] for base in type(error).__mro__[:12]],
            "text": _text_of(error),
            "missing": isinstance(error, MissingName),
            "where": self._where(error),
            "meant": meant_by(error),
        }

    def _where(self, error: BaseException) -> dict[str, Any] | None:
        """The last frame in the student's own cells: function, line number in the cell, the line itself."""
        place, trace = None, error.__traceback__
        while trace is not None:
            code = trace.tb_frame.f_code
            if trace.tb_frame.f_globals is self._namespace:
                line = linecache.getline(code.co_filename, trace.tb_lineno).strip()
                place = {"function": code.co_name[:100], "line": trace.tb_lineno, "code": line[:200]}
            trace = trace.tb_next
        return place


class MissingName(Exception):
    """The notebook has no such name."""


def _text_of(error: BaseException) -> str:
    try:
        return str(str(error)[:TEXT_CAP])
    except BaseException as inner:  # an exception whose __str__ raises is a student's exception all the same
        return f"(its text cannot be read: {type(inner).__name__})"


def as_data(value: Any, depth: int = 0) -> Any:
    """Framework tensors become `wire.Tensor`, also inside tuples, lists and dicts; everything else stays."""
    if isinstance(value, (str, bytes, int, float, np.ndarray, np.generic)) or value is None or depth > 4:
        return value
    if type(value) in (list, tuple):
        return type(value)(as_data(part, depth + 1) for part in value)
    if type(value) is dict:
        return {key: as_data(part, depth + 1) for key, part in value.items()}
    torch = sys.modules.get("torch")
    if torch is not None and hasattr(torch, "Tensor") and isinstance(value, torch.Tensor):
        return _from_torch(value, torch)
    tensorflow = sys.modules.get("tensorflow")
    if tensorflow is not None and hasattr(tensorflow, "is_tensor") and tensorflow.is_tensor(value):
        return _from_tensorflow(value)
    return value


def _from_torch(value: Any, torch: Any) -> wire.Tensor:
    plain = value.detach().cpu()
    plain = plain.float() if plain.dtype == torch.bfloat16 else plain
    dtype = str(value.dtype).removeprefix("torch.")
    return wire.Tensor(plain.numpy(), "torch", dtype, str(value.device), bool(value.requires_grad))


def _from_tensorflow(value: Any) -> wire.Tensor:
    array = value.numpy()
    array = array.astype(np.float32) if value.dtype.name == "bfloat16" else array
    return wire.Tensor(array, "tensorflow", value.dtype.name, "cpu", False)
