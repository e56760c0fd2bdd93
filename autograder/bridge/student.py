"""The proxy that stands for the student's notebook: its names, its objects, what they raise."""

from __future__ import annotations

import inspect
import textwrap
import threading
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from ..sandbox import wire
from .errors import NotAttempted as NotAttempted
from .errors import RaisedEarlier as RaisedEarlier
from .errors import StudentError as StudentError
from .errors import error_from, outcomes_from
from .transport import BridgeFailure, BridgeProtocolError, Transport

WAITING_BYTES = 1 << 20  # of requests that wait for the next one


class Later:
    """The answer to a request that waits for others: known once they were sent. Reading `value` sends them."""

    __slots__ = ("_known", "_session", "_value")

    def __init__(self, session: Session) -> None:
        self._session, self._known, self._value = session, False, None

    def give(self, value: Any) -> None:
        """Makes the answer known."""
        self._known, self._value = True, value

    @property
    def value(self) -> Any:
        """The answer. Raises what was raised instead of it, or of what waits before it."""
        if not self._known:
            self._session.flush()
        if not self._known:
            raise RuntimeError("a request whose answer is read was given up")
        return self._value


class _Waiting(threading.local):
    """The sessions of this thread with requests that wait."""

    def __init__(self) -> None:
        self.sessions: list[Session] = []


_waiting = _Waiting()


class Session:
    """Requests and replies as Python values. Shared by a Student and the handles that came from it.

    A request costs two changes of process. One whose answer nobody reads, such as an assignment, therefore waits for
    the next and goes in one message with it; what it raises is raised there. See `send_waiting`.

    together: whether answers that are read may wait as well, while `collecting`; see `later`. lost_together: whether
    the kernel could not be asked any more while several answers were open, so that nobody knows which of them it was.
    outcomes: what was raised by calls that waited together, each by itself; see `outcome_of`.
    """

    def __init__(self, transport: Transport, together: bool = False) -> None:
        self.transport = transport
        self.together = together
        self.collecting = self.lost_together = False
        self._open: list[Later] = []
        self.outcomes: dict[int, Exception] = {}
        self._group: int | None = None
        self._groups = self._told = 0  # that were asked for, and that the kernel was told of
        self.made = 0
        self.makers: dict[int, tuple[str, tuple[str, ...]]] = {}  # classes, with the type that they make
        self._requests: list[dict[str, Any]] = []
        self._encoder: wire.Encoder | None = None
        self.calls = 0
        self.names: dict[str, Handle] = {}
        self.asked = ""  # the notebook's name that was asked for last
        self.kept: dict[Any, Any] = {}  # what checks found out and ask no second time
        self.methods: set[tuple[str, tuple[str, ...], str]] = set()

    def ask(self, op: str, payload: Mapping[str, Any] | None = None, **fields: Any) -> Any:
        """Sends one request, and before it what waits; `payload` holds the fields that are values.

        Returns the decoded answer."""
        if self._group is not None and op in ("call", "method"):
            return self.later(op, payload, **fields)
        encoder = self._encoder or wire.Encoder(_as_reference)
        header = _header(encoder, op, payload, fields)
        answers = self._open
        if self._requests:
            header = {"op": "several", "requests": [*self._requests, header]}
            self.forget()
        return self._sent(header, encoder.payload, answers)

    def later(self, op: str, payload: Mapping[str, Any] | None = None, **fields: Any) -> None:
        """Has a request wait for the next one. Its answer is not read, but what it raises is."""
        encoder = self._encoder = self._encoder or wire.Encoder(_as_reference)
        if self._group is not None:
            fields["group"] = self._group
        self._requests.append(_header(encoder, op, payload, fields))
        if len(self._requests) == 1:
            _waiting.sessions.append(self)
        if len(encoder.payload) > WAITING_BYTES:
            self.flush()

    def answer_later(self, op: str, payload: Mapping[str, Any] | None = None, **fields: Any) -> Later:
        """Has a request wait whose answer is read later; while nothing is collected, it is asked now."""
        answer = Later(self)
        if self.collecting:
            self._open.append(answer)
            self.later(op, payload, answer=True, **fields)
        else:
            answer.give(self.ask(op, payload, **fields))
        return answer

    def outcome_of(self, call: Callable[[], Any]) -> int:
        """Has all that `call` calls wait for the next request, none of whose results it may look at.

        What one of them raises ends these alone: it is in `outcomes` once they were sent, by the number given here."""
        self._groups += 1
        self._group = self._groups
        try:
            call()
        finally:
            self._group = None
        return self._groups

    def flush(self) -> None:
        """Sends what waits."""
        if self._requests and self._encoder is not None:
            header, payload, answers = {"op": "several", "requests": self._requests}, self._encoder.payload, self._open
            self.forget()
            self._sent(header, payload, answers)

    def forget(self) -> None:
        """Lets nothing wait any more."""
        self._requests, self._encoder, self._open = [], None, []
        if self in _waiting.sessions:
            _waiting.sessions.remove(self)

    def _sent(self, header: Mapping[str, Any], payload: bytearray, answers: Sequence[Later]) -> Any:
        self.calls += 1
        several, self._told = bool(answers) or self._groups > self._told, self._groups
        try:
            reply, data = self.transport.request(dict(header), payload)
            return self._read(reply, data, answers)
        except wire.MalformedMessage as error:
            self.lost_together |= several
            raise BridgeProtocolError(str(error)) from None
        except BridgeFailure:
            self.lost_together |= several
            raise

    def _read(self, reply: Mapping[str, Any], data: bytes | bytearray, answers: Sequence[Later]) -> Any:
        decoder, found = wire.Decoder(data, self._handle), reply.get("answers") if answers else []
        raised = "raised" in reply
        if type(found) is not list or len(found) > len(answers) or (len(found) < len(answers) and not raised):
            raise wire.MalformedMessage("not one answer for each question")
        for answer, tree in zip(answers, found, strict=False):
            answer.give(decoder.decode(tree))
        for group, error in outcomes_from(reply.get("outcomes", []), self._groups):
            self.outcomes.setdefault(group, error)
        if raised:
            error = error_from(reply["raised"])
            raise error if len(found) == len(answers) else RaisedEarlier from error
        if "ok" not in reply:
            raise wire.MalformedMessage("a reply without a result")
        return decoder.decode(reply["ok"])

    def _handle(self, reference: wire.Reference) -> Handle:
        return Handle(self, reference)


def _header(
    encoder: wire.Encoder, op: str, payload: Mapping[str, Any] | None, fields: Mapping[str, Any]
) -> dict[str, Any]:
    header = {"op": op, **fields}
    for key, value in (payload or {}).items():
        header[key] = encoder.encode(value)
    return header


def _arguments(args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> dict[str, Any]:
    """What a call is made with, as values of a request; most calls have no named arguments."""
    return {"args": args, "kwargs": kwargs} if kwargs else {"args": args}


def send_waiting() -> None:
    """Sends what waits in this thread, whatever notebook it asks: what an assignment raised is raised now."""
    for session in list(_waiting.sessions):
        session.flush()


def send_waiting_quietly() -> None:
    """The same after something went wrong: what an assignment raises is not said any more."""
    for session in list(_waiting.sessions):
        try:
            session.flush()
        except (StudentError, NotAttempted):
            continue


def forget_waiting() -> None:
    """Lets nothing wait in this thread: the notebook cannot be asked any more."""
    for session in list(_waiting.sessions):
        session.forget()


class Handle:
    """An object that stays in the kernel. Attributes, assignments and calls are requests over the bridge."""

    __slots__ = ("_reference", "_session")
    _reference: wire.Reference
    _session: Session

    def __init__(self, session: Session, reference: wire.Reference) -> None:
        object.__setattr__(self, "_session", session)
        object.__setattr__(self, "_reference", reference)

    @property
    def _id(self) -> int:
        return self._reference.id

    @property
    def _kind(self) -> tuple[str, tuple[str, ...]]:
        return self._reference.type, self._reference.bases

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        key = (*self._kind, name)
        if key in self._session.methods:
            return Method(self, name)
        value = self._session.ask("get", of=self._id, name=name)
        if isinstance(value, Handle) and value._reference.type == "method":
            self._session.methods.add(key)
        return value

    def __setattr__(self, name: str, value: Any) -> None:
        self._session.later("set", {"value": value}, of=self._id, name=name)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        session, id = self._session, self._id
        if id in session.makers:
            session.made += 1
            session.later("call", _arguments(args, kwargs), of=id, keep=-session.made)
            return Made(session, -session.made, session.makers[id])
        made = session.ask("call", _arguments(args, kwargs), of=id)
        if isinstance(made, Handle) and self._reference.type == "type":
            session.makers[id] = made._kind
        return made

    def __repr__(self) -> str:
        return f"<{self._kind[0]} in the notebook>"


class Made(Handle):
    """What a class made that was seen to make objects: it is made together with the next request."""

    __slots__ = ("_like", "_number")
    _like: tuple[str, tuple[str, ...]]
    _number: int

    def __init__(self, session: Session, number: int, like: tuple[str, tuple[str, ...]]) -> None:
        object.__setattr__(self, "_session", session)
        object.__setattr__(self, "_number", number)
        object.__setattr__(self, "_like", like)

    @property
    def _id(self) -> int:
        return self._number

    @property
    def _kind(self) -> tuple[str, tuple[str, ...]]:
        return self._like

    @property
    def _reference(self) -> wire.Reference:  # type: ignore[override]  # for whoever wants to know what it is
        found = self._session.ask("kept", of=self._number)
        if not isinstance(found, Handle):
            raise BridgeProtocolError("an object that is none any more")
        return found._reference


class Method(Handle):
    """A method, of an object whose type was seen to have it: it is looked up together with its call, in one request."""

    __slots__ = ("_name", "_of")
    _name: str
    _of: Handle

    def __init__(self, of: Handle, name: str) -> None:
        object.__setattr__(self, "_session", of._session)
        object.__setattr__(self, "_of", of)
        object.__setattr__(self, "_name", name)

    @property
    def _reference(self) -> wire.Reference:  # type: ignore[override]  # for whoever wants the object itself
        found = self._session.ask("get", of=self._of._id, name=self._name)
        if not isinstance(found, Handle):
            raise BridgeProtocolError("a method that is none any more")
        return found._reference

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._session.ask("method", _arguments(args, kwargs), of=self._of._id, name=self._name)


class Student:
    """The student's notebook: `student.double` is what the notebook calls `double`.

    Plain data and arrays come as values, framework tensors as `Tensor`, everything else as a `Handle`.
    Raises NotAttempted for a name that the notebook lacks, StudentError for what student code raises.
    """

    __slots__ = ("_session",)

    def __init__(self, transport: Transport, together: bool = False) -> None:
        object.__setattr__(self, "_session", Session(transport, together))

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        self._session.asked = name
        known = self._session.names.get(name)
        if known is not None:
            return known
        value = self._session.ask("name", name=name)
        if isinstance(value, Handle):  # a function or a class is asked for at every call, and stays what it is
            self._session.names[name] = value
        return value

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError("a check does not change the notebook's names")


def ask_later(call: Handle, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Later:
    """Calls a function or a method of the notebook; see `Session.answer_later`."""
    payload = _arguments(args, kwargs)
    if isinstance(call, Method):
        return call._session.answer_later("method", payload, of=call._of._id, name=call._name)
    return call._session.answer_later("call", payload, of=call._id)


class Loaded:
    """Functions of a check that run in the kernel, as attributes."""

    def __init__(self, functions: Mapping[str, Handle]) -> None:
        self.__dict__.update(functions)

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(f"no function {name} was sent to the kernel")


def mark(student: Student, name: str) -> None:
    """Lets the kernel remember the notebook's names as they are now; see `restore`."""
    student._session.ask("mark", name=name)


def restore(student: Student, name: str) -> None:
    """Brings back the notebook's names as they were at the mark of that name."""
    student._session.names.clear()
    student._session.ask("restore", name=name)


def in_kernel(student: Student | Handle, *functions: Callable[..., Any]) -> Loaded:
    """Sends the source of plain functions to the kernel and returns them, callable with data and handles.

    student: the notebook, or something of it. Each function must be self-contained: it imports what it needs inside,
    may call the others of the same call, and holds no secret, since it runs where student code runs.
    """
    session, key = student._session, _sent_of(*functions)
    loaded: Loaded | None = session.kept.get(key)
    if loaded is None:
        _, source, names = key
        loaded = session.kept[key] = Loaded(session.ask("load", source=source, names=list(names)))
    return loaded


@lru_cache(maxsize=256)
def _sent_of(*functions: Callable[..., Any]) -> tuple[Any, str, tuple[str, ...]]:
    """What is sent of functions, which is also what a session knows them by: a check asks for them once in each case,
    and finding their source takes longer than a small check."""
    source = "\n\n".join(textwrap.dedent(inspect.getsource(function)) for function in functions)
    return in_kernel, source, tuple(function.__name__ for function in functions)


KNOWN_TYPES = frozenset(
    """function method builtin_function_or_method type module generator range set frozenset bytes bytearray complex
    ellipsis object map filter zip partial list tuple dict str ndarray matrix MaskedArray DataFrame Series Image
    Figure Axes Sequential Linear Functional Model Parameter SimpleNamespace Fraction Decimal""".split()
) | {f"Conv{dimensions}d" for dimensions in (1, 2, 3)}


def type_of(value: Any) -> str:
    """The name of a value's type, of the kernel's type for a handle.

    A class of the student's own is not named: its name is whatever the kernel says, and would carry what a check
    sent there into messages.
    """
    if isinstance(value, Handle):
        name = value._reference.type
        return name if name in KNOWN_TYPES else "object of a class of your own"
    if isinstance(value, wire.Tensor):
        return f"{value.framework} tensor"
    return type(value).__name__


def bases_of(value: Any) -> tuple[str, ...]:
    """The names of a handle's type and its base classes; empty for plain data."""
    return value._reference.bases if isinstance(value, Handle) else ()


def _as_reference(value: Any) -> wire.Reference:
    if isinstance(value, Method):
        return value._reference
    if isinstance(value, Handle):  # the kernel knows its objects by their numbers
        return wire.Reference(value._id, "object")
    raise TypeError(f"a {type(value).__name__} cannot be sent to the notebook")
