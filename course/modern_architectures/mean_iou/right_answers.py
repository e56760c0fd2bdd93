"""Right answers of mean-iou in other ways."""

TORCH = "import torch\nfrom torch import nn\nimport torch.nn.functional as F\n"

ANSWERS = {
    "by-confusion": TORCH + '''
def mean_iou(prediction, target, num_classes, ignore_index=None):
    """By the confusion matrix."""
    prediction, target = prediction.flatten(), target.flatten()
    keep = (target >= 0) & (target < num_classes)
    if ignore_index is not None:
        keep &= target != ignore_index
    pairs = target[keep] * num_classes + prediction[keep]
    table = torch.bincount(pairs, minlength=num_classes ** 2).reshape(num_classes, num_classes).double()
    union = table.sum(0) + table.sum(1) - table.diag()
    return float((table.diag() / union)[union > 0].mean())
''',
    "by-sets": '''
def mean_iou(prediction, target, num_classes, ignore_index=None):
    """Sets of positions, in plain Python."""
    p, t = prediction.reshape(-1).tolist(), target.reshape(-1).tolist()
    places = [i for i, label in enumerate(t) if label != ignore_index]
    ious = []
    for c in range(num_classes):
        a, b = {i for i in places if p[i] == c}, {i for i in places if t[i] == c}
        if a | b:
            ious.append(len(a & b) / len(a | b))
    return sum(ious) / len(ious) if ious else float("nan")
''',
}

WRONG = {
    "last-class-forgotten": TORCH + '''
def mean_iou(prediction, target, num_classes, ignore_index=None):
    keep = target != ignore_index if ignore_index is not None else torch.ones_like(target, dtype=torch.bool)
    p, t = prediction[keep], target[keep]
    values = []
    for c in range(num_classes - 1):
        union = ((p == c) | (t == c)).sum().item()
        if union:
            values.append(((p == c) & (t == c)).sum().item() / union)
    return sum(values) / len(values) if values else float("nan")
''',
    "a-small-number-added": TORCH + '''
def mean_iou(prediction, target, num_classes, ignore_index=None):
    scores = []
    for c in range(num_classes):
        keep = torch.ones_like(target, dtype=torch.bool) if ignore_index is None else target != ignore_index
        a, b = (prediction == c) & keep, (target == c) & keep
        union = (a | b).sum().item()
        if union:
            scores.append((a & b).sum().item() / (union + 1e-2))
    return sum(scores) / len(scores) if scores else float("nan")
''',
    "ignored-in-the-prediction-too": TORCH + '''
def mean_iou(prediction, target, num_classes, ignore_index=None):
    scores = []
    for c in range(num_classes):
        keep = torch.ones_like(target, dtype=torch.bool)
        if ignore_index is not None:
            keep = (target != ignore_index) & (prediction != ignore_index)
        a, b = (prediction == c) & keep, (target == c) & keep
        union = (a | b).sum().item()
        if union:
            scores.append((a & b).sum().item() / union)
    return sum(scores) / len(scores) if scores else float("nan")
''',
}
