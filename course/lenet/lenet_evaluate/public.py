"""Public checks of lenet-evaluate: small models whose answers are known."""

import numpy as np

from autograder.checks.api import expect, expect_close, in_kernel, misconceptions, reference

from ...sizing_and_memory.shared import on_one_thread


def judged(student, kind, report, count, seed=0):
    kernel = in_kernel(student, run_evaluation, pixel_model, on_one_thread)
    seen = kernel.run_evaluation(student.evaluate, kind, count, seed)
    if report in ("mistakes", "by_index"):
        rows = isinstance(seen.get(report), np.ndarray)
        expect(rows, "The mistakes are a list of (index, true, predicted, confidence).")
    what = {"accuracy": "the accuracy", "confusion": "the confusion matrix"}.get(report, "the list of mistakes")
    expect_close(seen[report], reference.evaluation(count, _kind=kind, _report=report, _seed=seed),
                 like=misconceptions.LENET_EVALUATE, rtol=1e-5, atol=1e-5, what=what)


def test_accuracy_of_a_small_model(student):
    """A small model whose scores are ten of the image's pixels, on 40 images: the accuracy."""
    judged(student, "plain", "accuracy", 40)


def test_confusion_of_a_small_model(student):
    """The same model: the confusion matrix, a row for each true class."""
    judged(student, "plain", "confusion", 40)


def test_mistakes_of_a_small_model(student):
    """The same model: the ten most confident mistakes."""
    judged(student, "plain", "mistakes", 40)


def test_images_scaled_and_padded(student):
    """A model that reads pixels of the 32x32 image, on 8 images: predictions and confidence."""
    judged(student, "prepared", "by_index", 8)


def test_a_model_in_training_mode(student):
    """A model that comes in training mode, and computes otherwise there, on 60 images."""
    judged(student, "mode", "accuracy", 60)


# Types are left out below: the source runs in the student's kernel, where nothing of this package need exist.


def run_evaluation(evaluate, kind, count, seed):
    """What `evaluate` makes of `count` images drawn from the seed, with a model whose scores are single pixels.

    kind: "plain" reads pixels near the centre, so that neither their scale nor a border matters for its choice;
    "prepared" has biases and reads pixels by their place in the 32x32 image, so that both matter; "ties" gets images
    of which many are alike; "sure" gets labels that are right but for four; "mode" too, and it answers otherwise in
    training mode, and starts in it. Reports the three fields (`mistakes` as rows of numbers, and once more sorted by
    index), whether a forward pass was recorded for a backward pass, and the sizes of the images that the model got.
    """
    import numpy
    import torch

    rng = numpy.random.default_rng([seed, count, len(kind)])
    places = rng.permutation(14 * 14)[:10]
    network = pixel_model()(kind, places)
    images = rng.integers(0, 256, (count, 28, 28)).astype(numpy.uint8)
    for image in images:  # ten different values where the scores are read, so that no two classes are alike
        image[places // 14 + 7, places % 14 + 7] = rng.permutation(256)[:10]
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
    network.train(kind == "mode")
    result = on_one_thread(lambda: evaluate(network, images, labels))
    report = {name: getattr(result, name) for name in ("accuracy", "confusion", "mistakes")}
    report["graph"], report["sizes"] = network.graph, sorted(network.sizes)
    if isinstance(report["mistakes"], (list, tuple)):
        rows = [row for row in report["mistakes"] if isinstance(row, (list, tuple)) and len(row) == 4]
        if len(rows) == len(report["mistakes"]):
            rows = [[float(value) for value in row] for row in rows]
            report["mistakes"] = numpy.array(rows).reshape(-1, 4)
            report["by_index"] = numpy.array(sorted(rows)).reshape(-1, 4)
    return report


def pixel_model():
    """The class of a network whose ten scores are ten pixels, so that no rounding can change their order."""
    import torch

    class PixelModel(torch.nn.Module):
        def __init__(self, kind, places):
            super().__init__()
            self.kind, self.graph, self.sizes = kind, False, set()
            self.rows, self.columns = [int(p) // 14 - 7 for p in places], [int(p) % 14 - 7 for p in places]
            if kind == "prepared":
                self.rows[0] = self.columns[0] = 15  # in the border
            self.gain = torch.nn.Parameter(torch.tensor(3.0))

        def forward(self, x):
            if x.dim() != 4 or x.shape[1] != 1:
                raise ValueError(f"the network expects images of shape (N, 1, 32, 32), not {tuple(x.shape)}")
            self.graph = self.graph or torch.is_grad_enabled()
            height, width = x.shape[2:]
            self.sizes.add((height, width))
            # from the centre, or from the upper left corner of a 32x32 image
            down, right = (16, 16) if self.kind == "prepared" else (height // 2, width // 2)
            scores = [
                x[:, 0, min(row + down, height - 1), min(column + right, width - 1)]
                for row, column in zip(self.rows, self.columns, strict=True)
            ]
            scores = self.gain * torch.stack(scores, 1)
            if self.kind == "prepared":
                scores = scores + torch.linspace(0, 2.1, 10)
            return scores.flip(1) if self.kind == "mode" and self.training else scores

    return PixelModel
