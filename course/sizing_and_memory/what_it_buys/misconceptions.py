"""Wrong turns in what each measure buys."""

from __future__ import annotations

from autograder.checks.api import Misconceptions

from . import reference as right

WHAT_IT_BUYS = Misconceptions("what-it-buys", right.what_it_buys, answer=True)


@WHAT_IT_BUYS.add("half-the-sides-half-the-memory", section="What each measure buys")
def half_the_sides_half_the_memory():
    """Halving both sides was taken for half of the positions; both height and width shrink."""
    return right.what_it_buys() | {"half_sides": 0.5}


@WHAT_IT_BUYS.add("half-the-filters-squared", section="What each measure buys")
def half_the_filters_squared():
    """A quarter is what is left of the weights; the outputs shrink with the number of maps, once."""
    return right.what_it_buys() | {"half_filters": 0.25}


@WHAT_IT_BUYS.add("savings-not-factors", section="What each measure buys")
def savings_not_factors():
    """These are the shares that are saved; a factor says what is left."""
    table = right.what_it_buys()
    return {key: 1 - value if isinstance(value, float) else value for key, value in table.items()}


@WHAT_IT_BUYS.add("percent-not-factors", section="What each measure buys")
def percent_not_factors():
    """These are percentages; as a factor, 90 percent is written 0.9."""
    return {key: 100 * value if isinstance(value, float) else value for key, value in right.what_it_buys().items()}


@WHAT_IT_BUYS.add("halved-instead-of-factor", section="What each measure buys")
def halved_instead_of_factor():
    """These are numbers by which to divide; a factor is what to multiply with."""
    table = right.what_it_buys()
    return {key: 1 / value if isinstance(value, float) else value for key, value in table.items()}


@WHAT_IT_BUYS.add("fewer-filters-same-parameters", section="What each measure buys")
def fewer_filters_same_parameters():
    """Fewer filters are fewer kernels: that measure does change the parameters."""
    return right.what_it_buys() | {
        "leaves_parameters_alone": ["half_batch", "half_filters", "half_sides", "sixteen_bit_activations"]
    }


@WHAT_IT_BUYS.add("smaller-images-fewer-parameters", section="What each measure buys")
def smaller_images_fewer_parameters():
    """A convolution's kernels do not depend on the image's size: smaller images leave them as they are."""
    return right.what_it_buys() | {"leaves_parameters_alone": ["half_batch", "sixteen_bit_activations"]}
