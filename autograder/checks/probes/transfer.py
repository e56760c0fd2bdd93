"""Assignment 07 in the kernel: folders of pictures written there, pipelines read, a network fine-tuned and watched."""
# Types are left out: the source runs in the student's kernel, where nothing of this package need exist.


def write_files(folder, files):
    """Writes files of {relative path: (kind, number)}; equal numbers give equal contents.

    Kinds: "picture" (8x8 noise), "cut" (a picture whose second half is missing), "text" and "empty".
    """
    import io
    import os

    import numpy
    from PIL import Image

    for path, (kind, number) in files.items():
        os.makedirs(os.path.dirname(os.path.join(folder, path)), exist_ok=True)
        side = 64 if kind == "cut" else 8
        pixels = numpy.random.default_rng(number).integers(0, 256, (side, side, 3), dtype=numpy.uint8)
        content = io.BytesIO()
        jpeg = path.lower().endswith(("jpg", "jpeg"))
        Image.fromarray(pixels).save(content, "JPEG" if jpeg else "PNG")
        data = {"picture": content.getvalue(), "cut": content.getvalue()[: content.tell() // 2],
                "text": b"this is no picture", "empty": b""}[kind]
        with open(os.path.join(folder, path), "wb") as file:
            file.write(data)


def run_index(index_images, files):
    """What `index_images` says of a folder with these files: paths relative to it, labels, class names, warnings.

    Plain data of the kinds asked for, or None in the place of what is of another kind.
    """
    import os
    import tempfile
    import warnings

    with tempfile.TemporaryDirectory() as folder:
        write_files(folder, files)
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            answer = index_images(folder)
        if not isinstance(answer, tuple) or len(answer) != 3:
            return {"paths": None, "labels": None, "class_names": None, "warnings": []}
        try:
            paths = [os.path.relpath(os.path.realpath(path), os.path.realpath(folder)) for path in answer[0]]
        except TypeError:
            paths = None
        try:
            labels = [int(label) for label in answer[1]]
        except (TypeError, ValueError):
            labels = None
        names = list(answer[2]) if isinstance(answer[2], (list, tuple)) else None
    said = [str(warning.message)[:500] for warning in caught][:50]
    return {"paths": paths, "labels": labels, "class_names": names, "warnings": said}


def run_split(split, files, labels, fractions, seeds):
    """What `split` makes of these files, for each seed: {side: [indices]}; None where it is something else."""
    import os
    import tempfile

    answers = []
    with tempfile.TemporaryDirectory() as folder:
        write_files(folder, files)
        paths = [os.path.join(folder, path) for path in files]
        for seed in seeds:
            answer = split(list(paths), list(labels), tuple(fractions), seed)
            try:
                answers.append({str(side): [int(index) for index in indices] for side, indices in answer.items()})
            except (TypeError, ValueError, AttributeError):
                answers.append(None)
    return answers


def write_arrays(folder, images, suffix):
    """Writes uint8 arrays as files, grey or in colour; returns their paths."""
    import os

    from PIL import Image

    paths = []
    for number, image in enumerate(images):
        paths.append(os.path.join(folder, f"{number:04d}.{suffix}"))
        Image.fromarray(image).save(paths[-1], **({"quality": 95} if suffix == "jpg" else {}))
    return paths


def run_pipeline(make_dataset, images, labels, suffix, options, passes):
    """What `make_dataset` gives for images (a list of uint8 arrays) written as files, over several passes.

    For each pass the images (as float32), the labels, and the sizes of the batches; besides the images' own dtype, and
    whether any part of the pipeline prefetches.
    """
    import tempfile

    import numpy

    report = {"passes": [], "dtype": None, "prefetches": False}
    with tempfile.TemporaryDirectory() as folder:
        paths = write_arrays(folder, images, suffix)
        dataset = make_dataset(paths, list(labels), **options)
        layers = [dataset]
        while layers:
            layer = layers.pop()
            report["prefetches"] |= "prefetch" in type(layer).__name__.lower()
            layers += list(layer._inputs()) if hasattr(layer, "_inputs") else []
        for _ in range(passes):
            seen = [(numpy.asarray(batch), numpy.asarray(numbers)) for batch, numbers in dataset]
            report["dtype"] = str(seen[0][0].dtype)
            alike = len({batch.shape[1:] for batch, _ in seen}) == 1
            report["passes"].append({
                "images": numpy.concatenate([batch for batch, _ in seen]).astype(numpy.float32) if alike else None,
                "labels": numpy.concatenate([numbers.reshape(-1) for _, numbers in seen]).astype(numpy.int64),
                "sizes": [len(batch) for batch, _ in seen],
            })
    return report


def run_fine_tune(fine_tune, build_features, weights, train, validation, test_images, seed):
    """Fine-tunes `pretrained` on few images and watches it.

    train, validation: (images, labels), float32 in [-1, 1] and int64. Each pass over the training images notes whether
    the features are still what they were: that tells when they were frozen. Reports those notes, what became of some of
    the features' arrays, the history, and the model's answers for `test_images`.
    """
    import numpy
    import tensorflow as tf

    pretrained = build_features(weights=weights)
    kernels = [variable for variable in pretrained.variables if variable.path.endswith("kernel")]
    before = [variable.numpy() for variable in kernels]
    untouched = []
    order = numpy.random.default_rng(seed)
    images, labels = train

    def batches():
        same = all(numpy.array_equal(a, variable.numpy()) for a, variable in zip(before, kernels, strict=True))
        untouched.append(bool(same))
        shuffled = order.permutation(len(labels))
        for start in range(0, len(labels), 32):
            part = shuffled[start : start + 32]
            yield images[part], labels[part]

    shape = (None, *images.shape[1:])
    signature = (tf.TensorSpec(shape, tf.float32), tf.TensorSpec((None,), tf.int64))
    count = -(-len(labels) // 32)
    data = tf.data.Dataset.from_generator(batches, output_signature=signature)
    data = data.apply(tf.data.experimental.assert_cardinality(count))
    answer = fine_tune(pretrained, data, tf.data.Dataset.from_tensor_slices(validation).batch(64), seed=seed)
    if not isinstance(answer, tuple) or len(answer) != 2:
        return {"answers": None}
    model, history = answer
    history = getattr(history, "history", history)
    try:
        history = {str(name): [float(value) for value in values] for name, values in history.items()}
    except (AttributeError, TypeError, ValueError):
        history = None
    answers = numpy.concatenate([
        numpy.asarray(model(test_images[start : start + 128], training=False), numpy.float32)
        for start in range(0, len(test_images), 128)
    ])
    after = {variable.path: variable.numpy() for variable in pretrained.variables}
    wanted = [path for path in after if "moving" in path or path in ("conv1/kernel", "conv5/kernel")]
    return {"answers": answers, "history": history, "untouched": untouched, "after": {p: after[p] for p in wanted}}


def look_at(figure):
    """What a figure shows: for each axes its lines (x, y, label), texts, and how many areas, bars or clouds of points
    show a spread.
    """
    import numpy

    if not hasattr(figure, "get_axes"):
        return None

    def high(path):
        """Whether the path is anywhere at two heights over the same place; an area may have no height at all."""
        x, y = numpy.round(path.vertices, 9).T
        return any(numpy.ptp(y[x == place]) > 0 for place in set(x.tolist()))

    def spreads(collection):
        return len(collection.get_offsets()) > 1 or any(map(high, collection.get_paths()))

    axes = []
    for axis in figure.get_axes():
        lines = []
        for line in axis.get_lines():
            try:
                x, y = (numpy.asarray(values, float).reshape(-1) for values in (line.get_xdata(), line.get_ydata()))
            except (TypeError, ValueError):
                continue
            lines.append({"x": x, "y": y, "label": str(line.get_label())})
        legend = axis.get_legend() or (figure.legends[0] if figure.legends else None)
        axes.append({
            "lines": lines, "x": str(axis.get_xlabel()), "y": str(axis.get_ylabel()), "title": str(axis.get_title()),
            "legend": [text.get_text() for text in legend.get_texts()] if legend else [],
            "spreads": sum(map(spreads, axis.collections)),
        })
    return axes


def run_learning_curves(learning_curves, history):
    """What the figure of `learning_curves` shows (see `look_at`)."""
    return look_at(learning_curves(history))


def run_transfer_curves(transfer_curves, counts, transfer, scratch):
    """What the figure of `transfer_curves` shows (see `look_at`)."""
    return look_at(transfer_curves(counts, transfer, scratch))
