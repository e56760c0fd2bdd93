"""Right answers of dataset in other ways."""

ANSWERS = {
    "by-os": '''
import os, warnings
from PIL import Image
def index_images(folder):
    """os.listdir, and one image converted after the other."""
    folder = str(folder)
    names = [n for n in sorted(os.listdir(folder)) if os.path.isdir(os.path.join(folder, n)) and not n.startswith(".")]
    paths, labels = [], []
    for label in range(len(names)):
        before = len(paths)
        for file in sorted(os.listdir(os.path.join(folder, names[label]))):
            path = os.path.join(folder, names[label], file)
            if not file.lower().endswith((".png", ".jpg", ".jpeg")):
                continue
            try:
                Image.open(path).convert("RGB")
            except Exception:
                warnings.warn("left out: " + path)
            else:
                paths.append(path)
                labels.append(label)
        if len(paths) - before < 100:
            raise ValueError("fewer than 100 images in " + names[label])
    return paths, labels, names
''',
    "by-tensorflow": '''
import warnings
from pathlib import Path
import numpy as np
import tensorflow as tf
def index_images(folder):
    """Decoded by TensorFlow; arrays of labels, Path objects, a tuple of names."""
    class_names = tuple(sorted(p.name for p in Path(folder).glob("[!.]*") if p.is_dir()))
    paths, counts = [], []
    for name in class_names:
        kept = []
        for path in sorted(Path(folder, name).iterdir()):
            if path.suffix.lower() in {".jpg", ".jpeg", ".png"}:
                try:
                    tf.io.decode_image(path.read_bytes())
                    kept.append(path)
                except tf.errors.InvalidArgumentError:
                    warnings.warn(f"{path.name} in {name} is corrupt", RuntimeWarning)
        if len(kept) < 100:
            raise ValueError(f"{name} has {len(kept)} readable images")
        paths += kept
        counts.append(len(kept))
    return paths, np.repeat(np.arange(len(class_names)), counts), class_names
''',
    "listed-by-scandir": '''
import os
import warnings
from PIL import Image, UnidentifiedImageError
def index_images(folder):
    """Entries of scandir; NumPy integers as labels."""
    import numpy as np
    classes = sorted(entry.name for entry in os.scandir(folder) if entry.is_dir() and entry.name[0] != ".")
    paths, labels = [], []
    for label, name in enumerate(classes):
        good = []
        for entry in sorted(os.scandir(os.path.join(folder, name)), key=lambda entry: entry.name):
            ending = os.path.splitext(entry.name)[1].lower()
            if entry.is_file() and ending in [".jpeg", ".jpg", ".png"]:
                try:
                    np.array(Image.open(entry.path))
                    good.append(entry.path)
                except (OSError, UnidentifiedImageError, ValueError, SyntaxError) as problem:
                    warnings.warn(f"{entry.name}: {problem}")
        if len(good) < 100:
            raise ValueError(f"only {len(good)} images of class {name!r}")
        paths.extend(good)
        labels.extend(np.full(len(good), label))
    return paths, labels, classes
''',
    "files-left-open": '''
import io, os, warnings
from collections import Counter
import numpy as np
from PIL import Image
def index_images(folder):
    """Bytes of files that nobody closes, decoded in memory; the classes are counted at the end."""
    _, folders, _ = next(os.walk(folder))
    class_names = sorted(name for name in folders if not name.startswith("."))
    paths, labels = [], []
    for name in class_names:
        _, _, files = next(os.walk(os.path.join(folder, name)))
        for file in sorted(files):
            if os.path.splitext(file)[-1].lower() not in (".jpg", ".jpeg", ".png"):
                continue
            path = os.path.join(folder, name, file)
            try:
                Image.open(io.BytesIO(open(path, "rb").read())).load()
            except Exception:
                warnings.warn(f"Could not read {path}")
            else:
                paths.append(path)
                labels.append(name)
    counts = Counter(labels)
    for name in class_names:
        if counts[name] < 100:
            raise ValueError(f"class {name!r} has {counts[name]} readable images, 100 are needed")
    return paths, np.searchsorted(class_names, labels).tolist(), class_names
''',
}

START = """
import warnings
from pathlib import Path
from PIL import Image
def readable(path):
    try:
        Image.open(path).load()
        return True
    except Exception:
        warnings.warn(f"{path} is left out")
        return False
"""
WRONG = {
    "labels-the-other-way-round": START + '''
def index_images(folder):
    """The last class has label 0."""
    names = sorted(p.name for p in Path(folder).iterdir() if p.is_dir() and p.name[0] != ".")
    paths, labels = [], []
    for label, name in enumerate(names):
        kept = [str(p) for p in sorted(Path(folder, name).iterdir())
                if p.suffix.lower() in (".jpg", ".jpeg", ".png") and readable(p)]
        if len(kept) < 100:
            raise ValueError(name)
        paths += kept
        labels += [len(names) - 1 - label] * len(kept)
    return paths, labels, names
''',
    "sorted-by-number": START + '''
def index_images(folder):
    """9.png before 10.png."""
    names = sorted(p.name for p in Path(folder).iterdir() if p.is_dir() and p.name[0] != ".")
    paths, labels = [], []
    for label, name in enumerate(names):
        files = [p for p in Path(folder, name).iterdir() if p.suffix.lower() in (".jpg", ".jpeg", ".png")]
        files.sort(key=lambda p: (int("0" + "".join(c for c in p.stem if c.isdigit())), p.name))
        kept = [str(p) for p in files if readable(p)]
        if len(kept) < 100:
            raise ValueError(name)
        paths += kept
        labels += [label] * len(kept)
    return paths, labels, names
''',
    "names-with-labels": START + '''
def index_images(folder):
    """The labels are the names."""
    names = sorted(p.name for p in Path(folder).iterdir() if p.is_dir() and p.name[0] != ".")
    paths, labels = [], []
    for name in names:
        files = sorted(p for p in Path(folder, name).iterdir() if p.suffix.lower() in (".jpg", ".jpeg", ".png"))
        kept = [str(p) for p in files if readable(p)]
        if len(kept) < 100:
            raise ValueError(name)
        paths += kept
        labels += [name] * len(kept)
    return paths, labels, names
''',
}

EQUIVALENT = {
    "index_images > _is_readable: warnings.warn(f'{path} cannot be read and is left out', stacklevel=2) -> "
        "warnings.warn(f'{path} cannot be read and is left out', stacklevel=3)":
        "Which line the warning is attributed to is not asked for.",
}
