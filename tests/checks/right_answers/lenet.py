"""Right answers of assignment 04 in other ways; those of its training tasks stand in lenet_train.py."""

TORCH = "import numpy as np\nimport torch\nfrom torch import nn\nimport torch.nn.functional as F\n"
KERAS = "import keras\nfrom keras import layers\n"

ANSWERS = {
    "lenet-components": {
        "lists-by-hand": '''
lenet_components = {"total": 61706, "output": [[10], 850], "F6": [[84], 10164], "C5": [[120], 48120],
                    "S4": [[5, 5, 16], 0], "C3": [[10, 10, 16], 2416], "S2": [[14, 14, 6], 0],
                    "C1": [[28, 28, 6], 156], "C3_paper": 1516}
''',
    },
    "lenet-model": {
        "one-sequence": TORCH + '''
class LeNet5(nn.Module):
    """One sequence of modules; C5 is a convolution, as in the paper."""
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv2d(1, 6, kernel_size=5), nn.Tanh(), nn.AvgPool2d(kernel_size=2, stride=2),
            nn.Conv2d(6, 16, kernel_size=5), nn.Tanh(), nn.AvgPool2d(kernel_size=2, stride=2),
            nn.Conv2d(16, 120, kernel_size=5), nn.Tanh(), nn.Flatten(),
            nn.Linear(120, 84), nn.Tanh(), nn.Linear(84, 10))
    def forward(self, x):
        return self.layers(x)
''',
        "bare-parameters": TORCH + '''
class LeNet5(nn.Module):
    """Parameters kept bare, pooling as means over a reshaped axis, dense layers as matrix products."""
    def __init__(self):
        super().__init__()
        shapes = [(6, 1, 5, 5), (16, 6, 5, 5), (120, 400), (84, 120), (10, 84)]
        self.w = nn.ParameterList([torch.randn(s) / torch.tensor(s[1:]).prod() ** 0.5 for s in shapes])
        self.b = nn.ParameterList([torch.zeros(s[0]) for s in shapes])
    def halve(self, x):
        n, c, h, w = x.shape
        return x.view(n, c, h // 2, 2, w // 2, 2).mean(dim=(3, 5))
    def forward(self, x):
        for k in (0, 1):
            x = self.halve(F.conv2d(x, self.w[k], self.b[k]).tanh())
        x = x.reshape(len(x), 400)
        for k in (2, 3):
            x = (x @ self.w[k].T + self.b[k]).tanh()
        return x @ self.w[4].T + self.b[4]
''',
    },
    "lenet-repair": {
        "one-sequence": TORCH + '''
class RepairedLeNet(nn.Module):
    """A view that names the batch, and modules in two sequences."""
    def __init__(self):
        super().__init__()
        self.maps = nn.Sequential(nn.Conv2d(1, 6, 5), nn.ReLU(), nn.MaxPool2d(2),
                                  nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2))
        self.decide = nn.Sequential(nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10))
    def forward(self, x):
        x = self.maps(x)
        return self.decide(x.view(x.size(0), -1))

def batch_after_view(batch):
    if batch % 16 != 0:
        raise ValueError("only multiples of 16 can be viewed")
    return batch // 16 * 25
''',
        "asks-pytorch": TORCH + '''
class RepairedLeNet(nn.Module):
    """The 16*5*5 in the view itself; ReLU after pooling is the same as before, for maxima."""
    def __init__(self):
        super().__init__()
        self.fc3, self.fc2, self.fc1 = nn.Linear(84, 10), nn.Linear(120, 84), nn.Linear(16 * 5 * 5, 120)
        self.conv2, self.conv1 = nn.Conv2d(6, 16, 5), nn.Conv2d(1, 6, 5)
    def forward(self, x):
        for conv in (self.conv1, self.conv2):
            x = F.max_pool2d(conv(x), 2).relu()
        x = x.view(-1, 400)
        return self.fc3(F.relu(self.fc2(F.relu(self.fc1(x)))))

def batch_after_view(batch):
    try:
        return torch.empty(batch, 16, 5, 5).view(-1, 256).shape[0]
    except RuntimeError as error:
        raise ValueError("the view fails") from error
''',
    },
    "lenet-evaluate": {
        "image-by-image": TORCH + '''
from types import SimpleNamespace

@torch.inference_mode()
def evaluate(model, images, labels):
    """One image at a time, the softmax by hand in float64, counting in plain Python."""
    model.eval()
    table, wrong = [[0] * 10 for _ in range(10)], []
    for i, (image, true) in enumerate(zip(images, labels)):
        x = np.zeros((1, 1, 32, 32), np.float32)
        x[0, 0, 2:30, 2:30] = image / np.float32(255)
        logits = model(torch.from_numpy(x))[0].double().numpy()
        shares = np.exp(logits - logits.max())
        shares /= shares.sum()
        guess = int(shares.argmax())
        table[true][guess] += 1
        if guess != true:
            wrong.append((-shares[guess], i, int(true), guess))
    mistakes = [(i, true, guess, float(-share)) for share, i, true, guess in sorted(wrong)[:10]]
    return SimpleNamespace(accuracy=sum(table[k][k] for k in range(10)) / len(images),
                           confusion=np.array(table), mistakes=mistakes)
''',
        "one-batch": TORCH + '''
from dataclasses import make_dataclass
Evaluation = make_dataclass("Evaluation", ["accuracy", "confusion", "mistakes"])

def evaluate(model, images, labels):
    """All images at once, in PyTorch."""
    x = F.pad(torch.tensor(images, dtype=torch.float32)[:, None] / 255, [2] * 4)
    truth = torch.as_tensor(labels)
    with torch.no_grad():
        confidence, guess = F.softmax(model.train(False)(x), dim=-1).max(dim=1)
    confusion = torch.bincount(truth * 10 + guess, minlength=100).reshape(10, 10).numpy()
    indices = (guess != truth).nonzero().flatten()
    order = confidence[indices].sort(descending=True, stable=True).indices[:10]
    rows = [[v[i].item() for v in (truth, guess, confidence)] for i in indices[order]]
    mistakes = [(int(i), *row) for i, row in zip(indices[order], rows)]
    return Evaluation((guess == truth).double().mean().item(), confusion, mistakes)
''',
    },
    "keras-cnn": {
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
    },
}


def built(first: tuple[int, int] = (16, 3), second: tuple[int, int] = (32, 3), units: int = 64) -> str:
    """The reference's Keras network with these filters, sides of the kernels, and units."""
    convolutions = [
        f"layers.Conv2D({maps}, {side}, activation='relu'), layers.MaxPooling2D()" for maps, side in (first, second)
    ]
    dense = f"layers.Dense({units}, activation='relu'), layers.Dense(num_classes, activation='softmax')"
    return f"Sequential([Input(input_shape), {', '.join(convolutions)}, layers.Flatten(), {dense}])"


EQUIVALENT = {
    "keras-cnn": {
        f"build_cnn: {built()} -> {other}": "how many maps and units there are, and how wide kernels are, is free"
        for other in (
            built(first=(17, 3)), built(first=(16, 4)), built(second=(33, 3)), built(second=(32, 4)), built(units=65)
        )
    },
}
