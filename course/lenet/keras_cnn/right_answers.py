"""Right answers of keras-cnn in other ways."""

KERAS = "import keras\nfrom keras import layers\n"

ANSWERS = {
    "functional": KERAS + '''
def build_cnn(input_shape=(28, 28, 1), num_classes=10):
    """Functional, with batch normalisation and global pooling; the loss as an object."""
    images = keras.Input(shape=input_shape)
    x = layers.Conv2D(16, 3, padding="same", use_bias=False)(images)
    x = layers.BatchNormalization(momentum=0.9)(x)
    x = layers.MaxPooling2D()(layers.ReLU()(x))
    x = layers.Conv2D(32, 3, padding="same", activation="relu")(x)
    both = layers.Concatenate()([layers.GlobalAveragePooling2D()(x), layers.Flatten()(layers.MaxPooling2D(2)(x))])
    model = keras.Model(images, layers.Softmax()(layers.Dense(num_classes)(both)))
    model.compile(keras.optimizers.Adam(2e-3), keras.losses.SparseCategoricalCrossentropy(), metrics=["accuracy"])
    return model
''',
    "lenet-with-momentum": KERAS + '''
class Net(keras.Model):
    pass

def build_cnn(input_shape=(28, 28, 1), num_classes=10):
    """LeNet-5's form in a class of its own, a penalty on weights, steps with momentum."""
    inputs = keras.Input(input_shape)
    x = inputs
    for maps in (6, 16):
        x = layers.Conv2D(maps, 5, activation="tanh", kernel_regularizer="l2")(x)
        x = layers.AveragePooling2D(2)(x)
    x = layers.Dropout(0.1)(layers.Flatten()(x))
    x = layers.Dense(120, activation="tanh")(x)
    outputs = layers.Dense(num_classes, activation="softmax")(layers.Dense(84, activation="tanh")(x))
    model = Net(inputs, outputs)
    model.compile(keras.optimizers.SGD(0.02, momentum=0.9), "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model
''',
    "a-class-of-models": KERAS + '''
class SmallCNN(keras.Model):
    """A model of a class of its own, which has no input shape."""
    def __init__(self, num_classes):
        super().__init__()
        self.conv = layers.Conv2D(16, 3, activation="relu")
        self.pool = layers.MaxPooling2D()
        self.flat = layers.Flatten()
        self.out = layers.Dense(num_classes, activation="softmax")
    def call(self, x):
        return self.out(self.flat(self.pool(self.conv(x))))
def build_cnn(input_shape=(28, 28, 1), num_classes=10):
    model = SmallCNN(num_classes)
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model
''',
    "layers-made-in-build": KERAS + '''
class BuiltCNN(keras.Model):
    """Its layers are made when it is shown its first image, as Keras has it for layers of a class of one's own."""
    def __init__(self, num_classes):
        super().__init__()
        self.num_classes = num_classes
    def build(self, input_shape):
        self.body = keras.Sequential([
            layers.Conv2D(16, 3, activation="relu"), layers.MaxPooling2D(), layers.Flatten(),
            layers.Dense(self.num_classes, activation="softmax")])
        self.body.build(input_shape)
        self.built = True
    def call(self, x):
        return self.body(x)
def build_cnn(input_shape=(28, 28, 1), num_classes=10):
    model = BuiltCNN(num_classes)
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model
''',
    "added-one-by-one": KERAS + '''
def build_cnn(input_shape=(28, 28, 1), num_classes=10):
    """model.add, strides in place of pooling, global pooling, the metric as an object with its usual name."""
    model = keras.models.Sequential(name="strided")
    model.add(layers.InputLayer(shape=input_shape))
    for maps in (16, 32):
        model.add(layers.Conv2D(maps, (3, 3), strides=2, padding="same", activation="relu"))
    model.add(layers.Flatten())
    model.add(layers.Dense(32, activation="relu"))
    model.add(layers.Dense(num_classes))
    model.add(layers.Activation("softmax"))
    model.compile(optimizer=keras.optimizers.Adam(learning_rate=2e-3), loss="sparse_categorical_crossentropy",
                  metrics=[keras.metrics.SparseCategoricalAccuracy(name="accuracy")])
    return model
''',
}

_NETWORK = KERAS + '''
def build_cnn(input_shape=(28, 28, 1), num_classes=10):
    model = keras.Sequential([
        keras.Input(input_shape),
        layers.Conv2D(8, 3, activation="relu"),
        layers.MaxPooling2D(2),
        layers.Conv2D(16, 3, activation="relu"),
        layers.MaxPooling2D(2),
        layers.Flatten(),
        layers.Dense(num_classes, activation="softmax"),
    ])
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model
'''


def _changed(old: str, new: str) -> str:
    """The right network with a text replaced, which must be there."""
    assert old in _NETWORK, old
    return _NETWORK.replace(old, new)


WRONG = {
    "a-rate-of-zero": _changed('"adam"', "keras.optimizers.SGD(0.0)"),
    "a-class-too-many": _changed("Dense(num_classes", "Dense(num_classes + 1"),
    "another-metric": _changed('metrics=["accuracy"]', 'metrics=["mae"]'),
    "accuracy-by-another-name": _changed('["accuracy"]', '[keras.metrics.SparseCategoricalAccuracy(name="right")]'),
    "frozen": _changed("    return model", "    model.trainable = False\n    return model"),
    "images-erased": _changed("layers.Flatten(),", "layers.Flatten(), layers.Lambda(lambda x: 0 * x),"),
}


def built(first: tuple[int, int] = (16, 3), second: tuple[int, int] = (32, 3), units: int = 64) -> str:
    """The reference's Keras network with these filters, sides of the kernels, and units."""
    convolutions = [
        f"layers.Conv2D({maps}, {side}, activation='relu'), layers.MaxPooling2D()" for maps, side in (first, second)
    ]
    dense = f"layers.Dense({units}, activation='relu'), layers.Dense(num_classes, activation='softmax')"
    return f"Sequential([Input(input_shape), {', '.join(convolutions)}, layers.Flatten(), {dense}])"


EQUIVALENT = {
    f"build_cnn: {built()} -> {other}": "how many maps and units there are, and how wide kernels are, is free"
    for other in (
        built(first=(17, 3)), built(first=(16, 4)), built(second=(33, 3)), built(second=(32, 4)), built(units=65)
    )
}
