"""Wrong turns in the evaluation of a network on raw images."""

from __future__ import annotations

import numpy as np
import torch
from torch.nn import functional

from autograder.checks.api import Misconceptions, notebook, on

from . import reference as right
from .reference import WORST, Evaluation, evaluate, judged, prepared, probabilities

LENET_EVALUATE = Misconceptions("lenet-evaluate", right.evaluation, student=notebook("evaluate"))
JUDGING = "How good is it, and where is it wrong?"


def _shares(model, batch):
    """Probabilities for images that are prepared in some way, in evaluation mode."""
    with torch.no_grad():
        return functional.softmax(model.eval()(batch), dim=1).numpy()


@LENET_EVALUATE.add("not-in-evaluation-mode", section=JUDGING)
@on(right.evaluation)
def not_in_evaluation_mode(model, images, labels):
    """The network was not put into evaluation mode, in which dropout and batch normalisation work otherwise."""
    with torch.no_grad():
        return judged(functional.softmax(model(prepared(images)), dim=1).numpy(), labels)


@LENET_EVALUATE.add("confusion-transposed", section=JUDGING)
@on(right.evaluation)
def confusion_transposed(model, images, labels):
    """The confusion matrix lies on its side: rows are the true classes, columns the predicted ones."""
    found = evaluate(model, images, labels)
    return Evaluation(found.accuracy, found.confusion.T.copy(), found.mistakes)


@LENET_EVALUATE.add("confusion-in-shares", section=JUDGING)
@on(right.evaluation)
def confusion_in_shares(model, images, labels):
    """The confusion matrix has shares of each row; it has counts of images."""
    found = evaluate(model, images, labels)
    rows = found.confusion.sum(axis=1, keepdims=True)
    return Evaluation(found.accuracy, found.confusion / np.maximum(rows, 1), found.mistakes)


@LENET_EVALUATE.add("confusion-of-floats", section=JUDGING)
@on(right.evaluation)
def confusion_of_floats(model, images, labels):
    """The confusion matrix has numbers with a point; it counts images, in an integer dtype."""
    found = evaluate(model, images, labels)
    return Evaluation(found.accuracy, found.confusion.astype(float), found.mistakes)


@LENET_EVALUATE.add("confusion-of-mistakes-only", section=JUDGING)
@on(right.evaluation)
def confusion_of_mistakes_only(model, images, labels):
    """The confusion matrix has the mistakes alone; the images that are right stand on its diagonal."""
    found = evaluate(model, images, labels)
    return Evaluation(found.accuracy, found.confusion * (1 - np.eye(10, dtype=np.int64)), found.mistakes)


@LENET_EVALUATE.add("classes-left-out", section=JUDGING)
@on(right.evaluation)
def classes_left_out(model, images, labels):
    """The confusion matrix has only the classes that occur; it is always 10x10."""
    found = evaluate(model, images, labels)
    there = found.confusion.any(axis=0) | found.confusion.any(axis=1)
    return Evaluation(found.accuracy, found.confusion[there][:, there], found.mistakes)


@LENET_EVALUATE.add("accuracy-in-percent", section=JUDGING)
@on(right.evaluation)
def accuracy_in_percent(model, images, labels):
    """The accuracy is in percent; it is a share between 0 and 1."""
    found = evaluate(model, images, labels)
    return Evaluation(100 * found.accuracy, found.confusion, found.mistakes)


@LENET_EVALUATE.add("hits-counted", section=JUDGING)
@on(right.evaluation)
def hits_counted(model, images, labels):
    """The accuracy is a number of images; it is their share, between 0 and 1."""
    found = evaluate(model, images, labels)
    return Evaluation(float(np.trace(found.confusion)), found.confusion, found.mistakes)


@LENET_EVALUATE.add("error-rate", section=JUDGING)
@on(right.evaluation)
def error_rate(model, images, labels):
    """This is the share of images that are wrong; the accuracy is the share that is right."""
    found = evaluate(model, images, labels)
    return Evaluation(1 - found.accuracy, found.confusion, found.mistakes)


@LENET_EVALUATE.add("not-scaled", section=JUDGING)
@on(right.evaluation)
def not_scaled(model, images, labels):
    """The network got pixels from 0 to 255; it was trained on images scaled to [0, 1]."""
    return judged(_shares(model, 255 * prepared(images)), labels)


@LENET_EVALUATE.add("not-padded", section=JUDGING)
@on(right.evaluation)
def not_padded(model, images, labels):
    """The network got 28x28 images; it was trained on images padded with zeros to 32x32."""
    return judged(_shares(model, prepared(images)[:, :, 2:-2, 2:-2]), labels)


@LENET_EVALUATE.add("padded-on-one-side", section=JUDGING)
@on(right.evaluation)
def padded_on_one_side(model, images, labels):
    """The zeros stand on one side only; there are two rows and columns of them on each side."""
    return judged(_shares(model, functional.pad(prepared(images)[:, :, 2:-2, 2:-2], (0, 4, 0, 4))), labels)


@LENET_EVALUATE.add("resized", section=JUDGING)
@on(right.evaluation)
def resized(model, images, labels):
    """The images were enlarged to 32x32; they are padded, so that the digits keep their size."""
    small = prepared(images)[:, :, 2:-2, 2:-2]
    return judged(_shares(model, functional.interpolate(small, (32, 32), mode="bilinear")), labels)


@LENET_EVALUATE.add("resized-by-copying", section=JUDGING)
@on(right.evaluation)
def resized_by_copying(model, images, labels):
    """The images were enlarged to 32x32 by doubling rows and columns; they are padded, so that the digits keep their
    size."""
    return judged(_shares(model, functional.interpolate(prepared(images)[:, :, 2:-2, 2:-2], (32, 32))), labels)


def _as_mnist(scaled):
    """Normalised with the mean and the deviation of MNIST, as many examples on the web have it."""
    return (scaled - 0.1307) / 0.3081


@LENET_EVALUATE.add("normalised-as-mnist", section=JUDGING)
@on(right.evaluation)
def normalised_as_mnist(model, images, labels):
    """MNIST's mean was subtracted, and the rest divided by its deviation, before padding; nothing but scaling and
    padding is done outside of the network."""
    scaled = _as_mnist(prepared(images)[:, :, 2:-2, 2:-2])
    return judged(_shares(model, functional.pad(scaled, (2, 2, 2, 2))), labels)


@LENET_EVALUATE.add("padded-and-normalised-as-mnist", section=JUDGING)
@on(right.evaluation)
def padded_and_normalised_as_mnist(model, images, labels):
    """MNIST's mean was subtracted from the padded images, and the rest divided by its deviation; nothing but scaling
    and padding is done outside of the network."""
    return judged(_shares(model, _as_mnist(prepared(images))), labels)


@LENET_EVALUATE.add("scaled-to-minus-one", section=JUDGING)
@on(right.evaluation)
def scaled_to_minus_one(model, images, labels):
    """The pixels go from -1 to 1; they are scaled to [0, 1]."""
    return judged(_shares(model, prepared(images) * 2 - 1), labels)


@LENET_EVALUATE.add("padded-with-ink", section=JUDGING)
@on(right.evaluation)
def padded_with_ink(model, images, labels):
    """The border is ink, of value 1; it is paper, of value 0."""
    return judged(_shares(model, functional.pad(prepared(images)[:, :, 2:-2, 2:-2], (2, 2, 2, 2), value=1.0)), labels)


@LENET_EVALUATE.add("normalised-with-these-images", section=JUDGING)
@on(right.evaluation)
def normalised_with_these_images(model, images, labels):
    """The images were normalised with their own mean and deviation. The network did not see them so in training, and
    what is done to one test image must not depend on the others."""
    scaled = prepared(images)[:, :, 2:-2, 2:-2]
    scaled = (scaled - scaled.mean()) / scaled.std()
    return judged(_shares(model, functional.pad(scaled, (2, 2, 2, 2))), labels)


@LENET_EVALUATE.add("least-confident-first", section=JUDGING)
@on(right.evaluation)
def least_confident_first(model, images, labels):
    """The mistakes begin with the least confident; the most confident come first."""
    return _with_mistakes(model, images, labels, lambda wrong, confidence: wrong[np.argsort(confidence[wrong])][:WORST])


@LENET_EVALUATE.add("first-mistakes", section=JUDGING)
@on(right.evaluation)
def first_mistakes(model, images, labels):
    """These are the first mistakes by index; the most confident ones are asked for."""
    return _with_mistakes(model, images, labels, lambda wrong, confidence: wrong[:WORST])


@LENET_EVALUATE.add("ties-backwards", section=JUDGING)
@on(right.evaluation)
def ties_backwards(model, images, labels):
    """Equally confident mistakes come with the last image first; they keep the images' order."""

    def choose(wrong, confidence):
        return wrong[np.argsort(confidence[wrong], kind="stable")[::-1]][:WORST]

    return _with_mistakes(model, images, labels, choose)


@LENET_EVALUATE.add("every-mistake", section=JUDGING)
@on(right.evaluation)
def every_mistake(model, images, labels):
    """All mistakes are listed; ten are enough."""
    return _with_mistakes(
        model, images, labels, lambda wrong, confidence: wrong[np.argsort(-confidence[wrong], kind="stable")]
    )


@LENET_EVALUATE.add("right-ones-among-the-mistakes", section=JUDGING)
@on(right.evaluation)
def right_ones_among_the_mistakes(model, images, labels):
    """The most confident predictions are listed, also those that are right; only mistakes belong there."""
    return _with_mistakes(
        model, images, labels, lambda wrong, confidence: np.argsort(-confidence, kind="stable")[:WORST]
    )


@LENET_EVALUATE.add("index-among-the-mistakes", section=JUDGING)
@on(right.evaluation)
def index_among_the_mistakes(model, images, labels):
    """The index counts the mistakes; it is the image's place among all images."""
    found = evaluate(model, images, labels)
    wrong = np.flatnonzero(probabilities(model, images).argmax(axis=1) != labels).tolist()
    moved = [(wrong.index(index), *rest) for index, *rest in found.mistakes]
    return Evaluation(found.accuracy, found.confusion, moved)


@LENET_EVALUATE.add("true-and-predicted-exchanged", section=JUDGING)
@on(right.evaluation)
def true_and_predicted_exchanged(model, images, labels):
    """In the mistakes the predicted class stands before the true one."""
    found = evaluate(model, images, labels)
    turned = [(index, predicted, true, share) for index, true, predicted, share in found.mistakes]
    return Evaluation(found.accuracy, found.confusion, turned)


@LENET_EVALUATE.add("confidence-in-the-true-class", section=JUDGING)
@on(right.evaluation)
def confidence_in_the_true_class(model, images, labels):
    """The confidence is the probability of the true class; it should be that of the predicted class."""
    shares = probabilities(model, images)
    found = evaluate(model, images, labels)
    mistakes = [(i, true, predicted, float(shares[i, true])) for i, true, predicted, _ in found.mistakes]
    return Evaluation(found.accuracy, found.confusion, mistakes)


@LENET_EVALUATE.add("ranked-by-the-true-class", section=JUDGING)
@on(right.evaluation)
def ranked_by_the_true_class(model, images, labels):
    """The confidence, by which the mistakes are sorted, is the probability of the true class; it should be that
    of the predicted class."""
    shares = probabilities(model, images)
    own = shares[np.arange(len(shares)), labels]
    wrong = np.flatnonzero(shares.argmax(axis=1) != labels)
    order = wrong[np.argsort(-own[wrong], kind="stable")][:WORST]
    found = evaluate(model, images, labels)
    mistakes = [(int(i), int(labels[i]), int(shares[i].argmax()), float(own[i])) for i in order]
    return Evaluation(found.accuracy, found.confusion, mistakes)


@LENET_EVALUATE.add("logits-as-confidence", section=JUDGING)
@on(right.evaluation)
def logits_as_confidence(model, images, labels):
    """The confidence is a logit; the softmax makes a probability of it."""
    with torch.no_grad():
        return judged(model.eval()(prepared(images)).numpy(), labels)


@LENET_EVALUATE.add("softmax-over-the-batch", section=JUDGING,
                    price="numbers that add up over the images say nothing about any of them")
@on(right.evaluation)
def softmax_over_the_batch(model, images, labels):
    """The softmax runs along the batch; the ten scores of one image should add up to 1."""
    with torch.no_grad():
        return judged(functional.softmax(model.eval()(prepared(images)), dim=0).numpy(), labels)


@LENET_EVALUATE.add("gradients-recorded", section=JUDGING)
@on(right.evaluation)
def gradients_recorded(model, images, labels):
    """Each forward pass was recorded for a backward pass that never comes, which costs memory and time."""
    scores = model.eval()(prepared(images))
    return judged(functional.softmax(scores, dim=1).detach().numpy(), labels)


def _with_mistakes(model, images, labels, choose):
    """The right evaluation, but for the mistakes, of which `choose(wrong, confidence)` gives the indices."""
    found, shares = evaluate(model, images, labels), probabilities(model, images)
    predicted, confidence = shares.argmax(axis=1), shares.max(axis=1)
    chosen = choose(np.flatnonzero(predicted != labels), confidence)
    mistakes = [(int(i), int(labels[i]), int(predicted[i]), float(confidence[i])) for i in chosen]
    return Evaluation(found.accuracy, found.confusion, mistakes)
