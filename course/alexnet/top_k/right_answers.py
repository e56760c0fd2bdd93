"""Right answers of top-k in other ways."""

ANSWERS = {
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
    "sorted-by-key": '''
import numpy as np
def ranking(scores):
    return sorted(range(len(scores)), key=lambda i: (-scores[i], i))
def top_k(scores, k, class_names):
    if k not in range(1, len(scores) + 1):
        raise ValueError("k is out of range")
    return [[class_names[i], np.float64(scores[i])] for i in ranking(scores)[:k]]
def top_k_accuracy(scores, labels, k):
    if k not in range(1, scores.shape[1] + 1):
        raise ValueError("k is out of range")
    right = 0
    for row, label in zip(scores.tolist(), labels.tolist()):
        right += label in ranking(row)[:k]
    return np.array(right / len(labels))
''',
}

RANKS = '''
import numpy as np
def order(scores, k):
    if not 1 <= k <= scores.shape[-1]:
        raise ValueError("k")
    return np.argsort(-scores, axis=-1, kind="stable")[..., :k]
def top_k(scores, k, class_names):
    return [(class_names[i], float(scores[i])) for i in order(scores, k)]
def top_k_accuracy(scores, labels, k):
    return float((order(scores, k) == labels[:, None]).any(axis=1).mean())
'''
WRONG = {
    "label-among-the-scores": RANKS + '''
def top_k_accuracy(scores, labels, k):
    order(scores, k)
    return float(np.mean([label in row[:k] for row, label in zip(scores, labels)]))
''',
    "first-k-classes": RANKS + '''
def top_k_accuracy(scores, labels, k):
    order(scores, k)
    return float(np.mean(labels < k))
''',
    "indices-for-names": RANKS + '''
def top_k(scores, k, class_names):
    return [(int(i), float(scores[i])) for i in order(scores, k)]
''',
    "rounded": RANKS + '''
def top_k(scores, k, class_names):
    return [(class_names[i], round(float(scores[i]))) for i in order(scores, k)]
''',
}

MATRIX = "the scores of several images are a matrix, whose last axis is axis 1"
EQUIVALENT = {
    "top_k_accuracy > _best: not 1 <= k <= scores.shape[-1] -> not 1 <= k <= scores.shape[+1]": MATRIX,
    "top_k_accuracy > _best: np.argsort(-scores, axis=-1, kind='stable')[..., :k] -> "
    "np.argsort(-scores, axis=+1, kind='stable')[..., :k]": MATRIX,
}
