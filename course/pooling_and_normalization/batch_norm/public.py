"""Public checks of batch-norm, and how a layer is asked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograder.checks.api import (
    attribute_later,
    expect_close,
    expect_raises,
    later,
    misconceptions,
    numbers,
    reference,
    second,
)

Pair = tuple[np.ndarray, np.ndarray]
Call = tuple[np.ndarray, bool]


def call_now(method: Callable[..., Any], *args: Any) -> Any:
    return method(*args)


def asked(
    answer: Any, x: np.ndarray, training: bool, *, before: Sequence[Call] = (), scale: Pair | None = None,
    running: Pair | None = None, momentum: float = 0.9, eps: float = 1e-5, call: Callable[..., Any] = call_now,
    read: Callable[[Any, str], Any] = getattr,
) -> dict[str, Any]:
    """What a new layer of the class `answer` gives for x, as "output", and then its running_mean and running_var.

    before: calls (x, training) that are made first. scale: gamma and beta. running: the running mean and variance.
    call, read: how a method is called and an attribute read; `later` and `attribute_later` in a check.
    """
    layer = answer(x.shape[-1], momentum=momentum, eps=eps)
    if scale is not None:
        layer.gamma, layer.beta = (np.array(one) for one in scale)
    if running is not None:
        layer.running_mean, layer.running_var = (np.array(one) for one in running)
    for earlier, mode in before:
        call(layer.forward, earlier, mode)
    output = call(layer.forward, x, training)
    return {"output": output, **{name: read(layer, name) for name in ("running_mean", "running_var")}}


WORDS = {"output": "the result", "running_mean": "running_mean", "running_var": "running_var"}
ROUGHLY = {"rtol": 1e-4, "atol": 1e-4}  # so that what goes wrong with eps shows where eps is asked for, and only there


def compare(student: Any, x: np.ndarray, training: bool, *parts: str, rtol: float | None = None,
            atol: float | None = None, **options: Any) -> Any:
    """Compares these parts of what `asked` gives with the reference's; gives the output, as `later` does."""
    found = asked(student.BatchNorm, x, training, call=later, read=attribute_later, **options)
    # arrays in lists and pairs would be written out where the case is described
    quiet = {f"_{name}" if name in ("before", "scale", "running") else name: value for name, value in options.items()}
    for part in parts:
        expect_close(found[part], reference.batch_norm(x, training, **quiet), part=part, what=WORDS[part], rtol=rtol,
                     atol=atol, like=misconceptions.BATCH_NORM)
    return found["output"]


COLUMN = np.array([1.0, 2.0, 3.0, 6.0]).reshape(2, 2, 1, 1)  # the two images of the text


@second(lambda rng: 3)
def test_batch_norm_on_paper(student, case):
    """The example of the text: 1, 2 in one image and 3, 6 in the other have mean 3 and variance 3.5."""
    compare(student, numbers(case, 3, 2, 2) if case else COLUMN, True, "output", **ROUGHLY)


@second(lambda rng: 3)
def test_batch_norm_remembers(student, case):
    """In training the running values move a tenth of the way to those of the batch."""
    x = numbers(case, 3, 2, 2) if case else COLUMN
    compare(student, x, True, "running_mean", "running_var", **ROUGHLY)


@second(lambda rng: 4)
def test_batch_norm_at_inference(student, case):
    """At inference the running values count, whatever the batch, and they stay as they are."""
    running = np.array([2.0, -1.0]), np.array([4.0, 0.25])
    x = numbers(case or 2, 3, 2, 2)
    compare(student, x, False, "output", "running_mean", "running_var", running=running, **ROUGHLY)


@second(lambda rng: 4)
def test_batch_norm_scales(student, case):
    """Each channel is multiplied by its gamma, and its beta is added."""
    compare(student, numbers(case or 3, 2, 2, 2), True, "output", scale=(np.array([2.0, 0.5]), np.array([-1.0, 3.0])),
            **ROUGHLY)


def test_batch_norm_refuses(student):
    """No channels, and an x with other channels, are refused with a ValueError that names the argument."""
    with expect_raises("ValueError", naming="channels"):
        student.BatchNorm(0)
    with expect_raises("ValueError", naming="x"):
        student.BatchNorm(3).forward(numbers(2, 4, 4, 2), True)
