"""Right answers of alexnet-numpy in other ways."""

ANSWERS = {
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
}

FORWARD = '''
def alexnet_forward(image, parameters, normalise=lrn, open_=relu, sharp=1.0):
    x = max_pool(normalise(open_(conv2d(image, **parameters["conv1"], stride=4))), 3, 2)
    x = max_pool(normalise(open_(conv2d(x, **parameters["conv2"], padding="same"))), 3, 2)
    for name in ("conv3", "conv4", "conv5"):
        x = open_(conv2d(x, **parameters[name], padding="same"))
    x = max_pool(x, 3, 2)
    x = x.reshape(*x.shape[:-3], -1)
    for name in ("fc6", "fc7"):
        x = open_(dense(x, **parameters[name]))
    return softmax(sharp * dense(x, **parameters["fc8"]))
right = alexnet_forward
'''
WRONG = {
    "three-neighbours": FORWARD + '''
def alexnet_forward(image, parameters):
    return right(image, parameters, normalise=lambda x: lrn(x, size=3))
''',
    "leaky": FORWARD + '''
def alexnet_forward(image, parameters):
    return right(image, parameters, open_=lambda x: x * (1 - 0.9 * (x < 0)))
''',
    "logits-halved": FORWARD + '''
def alexnet_forward(image, parameters):
    return right(image, parameters, sharp=0.5)
''',
}
