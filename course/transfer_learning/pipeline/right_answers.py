"""Right answers of pipeline in other ways."""

KERAS = "import keras\nimport numpy as np\nimport tensorflow as tf\n"

ANSWERS = {
    "stateless-augmentation": KERAS + '''
def make_dataset(paths, labels, *, image_size, batch_size, training, seed):
    """Index dataset, decoding by extension-blind decode_png, shifts by padding and random crops."""
    paths, labels = tf.constant([str(p) for p in paths]), tf.constant([int(l) for l in labels])
    height, width = image_size

    def load(i):
        image = tf.io.decode_image(tf.io.read_file(paths[i]), 3, expand_animations=False)
        image = tf.image.resize(tf.image.convert_image_dtype(image, tf.float32), (height, width)) * 2 - 1
        image.set_shape((height, width, 3))
        if training:
            image = tf.pad(image, [[2, 2], [2, 2], [0, 0]], mode="SYMMETRIC")
            image = tf.image.random_crop(image, (height, width, 3))
            image = image + tf.random.normal([], 0, 0.02)
        return image, labels[i]

    ds = tf.data.Dataset.range(len(paths))
    if training:
        ds = ds.shuffle(10_000, seed=seed, reshuffle_each_iteration=True)
    return ds.map(load, tf.data.AUTOTUNE).batch(batch_size).prefetch(1)
''',
    "pillow-in-a-generator": KERAS + '''
from PIL import Image
def make_dataset(paths, labels, *, image_size, batch_size, training, seed):
    """Decoded by Pillow in Python, a permutation drawn anew for every epoch."""
    rng = np.random.default_rng(seed)
    size = image_size[1], image_size[0]
    zoom = keras.layers.RandomZoom(0.1, fill_mode="nearest", seed=seed)

    def images():
        order = rng.permutation(len(paths)) if training else range(len(paths))
        for i in order:
            with Image.open(paths[i]) as file:
                pixels = np.asarray(file.convert("RGB").resize(size, Image.BILINEAR), np.float32)
            yield (pixels - 127.5) / 127.5, labels[i]

    spec = tf.TensorSpec((*image_size, 3), tf.float32), tf.TensorSpec((), tf.int64)
    ds = tf.data.Dataset.from_generator(images, output_signature=spec).batch(batch_size)
    if training:
        ds = ds.map(lambda x, y: (zoom(x, training=True), y))
    return ds.prefetch(2)
''',
    "resized-as-bytes": KERAS + '''
def make_dataset(paths, labels, *, image_size, batch_size, training, seed):
    """Resized before anything is scaled, two layers of augmentation one after the other, labels as int32."""
    names = [str(path) for path in paths]
    ds = tf.data.Dataset.from_tensor_slices((names, np.asarray(labels, dtype=np.int32)))
    if training:
        ds = ds.shuffle(buffer_size=len(names), seed=seed)

    def load(path, label):
        image = tf.io.decode_image(tf.io.read_file(path), channels=3, expand_animations=False)
        image = tf.image.resize(image, image_size)
        return (image - 127.5) / 127.5, label

    ds = ds.map(load, num_parallel_calls=tf.data.AUTOTUNE).batch(batch_size)
    if training:
        shift = keras.layers.RandomTranslation((-0.07, 0.07), (-0.07, 0.07), fill_mode="nearest")
        turn = keras.layers.RandomRotation(0.025, fill_mode="nearest")
        ds = ds.map(lambda x, y: (turn(shift(x, training=True), training=True), y))
    return ds.prefetch(buffer_size=tf.data.AUTOTUNE)
''',
    "pillow-in-a-function": KERAS + '''
from PIL import Image
def make_dataset(paths, labels, *, image_size, batch_size, training, seed):
    """Decoded by Pillow inside of the graph, each batch augmented by a small model."""
    data = tf.data.Dataset.from_tensor_slices(([str(p) for p in paths], list(labels)))
    if training:
        data = data.shuffle(len(paths), seed=seed, reshuffle_each_iteration=True)

    def decoded(path):
        with Image.open(path.numpy().decode()) as file:
            return np.asarray(file.convert("RGB"), np.float32)

    def load(path, label):
        image = tf.py_function(decoded, [path], tf.float32)
        image.set_shape((None, None, 3))
        return tf.image.resize(image, image_size) / 127.5 - 1.0, label

    data = data.map(load).batch(batch_size)
    if training:
        move = keras.Sequential([
            keras.layers.RandomTranslation(0.08, 0.08, fill_mode="nearest", seed=seed),
            keras.layers.RandomRotation(10 / 360, fill_mode="nearest", seed=seed),
        ])
        data = data.map(lambda x, y: (move(x, training=True), y))
    return data.prefetch(tf.data.AUTOTUNE)
''',
}

RIGHT = KERAS + '''
def piped(paths, labels, image_size, batch_size, training, seed, change=lambda image: image, add=0,
          more=lambda images: images):
    data = tf.data.Dataset.from_tensor_slices(([str(p) for p in paths], [int(l) + add for l in labels]))
    data = data.shuffle(len(paths), seed=seed) if training else data
    def load(path, label):
        image = tf.io.decode_image(tf.io.read_file(path), channels=3, expand_animations=False)
        return change(tf.image.resize(image, image_size) / 127.5 - 1), label
    data = data.map(load).batch(batch_size)
    if training:
        move = keras.layers.RandomTranslation(0.08, 0.08, fill_mode="nearest", seed=seed)
        data = data.map(lambda x, y: (more(move(x, training=True)), y))
    return data.prefetch(1)
'''
WRONG = {
    "grey": RIGHT + '''
def make_dataset(paths, labels, *, image_size, batch_size, training, seed):
    grey = lambda image: tf.repeat(tf.reduce_mean(image, axis=-1, keepdims=True), 3, axis=-1)
    return piped(paths, labels, image_size, batch_size, training, seed, grey)
''',
    "labels-from-one": RIGHT + '''
def make_dataset(paths, labels, *, image_size, batch_size, training, seed):
    return piped(paths, labels, image_size, batch_size, training, seed, add=1)
''',
    "far-too-bright": RIGHT + '''
def make_dataset(paths, labels, *, image_size, batch_size, training, seed):
    """Every image can hardly be known again, and was neither moved nor turned much."""
    bright = keras.layers.RandomBrightness(0.5, value_range=(-1, 1), seed=seed)
    return piped(paths, labels, image_size, batch_size, training, seed, more=lambda x: bright(x, training=True))
''',
    "erased-in-part": RIGHT + '''
def make_dataset(paths, labels, *, image_size, batch_size, training, seed):
    """One half or the other is gone, and the rest stays where it was."""
    def erased(images):
        left = tf.cast(tf.range(image_size[1]) < image_size[1] // 2, tf.float32)[None, None, :, None]
        chosen = tf.cast(tf.random.uniform([tf.shape(images)[0], 1, 1, 1]) < 0.5, tf.float32)
        return images * (chosen * left + (1 - chosen) * (1 - left))
    return piped(paths, labels, image_size, batch_size, training, seed, more=erased)
''',
    "noisy": RIGHT + '''
def make_dataset(paths, labels, *, image_size, batch_size, training, seed):
    noise = lambda images: images + tf.random.normal(tf.shape(images), stddev=1.0)
    return piped(paths, labels, image_size, batch_size, training, seed, more=noise)
''',
    "negative": RIGHT + '''
def make_dataset(paths, labels, *, image_size, batch_size, training, seed):
    return piped(paths, labels, image_size, batch_size, training, seed, lambda image: -image)
''',
}
