"""Public checks of batch-norm, and how a layer is asked."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.checks.api import (
    expect_close,
    expect_raises,
    in_kernel,
    later,
    look_at,
    misconceptions,
    numbers,
    reference,
    second,
)

from ...sizing_and_memory.shared import report_of

Pair = tuple[np.ndarray, np.ndarray]
Call = tuple[np.ndarray, bool]


def asked(answer, x, training, parts=("output", "running_mean", "running_var"), before=(), scale=None, running=None,
          momentum=0.9, eps=1e-5):
    """What a new layer of the class `answer` gives for x, as "output", and of its running_mean and running_var, which
    it has then, those among `parts`.

    before: calls (x, training) that are made first. scale: gamma and beta. running: the running mean and variance.
    """
    import numpy

    layer = answer(x.shape[-1], momentum=momentum, eps=eps)
    if scale is not None:
        layer.gamma, layer.beta = map(numpy.array, scale)
    if running is not None:
        layer.running_mean, layer.running_var = map(numpy.array, running)
    for earlier, mode in before:
        layer.forward(earlier, mode)
    output = layer.forward(x, training)
    return {"output": output, **{name: getattr(layer, name) for name in parts if name != "output"}}


WORDS = {"output": "the result", "running_mean": "running_mean", "running_var": "running_var"}
ROUGHLY = {"rtol": 1e-4, "atol": 1e-4}  # so that what goes wrong with eps shows where eps is asked for, and only there


def compare(student: Any, x: np.ndarray, training: bool, *parts: str, rtol: float | None = None,
            atol: float | None = None, **options: Any) -> Any:
    """Compares these parts of what `asked` gives with the reference's; gives the report, as `later` does."""
    found = later(in_kernel(student, asked).asked, student.BatchNorm, x, training, list(parts), **options)
    # arrays in lists and pairs would be written out where the case is described
    quiet = {f"_{name}" if name in ("before", "scale", "running") else name: value for name, value in options.items()}
    right = reference.batch_norm(x, training, **quiet)

    def look(report: Any) -> None:
        seen = report_of(report, "output", *parts)
        for part in parts:
            expect_close(seen[part], right, part=part, what=WORDS[part], rtol=rtol, atol=atol,
                         like=misconceptions.BATCH_NORM)

    look_at(found, look)
    return found


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
