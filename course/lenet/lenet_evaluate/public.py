"""Public checks of lenet-evaluate: small models whose answers are known."""

import numpy as np

from autograder.checks.api import (
    CheckFailure,
    Tensor,
    expect_close,
    expect_equal,
    in_kernel,
    misconceptions,
    read_number,
    reference,
    second,
)

from ...sizing_and_memory.shared import on_one_thread

FIELDS = {"accuracy", "confusion", "mistakes"}


def evaluated(student, kind, count, seed=0):
    """What `evaluate` makes of drawn images (see `run_evaluation`)."""
    kernel = in_kernel(student, run_evaluation, pixel_model, on_one_thread)
    seen = kernel.run_evaluation(student.evaluate, kind, count, seed)
    if not isinstance(seen, dict):
        raise CheckFailure("What came back from your notebook is not what this check measures there.")
    if seen.get("nothing") is True:
        raise CheckFailure("evaluate gave back None: is a return missing?")
    missing = sorted(FIELDS - seen.keys())
    if missing:
        raise CheckFailure(
            f"What evaluate gave back has no `{missing[0]}`: return an Evaluation(accuracy, confusion, mistakes)."
        )
    return seen


def judged(student, kind, report, count, seed=0):
    """Compares one report on the evaluation with what is right."""
    seen, like = evaluated(student, kind, count, seed), misconceptions.LENET_EVALUATE
    right = reference.evaluation(count, _kind=kind, _report=report, _seed=seed)
    if report == "accuracy":
        accuracy = read_number(seen["accuracy"], "the accuracy")
        expect_close(float(accuracy), right, like=like, rtol=1e-5, atol=1e-5, what="the accuracy")
    elif report == "form":
        expect_equal(form_of(table_in(seen["confusion"])), right, like=like, what="the form of the confusion matrix")
    elif report == "confusion":
        expect_close(table_in(seen["confusion"]), right, like=like, what="the confusion matrix")
    else:
        rows = seen.get(report)
        if not isinstance(rows, np.ndarray):
            raise CheckFailure("The mistakes must be a list of (index, true, predicted, confidence).")
        expect_close(rows, right, like=like, rtol=1e-5, atol=1e-5, what="the list of mistakes")


def table_in(confusion):
    """The confusion matrix as an array; it may have come as a tensor or as lists of numbers."""
    table = confusion.array if isinstance(confusion, Tensor) else confusion
    try:
        table = np.asarray(table)
    except ValueError:
        raise CheckFailure("The rows of the confusion matrix have different lengths.") from None
    if table.dtype.kind not in "biuf":
        raise CheckFailure("The confusion matrix must be an array of counts.")
    return table


def form_of(table):
    """The form of a confusion matrix in words: its shape, whether it has an integer dtype, and its sum."""
    kind = "integers" if table.dtype.kind in "iu" else "no integer dtype"
    return f"{'x'.join(map(str, table.shape))}, {kind}, {float(table.sum()):g} images"


@second(lambda rng: 50)
def test_accuracy_of_a_small_model(student, case):
    """A small model whose scores are the grey of ten parts of the image, on 40 images: the accuracy."""
    judged(student, "plain", "accuracy", case or 40)


@second(lambda rng: 50)
def test_confusion_of_a_small_model(student, case):
    """The same model: the confusion matrix, a row for each true class."""
    judged(student, "plain", "confusion", case or 40)


@second(lambda rng: 5)
def test_counts_are_whole_numbers(student, case):
    """The same model, on 3 images: the confusion matrix is 10x10 and has an integer dtype."""
    judged(student, "plain", "form", case or 3)


@second(lambda rng: 50)
def test_mistakes_of_a_small_model(student, case):
    """The same model: the ten most confident mistakes."""
    judged(student, "plain", "mistakes", case or 40)


@second(lambda rng: 12)
def test_images_scaled_and_padded(student, case):
    """A model that reads pixels of the 32x32 image, on 8 images: predictions and confidence."""
    judged(student, "prepared", "by_index", case or 8)


@second(lambda rng: 80)
def test_a_model_in_training_mode(student, case):
    """A model that comes in training mode, and computes otherwise there, on 60 images."""
    judged(student, "mode", "accuracy", case or 60)


# Types are left out below: the source runs in the student's kernel, where nothing of this package need exist.


def run_evaluation(evaluate, kind, count, seed):
    """What `evaluate` makes of `count` images drawn from the seed, with a model whose scores are single pixels.

    kind: "plain" has images of twelve even parts and reads ten of those in their middle, so that neither a border nor
    the image's size matters for what it finds; "prepared" has biases and reads pixels by their place in the 32x32
    image, so that both matter; "ties" gets images of which many are alike; "sure" gets labels that are right but for
    four; "mode" too, and it answers otherwise in training mode, in which it starts, and otherwise again while PyTorch
    keeps what a backward pass would need. `evaluate` is asked three times: about these images, about others, and about
    these again. Reports the last answer's three fields (`mistakes` as rows of numbers, and once more sorted by index).
    """
    import numpy
    import torch

    rng = numpy.random.default_rng([seed, count, len(kind)])
    parts = rng.permutation(12)[:10]
    network = pixel_model()(kind, parts)
    rows, columns = numpy.arange(28) * 3 // 28, numpy.arange(28) // 7

    def drawn(number):
        if kind == "prepared":
            return rng.integers(0, 256, (number, 28, 28)).astype(numpy.uint8)
        # twelve different greys, so that no two classes are alike
        greys = numpy.array([rng.permutation(256)[:12] for _ in range(number)]).reshape(number, 3, 4)
        return greys[:, rows][:, :, columns].astype(numpy.uint8)

    images = drawn(count)
    if kind == "ties":
        images = images[numpy.sort(rng.integers(0, max(1, count // 4), count))] if count else images
        images = images[rng.permutation(count)]
    labels = rng.integers(0, 10, count)
    if kind in ("sure", "mode"):
        padded = torch.nn.functional.pad(torch.from_numpy(images)[:, None] / 255, (2, 2, 2, 2))
        with torch.no_grad():
            labels = network.eval()(padded).argmax(1).numpy()
        wrong = rng.permutation(count)[:4]
        labels[wrong] = (labels[wrong] + 1) % 10
    others = drawn(count), rng.integers(0, 10, count)
    for asked, truth in ((images, labels), others, (images, labels)):
        network.train(kind == "mode")
        result = on_one_thread(lambda asked=asked, truth=truth: evaluate(network, asked, truth))
    if result is None:
        return {"nothing": True}
    report = {name: getattr(result, name) for name in ("accuracy", "confusion", "mistakes") if hasattr(result, name)}
    try:
        rows = [[float(value) for value in row] for row in report["mistakes"]]
    except (KeyError, TypeError, ValueError):
        rows = None
    if rows is not None and all(len(row) == 4 for row in rows):
        report["mistakes"] = numpy.array(rows).reshape(-1, 4)
        report["by_index"] = numpy.array(sorted(rows)).reshape(-1, 4)
    return report


def pixel_model():
    """The class of a network whose ten scores are ten pixels, so that no rounding can change their order."""
    import torch

    class PixelModel(torch.nn.Module):
        def __init__(self, kind, parts):
            super().__init__()
            self.kind = kind
            # from the middle of the image to the middle of each part, of 3 rows and 4 columns
            self.rows = [(-10, 0, 9)[int(part) // 4] for part in parts]
            self.columns = [(-11, -4, 3, 10)[int(part) % 4] for part in parts]
            if kind == "prepared":
                self.rows[0] = self.columns[0] = 15  # in the border
            self.gain = torch.nn.Parameter(torch.tensor(3.0))

        def forward(self, x):
            if x.dim() != 4 or x.shape[1] != 1:
                raise ValueError(f"the network expects images of shape (N, 1, 32, 32), not {tuple(x.shape)}")
            height, width = x.shape[2:]
            # from the centre, or from the upper left corner of a 32x32 image
            down, right = (16, 16) if self.kind == "prepared" else (height // 2, width // 2)
            scores = [
                x[:, 0, min(row + down, height - 1), min(column + right, width - 1)]
                for row, column in zip(self.rows, self.columns, strict=True)
            ]
            scores = self.gain * torch.stack(scores, 1)
            if self.kind == "prepared":  # and what is larger than 32x32 shows, too
                scores = scores + torch.linspace(0, 2.1, 10) * (height * width / 1024)
            if self.kind == "mode" and self.training:
                scores = scores.flip(1)
            if self.kind == "mode" and torch.is_grad_enabled():
                scores = scores.roll(3, 1)
            return scores

    return PixelModel
