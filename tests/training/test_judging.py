"""The engine of training tasks: altered images, permuted labels, offers and budgets, what a model's answers may be."""

from __future__ import annotations

import inspect
import statistics
import time
from unittest import mock

import nbformat
import numpy as np
import pytest

from autograder import offer, thresholds, training
from autograder.bridge.student import Student
from autograder.bridge.transport import LocalTransport
from autograder.checks import trial
from autograder.checks.failure import CheckFailure
from autograder.checks.runner import CheckSession
from autograder.course import Course
from autograder.datasets.thresholds import table
from autograder.sandbox.training import OutOfTime
from autograder.training import data, probes, tasks
from autograder.training.alter import SHIFT, alter
from autograder.training.brought import MOST, beside, packed, too_much
from autograder.training.reading import Answers, Renumbered
from course.alexnet.alexnet_train.misconceptions import ALEXNET_TRAIN
from course.alexnet.alexnet_train.training import TASK as ALEXNET
from course.lenet.lenet_model.reference import LeNet5
from course.lenet.lenet_train.misconceptions import LENET_TRAIN
from course.lenet.lenet_train.training import TASK as LENET
from course.lenet.mnist_challenge.misconceptions import MNIST_CHALLENGE
from course.lenet.mnist_challenge.training import TASK as CHALLENGE
from tests.checks.helpers import namespace, run_task, score
from tools.calibrate import tiers_of

NEAREST = '''
import time
import numpy as np
import torch
from autograder import offer


class Nearest(torch.nn.Module):
    """The class whose mean image is nearest, as a linear layer on the 32x32 image."""

    def __init__(self, images, labels):
        super().__init__()
        padded = np.pad(images, ((0, 0), (2, 2), (2, 2))).reshape(len(images), -1) / 255
        means = torch.tensor(np.stack([padded[labels == k].mean(0) for k in range(10)]), dtype=torch.float32)
        self.means = torch.nn.Parameter(means)

    def forward(self, x):
        return x.flatten(1) @ self.means.T - (self.means ** 2).sum(1) / 2
'''
FAST = NEAREST + '''
def train_lenet(images, labels, *, seed, device):
    return Nearest(images, labels)
'''


@pytest.fixture(autouse=True)
def on_the_digits():
    """Training tasks are tried on the digits, which every machine has."""
    with training.using("digits"):
        yield


@pytest.fixture
def low_bar():
    """A threshold that the nearest mean reaches, and a budget of two seconds."""
    asked = data.Needed((0.7,), 2.0, "cpu")
    with mock.patch.object(data, "needed", lambda task, name: asked):
        with mock.patch.object(data, "budget", lambda task, name: (2.0, "cpu")):
            yield


def judged(source, judge=training.expect_accuracy, task=LENET, registry=LENET_TRAIN, known=None):
    """What `judge` says of a notebook: None, or its failure."""
    names = known if known is not None else namespace(source)
    token = trial.begin(trial.Trial("a test", seed=b"a submission"))
    try:
        judge(Student(LocalTransport(names)), task, registry)
    except CheckFailure as failure:
        return failure
    finally:
        trial.end(token)
    return None


# numbers of the classes ----------------------------------------------------------------------------------------------


def test_the_classes_are_renumbered_for_a_training_and_its_answers_numbered_back(low_bar):
    given = []
    names = namespace(FAST)
    train = names["train_lenet"]
    names["train_lenet"] = lambda images, labels, **options: (given.append(labels), train(images, labels, **options))[1]
    assert judged("", known=names) is None
    own = training.images_for().train_labels
    numbers = [int(given[0][own == digit][0]) for digit in range(10)]
    assert sorted(numbers) == list(range(10)) and all(number != digit for digit, number in enumerate(numbers))
    assert np.array_equal(np.array(numbers)[own], given[0])


@pytest.mark.parametrize("classes", [1, 2, 3, 10, 100])
def test_no_class_keeps_its_number(classes):
    for seed in range(20):
        numbers = tasks.renumbering(classes, np.random.default_rng(seed))
        assert sorted(numbers) == list(range(classes)) and (classes == 1 or (numbers != np.arange(classes)).all())


def test_scores_and_labels_come_back_under_true_numbers():
    class Fixed:
        def read(self, student, model, images, classes, batch=0):
            return Answers(np.array([2, 0]), np.array([[0.0, 1, 5], [7, 2, 3]]))

    said = Renumbered(Fixed(), (1, 2, 0)).read(None, None, None, 3)
    assert said.labels.tolist() == [1, 2] and said.scores.tolist() == [[1, 5, 0], [2, 3, 7]]


def test_a_network_that_was_stored_is_told_from_one_that_listened(low_bar):
    failure = judged(NEAREST + """
from autograder import load_images
known = load_images("digits")
STORED = Nearest(known.train_images, known.train_labels)

def train_lenet(images, labels, *, seed, device):
    return STORED
""")
    assert failure is not None and failure.diagnosis == "labels-ignored"


# what a notebook brings ----------------------------------------------------------------------------------------------


RANDOM = np.random.default_rng(0)
BYTES = RANDOM.bytes(MOST)
LETTERS = "".join(RANDOM.choice(list("abcdefghijklmnop"), 2 * MOST))
STORED_DATA = {
    "a text": f"W = {BYTES!r}",
    "numbers": f"W = [{', '.join(map(str, BYTES))}]",
    "comments": "\n".join(f"# {LETTERS[at : at + 80]}" for at in range(0, len(LETTERS), 80)),
    "names": "\n".join(f"def {LETTERS[at : at + 80]}(): ..." for at in range(0, len(LETTERS), 80)),
    "blanks": "".join({"0": " ", "1": "\t"}.get(bit, "\n") for byte in BYTES for bit in f"{byte:08b}\n"),
    "signs": "x = " + "".join("+" if bit == "1" else "-" for byte in BYTES for bit in f"{byte:08b}") + "1",
    "half of a text": '"""' + repr(BYTES),
}


@pytest.mark.parametrize("data", STORED_DATA.values(), ids=STORED_DATA)
def test_stored_data_is_refused_with_a_sentence(data):
    student = Student(LocalTransport(namespace(FAST)))
    session = CheckSession("04-lenet", parts=("hidden",))
    results = session.run("lenet-train", student, seed=b"s", source=f"{FAST}\n{data}\n")
    assert results and not any(result.passed for result in results)
    assert all("are allowed where a training is graded" in result.message for result in results)


def test_the_notebooks_of_the_course_bring_little():
    for name in Course.here().names:
        cells = nbformat.read(Course.here().assignment(name).solution_path, as_version=4).cells
        source = "\n\n".join(cell.source for cell in cells if cell.cell_type == "code")
        assert packed(source.encode()) < MOST / 3 and too_much(source) is None


def test_small_files_beside_a_notebook_stay_and_large_ones_are_named():
    module, network, picture = b"def f(x):\n    return x\n", BYTES, RANDOM.bytes(9_000)
    kept, said = beside({"helpers.py": module, "network.npz": network, "cat.jpg": picture})
    assert kept == {"helpers.py": module}
    assert said.startswith("The notebook ran without cat.jpg and 1 more: ")
    assert beside({"helpers.py": module}) == ({"helpers.py": module}, "")
    many, said = beside({f"{n}.npy": BYTES[n * 500 : (n + 1) * 500] for n in range(20)})
    assert len(many) == 7 and "and 12 more" in said, "together, they are no way around it"


# altered images ------------------------------------------------------------------------------------------------------


def strokes(count=50):
    return training.images_for().test_images[:count]


def test_altered_images_are_others_and_follow_from_the_seed():
    images = strokes()
    before = images.copy()
    first, again, other = (alter(images, np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert first.dtype == np.uint8 and first.shape == images.shape
    assert np.array_equal(images, before) and np.array_equal(first, again)
    for altered in (first, other):
        assert (altered != images).any(axis=(1, 2)).all()
    assert (first != other).any(axis=(1, 2)).all()


def test_images_move_by_a_pixel_at_most_and_some_are_thicker():
    images = np.zeros((400, 28, 28), np.uint8)
    images[:, 12:16, 12:16] = 200
    altered = alter(images, np.random.default_rng(3)).astype(float)
    weights = altered.sum(axis=(1, 2))
    rows = (altered.sum(axis=2) * np.arange(28)).sum(axis=1) / weights - 13.5
    columns = (altered.sum(axis=1) * np.arange(28)).sum(axis=1) / weights - 13.5
    assert max(np.abs(rows).max(), np.abs(columns).max()) < SHIFT + 0.6  # thickening moves the middle by half a pixel
    assert np.abs(rows).mean() > 0.3 and np.abs(columns).mean() > 0.3
    thick = weights > 1.2 * weights.min()
    assert 0.05 < thick.mean() < 0.2


def test_a_turn_is_a_turn():
    image = np.zeros((1, 29, 29), np.uint8)
    image[0, 14, 4:25] = 255
    rng = mock.Mock()
    rng.uniform.side_effect = [np.zeros((1, 2)), np.array([8.0]), np.ones(1)]
    altered = alter(image, rng)[0].astype(float)
    heights = [float((altered[:, c] * np.arange(29)).sum() / altered[:, c].sum()) for c in (6, 22)]
    assert abs(heights[0] - heights[1]) == pytest.approx(16 * np.tan(np.deg2rad(8)), abs=0.3)


def test_colour_pictures_keep_their_borders():
    white = np.full((20, 32, 32, 3), 240, np.uint8)
    altered = alter(white, np.random.default_rng(0))
    assert altered.shape == white.shape and altered.min() >= 215
    assert np.ptp(altered, axis=(1, 2, 3)).max() == 0


def test_altering_ten_thousand_images_takes_about_a_second():
    images = np.resize(strokes(300), (10_000, 28, 28))
    started = time.process_time()
    alter(images, np.random.default_rng(0))
    assert time.process_time() - started < 4  # 0.5 s where it was measured


# permuted labels -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("classes", [2, 5, 10])
def test_permuted_labels_say_nothing_of_the_true_ones(classes):
    labels = np.random.default_rng(0).integers(0, classes, 3000)
    chosen, given = tasks.permuted(labels, classes, np.random.default_rng(1))
    assert len(set(chosen.tolist())) == len(chosen) <= tasks.SMALL
    table = np.zeros((classes, classes), int)
    np.add.at(table, (labels[chosen], given), 1)
    assert np.ptp(table) <= 1


# what earns, and what does not ---------------------------------------------------------------------------------------


def test_what_learned_from_its_labels_passes_and_is_measured(low_bar):
    names = namespace(FAST)
    token = trial.begin(trial.Trial("a test", seed=b"a submission"))
    try:
        training.expect_accuracy(Student(LocalTransport(names)), LENET, LENET_TRAIN)
        measured = trial.current().measured
    finally:
        trial.end(token)
    assert 0.7 < measured["accuracy"] < 1 and measured["train_seconds"] >= 0


def test_an_exact_table_of_the_test_set_fails(low_bar):
    found = training.images_for()
    table = {image.tobytes(): int(label) for image, label in zip(found.test_images, found.test_labels, strict=True)}

    class Table:
        def predict(self, images):
            return [table.get(image.tobytes(), 0) for image in images]

    names = {"train_classifier": lambda images, labels, *, seed, device: Table()}
    failure = judged("", task=CHALLENGE, registry=MNIST_CHALLENGE, known=names)
    assert failure is not None
    assert (np.array(Table().predict(found.test_images)) == found.test_labels).all()  # of the public set it knows all


def test_stored_knowledge_fails(low_bar):
    failure = judged(FAST + '''
from autograder.datasets import find_images
KNOWN = find_images("digits")
STORED = Nearest(KNOWN.train_images, KNOWN.train_labels)

def train_lenet(images, labels, *, seed, device):
    return STORED
''')
    assert failure.diagnosis == "labels-ignored"


def test_each_submission_trains_once_whatever_is_asked(low_bar):
    names = namespace(FAST + '''
calls = []
plain = train_lenet

def train_lenet(images, labels, *, seed, device):
    calls.append((len(images), seed, device, labels.dtype.name, images.dtype.name))
    return plain(images, labels, seed=seed, device=device)
''')
    student = Student(LocalTransport(names))
    token = trial.begin(trial.Trial("a test", seed=b"a submission"))
    try:
        for _ in range(3):
            training.expect_accuracy(student, LENET, LENET_TRAIN)
        training.expect_logits(student, LENET, LENET_TRAIN)
    finally:
        trial.end(token)
    assert [size for size, *_ in names["calls"]] == [len(training.images_for().train_images), tasks.SMALL]
    assert len({seed for _, seed, *_ in names["calls"]}) == 1
    assert names["calls"][0][2:] == ("cpu", "int64", "uint8")


@pytest.mark.parametrize("judge", [training.expect_logits, training.expect_batch_independent])
def test_a_network_of_images_prepared_otherwise_has_learned_and_costs_no_more_than_its_accuracy(judge, low_bar):
    otherwise = FAST.replace(".reshape(len(images), -1) / 255", ".reshape(len(images), -1)")
    assert otherwise != FAST and judged(otherwise).diagnosis == "not-scaled"
    assert judged(otherwise, judge) is None
    constant = FAST.replace("x.flatten(1) @ self.means.T", "0 * x.flatten(1) @ self.means.T")
    assert judged(constant, judge) is not None


COLOUR = """
import numpy as np
import torch


class Nearest(torch.nn.Module):
    def __init__(self, images, labels, classes):
        super().__init__()
        images = images.transpose(0, 3, 1, 2).reshape(len(images), -1) / 255
        means = np.stack([images[labels == k].mean(0) for k in range(classes)])
        self.means = torch.nn.Parameter(torch.tensor(means, dtype=torch.float32))

    def forward(self, x):
        return x.flatten(1) @ self.means.T - (self.means ** 2).sum(1) / 2


def train_alexnet(images, labels, *, num_classes, seed, device):
    assert images.shape[1:] == ((28, 28, 3) if num_classes == 10 else (32, 40, 3)), images.shape
    return Nearest(images, labels, num_classes)
"""


@pytest.mark.parametrize(("old", "new", "said"), [
    ("labels, num_classes)", "labels, num_classes)", None),
    ("means = np.stack(", "means = np.zeros((3, images.shape[1])) if classes == 7 else np.stack(", "7 logits, not"),
    ("labels, num_classes)", "labels[::-1], num_classes)", ""),  # trained on labels of other images
])
def test_oblong_pictures_of_fewer_classes(old, new, said, low_bar):
    failure = judged(COLOUR.replace(old, new), training.expect_another_form, ALEXNET, ALEXNET_TRAIN)
    assert failure is None if said is None else said in failure.message, failure


@pytest.mark.parametrize(("answer", "words"), [
    ("None", "not None. Is a return missing?"),
    ("3", "PyTorch model"),
    ("torch.nn.Identity()", "logits"),
    ("torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(1024, 9))", "logits, not"),
    ("type('Nan', (torch.nn.Module,), {'forward': lambda s, x: x.flatten(1)[:, :10] / 0})()", "finite"),
    ("type('Tuple', (torch.nn.Module,), {'forward': lambda s, x: (x, x)})()", "PyTorch model"),
])
def test_models_of_no_form_are_told_so(answer, words, low_bar):
    failure = judged(f"import torch\ndef train_lenet(images, labels, *, seed, device): return {answer}")
    assert failure is not None and words in failure.message, failure


@pytest.mark.parametrize(("answer", "words"), [
    ("[0] * (len(images) - 1)", "one label for each"), ("[11] * len(images)", "from 0 to 9"),
    ("[0.5] * len(images)", "from 0 to 9"), ("['a'] * len(images)", "one label"), ("None", "one label"),
    ("np.zeros((len(images), 10))", "row of scores"), ("np.full(len(images), 3)", "same answer"),
])
def test_predictions_of_no_form_are_told_so(answer, words, low_bar):
    failure = judged(
        f"import numpy as np\nclass C:\n    def predict(self, images): return {answer}\n"
        "def train_classifier(images, labels, *, seed, device): return C()",
        task=CHALLENGE, registry=MNIST_CHALLENGE,
    )
    assert failure is not None and words in failure.message, failure


def test_logits_of_one_sign_are_asked_about_the_loss_that_makes_them_so(low_bar):
    failure = judged(NEAREST + """
def train_lenet(images, labels, *, seed, device):
    model = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(1024, 10))
    optimizer = torch.optim.Adam(model.parameters(), lr=0.1)
    x = torch.nn.functional.pad(torch.from_numpy(images).float()[:, None] / 255, (2, 2, 2, 2))
    for _ in range(30):
        optimizer.zero_grad()
        torch.nn.functional.nll_loss(model(x), torch.from_numpy(labels)).backward()
        optimizer.step()
    return model
""", training.expect_logits)
    assert failure is not None and failure.diagnosis is None and "`nll_loss`" in failure.message, failure


# budgets and offers --------------------------------------------------------------------------------------------------

ENDLESS = NEAREST + '''
def train_lenet(images, labels, *, seed, device):
    {before}
    while True:
        {meanwhile}
'''


def test_an_endless_training_is_judged_by_what_it_offered(low_bar):
    assert judged(ENDLESS.format(
        before="model = Nearest(images, labels); offer(model)", meanwhile="model.means.data.mul_(-1)"
    )) is None


def test_an_endless_training_without_an_offer_fails_for_its_time(low_bar):
    failure = judged(ENDLESS.format(before="pass", meanwhile="pass"))
    assert failure.reason == "timeout" and "no model had been offered" in failure.message


def test_a_stopped_training_that_offered_too_little_says_so(low_bar):
    failure = judged(ENDLESS.format(before="offer(Nearest(images, np.roll(labels, 1)))", meanwhile="pass"))
    assert failure.reason == "timeout" and "stopped after 2 seconds of CPU time" in failure.message


def test_a_soft_stop_leaves_the_other_tests_to_run(low_bar):
    results = run_task("04-lenet", "lenet-train", ENDLESS.format(before="pass", meanwhile="pass"), parts=("hidden",))
    assert score(results) == 0 and {result.reason for result in results} == {"timeout"}
    assert not any(result.lost for result in results)


def test_sleeping_costs_no_cpu_time_and_is_not_stopped_softly():
    assert offer.trained(lambda: time.sleep(0.3) or "done", 0.1, "cpu") == ("done", False)
    assert offer.trained(lambda: [time.sleep(0.01) for _ in range(300)], 0.1, "wall") == (None, True)


def test_nothing_is_raised_after_the_end():
    for _ in range(20):
        result, stopped = offer.trained(lambda: sum(range(200_000)), 0.05, "wall")
        assert not stopped or result is None
    time.sleep(0.2)
    assert issubclass(OutOfTime, BaseException) and not issubclass(OutOfTime, Exception)


def test_a_swallowed_end_comes_again():
    def stubborn():
        for _ in range(2):
            try:
                while True:
                    pass
            except OutOfTime:
                continue
        while True:
            pass

    assert offer.trained(stubborn, 0.1, "wall") == (None, True)


def test_an_offered_keras_model_is_kept_by_its_weights():
    class Model:
        def __init__(self):
            self.weights = [np.zeros(2)]

        def get_weights(self):
            return [w.copy() for w in self.weights]

        def set_weights(self, weights):
            self.weights = weights

    model = Model()

    def train():
        offer(model)
        model.weights = [np.ones(2)]
        while True:
            pass

    kept, stopped = offer.trained(train, 0.1, "wall")
    assert stopped and kept is model and kept.weights[0].tolist() == [0, 0]


# thresholds ----------------------------------------------------------------------------------------------------------


def test_thresholds_follow_from_the_measured_spread():
    for task, sets in table().items():
        for about in sets.values():
            assert about["budget_s"]["cpu"] > 0
            for device in ("cpu", "cuda"):
                if device in about:
                    entry = about[device]
                    assert entry["tiers"] == sorted(entry["tiers"])
                    assert entry["tiers"] == pytest.approx(
                        tiers_of(training.training_task(task), entry["accuracies"]), abs=2e-4)
                    assert statistics.mean(entry["accuracies"]) == pytest.approx(entry["mean"], abs=1e-4)
                    assert len(entry["seeds"]) == len(entry["accuracies"]) >= 10


def test_the_notebook_shows_what_is_needed():
    shown = repr(thresholds("lenet-train"))
    assert "digits: 94.55% of the altered test images" in shown and "CPU seconds" in shown
    assert thresholds("lenet-train")._repr_markdown_().startswith("**lenet-train**")
    with pytest.raises(ValueError, match="lenet-train"):
        thresholds("conv2d")


def test_a_gpu_without_figures_of_its_own_has_to_reach_the_cpus():
    token = trial.begin(trial.Trial("a test", device="cuda"))
    try:
        asked = data.needed("lenet-train", "digits")
    finally:
        trial.end(token)
    assert asked.clock == "wall" and not asked.own
    assert asked.tiers == data.needed("lenet-train", "digits").tiers


def test_a_data_set_that_nobody_measured_is_an_error_of_the_course():
    with pytest.raises(LookupError, match="calibrate"):
        data.needed("lenet-train", "photographs")


FIRST_STEPS = """
import torch
from torch.nn import functional as F


def train_lenet(images, labels, *, seed, device):
    torch.manual_seed(seed)
    model = LeNet5()
    x, y = F.pad(torch.from_numpy(images).float()[:, None] / 255, (2, 2, 2, 2)), torch.from_numpy(labels)
    optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
    for _ in range(8):
        for batch in torch.randperm(len(x)).split(16):
            optimizer.zero_grad()
            F.cross_entropy(model(x[batch]), y[batch]).backward()
            optimizer.step()
    return model
"""
SLIPS = {
    "none, it is right": ("", "", None),
    "cleared after the step": ("optimizer.step()", "optimizer.step(); optimizer.zero_grad()", None),
    "not scaled": (" / 255", "", "0 to 255"),
    "gradients never cleared": ("optimizer.zero_grad()", "pass", "gradients of earlier steps are added"),
    "seed ignored": ("torch.manual_seed(seed)", "torch.seed()", "same seed gave different networks"),
    "the notebook's images": ("    model =", "    images, labels = all_images, all_labels\n    model =", "permuted"),
}


@pytest.mark.long
@pytest.mark.parametrize("slip", SLIPS)
def test_the_public_check_of_a_training_notices(slip: str) -> None:
    right, wrong, said = SLIPS[slip]
    with training.using("digits"):
        images = training.images_for()
    given = {"LeNet5": LeNet5, "all_images": images.train_images[:600], "all_labels": images.train_labels[:600]}
    names = namespace(FIRST_STEPS.replace(right, wrong) if right else FIRST_STEPS, given)
    results = run_task("04-lenet", "lenet-train", names, parts=("public",))
    messages = [result.message for result in results if not result.passed]
    assert bool(messages) == (said is not None) and all(said in message for message in messages), messages
    assert len(messages) <= 1


def test_gradients_that_pile_up_are_told_from_those_that_were_summed_on_purpose() -> None:
    """Clearing them in place, clipping them, and one step for two backward passes are as good as clearing them."""
    torch = pytest.importorskip("torch")

    def trained(clear, passes=1, clip=False):
        def train(images, labels, **options):
            model = torch.nn.Linear(2, 1)
            optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
            for _ in range(10):
                clear(optimizer)
                for _ in range(passes):
                    (model(torch.rand(4, 2)) ** 2).mean().backward()
                if clip:
                    torch.nn.utils.clip_grad_norm_(model.parameters(), 1e-3)
                optimizer.step()
            return model

        return train

    def piled(train):
        scope = {"run_training": lambda train, images, labels, *_: {"model": train(images, labels), "stopped": False}}
        exec(inspect.getsource(probes.run_watched_training), scope)
        return scope["run_watched_training"](train, None, None, {}, 1, "cpu")["piled"]

    assert piled(trained(lambda optimizer: None)) and piled(trained(lambda optimizer: None, passes=2))
    for right in (
        trained(lambda optimizer: optimizer.zero_grad()), trained(lambda optimizer: optimizer.zero_grad(False)),
        trained(lambda optimizer: optimizer.zero_grad(), passes=2),
        trained(lambda optimizer: optimizer.zero_grad(), clip=True),
    ):
        assert not piled(right)
