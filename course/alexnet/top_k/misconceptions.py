"""Wrong turns with the k best guesses."""

from __future__ import annotations

import numpy as np

from autograder.checks.api import Misconceptions

from . import reference as right

TOP_K = Misconceptions("top-k", right.top_k)
TOP_K_ACCURACY = Misconceptions("top-k", right.top_k_accuracy)
TOP = "Top-1 and top-5"


def _checked(scores, k):
    if not 1 <= k <= scores.shape[-1]:
        raise ValueError("k does not fit")


@TOP_K.add("later-index-first", section=TOP)
def later_index_first(scores, k, class_names):
    """Among equal scores the later class came first; the one with the lower index comes first."""
    _checked(scores, k)
    order = np.argsort(scores, kind="stable")[::-1][:k]
    return [(class_names[i], float(scores[i])) for i in order]


@TOP_K.add("worst-first", section=TOP)
def worst_first(scores, k, class_names):
    """The k best are there, in the wrong order: the best comes first."""
    return right.top_k(scores, k, class_names)[::-1]


@TOP_K.add("smallest-scores", section=TOP)
def smallest_scores(scores, k, class_names):
    """These are the classes with the smallest scores."""
    _checked(scores, k)
    return [(class_names[i], float(scores[i])) for i in np.argsort(scores, kind="stable")[:k]]


@TOP_K.add("order-of-the-classes", section=TOP)
def order_of_the_classes(scores, k, class_names):
    """The k best are there, in the order of their indices; the best comes first."""
    _checked(scores, k)
    order = np.sort(np.argsort(-scores, kind="stable")[:k])
    return [(class_names[i], float(scores[i])) for i in order]


@TOP_K.add("names-and-scores-apart", section=TOP)
def names_and_scores_apart(scores, k, class_names):
    """The scores were sorted and the names were not, so each name has another class's score."""
    return [(name, score) for name, (_, score) in zip(class_names, right.top_k(scores, k, class_names), strict=False)]


@TOP_K.add("one-too-many", section=TOP)
def one_too_many(scores, k, class_names):
    """One class too many came back."""
    _checked(scores, k)
    return right.top_k(scores, min(k + 1, len(scores)), class_names)


@TOP_K_ACCURACY.add("ties-counted-generously", section=TOP)
def ties_counted_generously(scores, labels, k):
    """A label counts although k classes come before it: of equal scores, only those of lower index are among the k."""
    _checked(scores, k)
    limit = -np.sort(-scores, axis=1)[:, k - 1]
    return float((scores[np.arange(len(labels)), labels] >= limit).mean())


@TOP_K_ACCURACY.add("ties-never-counted", section=TOP)
def ties_never_counted(scores, labels, k):
    """A label with the same score as another class never counts; the one with the lower index comes first."""
    _checked(scores, k)
    own = scores[np.arange(len(labels)), labels]
    return float(((scores >= own[:, None]).sum(axis=1) <= k).mean())


@TOP_K_ACCURACY.add("ties-by-the-later-index", section=TOP)
def ties_by_the_later_index(scores, labels, k):
    """Among equal scores the later class came first; the one with the lower index comes first."""
    _checked(scores, k)
    best = np.argsort(scores, axis=1, kind="stable")[:, ::-1][:, :k]
    return float((best == labels[:, None]).any(axis=1).mean())


@TOP_K_ACCURACY.add("best-class-alone", section=TOP)
def best_class_alone(scores, labels, k):
    """Only the best class was looked at, whatever k is."""
    _checked(scores, k)
    return right.top_k_accuracy(scores, labels, 1)


@TOP_K_ACCURACY.add("k-th-class-alone", section=TOP)
def kth_class_alone(scores, labels, k):
    """Only the class in place k was looked at; any of the first k counts."""
    _checked(scores, k)
    return float((np.argsort(-scores, axis=1, kind="stable")[:, k - 1] == labels).mean())


@TOP_K_ACCURACY.add("smallest-scores-counted", section=TOP)
def smallest_scores_counted(scores, labels, k):
    """The classes with the smallest scores were taken for the best."""
    return right.top_k_accuracy(-scores, labels, k)


@TOP_K_ACCURACY.add("error-not-accuracy", section=TOP)
def error_not_accuracy(scores, labels, k):
    """This is the top-k error; the accuracy is asked for."""
    return 1 - right.top_k_accuracy(scores, labels, k)


@TOP_K_ACCURACY.add("hits-not-share", section=TOP)
def hits_not_share(scores, labels, k):
    """This is the number of images that were right; their share is asked for."""
    return right.top_k_accuracy(scores, labels, k) * len(labels)


@TOP_K.add("score-before-name", section=TOP)
def score_before_name(scores, k, class_names):
    """The pairs are the other way round: the name comes first, then its score."""
    return [(score, name) for name, score in right.top_k(scores, k, class_names)]


@TOP_K.add("unstable-sort", section=TOP)
def unstable_sort(scores, k, class_names):
    """`np.argsort` leaves equal scores in any order, unless it is told kind="stable"; the lower index comes first."""
    _checked(scores, k)
    return [(class_names[i], float(scores[i])) for i in np.argsort(-scores)[:k]]


@TOP_K_ACCURACY.add("unstable-sort-of-all", section=TOP)
def unstable_sort_of_all(scores, labels, k):
    """`np.argsort` leaves equal scores in any order, unless it is told kind="stable"; the lower index comes first."""
    _checked(scores, k)
    return float((np.argsort(-scores, axis=1)[:, :k] == labels[:, None]).any(axis=1).mean())
