"""Assignment 07: its references, the pretrained networks and the recipe that makes them, answers of odd kinds."""

from __future__ import annotations

import json
from dataclasses import replace

import keras
import numpy as np
import pytest
from safetensors.numpy import load_file

from autograder.checks.api import CheckFailure
from autograder.checks.registry import reference_names
from autograder.course import Course
from autograder.datasets import find_images, weights
from autograder.sandbox.facade import make_module
from autograder.sandbox.variants import Variants
from course import style
from course.transfer_learning import figures
from course.transfer_learning.dataset.reference import index_images
from course.transfer_learning.fine_tune import public as fine_tune
from course.transfer_learning.pipeline import public as pipeline
from course.transfer_learning.shared import build_features, expected_pixels, write_files
from course.transfer_learning.split.reference import split
from tools import pretrain

from ..checks.helpers import imported, namespace, run_task, score, solution

NOBODYS = Variants({}, "")

NAME = "07-transfer-learning"
TWO_MEGABYTES = 2_000_000


# --- class folders -------------------------------------------------------------------------------------------------


def test_a_folder_as_it_comes(tmp_path):
    files = {f"{name}/{number}.png": ("picture", number) for name in ("b", "a") for number in range(100)}
    write_files(tmp_path, files | {"b/half.jpg": ("cut", 1), "b/0.txt": ("text", 0), "c.png": ("picture", 0)})
    with pytest.warns(UserWarning, match=r"half\.jpg"):
        paths, labels, names = index_images(tmp_path)
    assert names == ["a", "b"] and labels == [0] * 100 + [1] * 100
    assert paths[:3] == [str(tmp_path / "a" / f"{number}.png") for number in (0, 1, 10)]


def test_a_cut_picture_has_a_header_and_no_more(tmp_path):
    from PIL import Image

    write_files(tmp_path, {"a/half.jpg": ("cut", 1), "a/half.png": ("cut", 1)})
    for name in ("half.jpg", "half.png"):
        with Image.open(tmp_path / "a" / name) as picture:
            assert picture.size == (64, 64)
            with pytest.raises(OSError):
                picture.load()


@pytest.mark.parametrize("seed", range(5))
def test_single_images_are_divided_to_within_one(tmp_path, seed):
    labels = [number % 3 for number in range(100)]
    files = {f"{number}.png": ("picture", number) for number in range(100)}
    write_files(tmp_path, {f"x/{name}": about for name, about in files.items()})
    sides = split([str(tmp_path / "x" / name) for name in files], labels, (0.5, 0.2, 0.3), seed)
    assert sorted(index for side in sides.values() for index in side) == list(range(100))
    for label in range(3):
        for indices, fraction in zip(sides.values(), (0.5, 0.2, 0.3), strict=True):
            assert abs(sum(labels[i] == label for i in indices) - fraction * labels.count(label)) < 1


# --- pictures that are known again -----------------------------------------------------------------------------------


@pytest.mark.parametrize("scale", [1, 255, 0.004])
def test_cards_are_known_again_when_moved_and_scaled(scale):
    rng = np.random.default_rng(0)
    originals = pipeline.cards(rng)
    order = rng.permutation(pipeline.COUNT)
    moved = np.roll(expected_pixels(originals[order]), (1, 2), axis=(1, 2)) * scale + scale
    which, mirrored = pipeline.known_again(moved, originals)
    assert np.array_equal(which, order) and not mirrored.any()
    which, mirrored = pipeline.known_again(moved[:, :, ::-1], originals)
    assert np.array_equal(which, order) and mirrored.all()


ERASED = np.where(np.arange(24) < 12, 0, 1)[:, None]  # the left half
ALTERED = {  # images that can hardly be known again, and whether it is because they were moved or turned
    "turned by a right angle": (lambda images: np.rot90(images, axes=(1, 2)), True),
    "moved by a third of the side": (lambda images: np.pad(images, ((0, 0), (0, 0), (8, 0), (0, 0)))[:, :, :24], True),
    "far too bright": (lambda images: np.clip(images + 0.9, -1, 1), False),
    "noisy": (lambda images: images + np.random.default_rng(1).normal(0, 1, images.shape), False),
    "erased in part": (lambda images: images * ERASED, False),
    "mirrored, and erased in part": (lambda images: images[:, :, ::-1] * ERASED, False),
}


@pytest.mark.parametrize(("alter", "far"), ALTERED.values(), ids=ALTERED)
def test_what_is_moved_too_far_is_told_from_what_is_altered_otherwise(alter, far):
    originals = pipeline.cards(np.random.default_rng(0))
    order = np.random.default_rng(1).permutation(pipeline.COUNT)
    assert pipeline.went_far(alter(expected_pixels(originals[order])), order, originals) is far


def told(**changes):
    """What the kernel tells of an epoch of four images in batches of two."""
    return {"images": np.zeros((4, 2, 2, 3)), "labels": np.arange(4), "sizes": [2, 2], **changes}


def test_values_decide_whether_labels_are_one_hot_and_whether_a_dataset_goes_on():
    plain = pipeline.an_epoch(told(), 4)
    assert not plain["one_hot"] and not plain["more"] and plain["labels"].tolist() == [0, 1, 2, 3]
    assert not pipeline.an_epoch(told(), 3)["more"]  # a last batch of two
    rows = pipeline.an_epoch(told(labels=np.eye(4)[[3, 1, 0, 2]]), 4)
    assert rows["one_hot"] and rows["labels"].tolist() == [3, 1, 0, 2]
    column = pipeline.an_epoch(told(labels=np.arange(4.0)[:, None]), 4)
    assert not column["one_hot"] and column["labels"].tolist() == [0, 1, 2, 3]
    longer = pipeline.an_epoch(told(), 2)
    assert longer["more"] and longer["sizes"] == [2] and len(longer["images"]) == len(longer["labels"]) == 2


@pytest.mark.parametrize("changes", [
    {"sizes": [2, 3]}, {"sizes": "22"}, {"sizes": [2, "2"]}, {"labels": np.array(["a", "b", "c", "d"])},
    {"labels": np.full(4, np.nan)}, {"labels": np.zeros((4, 3))}, {"labels": [0, 1, 2, 3]}, {"images": None},
], ids=str)
def test_an_epoch_of_an_odd_form_fails(changes):
    with pytest.raises(CheckFailure):
        pipeline.an_epoch(told(**changes), 4)


# --- pretrained networks -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", weights.names())
def test_weights_are_small_and_have_a_card(name):
    assert weights.weights_file(name).stat().st_size <= TWO_MEGABYTES
    card = weights.weights_file(name).with_suffix(".md").read_text(encoding="utf-8")
    for word in ("| data |", "| licence of the data |", "| accuracy", "| seed", f"tools.pretrain {name}"):
        assert word in card
    recipe = pretrain.RECIPES[name]
    loaded = weights.load_pretrained(name)
    assert tuple(loaded[f"conv{number}/kernel"].shape[-1] for number in range(1, 6)) == recipe.widths
    assert {array.dtype.name for array in loaded.values()} == {"float32"}


def test_the_notebook_builds_the_same_network():
    given = imported(NAME)["build_features"]
    loaded = weights.load_pretrained("mnist")
    images = np.random.default_rng(0).uniform(-1, 1, (2, 28, 28, 3)).astype(np.float32)
    ours, theirs = build_features(weights=loaded)(images), given(loaded)(images)
    np.testing.assert_array_equal(np.asarray(ours), np.asarray(theirs))


def test_the_grader_computes_the_same_features():
    """Without Keras: what the kernel says of its arrays has to explain its answers."""
    loaded = weights.load_pretrained("mnist")
    images = np.random.default_rng(1).uniform(-1, 1, (3, 27, 28, 3)).astype(np.float32)
    wanted = np.asarray(build_features(weights=loaded)(images))
    np.testing.assert_allclose(fine_tune.features_of(loaded, images), wanted, rtol=1e-3, atol=1e-4)


def test_an_unknown_network_is_refused():
    with pytest.raises(ValueError, match="name"):
        weights.load_pretrained("resnet")


def test_kernels_get_the_weights(tmp_path):
    weights.lay_out_weights(tmp_path / "weights")
    module = make_module(NOBODYS, tmp_path)
    found, wanted = module.load_pretrained("mnist"), weights.load_pretrained("mnist")
    assert all(np.array_equal(found[path], wanted[path]) for path in wanted)
    with pytest.raises(ValueError, match="name"):
        module.load_pretrained("../mnist")


def test_a_short_run_of_the_recipe(tmp_path, monkeypatch):
    """The embedded digits in MNIST's place: four epochs teach something, and the same seed gives the same weights."""
    easy = {"zoom": (1, 1), "turn": 0.02, "coarser": False}
    recipe = replace(pretrain.RECIPES["mnist"], data="digits", widths=(8, 16, 16, 16, 32), **easy)
    monkeypatch.setitem(pretrain.RECIPES, "mnist", recipe)
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        assert pretrain.main(["mnist", "--epochs", "4", "--images", "1400", "--out", str(tmp_path / folder)]) == 0
    first, second = (load_file(tmp_path / folder / "mnist.safetensors") for folder in ("one", "two"))
    assert all(np.allclose(first[path], second[path], atol=1e-3) for path in first)
    card = (tmp_path / "one" / "mnist.md").read_text(encoding="utf-8")
    share = float(card.split("of these classes | ")[1].split("%")[0])
    assert share > 30 and "python -m tools.pretrain mnist" in card


def test_recipes_keep_to_their_classes():
    images, labels, _, test_labels, classes = pretrain.chosen(replace(
        pretrain.RECIPES["mnist"], data="digits", classes=("3", "1")))
    digits = find_images("digits")
    assert classes == ("3", "1") and set(labels) == set(test_labels) == {0, 1}
    assert len(images) == np.isin(digits.train_labels, (1, 3)).sum()
    assert np.array_equal(images[labels == 0], digits.train_images[digits.train_labels == 3])


# --- what the pinned Keras does with batch normalisation --------------------------------------------------------------


def test_the_notebook_shows_what_keeps_batch_normalisation_still(capsys):
    """Called with training=False it learns all the same in `fit`, unless it is frozen."""
    figures.norms_in_fit()
    trainable, frozen = capsys.readouterr().out.splitlines()
    assert "trainable = True" in trainable and float(trainable.rpartition(" ")[2]) > 0.01
    assert "trainable = False" in frozen and float(frozen.rpartition(" ")[2]) == 0


def test_how_soon_the_old_means_are_forgotten(monkeypatch):
    """After 20 batches an eighth is left at a momentum of 0.9; at Keras's default, 0.99, it takes ten times that."""
    shown = []
    monkeypatch.setattr(style, "display", lambda data, raw: shown.append(data["text/plain"]))
    figures.what_is_left_of_the_old()
    assert "after 20 batches 12% is left" in shown[-1] and 0.9**20 == pytest.approx(1 / 8, abs=0.004)
    assert keras.layers.BatchNormalization().momentum == 0.99 and 0.99**200 == pytest.approx(0.9**20, abs=0.015)
    norm = keras.layers.BatchNormalization(momentum=0.9)
    norm.build((None, 1))
    norm.moving_mean.assign([1.0])
    for _ in range(20):
        norm(np.zeros((4, 1), "float32"), training=True)
    assert float(norm.moving_mean[0]) == pytest.approx(0.9**20, rel=1e-3)


# --- the threshold -------------------------------------------------------------------------------------------------


def test_the_threshold_follows_from_the_measured_spread():
    kept = weights.measured("mnist")
    transfer, scratch = (np.array(kept["check"][way]) for way in ("transfer", "scratch"))
    assert len(transfer) == len(scratch) == kept["seeds"] == 10
    assert kept["threshold"] == pytest.approx(transfer.mean() - 4 * transfer.std(ddof=1), abs=6e-4)
    assert kept["margin"] == pytest.approx(kept["threshold"] - scratch.mean(), abs=2e-3)
    assert kept["threshold"] > scratch.max()


def test_the_notebook_states_the_threshold():
    text = Course.here().assignment(NAME).solution_path.read_text(encoding="utf-8")
    kept = weights.measured("mnist")
    text = " ".join("".join(cell["source"]) for cell in json.loads(text)["cells"]).replace("\n", " ")
    assert f"**{100 * kept['threshold']:.1f} %** is {100 * kept['margin']:.0f} points more than from scratch" in text
    halfway = np.mean([np.mean(kept["check"][way]) for way in ("transfer", "scratch")])
    assert f"**{100 * halfway:.1f} %** lies halfway" in text
    for runs in (kept["by_count"][count] for count in ("5", "10", "20")):
        assert f"{100 * np.mean(runs['transfer']):.0f} %" in text and f"{100 * np.mean(runs['scratch']):.0f} %" in text


def test_problems_hold_back_labels_and_differ_by_seed():
    one, other = fine_tune.problem(1), fine_tune.problem(2)
    assert set(one.train[1]) == set(range(fine_tune.CLASSES))
    assert len(one.train[1]) == fine_tune.CLASSES * fine_tune.PER_CLASS
    assert len(one.test_images) == len(one.test_labels) > 200
    assert not np.array_equal(one.train[0], other.train[0])
    assert -1 <= one.test_images.min() and one.test_images.max() <= 1 and one.test_images.dtype == np.float32


# --- answers of odd kinds --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("losses", "begins"), [
    ([2.2, 1.1, 0.4, 0.2], True),
    ([2.21, 2.15, 2.09, 2.03, 1.98, 1.97], True),  # at a small rate, by which hardly anything is learned
    ([0.32, 0.31, 0.29, 0.27], False),  # the second phase alone
    ([0.21, 0.12, 0.08, 0.05], False),  # the same, at a larger rate
])
def test_a_history_begins_with_a_head_that_knows_nothing(losses, begins):
    assert fine_tune.begins_untrained(losses) is begins


@pytest.mark.parametrize(("change", "name"), [
    (("fit(train, ", "fit(train.concatenate(validation).prefetch(1), "), "learns-from-validation"),
    (("data=validation", "data=validation.prefetch(2)"), None),
    (("data=validation", "data=validation.repeat(), validation_steps=1"), None),  # a pass goes on after an epoch
])
def test_validation_images_that_are_learned_from_are_told_from_those_that_are_read_in_another_way(change, name):
    source = solution(NAME)["fine-tune"]
    assert change[0] in source
    results = run_task(NAME, "fine-tune", namespace(source.replace(*change), imported(NAME)))
    assert {result.diagnosis for result in results if not result.passed} == ({name} if name else set())


@pytest.mark.parametrize(("task", "answer"), [
    ("dataset", "def index_images(folder): return None"),
    ("dataset", "def index_images(folder): return [], [], []"),
    ("dataset", "def index_images(folder): return 1, 2, 3"),
    ("dataset", "index_images = 7"),
    ("split", "def split(paths, labels, fractions, seed): return None"),
    ("split", "def split(paths, labels, fractions, seed): return {'train': paths, 'validation': [], 'test': []}"),
    ("split", "def split(paths, labels, fractions, seed): return [1], [2], [3]"),
    ("split", "def split(p, l, f, s): return {'train': [10**9], 'validation': [-1], 'test': [True]}"),
    ("pipeline", "def make_dataset(*a, **k): return None"),
    ("pipeline", "def make_dataset(*a, **k): return []"),
    ("pipeline", "import numpy as np\ndef make_dataset(*a, **k): return [(np.zeros((2, 3)), np.zeros(2))]"),
    ("fine-tune", "def fine_tune(*a, **k): return None"),
    ("fine-tune", "def fine_tune(*a, **k): return (lambda x, training: 'x'), {}"),
    ("fine-tune", "import numpy as np\ndef fine_tune(*a, **k): return (lambda x, training: np.zeros((len(x), 8))), {}"),
    ("report", "def learning_curves(h): return 3\ndef transfer_curves(*a): return None"),
    ("report", "from matplotlib.figure import Figure\ndef learning_curves(h): return Figure()\n"
               "def transfer_curves(*a): return Figure()"),
    ("pitfalls", "pitfalls = None"),
    ("pitfalls", "pitfalls = dict.fromkeys('ABCDEFGHIJ')"),
])
def test_odd_answers_get_a_verdict_and_no_points(task, answer):
    results = run_task(NAME, task, answer)
    assert score(results) == 0 and not any(result.broken for result in results), [
        (result.name, result.details) for result in results if result.broken]
    assert all(result.message for result in results if not result.passed)


@pytest.mark.parametrize("passes", [[{}, {}], ["x", 3], "of two", 2])
def test_a_forged_report_earns_nothing(monkeypatch, passes):
    # what a probe reports comes from the student's process, so it may be anything at all
    forged = {"answers": np.zeros((3, 8)), "history": {}, "untouched": "yes", "after": [], "passes": passes}

    def run_fine_tune(*arguments):
        return dict(forged)

    def run_pipeline(*arguments):
        return dict(forged)

    for task, module, fake in (("fine-tune", fine_tune, run_fine_tune), ("pipeline", pipeline, run_pipeline)):
        monkeypatch.setattr(module, "in_kernel", lambda *_, fake=fake: _Forged(fake))
        results = run_task(NAME, task, reference_names(task), parts=("hidden",))
        assert score(results) == 0 and not any(result.broken for result in results), results


class _Forged:
    """Stands for a kernel that answers every question alike."""

    def __init__(self, fake):
        self._fake = fake

    def __getattr__(self, name):
        return self._fake


def test_measurements_are_plain_data():
    for name in weights.names():
        path = weights.weights_file(name).with_suffix(".json")
        if path.is_file():
            kept = json.loads(path.read_text(encoding="utf-8"))
            for runs in kept["by_count"].values():
                assert np.mean(runs["transfer"]) > np.mean(runs["scratch"])


# --- real pictures -------------------------------------------------------------------------------------------------


def test_the_notebook_takes_a_folder_of_ones_own(tmp_path, monkeypatch):
    files = {f"{name}/{number}.jpg": ("picture", number) for name in ("cats", "dogs") for number in range(3)}
    write_files(tmp_path, files)
    monkeypatch.setenv("CNN_PICTURES", str(tmp_path))
    names = namespace(cells(NAME)["setup"])
    assert namespace(cells(NAME)["pictures"], names)["folder"] == tmp_path
    monkeypatch.setenv("CNN_COURSE_OFFLINE", "1")
    names = namespace(cells(NAME)["build-features"], names | {"PICTURES": str(tmp_path)})
    names = namespace(cells(NAME)["pretrained"], names)
    assert names["application"] is None and names["features"].output_shape == (None, 96)


def cells(assignment):
    """The source of each code cell of the solution notebook, by its id."""
    path = Course.here().assignment(assignment).solution_path
    found = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return {cell["id"]: "".join(cell["source"]) for cell in found if cell["cell_type"] == "code"}


# --- answers of other forms ------------------------------------------------------------------------------------------


def test_kinds_of_leak_are_read_for_what_they_mean():
    right = reference_names("pitfalls", "grace")["pitfalls"]
    capitals = {key: kind and f" {kind.upper()} " for key, kind in right.items()}
    for answer in (capitals, {key: kind and np.str_(kind.title()) for key, kind in right.items()}):
        assert score(run_task(NAME, "pitfalls", {"pitfalls": answer})) == 5
    results = run_task(NAME, "pitfalls", {"pitfalls": {**right, "C": None}})
    assert score(results) == 4 and {result.diagnosis for result in results} == {None, "copies-are-harmless"}
    results = run_task(NAME, "pitfalls", {"pitfalls": {**right, "E": "a group"}})
    assert score(results) == 4 and {result.diagnosis for result in results} == {None}
    assert 'The entry "E"' in next(result.message for result in results if not result.hidden)
