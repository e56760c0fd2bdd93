"""Right answers of assignment 05 in other ways."""

ANSWERS = {
    "alexnet-numpy": {
        "by-loops": '''
import numpy as np
def alexnet_forward(image, parameters):
    """Images one by one, windows one by one, without the notebook's layers."""
    if image.ndim == 4:
        return np.array([alexnet_forward(one, parameters) for one in image])
    def conv(x, kernels, bias, stride=1, pad=0):
        x = np.pad(x, ((pad, pad), (pad, pad), (0, 0)))
        size = kernels.shape[1]
        rows = range(0, x.shape[0] - size + 1, stride)
        columns = range(0, x.shape[1] - size + 1, stride)
        flat = kernels.reshape(len(kernels), -1)
        return np.array([[flat @ x[r:r + size, c:c + size].ravel() + bias for c in columns] for r in rows])
    def pool(x):
        rows, columns = (x.shape[0] - 3) // 2 + 1, (x.shape[1] - 3) // 2 + 1
        return np.array([[x[2*r:2*r + 3, 2*c:2*c + 3].max((0, 1)) for c in range(columns)] for r in range(rows)])
    def norm(x):
        out = np.empty_like(x)
        for i in range(x.shape[-1]):
            near = x[..., max(0, i - 2):i + 3]
            out[..., i] = x[..., i] * (2 + 1e-4 * (near * near).sum(-1)) ** -0.75
        return out
    p = parameters
    x = pool(norm(conv(image, *p["conv1"].values(), stride=4).clip(0)))
    x = pool(norm(conv(x, *p["conv2"].values(), pad=2).clip(0)))
    for name in ("conv3", "conv4", "conv5"):
        x = conv(x, *p[name].values(), pad=1).clip(0)
    x = pool(x).ravel()
    x = (p["fc6"]["weights"].T @ x + p["fc6"]["biases"]).clip(0)
    x = (p["fc7"]["weights"].T @ x + p["fc7"]["biases"]).clip(0)
    z = p["fc8"]["weights"].T @ x + p["fc8"]["biases"]
    z = np.exp(z - z.max())
    return z / z.sum()
''',
        "always-a-batch": '''
def alexnet_forward(image, parameters):
    """A batch throughout; a single image is a batch of one."""
    single = image.ndim == 3
    x = image[None] if single else image
    for number in range(1, 6):
        layer = parameters[f"conv{number}"]
        x = conv2d(x, layer["kernels"], layer["bias"], 4 if number == 1 else 1, "valid" if number == 1 else "same")
        x[x < 0] = 0
        if number < 3:
            x = lrn(x)
        if number in (1, 2, 5):
            x = max_pool(x, 3, 2)
    x = x.reshape(x.shape[0], -1)
    for number in (6, 7, 8):
        x = dense(x, **parameters[f"fc{number}"])
        x = x if number == 8 else relu(x)
    result = softmax(x)
    return result[0] if single else result
''',
    },
    "alexnet-torch": {
        "named-layers": '''
import torch
from torch import nn
import torch.nn.functional as F
class AlexNet(nn.Module):
    """Named layers, everything else by functions."""
    def __init__(self, num_classes=1000, groups=1):
        super().__init__()
        self.fc8 = nn.Linear(4096, num_classes)
        self.fc7 = nn.Linear(4096, 4096)
        self.fc6 = nn.Linear(9216, 4096)
        self.conv1 = nn.Conv2d(3, 96, (11, 11), (4, 4))
        self.conv2 = nn.Conv2d(96, 256, 5, padding="same", groups=groups)
        self.conv3 = nn.Conv2d(256, 384, 3, padding="same")
        self.conv4 = nn.Conv2d(384, 384, 3, padding="same", groups=groups)
        self.conv5 = nn.Conv2d(384, 256, 3, padding="same", groups=groups)
    def forward(self, x):
        for conv in (self.conv1, self.conv2):
            x = F.local_response_norm(F.relu(conv(x)), 5, alpha=5e-4, beta=0.75, k=2)
            x = F.max_pool2d(x, 3, 2)
        x = F.relu(self.conv4(F.relu(self.conv3(x))))
        x = F.max_pool2d(F.relu(self.conv5(x)), 3, 2).view(x.shape[0], -1)
        x = F.relu(self.fc6(F.dropout(x, 0.5, self.training)))
        x = F.relu(self.fc7(F.dropout(x, 0.5, self.training)))
        return self.fc8(x)
''',
        "own-normalisation": '''
import torch
from torch import nn
class Norm(nn.Module):
    """LRN by a padded sum over the neighbouring maps."""
    def forward(self, x):
        squares = torch.nn.functional.pad(x ** 2, (0, 0, 0, 0, 2, 2))
        energy = sum(squares[:, i:i + x.shape[1]] for i in range(5))
        return x / (2 + 1e-4 * energy) ** 0.75
class AlexNet(nn.Module):
    """Built in a loop; fully connected layers as convolutions, adaptive pooling in between."""
    def __init__(self, num_classes=1000, groups=1):
        super().__init__()
        parts, before = [], 3
        for number, (maps, size, stride, pad, split) in enumerate(
            [(96, 11, 4, 0, 1), (256, 5, 1, 2, groups), (384, 3, 1, 1, 1), (384, 3, 1, 1, groups),
             (256, 3, 1, 1, groups)]
        ):
            parts += [nn.Conv2d(before, maps, size, stride, pad, groups=split), nn.ReLU(inplace=True)]
            parts += [Norm()] if number < 2 else []
            parts += [nn.MaxPool2d(3, 2)] if number in (0, 1, 4) else []
            before = maps
        parts += [nn.AdaptiveAvgPool2d(6), nn.Dropout(0.5), nn.Conv2d(256, 4096, 6), nn.ReLU(), nn.Dropout(0.5),
                  nn.Conv2d(4096, 4096, 1), nn.ReLU(), nn.Conv2d(4096, num_classes, 1)]
        self.layers = nn.Sequential(*parts)
    def forward(self, x):
        return self.layers(x)[:, :, 0, 0]
''',
    },
    "alexnet-keras": {
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
    },
    "augmentation": {
        "by-indices": '''
import numpy as np
def augment(images, crop, rng):
    """All crops at once by fancy indices, backwards where mirrored."""
    n, h, w, _ = images.shape
    if not 0 < crop <= min(h, w):
        raise ValueError(f"crop {crop} does not fit")
    flips = rng.integers(0, 2, n).astype(bool)
    rows = rng.integers(0, h - crop, n, endpoint=True)[:, None] + np.arange(crop)
    columns = rng.integers(0, w - crop, n, endpoint=True)[:, None] + np.arange(crop)
    columns = np.where(flips[:, None], columns[:, ::-1], columns)
    return images[np.arange(n)[:, None, None], rows[:, :, None], columns[:, None, :]]
def subtract_mean(train, other):
    """Means added up image by image."""
    total = np.zeros(train.shape[1:])
    for image in train:
        total += image
    mean = total / len(train)
    return train.astype(float) - mean, other.astype(float) - mean
''',
        "one-by-one": '''
import numpy as np
def augment(images, crop, rng):
    """One image after the other, each draws its own."""
    if crop < 1 or crop > images.shape[1] or crop > images.shape[2]:
        raise ValueError("crop must fit into the images")
    result = []
    for image in images:
        if rng.uniform() > 0.5:
            image = np.flip(image, axis=1)
        top = rng.choice(image.shape[0] - crop + 1)
        left = rng.choice(image.shape[1] - crop + 1)
        result.append(image[top:top + crop, left:left + crop, :].copy())
    return np.array(result)
def subtract_mean(train, other):
    """In float64, by NumPy's mean."""
    train, other = np.float64(train), np.float64(other)
    mean = np.mean(train, axis=0, keepdims=True)
    return np.subtract(train, mean), np.subtract(other, mean)
''',
    },
    "top-k": {
        "by-lexsort": '''
import numpy as np
def _order(scores):
    return np.lexsort((np.arange(len(scores)), -np.asarray(scores)))
def top_k_accuracy(scores, labels, k):
    """Sorted image by image."""
    if not 0 < k <= np.shape(scores)[1]:
        raise ValueError("k must be between 1 and the number of classes")
    return np.mean([label in _order(row)[:k] for row, label in zip(scores, labels)])
def top_k(scores, k, class_names):
    if not 0 < k <= len(scores):
        raise ValueError("k must be between 1 and the number of classes")
    return [(class_names[i], scores[i]) for i in _order(scores)[:k]]
''',
        "best-again-and-again": '''
import numpy as np
def top_k(scores, k, class_names):
    """The best of those that are left, k times; argmax takes the first of equal ones."""
    left = np.array(scores, dtype=float)
    if k < 1 or k > left.size:
        raise ValueError(f"k={k}")
    found = []
    for _ in range(k):
        best = int(np.argmax(left))
        found.append((class_names[best], float(scores[best])))
        left[best] = -np.inf
    return found
def top_k_accuracy(scores, labels, k):
    classes = range(scores.shape[-1])
    hits = [int(label) in [name for name, _ in top_k(row, k, classes)] for row, label in zip(scores, labels)]
    return sum(hits) / len(hits)
''',
    },
    "filters": {
        "padded-and-joined": '''
import numpy as np
def filter_grid(weights, columns=8, gap=1):
    """Tiles with a gap on the right and below, joined, the last gaps cut off."""
    if columns < 1:
        raise ValueError("columns")
    if gap < 0:
        raise ValueError("gap")
    weights = np.array(weights, dtype=float)
    low = weights.min(axis=(1, 2, 3), keepdims=True)
    span = weights.max(axis=(1, 2, 3), keepdims=True) - low
    tiles = ((weights - low) / np.where(span == 0, 1, span)).transpose(0, 2, 3, 1)
    f, h, w, c = tiles.shape
    missing = -f % columns
    tiles = np.concatenate([tiles, np.ones((missing, h, w, c))])
    tiles = np.pad(tiles, ((0, 0), (0, gap), (0, gap), (0, 0)), constant_values=1)
    grid = tiles.reshape(-1, columns, h + gap, w + gap, c).swapaxes(1, 2).reshape(-1, columns * (w + gap), c)
    return grid[:len(grid) - gap, :grid.shape[1] - gap]
''',
        "row-by-row": '''
import numpy as np
def filter_grid(weights, columns=8, gap=1):
    """Rows of tiles with strips of ones between them."""
    if columns <= 0 or gap < 0:
        raise ValueError("columns has to be positive, gap not negative")
    count, channels, height, width = weights.shape
    def tile(i):
        if i >= count:
            return np.ones((height, width, channels))
        kernel = np.stack(list(weights[i]), axis=-1)
        kernel = kernel - kernel.min()
        return kernel / kernel.max() if kernel.max() > 0 else kernel
    rows = []
    for start in range(0, count, columns):
        parts = []
        for i in range(start, start + columns):
            parts += [np.ones((height, gap, channels))] * (i > start) + [tile(i)]
        row = np.hstack(parts)
        rows += [np.ones((gap, row.shape[1], channels))] * (start > 0) + [row]
    return np.vstack(rows)
''',
    },
    "feature-maps": {
        "as-context": '''
import contextlib
import torch
@contextlib.contextmanager
def listening(module):
    outputs = []
    handle = module.register_forward_hook(lambda m, i, o: outputs.append(o.clone().detach().numpy()))
    try:
        yield outputs
    finally:
        handle.remove()
def feature_maps(model, layer, image):
    """A context manager takes the hook away."""
    with listening(dict(model.named_modules())[layer]) as outputs, torch.inference_mode():
        model(image)
    return outputs[0].squeeze(0)
''',
        "stopped-early": '''
import torch
class Enough(Exception):
    pass
def feature_maps(model, layer, image):
    """The forward pass ends as soon as the layer has run."""
    module = model
    for name in layer.split("."):
        module = module._modules[name]
    def stop(_, __, output):
        raise Enough(output.detach().cpu().numpy().copy())
    handle = module.register_forward_hook(stop)
    try:
        model(image)
    except Enough as reached:
        return reached.args[0][0]
    finally:
        handle.remove()
''',
    },
    "alexnet-train": {
        "with-batch-normalisation": '''
import numpy as np
import torch
from torch import nn
import torch.nn.functional as F
def train_alexnet(images, labels, *, num_classes, seed, device):
    """Batch normalisation, one pixel shift for each batch, SGD with momentum."""
    torch.manual_seed(seed)
    def conv(before, after, size, pool):
        parts = [nn.Conv2d(before, after, size, padding=size // 2, bias=False), nn.BatchNorm2d(after), nn.ReLU()]
        return parts + ([nn.MaxPool2d(3, 2)] if pool else [])
    model = nn.Sequential(
        nn.AvgPool2d(2), *conv(3, 16, 5, True), *conv(16, 32, 3, False), *conv(32, 32, 3, False),
        *conv(32, 32, 3, False), *conv(32, 32, 3, True), nn.Flatten(), nn.LazyLinear(128), nn.ReLU(), nn.Dropout(0.3),
        nn.Linear(128, num_classes),
    ).to(device)
    x = torch.tensor(images, device=device).movedim(3, 1) / 255.0
    y = torch.tensor(labels, device=device)
    model(x[:8])
    epochs = max(10, 20000 // max(len(x), 1000))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9, weight_decay=5e-4)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, epochs)
    for epoch in range(epochs):
        for chosen in torch.randperm(len(x)).to(device).split(64):
            if len(chosen) < 2:
                continue
            move = torch.randint(-2, 3, (2,)).tolist()
            batch = torch.roll(x[chosen], move, dims=(2, 3))
            optimizer.zero_grad()
            F.cross_entropy(model(batch), y[chosen], label_smoothing=0.05).backward()
            optimizer.step()
        schedule.step()
    return model
''',
        "turned-a-little": '''
import numpy as np
import torch
from torch import nn
import torch.nn.functional as F
class Net(nn.Module):
    """Named layers; scaling is a layer of the network."""
    def __init__(self, classes, side):
        super().__init__()
        self.c1, self.c2 = nn.Conv2d(3, 16, 5, stride=2, padding=2), nn.Conv2d(16, 32, 3, padding=1)
        self.c3, self.c4, self.c5 = (nn.Conv2d(32, 32, 3, padding=1) for _ in range(3))
        self.d1, self.d2, self.d3 = nn.Linear(32 * side[0] * side[1], 160), nn.Linear(160, 96), nn.Linear(96, classes)
    def forward(self, x):
        x = F.max_pool2d(F.relu(self.c1(4 * x - 2)), 3, 2)
        x = F.relu(self.c2(x))
        x = F.max_pool2d(F.relu(self.c5(F.relu(self.c4(F.relu(self.c3(x)))))), 3, 2).flatten(1)
        x = F.relu(self.d1(F.dropout(x, 0.2, self.training)))
        return self.d3(F.relu(self.d2(F.dropout(x, 0.2, self.training))))
def train_alexnet(images, labels, *, num_classes, seed, device):
    """Every image of a batch is turned and shifted a little by an affine grid."""
    generator = torch.Generator().manual_seed(seed)
    torch.manual_seed(seed)
    side = [(((s + 1) // 2 - 3) // 2 + 1 - 3) // 2 + 1 for s in images.shape[1:3]]
    net = Net(num_classes, side).to(device)
    x = torch.from_numpy(images.transpose(0, 3, 1, 2).astype("float32") / 255).to(device)
    y = torch.from_numpy(labels).to(device)
    steps = max(160, 20 * len(x) // 64)
    optimizer = torch.optim.AdamW(net.parameters(), lr=4e-3, weight_decay=1e-2)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)
    for _ in range(steps):
        chosen = torch.randint(len(x), (64,), generator=generator).to(device)
        angle = 0.3 * (torch.rand(64, generator=generator) - 0.5)
        moves = 0.2 * (torch.rand(2, 64, generator=generator) - 0.5)
        theta = torch.stack([torch.stack([angle.cos(), -angle.sin(), moves[0]], 1),
                             torch.stack([angle.sin(), angle.cos(), moves[1]], 1)], 1).to(device)
        batch = F.grid_sample(x[chosen], F.affine_grid(theta, x[chosen].shape, align_corners=False),
                              align_corners=False, padding_mode="border")
        loss = F.cross_entropy(net(batch), y[chosen])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
    return net
''',
    },
}

MATRIX = "the scores of several images are a matrix, whose last axis is axis 1"
COMPILED = "loss='sparse_categorical_crossentropy', metrics=['accuracy'])"
EQUIVALENT = {
    "alexnet-keras": {
        f"{name} > alexnet: model.compile(optimizer=keras.optimizers.SGD(0.01, momentum=0.9), {COMPILED} -> "
        f"model.compile(optimizer=keras.optimizers.SGD(1.01, momentum=0.9), {COMPILED}":
            "the optimiser and its rate are free; nothing is trained"
        for name in ("alexnet_in_keras", "compiled_in_keras", "saved_in_keras", "dropped_in_keras")
    },
    "top-k": {
        "top_k_accuracy > _best: not 1 <= k <= scores.shape[-1] -> not 1 <= k <= scores.shape[+1]": MATRIX,
        "top_k_accuracy > _best: np.argsort(-scores, axis=-1, kind='stable')[..., :k] -> "
        "np.argsort(-scores, axis=+1, kind='stable')[..., :k]": MATRIX,
    },
    "filters": {
        "filter_grid: (kernel - kernel.min()) / (np.ptp(kernel) or 1) -> "
        "(kernel - kernel.min()) / (np.ptp(kernel) or 2)": "without contrast only zeros are divided",
    },
    "augmentation": {
        "augment: rng.random(count) < 0.5 -> rng.random(count) <= 0.5": "exactly one half is practically never drawn",
        "augment: enumerate(zip(images, tops, lefts, mirrored, strict=True)) -> "
        "enumerate(zip(images, tops, lefts, mirrored, strict=False))": "all four are as long as there are images",
    },
}
