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
