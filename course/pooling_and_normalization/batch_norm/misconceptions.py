"""Wrong turns with batch normalization."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from autograder.checks.api import Misconceptions, notebook, on

from ..max_pooling.reference import as_float
from . import reference as right

SECTION = "Batch normalization"
BATCH_NORM = Misconceptions("batch-norm", right.batch_norm, student=notebook("BatchNorm"))


class Steps(right.BatchNorm):
    """The right layer in steps, each of which a wrong one may replace."""

    def forward(self, x: np.ndarray, training: bool) -> np.ndarray:
        right.BatchNorm(len(self.gamma)).forward(x, False)  # refuses what the right layer refuses
        x = as_float(x)
        mean, variance = self.statistics(x)
        known = self.running_mean, self.running_var
        if self.updates(training):
            self.update(mean, variance)
        mean, variance = (mean, variance) if self.of_the_batch(training) else known
        return self.scaled(x, mean, variance).astype(x.dtype)

    def statistics(self, x):
        places = tuple(range(x.ndim - 1))
        return x.mean(axis=places), x.var(axis=places)

    def updates(self, training):
        return training

    def of_the_batch(self, training):
        return training

    def update(self, mean, variance):
        self.running_mean = self.mixed(self.running_mean, mean)
        self.running_var = self.mixed(self.running_var, variance)

    def mixed(self, old, new):
        return self.momentum * old + (1 - self.momentum) * new

    def scaled(self, x, mean, variance):
        return self.gamma * (x - mean) / np.sqrt(variance + self.eps) + self.beta


def wrong(id: str, price: str | None = None) -> Callable[[type], type]:
    """Decorator: registers a layer as a misconception; its docstring is the sentence that the student reads."""

    def register(layer: type) -> type:
        BATCH_NORM.add(id, section=SECTION, price=price)(on(right.batch_norm)(layer))
        return layer

    return register


@wrong("unbiased-variance")
class UnbiasedVariance(Steps):
    """The squares were divided by one less than their number; the variance of a batch divides by their number."""

    def statistics(self, x):
        places = tuple(range(x.ndim - 1))
        return x.mean(axis=places), x.var(axis=places, ddof=1)


@wrong("each-image-on-its-own")
class EachImageOnItsOwn(Steps):
    """Each image was normalised with a mean and variance of its own; they are taken over all images of the batch."""

    def statistics(self, x):
        return x.mean(axis=(-3, -2), keepdims=True), x.var(axis=(-3, -2), keepdims=True)


@wrong("over-the-channels")
class OverTheChannels(Steps):
    """Mean and variance were taken over the channels of each pixel; each channel has its own, over all pixels."""

    def statistics(self, x):
        return x.mean(axis=-1, keepdims=True), x.var(axis=-1, keepdims=True)


@wrong("over-the-batch-only")
class OverTheBatchOnly(Steps):
    """Each pixel got a mean and variance of its own, over the images; they are taken over the pixels as well."""

    def statistics(self, x):
        return x.mean(axis=0), x.var(axis=0)


@wrong("one-mean-for-all-channels")
class OneMeanForAllChannels(Steps):
    """One mean and one variance were taken over everything; each channel has its own."""

    def statistics(self, x):
        return np.full(x.shape[-1], x.mean()), np.full(x.shape[-1], x.var())


@wrong("mean-not-subtracted")
class MeanNotSubtracted(Steps):
    """The mean was not taken off before dividing: the channels should be centred on 0."""

    def scaled(self, x, mean, variance):
        return super().scaled(x, 0 * mean, variance)


@wrong("root-missing")
class RootMissing(Steps):
    """The values were divided by the variance; its root, the standard deviation, brings the variance to 1."""

    def scaled(self, x, mean, variance):
        return self.gamma * (x - mean) / (variance + self.eps) + self.beta


@wrong("eps-outside-the-root")
class EpsOutsideTheRoot(Steps):
    """eps was added to the standard deviation; it stands under the root, beside the variance."""

    def scaled(self, x, mean, variance):
        return self.gamma * (x - mean) / (np.sqrt(variance) + self.eps) + self.beta


@wrong("eps-missing")
class EpsMissing(Steps):
    """eps is missing: a channel that is the same everywhere has variance 0, and would be divided by it."""

    def scaled(self, x, mean, variance):
        with np.errstate(all="ignore"):
            return self.gamma * (x - mean) / np.sqrt(variance) + self.beta


@wrong("gamma-missing")
class GammaMissing(Steps):
    """The normalised values were not multiplied by gamma."""

    def scaled(self, x, mean, variance):
        return (x - mean) / np.sqrt(variance + self.eps) + self.beta


@wrong("beta-missing")
class BetaMissing(Steps):
    """Beta was not added."""

    def scaled(self, x, mean, variance):
        return self.gamma * (x - mean) / np.sqrt(variance + self.eps)


@wrong("gamma-and-beta-swapped", price="a new layer, whose gamma is 1 and beta 0, then gives 1 everywhere")
class GammaAndBetaSwapped(Steps):
    """Gamma and beta changed places: gamma multiplies, beta is added."""

    def scaled(self, x, mean, variance):
        return self.beta * (x - mean) / np.sqrt(variance + self.eps) + self.gamma


@wrong("beta-before-gamma")
class BetaBeforeGamma(Steps):
    """Beta was added before the multiplication; it comes after, and is not scaled by gamma."""

    def scaled(self, x, mean, variance):
        return self.gamma * ((x - mean) / np.sqrt(variance + self.eps) + self.beta)


@wrong("batch-at-inference")
class BatchAtInference(Steps):
    """At inference the batch's own mean and variance were used; there the running values count."""

    def of_the_batch(self, training):
        return True


@wrong("running-values-in-training")
class RunningValuesInTraining(Steps):
    """In training the running values were used; there the batch's own mean and variance count."""

    def of_the_batch(self, training):
        return False


@wrong("never-updated")
class NeverUpdated(Steps):
    """The running values never moved: in training each batch takes them a little further."""

    def updates(self, training):
        return False


@wrong("updated-at-inference")
class UpdatedAtInference(Steps):
    """The running values moved at inference; what a network has learned stays when it is used."""

    def updates(self, training):
        return True


@wrong("momentum-swapped")
class MomentumSwapped(Steps):
    """The momentum weighed the new value, as in PyTorch; here it is the share of the old one."""

    def mixed(self, old, new):
        return (1 - self.momentum) * old + self.momentum * new


@wrong("last-batch-kept")
class LastBatchKept(Steps):
    """The running values became those of the last batch; they move only a part of the way, by 1 - momentum."""

    def mixed(self, old, new):
        return new


@wrong("summed-up")
class SummedUp(Steps):
    """The new values were added and the old ones not made smaller, so that the running values grow without end."""

    def mixed(self, old, new):
        return old + (1 - self.momentum) * new


@wrong("deviation-for-variance")
class DeviationForVariance(Steps):
    """running_var got the batch's standard deviation; it is the variance that is remembered."""

    def update(self, mean, variance):
        super().update(mean, np.sqrt(variance))


@wrong("integer-result", price="the values are right for all but some dtypes")
class IntegerResult(Steps):
    """The result was written into an integer array, and its fractions were cut off; integers become float64 first."""

    def forward(self, x, training):
        result = super().forward(x, training)
        return result if x.dtype.kind == "f" else result.astype(x.dtype)


@wrong("always-float64", price="the values are right for all but some dtypes")
class AlwaysFloat64(Steps):
    """A float32 x became float64: that doubles the memory of every layer that follows. It stays float32."""

    def forward(self, x, training):
        return super().forward(x, training).astype(np.float64)
