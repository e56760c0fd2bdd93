"""The trusted end of the bridge, against honest and hostile other ends."""

from __future__ import annotations

import random
import select
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress

import numpy as np
import pytest

from autograder.bridge import transport as transport_module
from autograder.bridge.measuring import measured
from autograder.bridge.student import (
    Handle,
    Later,
    NotAttempted,
    Session,
    Student,
    StudentError,
    in_kernel,
    mark,
    restore,
    send_waiting,
    type_of,
)
from autograder.bridge.transport import (
    BridgeClosed,
    BridgeFailure,
    BridgeInterrupted,
    BridgeProtocolError,
    BridgeTimeout,
    BridgeTraffic,
    LocalTransport,
    SocketTransport,
)
from autograder.sandbox import wire
from autograder.sandbox.agent import Agent
from autograder.sandbox.usage import Usage

NOTEBOOK = """
import numpy as np
class Layer:
    def __init__(self, factor): self.factor, self.kernels = factor, None
    def forward(self, x): return self.factor * x
def fails(x): return x.missing
def stub(x): raise NotImplementedError()
def leaves(): raise SystemExit(3)
class Rude(Exception):
    def __str__(self): raise RuntimeError("no")
def rude(): raise Rude()
answer = {"a": 1, "b": (2, None, [float("nan")])}
"""


def namespace() -> dict:
    names: dict = {}
    exec(compile(NOTEBOOK, "<cell>", "exec"), names)
    return names


@contextmanager
def other_end(behave: Callable[[socket.socket], None], **options) -> Iterator[SocketTransport]:
    ours, theirs = socket.socketpair()

    def run() -> None:
        try:
            behave(theirs)
        except (OSError, wire.MalformedMessage):
            theirs.close()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        yield SocketTransport(ours, **{"seconds": 5.0, **options})
    finally:
        ours.close()
        thread.join(5)
        theirs.close()
        assert not thread.is_alive()


def read_request(connection: socket.socket) -> int:
    prefix = connection.recv(wire.HEADER.size, socket.MSG_WAITALL)
    if not prefix:
        raise OSError
    json_length, payload_length = wire.unpack_prefix(prefix, wire.Caps())
    header = wire.parse_header(connection.recv(json_length, socket.MSG_WAITALL))
    if payload_length:
        connection.recv(payload_length, socket.MSG_WAITALL)
    return header["id"]


@pytest.fixture(params=["in this process", "over a socket"])
def student(request):
    if request.param == "in this process":
        yield Student(LocalTransport(namespace()))
    else:
        with other_end(Agent(namespace()).serve) as transport:
            yield Student(transport)
            assert transport.close()


def test_objects_stay_and_values_cross(student):
    layer = student.Layer(3)
    assert isinstance(layer, Handle) and type_of(layer) == "object of a class of your own"
    layer.kernels = np.ones((2, 3), "float32")
    assert layer.kernels.dtype == np.float32
    np.testing.assert_array_equal(layer.forward(np.arange(3)), [0, 3, 6])
    assert student.answer["b"][:2] == (2, None)


def test_what_is_asked_again_and_again_takes_one_request(student):
    """A function's name is looked up once; a method together with its call, once its type was seen to have it.

    What a class makes is made, and what is assigned is assigned, with the next request whose answer is read."""
    student.Layer(2).forward(np.ones(2))
    session, before = student._session, student._session.calls
    layer = student.Layer(3)
    layer.kernels = np.full(3, 2.0)
    method = layer.forward
    assert isinstance(method, Handle) and session.calls == before
    np.testing.assert_array_equal(method(np.arange(3)), [0, 3, 6])
    assert session.calls == before + 1
    assert type_of(method) == "method" and type_of(layer) == "object of a class of your own"
    np.testing.assert_array_equal(layer.kernels, [2.0, 2.0, 2.0])
    with pytest.raises(StudentError):
        layer.forward("no array", "and too many")


def test_what_waits_is_sent_in_order_and_says_what_it_raises(student):
    student.Layer(2)
    layer = student.Layer(3)
    layer.kernels = np.ones(3)
    layer.kernels = np.zeros(3)
    np.testing.assert_array_equal(layer.kernels, np.zeros(3))
    student.Layer("no", "such", "arguments")
    with pytest.raises(StudentError) as caught:
        send_waiting()
    assert caught.value.type == "TypeError"
    send_waiting()  # said once


def test_what_was_made_can_be_given_to_the_notebook(student):
    student.Layer(2)
    first, second = student.Layer(3), student.Layer(4)
    first.inner = second
    assert type_of(first.inner) == "object of a class of your own"
    np.testing.assert_array_equal(first.inner.forward(np.ones(1)), second.forward(np.ones(1)))


def test_a_method_that_is_data_in_another_object_is_no_method_there(student):
    student.Layer(2).forward(np.ones(2))
    layer = student.Layer(3)
    layer.forward = 5
    with pytest.raises(StudentError) as caught:
        layer.forward(np.ones(2))
    assert caught.value.type == "TypeError"
    with pytest.raises(BridgeProtocolError):
        type_of(layer.forward)


def test_functions_of_a_check_run_beside_the_notebook(student):
    tools = in_kernel(student, apply_twice)
    np.testing.assert_array_equal(tools.apply_twice(student.Layer(3).forward, np.ones(2)), [9.0, 9.0])
    with pytest.raises(AttributeError):
        tools.something_else(1)


def apply_twice(function, x):
    return function(function(x))


def test_what_student_code_raises_is_told_with_its_place(student):
    with pytest.raises(StudentError) as caught:
        student.fails(1)
    assert caught.value.type == "AttributeError" and caught.value.where.function == "fails"
    with pytest.raises(NotAttempted):
        student.nothing_of_this_name  # noqa: B018
    with pytest.raises(NotAttempted):
        student.stub(1)
    with pytest.raises(StudentError, match="SystemExit"):
        student.leaves()
    with pytest.raises(StudentError) as caught:
        student.rude()
    assert caught.value.known_type == "Exception"  # a class of the student's own is not named


def test_names_can_be_asked_for_as_they_were_at_a_mark():
    names = namespace()
    exec("size = 1\ndef helper(): return size\ndef asked(): return helper()", names)
    student = Student(LocalTransport(names))
    mark(student, "first")
    exec("size = 2\ndef helper(wrong, signature): return 0\nlater = 5\ndel answer", names)
    restore(student, "first")
    assert student.asked() == 1 and student.answer["a"] == 1
    with pytest.raises(NotAttempted):
        student.later  # noqa: B018


def test_a_check_cannot_change_the_notebook(student):
    with pytest.raises(AttributeError):
        student.answer = 1


def test_a_slow_answer_is_a_timeout_and_the_late_reply_is_dropped():
    woken = threading.Event()

    def slow(connection: socket.socket) -> None:
        number = read_request(connection)
        woken.wait(5)
        connection.sendall(wire.pack({"id": number, "ok": "late"}))
        connection.sendall(wire.pack({"id": read_request(connection), "ok": "in time"}))

    with other_end(slow, seconds=0.2, on_timeout=woken.set) as transport:
        with pytest.raises(BridgeTimeout):
            Student(transport).x  # noqa: B018 - the attribute is the request
        assert Student(transport).x == "in time"
        assert transport.dropped == [], "the late reply was taken before the next question was asked"


def test_the_time_for_all_requests_together_is_bounded():
    with other_end(Agent(namespace()).serve, total_seconds=0.3) as transport:
        student = Student(transport)
        started = time.monotonic()
        with pytest.raises(BridgeTimeout):
            while time.monotonic() < started + 5:
                student.answer  # noqa: B018


class Owes:
    """Says each time the next of these seconds, and then none."""

    def __init__(self, *seconds: float) -> None:
        self.left, self.asked = list(seconds), 0

    def __call__(self) -> float:
        self.asked += 1
        return self.left.pop(0) if self.left else 0.0


def answers_after(event: threading.Event, answer: str = "late") -> Callable[[socket.socket], None]:
    def behave(connection: socket.socket) -> None:
        number = read_request(connection)
        event.wait(10)
        connection.sendall(wire.pack({"id": number, "ok": answer}))

    return behave


def test_time_in_which_the_machine_ran_others_is_none_of_the_requests():
    over = threading.Event()

    def owed() -> float:
        over.set()
        return 5.0

    with other_end(answers_after(over), seconds=0.1, kept_waiting=owed) as transport:
        assert Student(transport).x == "late"


@pytest.mark.parametrize("owed", [(), (0.0, 9.0), (0.04, 9.0), (transport_module.OWED_S, 9.0), (0.1, 0.1, 0.0, 9.0)])
def test_a_request_waits_no_longer_once_nothing_more_is_owed(owed: tuple[float, ...]):
    over, owes = threading.Event(), Owes(*owed)
    with other_end(answers_after(over), seconds=0.15, kept_waiting=owes) as transport:
        with pytest.raises(BridgeTimeout):
            Student(transport).x  # noqa: B018
        over.set()
    assert owes.asked == max(1, len(owed) - 1)


class SlowTime:
    """In place of `time` and `select`: time passes only where somebody waits for what is not there yet, and no more
    comes."""

    POLLIN, POLLOUT = select.POLLIN, select.POLLOUT

    def __init__(self) -> None:
        self.now, self.looks = 0.0, 0

    def monotonic(self) -> float:
        return self.now

    def poll(self) -> Waiting:
        return Waiting(self)


class Waiting:
    def __init__(self, clock: SlowTime) -> None:
        self._clock, self._ready = clock, select.poll()

    def register(self, connection: socket.socket, event: int) -> None:
        self._ready.register(connection, event)

    def poll(self, milliseconds: int) -> bool:
        self._clock.looks += 1
        ready = bool(self._ready.poll(0))
        self._clock.now += 0.0 if ready else milliseconds / 1000
        return ready


@pytest.fixture
def slow_time(monkeypatch: pytest.MonkeyPatch) -> SlowTime:
    clock = SlowTime()
    monkeypatch.setattr(transport_module, "time", clock)
    monkeypatch.setattr(transport_module, "select", clock)
    return clock


@pytest.mark.parametrize(("options", "asked", "most"), [
    ({"seconds": 0.12}, 9, 8 * 0.12),
    ({"seconds": 0.12, "total_seconds": 0.2}, 1, 0.2),
])
def test_what_is_owed_has_an_end(options: dict[str, float], asked: int, most: float, slow_time: SlowTime):
    """Several times its own time, and never more than all requests together have."""
    owes = Owes(*[0.1] * 1000)
    ours, theirs = socket.socketpair()
    with ours, theirs, pytest.raises(BridgeTimeout):
        Student(SocketTransport(ours, **options, kept_waiting=owes)).x  # noqa: B018
    assert owes.asked == asked and slow_time.now < most + 0.01


def test_how_long_a_silent_kernel_is_waited_for(slow_time: SlowTime):
    """For a request and for its late reply where nobody says otherwise, and for it to let go."""
    for ask, seconds in (
        (lambda asked: asked.request({"op": "get"}, b""), 30.0 + 1.0),
        (lambda asked: asked.close(), 2.0 + 1.0),
    ):
        slow_time.now, slow_time.looks = 0.0, 0
        ours, theirs = socket.socketpair()
        with ours, theirs, suppress(BridgeTimeout):
            ask(SocketTransport(ours, on_timeout=lambda: None))
        assert slow_time.now == pytest.approx(seconds, abs=0.01)
        assert slow_time.looks < 10, "it looked again and again"


def asking(transport: SocketTransport, count: int) -> tuple[Session, list[Later]]:
    """A session that asks one function several times in one message, and the answers to come."""
    session = Student(transport)._session
    session.collecting = True
    return session, [session.answer_later("call", {"args": (), "kwargs": {}}, of=1) for _ in range(count)]


@pytest.mark.parametrize("news", [(), (1,), (1, 2)])
def test_each_of_several_requests_has_its_time_and_that_of_news(news: tuple[int, ...], slow_time: SlowTime):
    ours, theirs = socket.socketpair()
    with ours, theirs:
        for done in news:
            theirs.sendall(wire.pack({"id": 1, "done": done}))
        transport = SocketTransport(ours, seconds=5.0)
        session, _ = asking(transport, 3)
        with pytest.raises(BridgeTimeout):
            session.flush()
    assert transport.dropped == []
    assert slow_time.now == pytest.approx(5.0 + wire.PROGRESS_S, abs=0.01)


def test_a_connection_that_is_called_ready_and_is_not_is_asked_again(monkeypatch: pytest.MonkeyPatch):
    class Hasty(Waiting):
        def poll(self, milliseconds: int) -> bool:
            return True

    hasty = SlowTime()
    monkeypatch.setattr(hasty, "poll", lambda: Hasty(hasty))
    monkeypatch.setattr(transport_module, "select", hasty)
    with other_end(Agent(namespace()).serve) as transport:
        assert Student(transport).answer["a"] == 1


def test_no_more_is_owed_than_has_passed_since_it_was_last_asked():
    """What the machine kept from the kernel before this request is none of it."""
    over, owes = threading.Event(), Owes(5.0)
    with other_end(answers_after(over), seconds=0.12, kept_waiting=owes) as transport:
        with pytest.raises(BridgeTimeout):
            Student(transport).x  # noqa: B018
        over.set()
    assert owes.asked == 2, "five seconds at once would have been all that may be owed"


def test_the_time_after_an_interrupt_is_owed_anew():
    over, owes, asked = threading.Event(), Owes(*[0.1] * 1000), []
    options = {"seconds": 0.12, "grace": 0.06, "on_timeout": lambda: asked.append(owes.asked)}
    with other_end(answers_after(over), **options, kept_waiting=owes) as transport:
        with pytest.raises(BridgeTimeout):
            Student(transport).x  # noqa: B018
        over.set()
    assert owes.asked > asked[0], "what was put off for the request would have been waited for once more"


def test_each_request_is_owed_anew():
    over = threading.Event()

    def twice(connection: socket.socket) -> None:
        for _ in range(2):
            over.clear()
            answers_after(over)(connection)

    def owed() -> float:
        over.set()
        return 0.35

    with other_end(twice, seconds=0.05, kept_waiting=owed) as transport:
        assert [Student(transport).x, Student(transport).x] == ["late", "late"]


def test_a_closed_connection_is_said_so_and_stays_closed():
    with other_end(lambda connection: connection.close()) as transport:
        for _ in range(2):
            with pytest.raises(BridgeClosed):
                Student(transport).x  # noqa: B018


def test_a_connection_that_is_closed_before_anything_is_asked_is_said_so_too():
    ours, theirs = socket.socketpair()
    with ours:
        theirs.close()
        transport = SocketTransport(ours)
        with pytest.raises(BridgeClosed):
            Student(transport).x  # noqa: B018
        assert transport.usable is False


def test_closing_says_whether_the_other_side_heard_it():
    with other_end(Agent(namespace()).serve) as transport:
        assert transport.close() is True
        assert transport.close(seconds=0.05) is False  # nobody is there any more
        assert transport.usable is False
        assert transport.close() is False
    with other_end(read_request) as silent:
        assert silent.close(seconds=0.05) is False
        assert silent.usable is False


def test_a_kernel_that_reads_nothing_is_a_timeout():
    over = threading.Event()
    with other_end(lambda connection: over.wait(10), seconds=0.2) as transport:
        with pytest.raises(BridgeTimeout):
            transport.request({"op": "get"}, bytes(10_000_000))
        over.set()


def test_after_a_timeout_a_connection_is_usable_only_where_the_late_reply_came():
    over = threading.Event()
    for interrupt, dropped in ((None, []), (lambda: None, ["no late reply"])):
        with other_end(lambda connection: over.wait(10), seconds=0.05, on_timeout=interrupt, grace=0.05) as transport:
            with pytest.raises(BridgeTimeout):
                transport.request({"op": "get"}, b"")
            assert (transport.usable, transport.dropped) == (False, dropped)
            over.set()


def test_replies_to_no_question_are_dropped_and_recorded_a_few_at_the_most():
    def chatty(connection: socket.socket) -> None:
        number = read_request(connection)
        for wrong in (number + 1, number - 1, -1, 10**9):
            connection.sendall(wire.pack({"id": wrong, "ok": "forged"}))
        connection.sendall(wire.pack({"id": number, "ok": "answer"}))
        while True:
            connection.sendall(wire.pack({"id": 0, "ok": "flood"}))

    with other_end(chatty) as transport:
        student = Student(transport)
        assert student.x == "answer"
        assert transport.dropped == ["a reply to no open question"] * 4
        del transport.dropped[:]
        with pytest.raises(BridgeProtocolError):
            student.y  # noqa: B018
        assert transport.dropped == ["a reply to no open question"] * 16


def test_no_more_of_them_are_looked_through_for_a_late_reply():
    woken = threading.Event()

    def chatty(connection: socket.socket) -> None:
        number = read_request(connection)
        woken.wait(5)
        for _ in range(16):
            connection.sendall(wire.pack({"id": 0, "ok": "flood"}))
        connection.sendall(wire.pack({"id": number, "ok": "late"}))

    with other_end(chatty, seconds=0.05, on_timeout=woken.set, grace=5.0) as transport:
        with pytest.raises(BridgeTimeout):
            Student(transport).x  # noqa: B018
        assert transport.dropped == ["a reply to no open question"] * 16 + ["no late reply"]
        assert not transport.usable


def test_each_of_many_requests_may_say_that_it_is_done():
    count = 20

    def busy(connection: socket.socket) -> None:
        number = read_request(connection)
        for done in range(1, count):
            connection.sendall(wire.pack({"id": number, "done": done}))
        connection.sendall(wire.pack({"id": number, "ok": None, "answers": [7] * count}))

    with other_end(busy) as transport:
        session, answers = asking(transport, count)
        session.flush()
        assert [answer.value for answer in answers] == [7] * count
        assert transport.dropped == []


def test_whoever_started_the_kernel_measures_it_and_starts_another():
    used, asked = Usage(1.5, 7), []
    with other_end(
        lambda connection: None, usage=lambda: used, fresh=lambda tasks: nullcontext(asked.append(tasks))
    ) as transport:
        assert transport.usage(anew=True) is used
        with transport.fresh(["double"]):
            assert asked == [["double"]]


def test_a_connection_without_a_kernel_to_measure_says_so():
    with other_end(lambda connection: None) as transport:
        with pytest.raises(RuntimeError, match="nobody measures"):
            transport.usage()
        with pytest.raises(RuntimeError, match="nobody starts"):
            transport.fresh(["double"])


def test_a_reply_sent_ahead_does_not_answer_the_next_question():
    """A second reply to one question, numbered for the next, must not pass for that one's answer silently wrong."""

    def ahead(connection: socket.socket) -> None:
        number = read_request(connection)
        connection.sendall(wire.pack({"id": number, "ok": 1}) + wire.pack({"id": number, "ok": 2}))
        number = read_request(connection)
        connection.sendall(wire.pack({"id": number, "ok": 3}))

    with other_end(ahead) as transport:
        student = Student(transport)
        assert student.x == 1
        assert student.y == 3


def test_the_amount_of_data_is_bounded():
    def large(connection: socket.socket) -> None:
        while True:
            number = read_request(connection)
            connection.sendall(wire.pack({"id": number, "ok": "x" * 10_000}))

    of_one = len(wire.pack({"id": 1, "ok": "x" * 10_000})) - wire.HEADER.size
    with other_end(large, total_bytes=of_one, total_seconds=60.0) as transport:
        student = Student(transport)
        student.x  # noqa: B018
        with pytest.raises(BridgeTraffic):
            student.y  # noqa: B018


def test_the_payload_counts_as_data_too():
    def large(connection: socket.socket) -> None:
        number = read_request(connection)
        array = {"t": "array", "d": "|u1", "s": [10_000], "o": 0}
        connection.sendall(wire.pack({"id": number, "ok": array}, bytes(10_000)))

    with other_end(large, total_bytes=5_000) as transport:
        with pytest.raises(BridgeTraffic):
            Student(transport).x  # noqa: B018
        assert transport.usable is False


REPLIES = [
    b"", b"\0" * 64, b"GET / HTTP/1.1\r\n\r\n", wire.pack({}), wire.pack({"id": 1}), wire.pack({"id": "1", "ok": 2}),
    wire.pack({"id": True, "ok": 2}), wire.pack({"id": 1, "ok": {"t": "pickle", "v": "gASV"}}),
    wire.pack({"id": 1, "ok": {"t": "array", "d": "|O", "s": [1], "o": 0}}, b"x" * 8),
    wire.pack({"id": 1, "ok": {"t": "ref", "id": "1", "type": 3, "bases": []}}),
    wire.pack({"id": 1, "raised": "text"}), wire.pack({"id": 1, "raised": {"type": 1, "text": 2, "bases": 3}}),
    wire.HEADER.pack(wire.MAGIC, 1, 4_000_000, 500_000_000) + b"{",
    wire.HEADER.pack(wire.MAGIC, 1, 0xFFFFFFFF, 0), wire.HEADER.pack(wire.MAGIC, 1, 5, 0) + b"[[[[[",
]


@pytest.mark.parametrize("reply", REPLIES, ids=range(len(REPLIES)))
def test_a_malformed_reply_ends_in_one_of_our_exceptions(reply):
    def hostile(connection: socket.socket) -> None:
        read_request(connection)
        connection.sendall(reply)
        connection.close()

    with other_end(hostile, seconds=1.0) as transport, pytest.raises(BridgeFailure):
        Student(transport).x  # noqa: B018


def test_after_a_frame_that_is_none_nothing_more_is_asked():
    def hostile(connection: socket.socket) -> None:
        read_request(connection)
        connection.sendall(bytes(64))

    with other_end(hostile) as transport:
        with pytest.raises(BridgeProtocolError):
            Student(transport).x  # noqa: B018
        assert transport.usable is False


def garble(connection: socket.socket, seed: int) -> None:
    """Answers every request with damaged frames: flipped bytes, cut ends, wrong numbers, deep and huge values."""
    chance = random.Random(seed)
    good = [1, "text", {"t": "list", "v": [1, {"t": "tuple", "v": [2.5, None]}]},
            {"t": "ref", "id": 1, "type": "L", "bases": ["L", "object"], "callable": True},
            {"t": "array", "d": "<f4", "s": [2, 2], "o": 0}]
    while True:
        number = read_request(connection)
        frame = bytearray(wire.pack({"id": number, "ok": chance.choice(good)}, bytes(chance.randrange(40))))
        for _ in range(chance.randrange(4)):
            frame[chance.randrange(len(frame))] = chance.randrange(256)
        if chance.random() < 0.1:
            frame = frame[: chance.randrange(len(frame))]
        connection.sendall(frame)
        if chance.random() < 0.3:
            connection.close()
            return


@pytest.mark.parametrize("first", range(0, 300, 100))
def test_a_kernel_that_answers_garbage_crashes_nothing(first):
    for seed in range(first, first + 100):
        with other_end(lambda connection, seed=seed: garble(connection, seed), seconds=0.05) as transport:
            student = Student(transport)
            for _ in range(5):
                try:
                    value = student.x
                    if isinstance(value, Handle) and isinstance(forward := value.forward, Handle):
                        forward(np.ones(2))
                except (BridgeFailure, StudentError, NotAttempted):
                    continue


def test_each_of_several_requests_has_its_own_time_and_none_has_more(monkeypatch):
    monkeypatch.setattr(wire, "PROGRESS_S", 0.05)
    slow = {"wait": lambda seconds: time.sleep(seconds) or 1}
    with other_end(Agent(slow).serve, seconds=1.0) as transport:
        session = Student(transport)._session
        wait = Student(transport).wait
        session.collecting = True
        answers = [session.answer_later("call", {"args": (0.4,), "kwargs": {}}, of=wait._id) for _ in range(4)]
        session.flush()  # longer than a second in all
        assert [answer.value for answer in answers] == [1] * 4
        assert session.calls == 1 and not session.lost_together
        for seconds in (0.1, 1.5, 0.1):
            session.answer_later("call", {"args": (seconds,), "kwargs": {}}, of=wait._id)
        with pytest.raises(BridgeTimeout):
            session.flush()
        assert session.lost_together


@pytest.mark.parametrize("done", [-1, 0, 3, 2**70, True, "1", None])
def test_a_kernel_gains_no_time_by_odd_or_repeated_news(done: object):
    def talks(connection: socket.socket) -> None:
        number = read_request(connection)
        for _ in range(40):
            connection.sendall(wire.pack({"id": number, "done": done}))
        read_request(connection)

    with other_end(talks, seconds=5.0) as transport:
        session, _ = asking(transport, 3)
        with pytest.raises(BridgeFailure):
            session.flush()
        assert len(transport.dropped) == (0 if done is None else 16 + 3)


RAISED = {"type": "ValueError", "bases": [], "text": "no", "where": None}


@pytest.mark.parametrize("outcomes", [None, {"1": RAISED}, [[1]], [["1", RAISED]], [[1, None]], [[1, RAISED]] * 3])
def test_outcomes_that_are_none_or_too_many_are_refused(outcomes: object):
    def replies(connection: socket.socket) -> None:
        reply = {"id": read_request(connection), "ok": None, "answers": [], "outcomes": outcomes}
        connection.sendall(wire.pack(reply))

    with other_end(replies) as transport:
        session = Student(transport)._session
        for _ in range(2):
            session.outcome_of(lambda: session.later("call", {"args": (), "kwargs": {}}, of=1))
        with pytest.raises(BridgeProtocolError):
            session.flush()
        assert session.lost_together  # so that each is asked by itself


@pytest.mark.parametrize("answers", [None, [], [1], [1, 2, 3], {"0": 1, "1": 2}])
def test_as_many_answers_as_questions_are_taken_and_no_other_number(answers: object):
    def replies(connection: socket.socket) -> None:
        connection.sendall(wire.pack({"id": read_request(connection), "ok": None, "answers": answers}))

    with other_end(replies) as transport:
        session, _ = asking(transport, 2)
        with pytest.raises(BridgeProtocolError):
            session.flush()
        assert session.lost_together


def test_a_notebook_in_this_process_prints_nothing_while_it_is_asked_and_is_measured(capsys):
    names = {
        "says": lambda: print("a debugging line"), "works": lambda: sum(range(10**6)),
        "needs_much": lambda: int(np.ones(8_000_000).sum()),
    }  # fmt: skip
    student = Student(LocalTransport(names))
    student.says()
    assert capsys.readouterr().out == ""
    with measured(student) as used:
        student.works()
        student.needs_much()
    assert used.cpu_s > 0 and used.peak_bytes > 40_000_000


def test_a_notebook_in_this_process_is_asked_without_a_socket():
    def stopped() -> None:
        raise KeyboardInterrupt("by hand")

    names = {"five": 5, "row": np.arange(3.0), "stopped": stopped}
    here = Student(LocalTransport(names))
    assert here.five == 5 and here.row.tolist() == [0.0, 1.0, 2.0]
    with pytest.raises(KeyboardInterrupt, match="by hand"):  # of whoever stops this process: no answer
        here.stopped()
    with pytest.raises(BridgeInterrupted, match="was interrupted"):
        Student(LocalTransport(names, interruptible=True)).stopped()
    transport = LocalTransport(names)
    numbers = [transport.request({"op": "get", "name": "five"}, b"")[0]["id"] for _ in range(2)]
    assert numbers == [1, 2]
