"""Right answers of fine-tune in other ways."""

KERAS = "import keras\nimport numpy as np\nimport tensorflow as tf\n"

TOP = "layer in convolutions[len(convolutions) {}:]"

ANSWERS = {
    "sequential": KERAS + '''
def fine_tune(pretrained, train, validation, *, seed):
    """A wrapper keeps the features in inference mode; only the last convolution is tuned; SGD in the second phase."""
    tf.random.set_seed(seed)
    keras.utils.set_random_seed(seed)
    classes = set()
    for _, y in train:
        classes |= set(y.numpy().tolist())
    pretrained.trainable = False
    x_in = keras.Input((None, None, 3))
    x = keras.layers.BatchNormalization(trainable=False)(pretrained(x_in, training=False))
    head = keras.layers.Dense(len(classes), kernel_initializer="he_normal")
    model = keras.Model(x_in, keras.layers.Softmax()(head(x)))
    loss = keras.losses.SparseCategoricalCrossentropy()
    model.compile("adam", loss, metrics=["accuracy"])
    model.optimizer.learning_rate = 0.03
    one = model.fit(train, validation_data=validation, epochs=10, verbose=0)
    for layer in pretrained.layers[::-1]:
        if isinstance(layer, keras.layers.Conv2D):
            pretrained.trainable = True
            for other in pretrained.layers:
                other.trainable = other is layer
            break
    model.compile(keras.optimizers.SGD(0.01, momentum=0.9), loss, metrics=["accuracy"])
    two = model.fit(train, validation_data=validation, epochs=4, verbose=0)
    return model, {k: one.history[k] + two.history[k] for k in ("loss", "accuracy", "val_loss", "val_accuracy")}
''',
    "own-loop": KERAS + '''
def fine_tune(pretrained, train, validation, *, seed):
    """Gradients by hand: which variables learn is chosen at each step, and nothing is compiled."""
    keras.utils.set_random_seed(seed)
    k = int(max(np.max(y) for _, y in train.as_numpy_iterator())) + 1
    dense = keras.layers.Dense(k, activation="softmax")
    model = keras.Sequential([pretrained, dense])
    predict = lambda x: dense(pretrained(x, training=False))
    model(next(iter(train))[0][:1], training=False)
    loss_of = keras.losses.SparseCategoricalCrossentropy()
    top = [v for v in pretrained.trainable_variables if v.path.startswith(("conv4", "conv5"))]
    history = {"loss": [], "accuracy": [], "val_loss": [], "val_accuracy": []}

    def judge(data):
        losses, right, n = 0.0, 0, 0
        for x, y in data:
            p = predict(x)
            losses += float(loss_of(y, p)) * len(y)
            right += int(np.sum(np.argmax(p, 1) == y.numpy()))
            n += len(y)
        return losses / n, right / n

    for rate, variables, epochs in ((0.03, [], 15), (0.0005, top, 4)):
        optimizer = keras.optimizers.Adam(rate)
        learning = dense.trainable_variables + variables

        @tf.function
        def step(x, y):
            with tf.GradientTape() as tape:
                p = predict(x)
                loss = loss_of(y, p)
            optimizer.apply(tape.gradient(loss, learning), learning)
            return loss, p

        for _ in range(epochs):
            losses, right, n = 0.0, 0, 0
            for x, y in train:
                loss, p = step(x, y)
                losses, n = losses + float(loss) * len(y), n + len(y)
                right += int(np.sum(np.argmax(p, 1) == y.numpy()))
            history["loss"].append(losses / n)
            history["accuracy"].append(right / n)
            for name, value in zip(("val_loss", "val_accuracy"), judge(validation)):
                history[name].append(value)
    return model, history
''',
    "schedule-and-early-stopping": KERAS + '''
def fine_tune(pretrained, train, validation, *, seed):
    """Callbacks: the rate falls by itself, so that the history has it, and the best epoch is kept."""
    keras.utils.set_random_seed(seed)
    classes = len(np.unique(np.concatenate([y for _, y in train.as_numpy_iterator()])))
    pretrained.trainable = False
    model = keras.Sequential([
        keras.Input((None, None, 3)), keras.layers.RandomTranslation(0.05, 0.05, fill_mode="nearest"), pretrained,
        keras.layers.Dropout(0.1), keras.layers.Dense(classes, "softmax"),
    ])
    model.compile(keras.optimizers.Adam(0.03), "sparse_categorical_crossentropy", metrics=["accuracy"])
    falls = keras.callbacks.ReduceLROnPlateau(patience=3, factor=0.5)
    head = model.fit(train, validation_data=validation, epochs=18, verbose=0, callbacks=[falls]).history
    for layer in pretrained.layers:
        layer.trainable = layer.name in ("conv3", "conv4", "conv5")
    model.compile(keras.optimizers.Adam(3e-4), "sparse_categorical_crossentropy", metrics=["accuracy"])
    best = keras.callbacks.EarlyStopping(patience=4, restore_best_weights=True)
    top = model.fit(train, validation_data=validation, epochs=8, verbose=0, callbacks=[falls, best]).history
    return model, {name: [*map(float, head[name]), *map(float, top[name])] for name in head}
''',
    "judged-on-train-too": KERAS + '''
def fine_tune(pretrained, train, validation, *, seed):
    """Reads the training images twice in every epoch: to learn, and to be judged without dropout."""
    keras.utils.set_random_seed(seed)
    classes = 1 + max(int(y.numpy().max()) for _, y in train)
    inputs = keras.Input((28, 28, 3))
    x = pretrained(inputs)
    model = keras.Model(inputs, keras.layers.Dense(classes, activation="softmax")(keras.layers.Dropout(0.3)(x)))
    history = {name: [] for name in ("loss", "accuracy", "val_loss", "val_accuracy")}

    def learn(rate, epochs):
        model.compile(keras.optimizers.RMSprop(rate), "sparse_categorical_crossentropy", metrics=["accuracy"])
        for _ in range(epochs):
            model.fit(train, epochs=1, verbose=0)
            for prefix, data in (("", train), ("val_", validation)):
                loss, accuracy = model.evaluate(data, verbose=0)
                history[prefix + "loss"].append(loss)
                history[prefix + "accuracy"].append(accuracy)

    pretrained.trainable = False
    learn(0.01, 14)
    pretrained.trainable = True
    for layer in pretrained.layers:
        if not layer.name.startswith(("conv4", "conv5")):
            layer.trainable = False
    learn(2e-4, 4)
    return model, history
''',
}

WRONG = {
    "from-scratch": KERAS + '''
def fine_tune(pretrained, train, validation, *, seed):
    """A copy of the network without its weights."""
    keras.utils.set_random_seed(seed)
    classes = 1 + max(int(y.numpy().max()) for _, y in train)
    copy = keras.models.clone_model(pretrained)
    model = keras.Sequential([keras.Input((28, 28, 3)), copy, keras.layers.Dense(classes, "softmax")])
    model.compile(keras.optimizers.Adam(0.01), "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model, model.fit(train, validation_data=validation, epochs=12, verbose=0).history
''',
    "history-of-the-second-phase": KERAS + '''
def fine_tune(pretrained, train, validation, *, seed):
    """Right but for the history, which forgets the first phase."""
    keras.utils.set_random_seed(seed)
    pretrained.trainable = False
    inputs = keras.Input((28, 28, 3))
    model = keras.Model(inputs, keras.layers.Dense(8, activation="softmax")(pretrained(inputs)))
    for rate, epochs in ((0.02, 12), (5e-4, 6)):
        model.compile(keras.optimizers.Adam(rate), "sparse_categorical_crossentropy", metrics=["accuracy"])
        history = model.fit(train, validation_data=validation, epochs=epochs, verbose=0).history
        for layer in pretrained.layers:
            layer.trainable = layer.name == "conv5"
    return model, history
''',
    "a-quick-look": KERAS + '''
def fine_tune(pretrained, train, validation, *, seed):
    """Two epochs at a small rate: hardly anything is learned."""
    keras.utils.set_random_seed(seed)
    pretrained.trainable = False
    inputs = keras.Input((28, 28, 3))
    model = keras.Model(inputs, keras.layers.Dense(8, activation="softmax")(pretrained(inputs)))
    history = {}
    for trained in ("", "conv5"):
        for layer in pretrained.layers:
            layer.trainable = layer.name == trained
        model.compile(keras.optimizers.Adam(1e-3), "sparse_categorical_crossentropy", metrics=["accuracy"])
        one = model.fit(train, validation_data=validation, epochs=1, verbose=0).history
        history = {name: history.get(name, []) + one[name] for name in one}
    return model, history
''',
}

EQUIVALENT = {
    "fine_tune: True -> False": "Every layer is set by itself right after, and only layers have variables.",
    **{
        f"fine_tune: _fit(model, train, validation, rate={before}) -> _fit(model, train, validation, rate={after})":
            "Rates and numbers of epochs are free; the accuracy is what is asked."
        for before, after in (
            ("0.02, epochs=12", "1.02, epochs=12"), ("0.02, epochs=12", "0.02, epochs=13"),
            ("0.0005, epochs=6", "0.0005, epochs=7"),
        )
    },
    **{
        f"fine_tune: {TOP.format('// 2 + 1')} -> {TOP.format(other)}":
            "Which convolutions learn beside the last one, and not the first, is free."
        for other in ("// 2 - 1", "// 3 + 1", "// 2 + 2")
    },
    **{
        "fine_tune > _fit: " + " -> ".join(
            f"model.fit(train, validation_data=validation, epochs=epochs, verbose={number}).history"
            for number in (0, 1)
        ): "What is printed is not asked for.",
    },
}
