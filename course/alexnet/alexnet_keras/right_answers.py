"""Right answers of alexnet-keras in other ways."""

ANSWERS = {
    "one-block-at-a-time": '''
import keras
import tensorflow as tf
from keras import layers
class LocalResponseNormalization(keras.layers.Layer):
    """With TensorFlow's names, not registered: the notebook's own class is known where it is loaded."""
    def __init__(self, depth_radius, bias, alpha, beta, **kwargs):
        super().__init__(**kwargs)
        self.arguments = dict(depth_radius=depth_radius, bias=bias, alpha=alpha, beta=beta)
    def call(self, inputs):
        return tf.nn.lrn(inputs, **self.arguments)
    def get_config(self):
        config = super().get_config()
        config.update(self.arguments)
        return config
def alexnet(img_shape=(227, 227, 3), num_classes=1000):
    """Activations as layers of their own, explicit padding."""
    def lrn():
        return LocalResponseNormalization(2, 2.0, 1e-4, 0.75)
    x = inputs = layers.Input(shape=img_shape)
    x = lrn()(layers.Activation("relu")(layers.Conv2D(96, (11, 11), (4, 4))(x)))
    x = layers.MaxPool2D((3, 3), (2, 2))(x)
    x = lrn()(layers.ReLU()(layers.Conv2D(256, 5)(layers.ZeroPadding2D(2)(x))))
    x = layers.MaxPool2D((3, 3), (2, 2))(x)
    x = layers.ReLU()(layers.Conv2D(384, 3)(layers.ZeroPadding2D(1)(x)))
    x = layers.ReLU()(layers.Conv2D(384, 3)(layers.ZeroPadding2D(1)(x)))
    x = layers.ReLU()(layers.Conv2D(256, 3)(layers.ZeroPadding2D(1)(x)))
    x = layers.Flatten()(layers.MaxPool2D((3, 3), (2, 2))(x))
    x = layers.ReLU()(layers.Dense(4096)(layers.Dropout(0.5)(x)))
    x = layers.ReLU()(layers.Dense(4096)(layers.Dropout(0.5)(x)))
    x = layers.Softmax()(layers.Dense(num_classes)(x))
    model = keras.Model(inputs=inputs, outputs=x, name="alexnet")
    model.compile(keras.optimizers.SGD(0.01), keras.losses.SparseCategoricalCrossentropy(),
                  metrics=[keras.metrics.SparseCategoricalAccuracy(name="accuracy")])
    return model
''',
    "own-formula": '''
import keras
from keras import layers, ops
@keras.saving.register_keras_serializable("mine")
class LocalResponseNormalization(keras.layers.Layer):
    """The formula by keras.ops, without arguments."""
    def call(self, x):
        squares = ops.pad(ops.square(x), [[0, 0], [0, 0], [0, 0], [2, 2]])
        energy = sum(squares[..., i:i + x.shape[-1]] for i in range(5))
        return x / ops.power(2.0 + 1e-4 * energy, 0.75)
def alexnet(img_shape=(227, 227, 3), num_classes=1000):
    """A list of layers, applied in turn."""
    def conv(filters, size, **options):
        return layers.Conv2D(filters, size, activation="relu", kernel_initializer="he_normal", **options)
    stack = [
        conv(96, 11, strides=4), LocalResponseNormalization(), layers.MaxPooling2D(3, 2),
        conv(256, 5, padding="same"), LocalResponseNormalization(), layers.MaxPooling2D(3, 2),
        conv(384, 3, padding="same"), conv(384, 3, padding="same"), conv(256, 3, padding="same"),
        layers.MaxPooling2D(3, 2), layers.Flatten(),
        layers.Dropout(0.5), layers.Dense(4096, "relu"), layers.Dropout(0.5), layers.Dense(4096, "relu"),
        layers.Dense(num_classes, "softmax"),
    ]
    inputs = x = keras.Input(img_shape)
    for layer in stack:
        x = layer(x)
    model = keras.Model(inputs, x)
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model
''',
}

COMPILED = "loss='sparse_categorical_crossentropy', metrics=['accuracy'])"
EQUIVALENT = {
    f"{name} > alexnet: model.compile(optimizer=keras.optimizers.SGD(0.01, momentum=0.9), {COMPILED} -> "
    f"model.compile(optimizer=keras.optimizers.SGD(1.01, momentum=0.9), {COMPILED}":
        "the optimiser and its rate are free; nothing is trained"
    for name in ("alexnet_in_keras", "compiled_in_keras", "saved_in_keras", "dropped_in_keras")
}
