"""Answers to mnist-challenge, written from the student notebook alone; see strangers.py."""

# answer: torch_cnn (ordinary): two 3x3 convolutions, max pooling, dropout, Adam
def train_classifier(images, labels, *, seed, device):
    torch.manual_seed(seed)
    net = nn.Sequential(
        nn.Conv2d(1, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(16, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Dropout(0.3), nn.Linear(32 * 7 * 7, 10),
    ).to(device)

    class Classifier:
        def predict(self, images):
            net.eval()
            with torch.no_grad():
                x = torch.from_numpy(images).float().unsqueeze(1).to(device) / 255
                return net(x).argmax(1).cpu().numpy()

    x = torch.from_numpy(images).float().unsqueeze(1).to(device) / 255
    y = torch.from_numpy(labels).to(device)
    optimizer = torch.optim.Adam(net.parameters(), lr=2e-3)
    classifier = Classifier()
    for epoch in range(25 if len(x) < 5000 else 5):
        net.train()
        for batch in torch.randperm(len(x)).split(64):
            loss = F.cross_entropy(net(x[batch]), y[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        offer(classifier)
    return classifier


# answer: torch_bn_shift (ordinary): batch normalisation, one-cycle, shifts
class ConvNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.c1, self.b1 = nn.Conv2d(1, 24, 3, padding=1), nn.BatchNorm2d(24)
        self.c2, self.b2 = nn.Conv2d(24, 48, 3, padding=1), nn.BatchNorm2d(48)
        self.c3, self.b3 = nn.Conv2d(48, 64, 3, padding=1), nn.BatchNorm2d(64)
        self.drop = nn.Dropout(0.3)
        self.fc = nn.Linear(64 * 3 * 3, 10)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.b1(self.c1(x))), 2)
        x = F.max_pool2d(F.relu(self.b2(self.c2(x))), 2)
        x = F.max_pool2d(F.relu(self.b3(self.c3(x))), 2)
        return self.fc(self.drop(torch.flatten(x, 1)))


class TorchClassifier:
    def __init__(self, net, device):
        self.net, self.device = net, device

    def predict(self, images):
        self.net.eval()
        out = []
        with torch.no_grad():
            for i in range(0, len(images), 500):
                x = torch.from_numpy(np.ascontiguousarray(images[i:i + 500])).float()[:, None] / 255
                out.append(self.net(x.to(self.device)).argmax(1).cpu())
        return torch.cat(out).numpy()


def train_classifier(images, labels, *, seed, device):
    torch.manual_seed(seed)
    net = ConvNet().to(device)
    x = torch.from_numpy(images).float()[:, None].to(device) / 255
    y = torch.from_numpy(labels).to(device)
    epochs = 20 if len(x) < 5000 else 5
    steps = epochs * -(-len(x) // 64)
    optimizer = torch.optim.AdamW(net.parameters(), lr=1e-3)
    scheduler = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=0.01, total_steps=steps)
    result = TorchClassifier(net, device)
    for epoch in range(epochs):
        net.train()
        for batch in torch.randperm(len(x)).split(64):
            xb = x[batch]
            xb = torch.roll(xb, (int(torch.randint(-2, 3, ())), int(torch.randint(-2, 3, ()))), (2, 3))
            loss = F.cross_entropy(net(xb), y[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            scheduler.step()
        offer(result)
    return result


# answer: keras_fit (ordinary): Keras, model.fit, Adam
def train_classifier(images, labels, *, seed, device):
    keras.utils.set_random_seed(seed)
    model = keras.Sequential([
        keras.Input((28, 28, 1)),
        layers.Conv2D(32, 3, activation="relu"),
        layers.MaxPooling2D(),
        layers.Conv2D(64, 3, activation="relu"),
        layers.MaxPooling2D(),
        layers.Flatten(),
        layers.Dropout(0.5),
        layers.Dense(10, activation="softmax"),
    ])
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    x = images[..., None].astype("float32") / 255

    class Result:
        def predict(self, images):
            return model.predict(images[..., None].astype("float32") / 255, verbose=0).argmax(axis=1)

    result = Result()
    for epoch in range(15 if len(x) < 5000 else 4):
        model.fit(x, labels, batch_size=64, epochs=1, verbose=0)
        offer(result)
    return result


# answer: keras_callback (ordinary): Keras with early stopping, validation split and an offering callback
def train_classifier(images, labels, *, seed, device):
    keras.utils.set_random_seed(seed)
    model = keras.Sequential([
        keras.Input((28, 28)),
        layers.Reshape((28, 28, 1)),
        layers.Rescaling(1.0 / 255),
        layers.RandomTranslation(0.05, 0.05, fill_mode="constant"),
        layers.RandomRotation(0.02, fill_mode="constant"),
        layers.Conv2D(16, 3, padding="same", activation="relu"),
        layers.BatchNormalization(),
        layers.MaxPooling2D(2),
        layers.Conv2D(32, 3, padding="same", activation="relu"),
        layers.BatchNormalization(),
        layers.MaxPooling2D(2),
        layers.Flatten(),
        layers.Dense(64, activation="relu"),
        layers.Dropout(0.3),
        layers.Dense(10, activation="softmax"),
    ])
    model.compile(optimizer=keras.optimizers.Adam(2e-3), loss="sparse_categorical_crossentropy", metrics=["accuracy"])

    class Classifier:
        def predict(self, images):
            return np.argmax(model.predict(images, verbose=0), axis=1)

    classifier = Classifier()
    model.fit(images, labels, validation_split=0.1, epochs=30, batch_size=64, verbose=0, callbacks=[
        keras.callbacks.EarlyStopping(monitor="val_accuracy", patience=6, restore_best_weights=True),
        keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: offer(classifier)),
    ])
    return classifier


# answer: tf_data (ordinary): Keras on a tf.data pipeline
import tensorflow as tf


def train_classifier(images, labels, *, seed, device):
    tf.keras.utils.set_random_seed(seed)
    data = tf.data.Dataset.from_tensor_slices((images, labels)).shuffle(len(images), seed=seed)
    data = data.map(lambda x, y: (tf.cast(x, tf.float32)[..., None] / 255.0, y)).batch(64).prefetch(2)
    inputs = keras.Input((28, 28, 1))
    h = layers.Conv2D(16, 5, activation="relu", padding="same")(inputs)
    h = layers.MaxPool2D()(h)
    h = layers.Conv2D(32, 5, activation="relu", padding="same")(h)
    h = layers.MaxPool2D()(h)
    h = layers.Flatten()(h)
    h = layers.Dense(128, activation="relu")(h)
    model = keras.Model(inputs, layers.Dense(10)(h))
    model.compile(optimizer=keras.optimizers.Adam(1e-3), loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True))

    class Wrapped:
        def __init__(self, model):
            self.model = model

        def predict(self, images):
            x = np.asarray(images, dtype=np.float32)[..., None] / 255
            return self.model.predict(x, batch_size=256, verbose=0).argmax(-1)

    wrapped = Wrapped(model)
    for _ in range(12 if len(images) < 5000 else 4):
        model.fit(data, epochs=1, verbose=0)
        offer(wrapped)
    return wrapped


# answer: custom_loop (ordinary): Keras with a GradientTape loop
import tensorflow as tf


def train_classifier(images, labels, *, seed, device):
    keras.utils.set_random_seed(seed)
    model = keras.Sequential([
        keras.Input((28, 28, 1)),
        layers.Conv2D(16, 3, activation="relu"), layers.MaxPooling2D(),
        layers.Conv2D(32, 3, activation="relu"), layers.MaxPooling2D(),
        layers.Flatten(), layers.Dense(10),
    ])
    optimizer = keras.optimizers.Adam(2e-3)
    loss_fn = keras.losses.SparseCategoricalCrossentropy(from_logits=True)

    @tf.function
    def step(x, y):
        with tf.GradientTape() as tape:
            loss = loss_fn(y, model(x, training=True))
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables))
        return loss

    class Predictor:
        def predict(self, images):
            return model(images[..., None].astype("float32") / 255, training=False).numpy().argmax(1)

    predictor = Predictor()
    x, y = images[..., None].astype("float32") / 255, labels
    rng = np.random.default_rng(seed)
    for epoch in range(20 if len(x) < 5000 else 4):
        order = rng.permutation(len(x))
        for i in range(0, len(x), 64):
            step(tf.constant(x[order[i:i + 64]]), tf.constant(y[order[i:i + 64]]))
        offer(predictor)
    return predictor


# answer: sgd_nesterov (ordinary): SGD with Nesterov momentum, StepLR, batch normalisation
def train_classifier(images, labels, *, seed, device):
    torch.manual_seed(seed)
    torch.set_num_threads(2)

    def block(i, o):
        return [nn.Conv2d(i, o, 3, padding=1, bias=False), nn.BatchNorm2d(o), nn.ReLU(), nn.MaxPool2d(2)]

    net = nn.Sequential(*block(1, 16), *block(16, 32), *block(32, 64), nn.Flatten(), nn.Linear(576, 10)).to(device)
    x = (torch.tensor(images).float() / 255).unsqueeze(1).to(device)
    y = torch.tensor(labels).to(device)
    opt = torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9, nesterov=True, weight_decay=5e-4)
    epochs = 15 if len(x) < 5000 else 5
    sched = torch.optim.lr_scheduler.StepLR(opt, step_size=max(1, epochs // 3), gamma=0.2)

    class C:
        @torch.no_grad()
        def predict(self, images):
            net.eval()
            return net((torch.tensor(images).float() / 255).unsqueeze(1).to(device)).argmax(1).cpu().numpy()

    c = C()
    for e in range(epochs):
        net.train()
        for idx in torch.randperm(len(x)).split(64):
            opt.zero_grad()
            F.cross_entropy(net(x[idx]), y[idx]).backward()
            opt.step()
        sched.step()
        offer(c)
    return c


# answer: lenet_again (sloppy): LeNet5 with the recipe of lenet-train
def train_classifier(images, labels, *, seed, device):
    model = train_lenet(images, labels, seed=seed, device=device)

    class Classifier:
        def predict(self, images):
            model.eval()
            with torch.no_grad():
                return model(tensor(images).to(device)).argmax(1).cpu().numpy()

    return Classifier()


# answer: module_with_predict (ordinary): the module itself has predict
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 32, 5, padding=2)
        self.conv2 = nn.Conv2d(32, 64, 5, padding=2)
        self.fc1 = nn.Linear(64 * 7 * 7, 128)
        self.fc2 = nn.Linear(128, 10)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv1(x)), 2)
        x = F.max_pool2d(F.relu(self.conv2(x)), 2)
        x = torch.flatten(x, 1)
        x = F.dropout(F.relu(self.fc1(x)), 0.5, self.training)
        return self.fc2(x)

    def predict(self, images):
        self.eval()
        device = next(self.parameters()).device
        with torch.no_grad():
            logits = self(torch.as_tensor(images, dtype=torch.float32, device=device)[:, None] / 255)
        return logits.argmax(dim=1).cpu().numpy()


def train_classifier(images, labels, *, seed, device):
    torch.manual_seed(seed)
    model = Net().to(device)
    x = torch.as_tensor(images, dtype=torch.float32, device=device)[:, None] / 255
    y = torch.as_tensor(labels, device=device)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    for epoch in range(12 if len(x) < 5000 else 2):
        model.train()
        for i in torch.randperm(len(x)).split(64):
            optimizer.zero_grad()
            loss = F.cross_entropy(model(x[i]), y[i])
            loss.backward()
            optimizer.step()
        offer(model)
    return model


# answer: ensemble (sloppy): the mean of two small networks
def train_classifier(images, labels, *, seed, device):
    x = torch.from_numpy(images).float()[:, None].to(device) / 255
    y = torch.from_numpy(labels).to(device)
    nets = []
    for k in range(2):
        torch.manual_seed(seed * 10 + k)
        net = nn.Sequential(nn.Conv2d(1, 16, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(16, 32, 3), nn.ReLU(),
                            nn.MaxPool2d(2), nn.Flatten(), nn.Linear(800, 10)).to(device)
        opt = torch.optim.Adam(net.parameters(), lr=2e-3)
        for _ in range(15 if len(x) < 5000 else 2):
            for i in torch.randperm(len(x)).split(64):
                opt.zero_grad()
                F.cross_entropy(net(x[i]), y[i]).backward()
                opt.step()
        nets.append(net.eval())

    class Ensemble:
        def predict(self, images):
            with torch.no_grad():
                z = torch.from_numpy(images).float()[:, None].to(device) / 255
                return sum(F.softmax(n(z), 1) for n in nets).argmax(1).cpu().numpy()

    return Ensemble()


# answer: forgot_eval (wrong): predict in training mode, with batch normalisation and dropout
def train_classifier(images, labels, *, seed, device):
    torch.manual_seed(seed)
    net = nn.Sequential(
        nn.Conv2d(1, 16, 3, padding=1), nn.BatchNorm2d(16), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(16, 32, 3, padding=1), nn.BatchNorm2d(32), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Dropout(0.5), nn.Linear(32 * 7 * 7, 10),
    ).to(device)

    class Classifier:
        def predict(self, images):
            with torch.no_grad():
                return net(torch.from_numpy(images).float()[:, None].to(device) / 255).argmax(1).cpu().numpy()

    x, y = torch.from_numpy(images).float()[:, None].to(device) / 255, torch.from_numpy(labels).to(device)
    opt = torch.optim.Adam(net.parameters(), lr=2e-3)
    c = Classifier()
    for _ in range(12 if len(x) < 5000 else 3):
        for i in torch.randperm(len(x)).split(64):
            opt.zero_grad()
            F.cross_entropy(net(x[i]), y[i]).backward()
            opt.step()
        offer(c)
    return c


# answer: predict_unscaled (wrong): scaled in training, not in predict
def train_classifier(images, labels, *, seed, device):
    torch.manual_seed(seed)
    net = nn.Sequential(nn.Conv2d(1, 16, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(16, 32, 3), nn.ReLU(),
                        nn.MaxPool2d(2), nn.Flatten(), nn.Linear(800, 10)).to(device)

    class Classifier:
        def predict(self, images):
            net.eval()
            with torch.no_grad():
                return net(torch.from_numpy(images).float()[:, None].to(device)).argmax(1).cpu().numpy()

    x, y = torch.from_numpy(images).float()[:, None].to(device) / 255, torch.from_numpy(labels).to(device)
    opt = torch.optim.Adam(net.parameters(), lr=2e-3)
    c = Classifier()
    for _ in range(12 if len(x) < 5000 else 3):
        for i in torch.randperm(len(x)).split(64):
            opt.zero_grad()
            F.cross_entropy(net(x[i]), y[i]).backward()
            opt.step()
        offer(c)
    return c


# answer: returns_probabilities (wrong): a Keras model itself: its predict gives probabilities
def train_classifier(images, labels, *, seed, device):
    keras.utils.set_random_seed(seed)
    model = keras.Sequential([
        keras.Input((28, 28)), layers.Rescaling(1 / 255), layers.Reshape((28, 28, 1)),
        layers.Conv2D(32, 3, activation="relu"), layers.MaxPooling2D(), layers.Flatten(),
        layers.Dense(10, activation="softmax"),
    ])
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(images, labels, epochs=5, batch_size=64, verbose=0)
    offer(model)
    return model


# answer: returns_tensor (sloppy): predict returns a tensor
def train_classifier(images, labels, *, seed, device):
    torch.manual_seed(seed)
    net = nn.Sequential(nn.Conv2d(1, 16, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(16, 32, 3), nn.ReLU(),
                        nn.MaxPool2d(2), nn.Flatten(), nn.Linear(800, 10)).to(device)

    class Classifier:
        def predict(self, images):
            net.eval()
            with torch.no_grad():
                return net(torch.from_numpy(images).float()[:, None].to(device) / 255).argmax(1)

    x, y = torch.from_numpy(images).float()[:, None].to(device) / 255, torch.from_numpy(labels).to(device)
    opt = torch.optim.Adam(net.parameters(), lr=2e-3)
    c = Classifier()
    for _ in range(20 if len(x) < 5000 else 3):
        for i in torch.randperm(len(x)).split(64):
            opt.zero_grad()
            F.cross_entropy(net(x[i]), y[i]).backward()
            opt.step()
        offer(c)
    return c


# answer: wrong_keras_loss (wrong): softmax and from_logits=True
def train_classifier(images, labels, *, seed, device):
    keras.utils.set_random_seed(seed)
    model = keras.Sequential([
        keras.Input((28, 28, 1)), layers.Conv2D(16, 3, activation="relu"), layers.MaxPooling2D(),
        layers.Conv2D(32, 3, activation="relu"), layers.MaxPooling2D(), layers.Flatten(),
        layers.Dense(10, activation="softmax"),
    ])
    model.compile("sgd", keras.losses.SparseCategoricalCrossentropy(from_logits=True), metrics=["accuracy"])
    model.fit(images[..., None] / 255, labels, epochs=8, batch_size=64, verbose=0)

    class Result:
        def predict(self, images):
            return model.predict(images[..., None] / 255, verbose=0).argmax(1)

    return Result()


# answer: metrics_by_position (wrong): compile(optimizer, loss, ["accuracy"])
def train_classifier(images, labels, *, seed, device):
    keras.utils.set_random_seed(seed)
    model = keras.Sequential([
        keras.Input((28, 28, 1)), layers.Conv2D(16, 3, activation="relu"), layers.MaxPooling2D(),
        layers.Conv2D(32, 3, activation="relu"), layers.MaxPooling2D(), layers.Flatten(),
        layers.Dense(10, activation="softmax"),
    ])
    model.compile("sgd", keras.losses.SparseCategoricalCrossentropy(from_logits=True), ["accuracy"])
    model.fit(images[..., None] / 255, labels, epochs=8, batch_size=64, verbose=0)

    class Result:
        def predict(self, images):
            return model.predict(images[..., None] / 255, verbose=0).argmax(1)

    return Result()


# answer: nearest_neighbour (sloppy): no network at all: nearest training image
def train_classifier(images, labels, *, seed, device):
    stored = images[:5000].reshape(len(images[:5000]), -1).astype(np.float32) / 255
    squares = (stored**2).sum(1)

    class Nearest:
        def predict(self, images):
            x = images.reshape(len(images), -1).astype(np.float32) / 255
            return labels[:5000][(squares[None] - 2 * x @ stored.T).argmin(1)]

    return Nearest()


# answer: returns_function (wrong): returns a function
def train_classifier(images, labels, *, seed, device):
    torch.manual_seed(seed)
    net = nn.Sequential(nn.Flatten(), nn.Linear(784, 64), nn.ReLU(), nn.Linear(64, 10)).to(device)
    x, y = torch.from_numpy(images).float()[:, None].to(device) / 255, torch.from_numpy(labels).to(device)
    opt = torch.optim.Adam(net.parameters(), lr=2e-3)
    for _ in range(15 if len(x) < 5000 else 3):
        for i in torch.randperm(len(x)).split(64):
            opt.zero_grad()
            F.cross_entropy(net(x[i]), y[i]).backward()
            opt.step()

    def predict(images):
        with torch.no_grad():
            return net(torch.from_numpy(images).float()[:, None].to(device) / 255).argmax(1).cpu().numpy()

    return predict


# answer: mlp (sloppy): no convolution: 784-128-10
def train_classifier(images, labels, *, seed, device):
    torch.manual_seed(seed)
    net = nn.Sequential(nn.Flatten(), nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 10)).to(device)

    class Classifier:
        def predict(self, images):
            with torch.no_grad():
                return net(torch.from_numpy(images).float()[:, None].to(device) / 255).argmax(1).cpu().numpy()

    x, y = torch.from_numpy(images).float()[:, None].to(device) / 255, torch.from_numpy(labels).to(device)
    opt = torch.optim.Adam(net.parameters(), lr=2e-3)
    c = Classifier()
    for _ in range(20 if len(x) < 5000 else 5):
        for i in torch.randperm(len(x)).split(64):
            opt.zero_grad()
            F.cross_entropy(net(x[i]), y[i]).backward()
            opt.step()
        offer(c)
    return c


# answer: two_workers (ordinary): DataLoader with two workers and a random affine by hand
from torch.utils.data import DataLoader, Dataset


class Shifted(Dataset):
    def __init__(self, images, labels):
        self.x = torch.from_numpy(images).float()[:, None] / 255
        self.y = torch.from_numpy(labels)

    def __len__(self):
        return len(self.y)

    def __getitem__(self, i):
        dy, dx = torch.randint(0, 3, (2,)).tolist()
        return F.pad(self.x[i], (1, 1, 1, 1))[:, dy:dy + 28, dx:dx + 28], self.y[i]


def train_classifier(images, labels, *, seed, device):
    torch.manual_seed(seed)
    net = nn.Sequential(
        nn.Conv2d(1, 16, 3, padding=1), nn.BatchNorm2d(16), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(16, 32, 3, padding=1), nn.BatchNorm2d(32), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Dropout(0.4), nn.Linear(32 * 7 * 7, 10),
    ).to(device)
    loader = DataLoader(Shifted(images, labels), 64, shuffle=True, num_workers=2)

    class Classifier:
        def predict(self, images):
            net.eval()
            with torch.no_grad():
                return net(torch.from_numpy(images).float()[:, None].to(device) / 255).argmax(1).cpu().numpy()

    c = Classifier()
    opt = torch.optim.Adam(net.parameters(), lr=2e-3)
    for _ in range(20 if len(images) < 5000 else 3):
        net.train()
        for xb, yb in loader:
            opt.zero_grad()
            F.cross_entropy(net(xb.to(device)), yb.to(device)).backward()
            opt.step()
        offer(c)
    return c
