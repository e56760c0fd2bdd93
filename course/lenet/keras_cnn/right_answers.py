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
