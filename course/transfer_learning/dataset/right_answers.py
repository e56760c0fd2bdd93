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
}

EQUIVALENT = {
    "index_images > _is_readable: warnings.warn(f'{path} cannot be read and is left out', stacklevel=2) -> "
        "warnings.warn(f'{path} cannot be read and is left out', stacklevel=3)":
        "Which line the warning is attributed to is not asked for.",
}
