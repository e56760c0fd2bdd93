"""Right answers of lenet-evaluate in other ways."""

TORCH = "import numpy as np\nimport torch\nfrom torch import nn\nimport torch.nn.functional as F\n"

ANSWERS = {
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
    "helpers-and-tensors": TORCH + '''
from types import SimpleNamespace
from torch.utils.data import DataLoader, TensorDataset

def ready(images):
    return F.pad(torch.as_tensor(images.astype("float32") / 255.0).unsqueeze(1), (2, 2, 2, 2))

def evaluate(model, images, labels):
    """A DataLoader; the confusion matrix a tensor, the accuracy a tensor without dimensions, mistakes as lists."""
    was = model.training
    model.eval()
    rows = []
    with torch.no_grad():
        for (batch,) in DataLoader(TensorDataset(ready(images)), batch_size=7):
            rows.append(model(batch).log_softmax(-1).exp())
    model.train(was)
    p = torch.cat(rows)
    conf, pred = p.max(-1)
    confusion = torch.zeros(10, 10, dtype=torch.long)
    for t, q in zip(labels.tolist(), pred.tolist()):
        confusion[t, q] += 1
    wrong = [[i, t, q, c] for i, (t, q, c) in enumerate(zip(labels.tolist(), pred.tolist(), conf.tolist())) if t != q]
    wrong.sort(key=lambda row: row[3], reverse=True)
    return SimpleNamespace(accuracy=confusion.diag().sum() / len(labels), confusion=confusion, mistakes=wrong[:10])
''',
    "numpy-throughout": TORCH + '''
from collections import namedtuple
Result = namedtuple("Result", "accuracy confusion mistakes")

def evaluate(model, images, labels):
    """int32 counts by a histogram of two dimensions, mistakes as an array, a lexicographic sort."""
    padded = np.zeros((len(images), 1, 32, 32), dtype="float32")
    padded[:, 0, 2:-2, 2:-2] = images / 255
    with torch.inference_mode():
        z = model.eval()(torch.tensor(padded)).numpy().astype("float64")
    p = np.exp(z - z.max(1, keepdims=True))
    p /= p.sum(1, keepdims=True)
    guess, sure = p.argmax(1), p.max(1)
    table = np.histogram2d(labels, guess, bins=10, range=((0, 10), (0, 10)))[0].astype(np.int32)
    (wrong,) = np.nonzero(guess != labels)
    order = np.lexsort((wrong, -sure[wrong].astype("float32")))[:10]
    worst = np.stack([wrong, labels[wrong], guess[wrong], sure[wrong]], 1)[order]
    return Result(np.mean(guess == labels), table, worst)
''',
}

_EVALUATE = TORCH + '''
from types import SimpleNamespace
_seen = {}

def evaluate(model, images, labels):
    model.eval()
    with torch.no_grad():
        x = F.pad(torch.from_numpy(images)[:, None].float() / 255, (2, 2, 2, 2))
        shares = torch.softmax(model(x), 1).numpy()
    guess, sure = shares.argmax(1), shares.max(1)
    confusion = np.zeros((10, 10), int)
    np.add.at(confusion, (labels, guess), 1)
    wrong = sorted(np.flatnonzero(guess != labels), key=lambda i: -sure[i])[:10]
    mistakes = [(int(i), int(labels[i]), int(guess[i]), float(sure[i])) for i in wrong]
    return SimpleNamespace(accuracy=float((guess == labels).mean()), confusion=confusion, mistakes=mistakes)
'''


def _changed(old: str, new: str) -> str:
    """The right answer with a text replaced, which must be there."""
    assert old in _EVALUATE, old
    return _EVALUATE.replace(old, new)


WRONG = {
    "accuracy-rounded": _changed("float((guess == labels).mean())", "round(float((guess == labels).mean()), 1)"),
    "nine-mistakes": _changed("[:10]\n", "[:9]\n"),
    "image-turned": _changed("images)[:, None]", "images)[:, None].transpose(2, 3)"),
    "image-reversed": _changed("images)[:, None]", "images)[:, None].flip(3)"),
    "paper-for-ink": _changed(".float() / 255", ".float().sub(255).neg() / 255"),
    "scaled-by-256": _changed("/ 255", "/ 256"),
    "padded-by-one-and-three": _changed("(2, 2, 2, 2)", "(1, 3, 1, 3)"),
    "padded-by-four": _changed("(2, 2, 2, 2)", "(2, 6, 2, 6)"),
    "a-column-further": _changed("(labels, guess), 1", "(labels, (guess + 1) % 10), 1"),
    "index-from-one": _changed("(int(i), ", "(int(i) + 1, "),
    "confidence-in-percent": _changed("float(sure[i]))", "100 * float(sure[i]))"),
    "first-answer-kept": _changed("shares = torch.softmax(model(x), 1).numpy()",
                                  "shares = _seen.setdefault(len(x), torch.softmax(model(x), 1).numpy())"),
    "mistakes-in-place": _changed("    return Simple", "    images[:] = 0\n    return Simple"),
}
