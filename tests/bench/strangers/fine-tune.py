"""Answers to fine-tune, written from the student notebook alone; see strangers.py."""

# answer: guide (ordinary): two phases by model.fit, upper half without norms
def fine_tune(pretrained, train, validation, *, seed):
    keras.utils.set_random_seed(seed)
    num_classes = int(max(np.max(y) for _, y in train)) + 1
    pretrained.trainable = False
    outputs = keras.layers.Dense(num_classes, activation="softmax")(pretrained.output)
    model = keras.Model(pretrained.input, outputs)
    model.compile(keras.optimizers.Adam(0.02), "sparse_categorical_crossentropy", metrics=["accuracy"])
    first = model.fit(train, validation_data=validation, epochs=15, verbose=0)
    pretrained.trainable = True
    half = len(pretrained.layers) // 2
    for i, layer in enumerate(pretrained.layers):
        layer.trainable = i >= half and not isinstance(layer, keras.layers.BatchNormalization)
    model.compile(keras.optimizers.Adam(0.001), "sparse_categorical_crossentropy", metrics=["accuracy"])
    second = model.fit(train, validation_data=validation, epochs=10, verbose=0)
    history = {key: first.history[key] + second.history[key] for key in first.history}
    return model, history


# answer: nested (ordinary): pretrained(inputs, training=False) as a layer, dropout, SGD in phase two
def fine_tune(pretrained, train, validation, *, seed):
    keras.utils.set_random_seed(seed)
    labels = np.concatenate([y.numpy() for _, y in train])
    pretrained.trainable = False
    inputs = keras.Input(pretrained.input_shape[1:])
    x = pretrained(inputs, training=False)
    x = keras.layers.Dropout(0.2)(x)
    outputs = keras.layers.Dense(len(np.unique(labels)), activation="softmax")(x)
    model = keras.Model(inputs, outputs)

    def run(rate, epochs):
        model.compile(keras.optimizers.Adam(rate), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
        return model.fit(train, validation_data=validation, epochs=epochs, verbose=0).history

    a = run(0.01, 20)
    for layer in pretrained.layers[len(pretrained.layers) // 2:]:
        if not isinstance(layer, keras.layers.BatchNormalization):
            layer.trainable = True
    pretrained_first = pretrained.layers[1]
    pretrained_first.trainable = False
    b = run(0.0005, 10)
    return model, {k: a[k] + b[k] for k in ("loss", "accuracy", "val_loss", "val_accuracy")}


# answer: plateau (ordinary): callbacks: ReduceLROnPlateau and early stopping
def fine_tune(pretrained, train, validation, *, seed):
    keras.utils.set_random_seed(seed)
    classes = set()
    for _, y in train:
        classes |= set(int(v) for v in y)
    pretrained.trainable = False
    model = keras.Sequential([pretrained, keras.layers.Dense(len(classes), activation="softmax")])
    callbacks = lambda: [keras.callbacks.ReduceLROnPlateau(monitor="val_loss", patience=2, factor=0.5),
                         keras.callbacks.EarlyStopping(monitor="val_loss", patience=6, restore_best_weights=True)]
    model.compile(optimizer=keras.optimizers.Adam(0.03), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    h1 = model.fit(train, validation_data=validation, epochs=20, callbacks=callbacks(), verbose=0)
    pretrained.trainable = True
    for layer in pretrained.layers:
        layer.trainable = layer.name in ("conv4", "conv5")
    model.compile(optimizer=keras.optimizers.Adam(0.002), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    h2 = model.fit(train, validation_data=validation, epochs=10, callbacks=callbacks(), verbose=0)
    history = {}
    for h in (h1.history, h2.history):
        for key, values in h.items():
            history.setdefault(key, []).extend(float(v) for v in values)
    return model, history


# answer: small_rates (sloppy): Adam's default 0.001 for the head, 1e-5 after, 10 + 10 epochs
def fine_tune(pretrained, train, validation, *, seed):
    keras.utils.set_random_seed(seed)
    n = len({int(v) for _, y in train for v in y})
    pretrained.trainable = False
    model = keras.Sequential([pretrained, keras.layers.Dense(n, activation="softmax")])
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    h1 = model.fit(train, validation_data=validation, epochs=10, verbose=0).history
    for layer in pretrained.layers:
        layer.trainable = layer.name in ("conv3", "conv4", "conv5")
    pretrained.trainable = True
    for layer in pretrained.layers:
        layer.trainable = layer.name in ("conv3", "conv4", "conv5")
    model.compile(optimizer=keras.optimizers.Adam(1e-5), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    h2 = model.fit(train, validation_data=validation, epochs=10, verbose=0).history
    return model, {k: h1[k] + h2[k] for k in h1}


# answer: gradient_tape (ordinary): a loop of one's own with GradientTape
def fine_tune(pretrained, train, validation, *, seed):
    keras.utils.set_random_seed(seed)
    count = 1 + max(int(tf.reduce_max(y)) for _, y in train)
    head = keras.layers.Dense(count, activation="softmax")
    model = keras.Model(pretrained.inputs, head(pretrained.output))
    loss_fn = keras.losses.SparseCategoricalCrossentropy()
    history = {"loss": [], "accuracy": [], "val_loss": [], "val_accuracy": []}

    def measure(data):
        losses, hits, total = 0.0, 0, 0
        for x, y in data:
            p = model(x, training=False)
            losses += float(loss_fn(y, p)) * len(y)
            hits += int(np.sum(np.argmax(p, 1) == np.asarray(y)))
            total += len(y)
        return losses / total, hits / total

    def phase(variables, rate, epochs):
        optimizer = keras.optimizers.Adam(rate)
        for _ in range(epochs):
            losses, hits, total = 0.0, 0, 0
            for x, y in train:
                with tf.GradientTape() as tape:
                    p = model(x, training=False)
                    loss = loss_fn(y, p)
                optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables))
                losses += float(loss) * len(y)
                hits += int(np.sum(np.argmax(p, 1) == np.asarray(y)))
                total += len(y)
            v_loss, v_acc = measure(validation)
            for k, v in zip(history, (losses / total, hits / total, v_loss, v_acc)):
                history[k].append(v)

    phase(head.trainable_variables, 0.02, 15)
    top = [v for name in ("conv4", "conv5") for v in pretrained.get_layer(name).trainable_variables]
    phase(head.trainable_variables + top, 0.001, 10)
    return model, history


# answer: one_epoch (sloppy): one epoch each
def fine_tune(pretrained, train, validation, *, seed):
    keras.utils.set_random_seed(seed)
    n = len({int(v) for _, y in train for v in y})
    pretrained.trainable = False
    model = keras.Sequential([pretrained, keras.layers.Dense(n, activation="softmax")])
    model.compile(optimizer=keras.optimizers.Adam(0.02), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    h1 = model.fit(train, validation_data=validation, epochs=1, verbose=0).history
    pretrained.trainable = True
    for layer in pretrained.layers:
        layer.trainable = layer.name in ("conv3", "conv4", "conv5")
    model.compile(optimizer=keras.optimizers.Adam(1e-3), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    h2 = model.fit(train, validation_data=validation, epochs=1, verbose=0).history
    return model, {k: h1[k] + h2[k] for k in h1}


# answer: norms_learn (wrong): pretrained.trainable = True: norms with it, training=False in the call
def fine_tune(pretrained, train, validation, *, seed):
    keras.utils.set_random_seed(seed)
    n = len({int(v) for _, y in train for v in y})
    pretrained.trainable = False
    inputs = keras.Input((None, None, 3))
    outputs = keras.layers.Dense(n, activation="softmax")(pretrained(inputs, training=False))
    model = keras.Model(inputs, outputs)
    model.compile(optimizer=keras.optimizers.Adam(0.02), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    h1 = model.fit(train, validation_data=validation, epochs=15, verbose=0).history
    pretrained.trainable = True
    for layer in pretrained.layers[:len(pretrained.layers) // 2]:
        layer.trainable = False
    model.compile(optimizer=keras.optimizers.Adam(1e-3), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    h2 = model.fit(train, validation_data=validation, epochs=10, verbose=0).history
    return model, {k: h1[k] + h2[k] for k in h1}


# answer: all_from_start (wrong): nothing frozen, one phase of 25 epochs
def fine_tune(pretrained, train, validation, *, seed):
    keras.utils.set_random_seed(seed)
    n = len({int(v) for _, y in train for v in y})
    model = keras.Sequential([pretrained, keras.layers.Dense(n, activation="softmax")])
    model.compile(optimizer=keras.optimizers.Adam(0.001), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    h = model.fit(train, validation_data=validation, epochs=25, verbose=0).history
    return model, h


# answer: no_second_phase (wrong): only the head
def fine_tune(pretrained, train, validation, *, seed):
    keras.utils.set_random_seed(seed)
    n = len({int(v) for _, y in train for v in y})
    pretrained.trainable = False
    model = keras.Sequential([pretrained, keras.layers.Dense(n, activation="softmax")])
    model.compile(optimizer=keras.optimizers.Adam(0.02), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    h = model.fit(train, validation_data=validation, epochs=25, verbose=0).history
    return model, h


# answer: no_recompile (wrong): the second phase without a compile
def fine_tune(pretrained, train, validation, *, seed):
    keras.utils.set_random_seed(seed)
    n = len({int(v) for _, y in train for v in y})
    pretrained.trainable = False
    model = keras.Sequential([pretrained, keras.layers.Dense(n, activation="softmax")])
    model.compile(optimizer=keras.optimizers.Adam(0.02), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    h1 = model.fit(train, validation_data=validation, epochs=15, verbose=0).history
    for layer in pretrained.layers:
        layer.trainable = layer.name in ("conv4", "conv5")
    h2 = model.fit(train, validation_data=validation, epochs=10, verbose=0).history
    return model, {k: h1[k] + h2[k] for k in h1}


# answer: second_history_only (wrong): the history of phase two alone
def fine_tune(pretrained, train, validation, *, seed):
    keras.utils.set_random_seed(seed)
    n = len({int(v) for _, y in train for v in y})
    pretrained.trainable = False
    model = keras.Sequential([pretrained, keras.layers.Dense(n, activation="softmax")])
    model.compile(optimizer=keras.optimizers.Adam(0.02), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(train, validation_data=validation, epochs=15, verbose=0)
    pretrained.trainable = True
    for layer in pretrained.layers:
        layer.trainable = layer.name in ("conv4", "conv5")
    model.compile(optimizer=keras.optimizers.Adam(1e-3), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    h2 = model.fit(train, validation_data=validation, epochs=10, verbose=0).history
    return model, h2


# answer: large_second_rate (wrong): phase two at the head's rate, 0.02
def fine_tune(pretrained, train, validation, *, seed):
    keras.utils.set_random_seed(seed)
    n = len({int(v) for _, y in train for v in y})
    pretrained.trainable = False
    model = keras.Sequential([pretrained, keras.layers.Dense(n, activation="softmax")])
    model.compile(optimizer=keras.optimizers.Adam(0.02), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    h1 = model.fit(train, validation_data=validation, epochs=15, verbose=0).history
    pretrained.trainable = True
    for layer in pretrained.layers:
        layer.trainable = layer.name in ("conv4", "conv5")
    model.compile(optimizer=keras.optimizers.Adam(0.02), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    h2 = model.fit(train, validation_data=validation, epochs=10, verbose=0).history
    return model, {k: h1[k] + h2[k] for k in h1}


# answer: on_a_copy (wrong): trains a clone of the pretrained network
def fine_tune(pretrained, train, validation, *, seed):
    keras.utils.set_random_seed(seed)
    n = len({int(v) for _, y in train for v in y})
    base = keras.models.clone_model(pretrained)
    base.set_weights(pretrained.get_weights())
    base.trainable = False
    model = keras.Sequential([base, keras.layers.Dense(n, activation="softmax")])
    model.compile(optimizer=keras.optimizers.Adam(0.02), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    h1 = model.fit(train, validation_data=validation, epochs=15, verbose=0).history
    base.trainable = True
    for layer in base.layers:
        layer.trainable = layer.name in ("conv4", "conv5")
    model.compile(optimizer=keras.optimizers.Adam(1e-3), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    h2 = model.fit(train, validation_data=validation, epochs=10, verbose=0).history
    return model, {k: h1[k] + h2[k] for k in h1}


# answer: ten_classes (wrong): always ten classes
def fine_tune(pretrained, train, validation, *, seed):
    keras.utils.set_random_seed(seed)
    pretrained.trainable = False
    model = keras.Sequential([pretrained, keras.layers.Dense(10, activation="softmax")])
    model.compile(optimizer=keras.optimizers.Adam(0.02), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    h1 = model.fit(train, validation_data=validation, epochs=15, verbose=0).history
    pretrained.trainable = True
    for layer in pretrained.layers:
        layer.trainable = layer.name in ("conv4", "conv5")
    model.compile(optimizer=keras.optimizers.Adam(1e-3), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    h2 = model.fit(train, validation_data=validation, epochs=10, verbose=0).history
    return model, {k: h1[k] + h2[k] for k in h1}


# answer: first_unfrozen (wrong): the first convolution learns too: all convolutions
def fine_tune(pretrained, train, validation, *, seed):
    keras.utils.set_random_seed(seed)
    n = len({int(v) for _, y in train for v in y})
    pretrained.trainable = False
    model = keras.Sequential([pretrained, keras.layers.Dense(n, activation="softmax")])
    model.compile(optimizer=keras.optimizers.Adam(0.02), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    h1 = model.fit(train, validation_data=validation, epochs=15, verbose=0).history
    pretrained.trainable = True
    for layer in pretrained.layers:
        layer.trainable = isinstance(layer, keras.layers.Conv2D)
    model.compile(optimizer=keras.optimizers.Adam(1e-3), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    h2 = model.fit(train, validation_data=validation, epochs=10, verbose=0).history
    return model, {k: h1[k] + h2[k] for k in h1}


# answer: frozen_parent (ordinary): sets trainable of the layers alone, which is enough in Keras
def fine_tune(pretrained, train, validation, *, seed):
    keras.utils.set_random_seed(seed)
    n = len({int(v) for _, y in train for v in y})
    pretrained.trainable = False
    model = keras.Sequential([pretrained, keras.layers.Dense(n, activation="softmax")])
    model.compile(optimizer=keras.optimizers.Adam(0.02), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    h1 = model.fit(train, validation_data=validation, epochs=15, verbose=0).history
    for layer in pretrained.layers[-6:]:
        if not isinstance(layer, keras.layers.BatchNormalization):
            layer.trainable = True
    model.compile(optimizer=keras.optimizers.Adam(1e-3), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    h2 = model.fit(train, validation_data=validation, epochs=10, verbose=0).history
    return model, {k: h1[k] + h2[k] for k in h1}


# answer: trains_on_validation (wrong): validation images trained on, too
def fine_tune(pretrained, train, validation, *, seed):
    keras.utils.set_random_seed(seed)
    n = len({int(v) for _, y in train for v in y})
    pretrained.trainable = False
    both = train.concatenate(validation)
    model = keras.Sequential([pretrained, keras.layers.Dense(n, activation="softmax")])
    model.compile(optimizer=keras.optimizers.Adam(0.02), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    h1 = model.fit(both, validation_data=validation, epochs=15, verbose=0).history
    pretrained.trainable = True
    for layer in pretrained.layers:
        layer.trainable = layer.name in ("conv4", "conv5")
    model.compile(optimizer=keras.optimizers.Adam(1e-3), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    h2 = model.fit(both, validation_data=validation, epochs=10, verbose=0).history
    return model, {k: h1[k] + h2[k] for k in h1}


# answer: returns_history_object (wrong): returns keras' History of phase two
def fine_tune(pretrained, train, validation, *, seed):
    keras.utils.set_random_seed(seed)
    n = len({int(v) for _, y in train for v in y})
    pretrained.trainable = False
    model = keras.Sequential([pretrained, keras.layers.Dense(n, activation="softmax")])
    model.compile(optimizer=keras.optimizers.Adam(0.02), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(train, validation_data=validation, epochs=15, verbose=0)
    pretrained.trainable = True
    for layer in pretrained.layers:
        layer.trainable = layer.name in ("conv4", "conv5")
    model.compile(optimizer=keras.optimizers.Adam(1e-3), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model, model.fit(train, validation_data=validation, epochs=10, verbose=0)


# answer: cached (wrong): train.cache()
def fine_tune(pretrained, train, validation, *, seed):
    keras.utils.set_random_seed(seed)
    train = train.cache()
    n = len({int(v) for _, y in train for v in y})
    pretrained.trainable = False
    model = keras.Sequential([pretrained, keras.layers.Dense(n, activation="softmax")])
    model.compile(optimizer=keras.optimizers.Adam(0.02), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    h1 = model.fit(train, validation_data=validation, epochs=15, verbose=0).history
    pretrained.trainable = True
    for layer in pretrained.layers:
        layer.trainable = layer.name in ("conv4", "conv5")
    model.compile(optimizer=keras.optimizers.Adam(1e-3), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    h2 = model.fit(train, validation_data=validation, epochs=10, verbose=0).history
    return model, {k: h1[k] + h2[k] for k in h1}


# answer: metrics_by_position (wrong): compile(optimizer, loss, ["accuracy"]): the third argument are loss weights
def fine_tune(pretrained, train, validation, *, seed):
    keras.utils.set_random_seed(seed)
    num_classes = int(max(np.max(y) for _, y in train)) + 1
    pretrained.trainable = False
    outputs = keras.layers.Dense(num_classes, activation="softmax")(pretrained.output)
    model = keras.Model(pretrained.input, outputs)
    model.compile(keras.optimizers.Adam(0.02), "sparse_categorical_crossentropy", ["accuracy"])
    first = model.fit(train, validation_data=validation, epochs=15, verbose=0)
    pretrained.trainable = True
    half = len(pretrained.layers) // 2
    for i, layer in enumerate(pretrained.layers):
        layer.trainable = i >= half and not isinstance(layer, keras.layers.BatchNormalization)
    model.compile(keras.optimizers.Adam(0.001), "sparse_categorical_crossentropy", ["accuracy"])
    second = model.fit(train, validation_data=validation, epochs=10, verbose=0)
    history = {key: first.history[key] + second.history[key] for key in first.history}
    return model, history
