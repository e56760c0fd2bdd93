"""Right answers of alexnet-keras in other ways."""

ANSWERS = {
    "one-block-at-a-time": '''
import keras
import tensorflow as tf
from keras import layers
class LocalResponseNormalization(keras.layers.Layer):
    """Not registered: the notebook's own class is known where it is loaded."""
    def __init__(self, size=5, k=2.0, alpha=1e-4, beta=0.75, **kwargs):
        super().__init__(**kwargs)
        self.arguments = dict(size=size, k=k, alpha=alpha, beta=beta)
    def call(self, inputs):
        size, k, alpha, beta = self.arguments.values()
        return tf.nn.lrn(inputs, size // 2, k, alpha, beta)
    def get_config(self):
        config = super().get_config()
        config.update(self.arguments)
        return config
def alexnet(img_shape=(227, 227, 3), num_classes=1000):
    """Activations as layers of their own, explicit padding."""
    def lrn():
        return LocalResponseNormalization(5, 2.0, 1e-4, 0.75)
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
    """The formula by keras.ops."""
    def __init__(self, size=5, k=2.0, alpha=1e-4, beta=0.75, **options):
        super().__init__(**options)
        self.size, self.k, self.alpha, self.beta = size, k, alpha, beta
    def call(self, x):
        half = self.size // 2
        squares = ops.pad(ops.square(x), [[0, 0], [0, 0], [0, 0], [half, half]])
        energy = sum(squares[..., i:i + x.shape[-1]] for i in range(self.size))
        return x / ops.power(self.k + self.alpha * energy, self.beta)
    def get_config(self):
        return super().get_config() | {"size": self.size, "k": self.k, "alpha": self.alpha, "beta": self.beta}
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
    "two-halves": '''
import keras
import tensorflow as tf
from keras import layers
@keras.saving.register_keras_serializable(package="cnn")
class LocalResponseNormalization(layers.Layer):
    """The numbers of the paper, kept in the configuration."""
    def __init__(self, size=5, k=2.0, alpha=1e-4, beta=0.75, **options):
        super().__init__(**options)
        self.size = size
        self.k = k
        self.alpha = alpha
        self.beta = beta
    def call(self, x):
        return tf.nn.local_response_normalization(
            x, depth_radius=(self.size - 1) // 2, bias=self.k, alpha=self.alpha, beta=self.beta)
    def get_config(self):
        config = super().get_config()
        config.update(size=self.size, k=self.k, alpha=self.alpha, beta=self.beta)
        return config
def alexnet(img_shape=(227, 227, 3), num_classes=1000):
    """A model of the features inside of another, a loss that is an own object."""
    features = keras.Sequential([
        keras.Input(img_shape),
        layers.Conv2D(96, kernel_size=11, strides=4, padding="valid", activation="relu", name="conv1"),
        LocalResponseNormalization(), layers.MaxPooling2D(pool_size=(3, 3), strides=(2, 2)),
        layers.Conv2D(256, kernel_size=5, padding="same", activation="relu", name="conv2"),
        LocalResponseNormalization(), layers.MaxPooling2D(pool_size=(3, 3), strides=(2, 2)),
        layers.Conv2D(384, kernel_size=3, padding="same", activation="relu", name="conv3"),
        layers.Conv2D(384, kernel_size=3, padding="same", activation="relu", name="conv4"),
        layers.Conv2D(256, kernel_size=3, padding="same", activation="relu", name="conv5"),
        layers.MaxPooling2D(pool_size=(3, 3), strides=(2, 2)),
    ], name="features")
    inputs = keras.Input(shape=tuple(img_shape))
    x = layers.Reshape((-1,))(features(inputs))
    for name in ("fc6", "fc7"):
        x = layers.Dropout(rate=0.5)(x)
        x = layers.Dense(units=4096, activation=keras.activations.relu, name=name)(x)
    outputs = layers.Activation("softmax")(layers.Dense(num_classes, name="fc8")(x))
    model = keras.Model(inputs, outputs)
    model.compile(optimizer=keras.optimizers.Adam(1e-4), loss=keras.losses.SparseCategoricalCrossentropy(),
                  metrics=["accuracy"])
    return model
''',
    "names-of-its-own": '''
import keras
import tensorflow as tf
from keras import layers
@keras.saving.register_keras_serializable()
class LocalResponseNormalization(layers.Layer):
    """Squares summed by an average pooling over the channels."""
    def __init__(self, size=5, k=2, alpha=0.0001, beta=0.75, name=None, **kwargs):
        super().__init__(name=name, **kwargs)
        self.n, self.k, self.alpha, self.beta = size, k, alpha, beta
    def call(self, inputs):
        shape = tf.shape(inputs)
        rows = tf.reshape(tf.square(inputs), (-1, inputs.shape[-1], 1))
        half = self.n // 2
        rows = tf.pad(rows, [[0, 0], [half, half], [0, 0]])
        sums = self.n * tf.nn.avg_pool1d(rows, self.n, 1, "VALID")
        return inputs * tf.pow(self.k + self.alpha * tf.reshape(sums, shape), -self.beta)
    def get_config(self):
        return dict(super().get_config(), size=self.n, k=self.k, alpha=self.alpha, beta=self.beta)
def alexnet(img_shape=(227, 227, 3), num_classes=1000):
    """Every step by its own name."""
    image = layers.Input(img_shape, name="image")
    c1 = layers.Conv2D(filters=96, kernel_size=(11, 11), strides=(4, 4), activation="relu")(image)
    p1 = layers.MaxPooling2D((3, 3), strides=2)(LocalResponseNormalization(name="norm1")(c1))
    c2 = layers.Conv2D(filters=256, kernel_size=(5, 5), padding="same", activation="relu")(p1)
    p2 = layers.MaxPooling2D((3, 3), strides=2)(LocalResponseNormalization(name="norm2")(c2))
    c3 = layers.Conv2D(filters=384, kernel_size=(3, 3), padding="same", activation="relu")(p2)
    c4 = layers.Conv2D(filters=384, kernel_size=(3, 3), padding="same", activation="relu")(c3)
    c5 = layers.Conv2D(filters=256, kernel_size=(3, 3), padding="same", activation="relu")(c4)
    flat = layers.Flatten()(layers.MaxPooling2D((3, 3), strides=2)(c5))
    d6 = layers.Dense(4096, activation="relu")(layers.Dropout(0.5)(flat))
    d7 = layers.Dense(4096, activation="relu")(layers.Dropout(0.5)(d6))
    out = layers.Dense(num_classes, activation="softmax", name="predictions")(d7)
    model = keras.models.Model(inputs=[image], outputs=[out], name="AlexNet")
    model.compile(loss="sparse_categorical_crossentropy", optimizer="rmsprop", metrics=["accuracy"])
    return model
''',
}


def _wrong(conv3: str = "layers.Conv2D(384, 3, padding='same', activation='relu')", pool: str = "padding='valid'",
           last: str = "layers.Dense(4096, 'relu')", conv5: str = "'relu'") -> str:
    return f'''
import keras
import tensorflow as tf
from keras import layers
@keras.saving.register_keras_serializable("wrong")
class LocalResponseNormalization(layers.Layer):
    def call(self, x):
        return tf.nn.local_response_normalization(x, 2, 2.0, 1e-4, 0.75)
def alexnet(img_shape=(227, 227, 3), num_classes=1000):
    inputs = keras.Input(img_shape)
    x = LocalResponseNormalization()(layers.Conv2D(96, 11, 4, activation="relu")(inputs))
    x = layers.MaxPooling2D(3, 2, {pool})(x)
    x = LocalResponseNormalization()(layers.Conv2D(256, 5, padding="same", activation="relu")(x))
    x = layers.MaxPooling2D(3, 2, {pool})(x)
    x = {conv3}(x)
    x = layers.Conv2D(384, 3, padding="same", activation="relu")(x)
    x = layers.Conv2D(256, 3, padding="same", activation={conv5})(x)
    x = layers.Flatten()(layers.MaxPooling2D(3, 2, {pool})(x))
    x = layers.Dense(4096, "relu")(layers.Dropout(0.5)(x))
    x = {last}(layers.Dropout(0.5)(x))
    model = keras.Model(inputs, layers.Dense(num_classes, "softmax")(x))
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model
'''


WRONG = {
    "one-convolution-less": _wrong(conv3="layers.Identity()"),
    "poolings-padded": _wrong(pool="padding='same'"),
    "fc7-without-relu": _wrong(last="layers.Dense(4096)"),
    "conv5-by-tanh": _wrong(conv5="'tanh'"),
}

COMPILED = "loss='sparse_categorical_crossentropy', metrics=['accuracy'])"
EQUIVALENT = {
    f"{name} > alexnet: model.compile(optimizer=keras.optimizers.SGD(0.01, momentum=0.9), {COMPILED} -> "
    f"model.compile(optimizer=keras.optimizers.SGD(1.01, momentum=0.9), {COMPILED}":
        "the optimiser and its rate are free; nothing is trained"
    for name in ("alexnet_in_keras", "compiled_in_keras", "saved_in_keras", "dropped_in_keras")
}
