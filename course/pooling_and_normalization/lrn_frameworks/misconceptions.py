"""Wrong turns with the arguments of local response normalisation in two frameworks."""

from __future__ import annotations

from autograder.checks.api import Misconceptions

from . import reference as right

FRAMEWORKS = "The same formula in PyTorch and TensorFlow"

LRN_AS_TORCH = Misconceptions("lrn-frameworks", right.lrn_as_torch)
LRN_AS_TENSORFLOW = Misconceptions("lrn-frameworks", right.lrn_as_tensorflow)


@LRN_AS_TORCH.add("alpha-unchanged", section=FRAMEWORKS)
def alpha_unchanged(size, k, alpha, beta):
    """PyTorch divides alpha by the size before it uses it; the argument has to make up for that."""
    return right.lrn_as_torch(size, k, alpha, beta) | {"alpha": alpha}


@LRN_AS_TORCH.add("alpha-divided", section=FRAMEWORKS)
def alpha_divided(size, k, alpha, beta):
    """PyTorch divides alpha by the size already; dividing once more makes it smaller still."""
    return right.lrn_as_torch(size, k, alpha, beta) | {"alpha": alpha / size}


@LRN_AS_TORCH.add("radius-as-size", section=FRAMEWORKS)
def radius_as_size(size, k, alpha, beta):
    """PyTorch's size is the number of channels in the window, as in the formula; it is TensorFlow that has a radius."""
    return right.lrn_as_torch(size, k, alpha, beta) | {"size": size // 2}


@LRN_AS_TENSORFLOW.add("size-as-radius", section=FRAMEWORKS)
def tensorflow_size_as_radius(size, k, alpha, beta):
    """TensorFlow's depth_radius counts the neighbours on one side, without the channel itself; this is the size."""
    return right.lrn_as_tensorflow(size, k, alpha, beta) | {"depth_radius": size}


@LRN_AS_TENSORFLOW.add("radius-too-large", section=FRAMEWORKS)
def radius_too_large(size, k, alpha, beta):
    """The radius was rounded up: it counts the neighbours on one side, and the channel itself is not among them."""
    return right.lrn_as_tensorflow(size, k, alpha, beta) | {"depth_radius": (size + 1) // 2}


@LRN_AS_TENSORFLOW.add("alpha-by-size", section=FRAMEWORKS)
def tensorflow_alpha_by_size(size, k, alpha, beta):
    """Alpha was changed for the size; it is PyTorch that divides, TensorFlow takes alpha as it is."""
    return right.lrn_as_tensorflow(size, k, alpha, beta) | {"alpha": alpha * size}


@LRN_AS_TORCH.add("alpha-and-beta-swapped", section=FRAMEWORKS)
@LRN_AS_TENSORFLOW.add("alpha-and-beta-swapped", section=FRAMEWORKS)
def alpha_and_beta_swapped(solve, size, k, alpha, beta):
    """Alpha and beta were swapped: alpha weighs the sum of squares, beta is the exponent."""
    return solve(size, k, beta, alpha)
