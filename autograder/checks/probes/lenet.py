"""Assignment 04 in the kernel: networks with weights drawn by shape, and small models whose answers are known."""
# Types are left out: the source runs in the student's kernel, where nothing of this package need exist.

from .memory import on_one_thread


def run_network(make, batches, seed):
    """What the network `make()` gives for batches of these sizes (32x32 images, float32, drawn from the seed).

    Its weights are drawn by shape, so that they do not depend on names or order. Reports the outputs of the batches
    (joined, and their shapes), the number of parameters and the shapes of the kernels among them, the first batch's
    output in training mode and in evaluation mode, how it changes when the biases of the last layer do, and the
    gradient of its images.
    """
    import numpy
    import torch

    network = make()
    if not isinstance(network, torch.nn.Module):
        return {"output": None}
    filled(network, seed)
    network.eval()
    images = [
        torch.from_numpy(numpy.random.default_rng([seed, size]).random((size, 1, 32, 32), "float32"))
        for size in batches
    ]
    outputs = [on_one_thread(lambda batch=batch: network(batch)) for batch in images]
    if not all(isinstance(output, torch.Tensor) for output in outputs):
        return {"output": None}
    report = {
        "shapes": [tuple(output.shape) for output in outputs],
        "parameters": sum(parameter.numel() for parameter in network.parameters()),
        "kernels": [tuple(parameter.shape) for parameter in network.parameters() if parameter.dim() == 4],
        "output": torch.cat([output.detach().reshape(-1) for output in outputs]),
        "evaluation": outputs[0].detach().clone(),
    }
    report["gradient"] = gradient_of_images(network, images[0])
    torch.manual_seed(seed)
    network.train()
    report["training"] = on_one_thread(lambda: network(images[0])).detach().clone()
    network.eval()
    report["shift"] = shift_of_scores(network, images[0])
    return report


def gradient_of_images(network, images):
    """The gradient of a weighted sum of the output; None where none reaches the images."""
    import torch

    images = images.clone().requires_grad_()
    output = on_one_thread(lambda: network(images))
    if output.requires_grad:
        factors = torch.linspace(0.5, 1.5, output.numel()).reshape(output.shape)
        on_one_thread((output * factors).sum().backward)
    return images.grad


def shift_of_scores(network, images):
    """How the output changes when the ten biases of the last layer grow by 1 to 10; None if there are none."""
    import torch

    biases = [parameter for parameter in network.parameters() if tuple(parameter.shape) == (10,)]
    if not biases:
        return None
    with torch.no_grad():
        before = on_one_thread(lambda: network(images))
        biases[-1] += torch.arange(1.0, 11.0)
        return on_one_thread(lambda: network(images)) - before


def filled(network, seed):
    """Sets every parameter by its shape; a kernel counts as the row of numbers that it is."""
    import numpy
    import torch

    with torch.no_grad():
        for parameter in network.parameters():
            rows = parameter.shape[0] if parameter.dim() else 1
            columns = parameter.numel() // rows
            drawn = numpy.random.default_rng([seed, rows, columns]).standard_normal((rows, columns))
            drawn = 1.5 * drawn / columns**0.5
            parameter.copy_(torch.from_numpy(drawn).reshape(parameter.shape))


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


def run_keras(build, options, count, seed):
    """What the Keras model `build(**options)` says of itself, and what it computes for images drawn from the seed.

    Reports the form (shapes, whether it is compiled, the loss's name and its `from_logits`, names of the layers),
    the probabilities of `count` images, the labels drawn for them, the compiled loss of both (None where it cannot
    be computed), and the metrics that the model reports on them.
    """
    import keras
    import numpy

    model = build(**options)
    if not isinstance(model, keras.Model):
        return {"form": None}
    form = form_of(model)
    shape, classes = options.get("input_shape", (28, 28, 1)), options.get("num_classes", 10)
    report = {"form": form, "probabilities": None, "loss": None, "metrics": None}
    if form["input"] != (None, *shape):
        return report
    rng = numpy.random.default_rng([seed, count, *shape])
    images = rng.random((count, *shape)).astype("float32")
    labels = rng.integers(0, classes, count)
    report |= {"labels": labels, "probabilities": numpy.asarray(model(images, training=False))}
    if not form["compiled"]:
        return report
    try:
        loss = keras.losses.get(model.loss)
        report["loss"] = float(numpy.mean(numpy.asarray(loss(labels, report["probabilities"]))))
        metrics = quietly(lambda: model.test_on_batch(images, labels, return_dict=True))
        report["metrics"] = {str(name): float(value) for name, value in metrics.items()}
    except Exception as error:
        report["error"] = type(error).__name__
    return report


def quietly(run):
    """The result of `run()`, without TensorFlow's warnings that many small models were traced."""
    import logging

    logger = logging.getLogger("tensorflow")
    before = logger.level
    logger.setLevel(logging.ERROR)
    try:
        return run()
    finally:
        logger.setLevel(before)


def form_of(model):
    """Shapes, loss and layers of a Keras model, as plain data."""
    import keras

    layers = [layer for layer in model._flatten_layers() if layer is not model]
    compiled = bool(model.compiled)
    loss = keras.losses.get(model.loss) if compiled and model.loss is not None else None
    name = getattr(loss, "name", None) or getattr(loss, "__name__", None)
    config = loss.get_config() if hasattr(loss, "get_config") else {}
    scales = [layer.scale for layer in layers if type(layer).__name__ == "Rescaling"]
    return {
        "input": tuple(model.input_shape), "output": tuple(model.output_shape), "compiled": compiled, "loss": name,
        "from_logits": bool(config.get("from_logits", False)), "layers": [type(layer).__name__ for layer in layers],
        "shrinks": any(isinstance(scale, (int, float)) and scale < 0.05 for scale in scales),
    }


def run_fit(build, images, labels, others, epochs, batch_size, seed):
    """The probabilities that `build(...)` gives `others` after a short training on uint8 images (N, H, W, C).

    Images are scaled to [0, 1] first. `others` may be a few images whose labels only the grader knows.
    """
    import keras
    import numpy

    keras.utils.set_random_seed(seed)
    model = build(input_shape=tuple(images.shape[1:]), num_classes=int(labels.max()) + 1)
    scaled = images.astype("float32") / 255
    quietly(lambda: model.fit(scaled, labels, epochs=epochs, batch_size=batch_size, verbose=0))
    return numpy.asarray(model(others.astype("float32") / 255, training=False))
