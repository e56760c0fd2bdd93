"""Hidden checks of lenet-evaluate."""

from autograder.checks.api import cases, points, search
from autograder.checks.api import strategies as st

from .public import judged

SEED = st.integers(0, 50)


@points(1)
@search(cases(images=st.integers(2, 60), seed=SEED), examples=8)
def test_accuracy(student, case):
    """The accuracy is the share of images whose class is predicted right."""
    judged(student, "plain", "accuracy", case.images, case.seed)


@points(2)
@search(cases(images=st.integers(1, 60), seed=SEED), examples=10)
def test_confusion_matrix(student, case):
    """The confusion matrix counts, for each true class (row), how often each class (column) was predicted."""
    judged(student, "plain", "confusion", case.images, case.seed)


@points(1)
@search(cases(images=st.integers(1, 12), seed=SEED), examples=4)
def test_counts(student, case):
    """The confusion matrix counts every image once, is 10x10 whichever digits occur, and has an integer dtype."""
    judged(student, "plain", "form", case.images, case.seed)


@points(1)
@search(cases(images=st.integers(20, 60), seed=SEED), examples=10)
def test_ten_most_confident_mistakes(student, case):
    """The mistakes are the ten most confident ones, with index, true class, predicted class and confidence."""
    judged(student, "plain", "mistakes", case.images, case.seed)


@points(1)
@search(cases(images=st.integers(24, 48), seed=SEED), examples=6)
def test_ties_and_few_mistakes(student, case):
    """Equally confident mistakes keep the images' order, and where there are fewer than ten, fewer are listed."""
    judged(student, "ties", "mistakes", case.images, case.seed)
    judged(student, "sure", "mistakes", case.images, case.seed)


@points(3)
@search(cases(images=st.integers(4, 10), seed=SEED), examples=6)
def test_images_are_prepared_as_in_training(student, case):
    """Raw images are scaled to [0, 1] and padded with two rows and columns of zeros on each side, nothing else."""
    judged(student, "prepared", "by_index", case.images, case.seed)


@points(1)
@search(cases(images=st.integers(50, 90), seed=SEED), examples=4)
def test_evaluation_mode(student, case):
    """The network is put into evaluation mode, and nothing is recorded for a backward pass."""
    judged(student, "mode", "accuracy", case.images, case.seed)
