"""Hidden checks of feature-maps."""

import numpy as np

from autograder.checks.api import (
    CheckFailure,
    Tensor,
    cases,
    expect,
    expect_close,
    in_kernel,
    kernel_says,
    misconceptions,
    points,
    reference,
    search,
)
from autograder.checks.api import strategies as st

from ...sizing_and_memory.shared import on_one_thread
from .public import as_maps, run_feature_maps

SEED = st.integers(0, 50)
SIDE = st.sampled_from([3, 5, 6])  # not 4, the number of maps, so that it shows which axis the maps are
LOOKED_AT = {"channels": st.integers(1, 3), "size": st.tuples(SIDE, SIDE), "seed": SEED}


def looked(student, case, layer, inplace=False, fails="never"):
    kernel = in_kernel(student, run_feature_maps, on_one_thread)
    seen = kernel.run_feature_maps(student.feature_maps, layer, case.channels, case.size, inplace, fails, case.seed)
    if not isinstance(seen, dict) or type(seen.get("hooks")) is not int:
        raise CheckFailure("What came back from your notebook is not what this check measures there.")
    return seen


def same_maps(student, case, layer, inplace=False):
    """The right numbers, in whatever form: the form has a check of its own."""
    seen = looked(student, case, layer, inplace)
    right = reference.read_features(layer, case.channels, case.size, inplace, _seed=case.seed)
    expect_close(seen["output"], right, like=misconceptions.FEATURE_MAPS, form=as_maps, rtol=1e-5, atol=1e-6,
                 what="the result")


@points(2)
@search(cases(layer=st.sampled_from(["features.1", "features.2", "features"]), **LOOKED_AT), examples=12)
def test_maps_of_a_layer(student, case):
    """The output of the layer for the image, whatever was looked at before."""
    same_maps(student, case, case.layer)


@points(2)
@search(cases(layer=st.sampled_from(["block.body.0", "block.body"]), **LOOKED_AT), examples=12)
def test_maps_behind_a_forward_of_its_own(student, case):
    """A layer deep inside a network whose forward pass is more than one layer after the other."""
    same_maps(student, case, case.layer)


@points(1)
@search(cases(**LOOKED_AT), examples=8)
def test_maps_before_an_in_place_layer(student, case):
    """The maps are those that the layer gave, also when the next layer overwrites them."""
    same_maps(student, case, "features.0", inplace=True)


@points(1)
@search(cases(**LOOKED_AT), examples=4)
def test_an_array_of_maps(student, case):
    """The result is a NumPy array of the shape (channels, height, width)."""
    right = reference.read_features("features.1", case.channels, case.size, _seed=case.seed)
    expect_close(looked(student, case, "features.1")["output"], right, like=misconceptions.FEATURE_MAPS, rtol=1e-5,
                 atol=1e-6, what="the result")


@points(1)
@search(cases(layer=st.sampled_from(["features.0", "block.body.0", "block.body"]), **LOOKED_AT), examples=4)
def test_the_pass_goes_on_as_ever(student, case):
    """A hook listens: the network computes what it computes without it."""
    seen = looked(student, case, case.layer)
    whole = isinstance(seen["output"], np.ndarray | Tensor) and isinstance(seen.get("usual"), Tensor)
    expect(whole, "feature_maps returns the maps of the layer; something else came back.")
    if seen["last"] is not None:  # a pass may be ended as soon as the layer has run
        usual = np.allclose(seen["last"].array, seen["usual"].array) if isinstance(seen["last"], Tensor) else False
        expect(usual, "", diagnosis=misconceptions.FEATURE_MAPS["output-replaced"])


def looked_at_maps(student, case):
    """A look at a layer that has to give as many numbers as its maps have: no hook is left by who sets none."""
    seen = looked(student, case, "features.1")
    maps = seen["output"].array if isinstance(seen["output"], Tensor) else seen["output"]
    whole = isinstance(maps, np.ndarray) and maps.size == 4 * case.size[0] * case.size[1]
    expect(whole, "feature_maps returns all maps of the layer; something else came back.")
    return seen


@points(0.5)
@kernel_says
@search(cases(**LOOKED_AT), examples=4)
def test_no_hook_left(student, case):
    """Afterwards the model has the hooks that it had before, no more and no fewer."""
    seen = looked_at_maps(student, case)
    expect(seen["hooks"] <= 0, "", diagnosis=misconceptions.FEATURE_MAPS["hook-left-behind"])
    expect(seen["hooks"] == 0, "", diagnosis=misconceptions.FEATURE_MAPS["other-hooks-removed"])


@points(0.5)
@kernel_says
@search(cases(fails=st.sampled_from(["first", "head"]), **LOOKED_AT), examples=6)
def test_no_hook_left_after_an_error(student, case):
    """When the forward pass raises, the hook is removed all the same."""
    seen = looked_at_maps(student, case)
    expect(seen["hooks"] <= 0, "", diagnosis=misconceptions.FEATURE_MAPS["hook-left-behind"])
    left = looked(student, case, "features.1", fails=case.fails)["hooks"]
    expect(left <= 0, "", diagnosis=misconceptions.FEATURE_MAPS["hook-left-after-an-error"])
    expect(left == 0, "", diagnosis=misconceptions.FEATURE_MAPS["other-hooks-removed"])
