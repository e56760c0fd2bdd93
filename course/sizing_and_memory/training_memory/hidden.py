"""Hidden checks of training-memory."""

from autograder.checks.api import all_variants, expect_entry, misconceptions, points, reference


def entry(student, key, variant):
    right = reference.training_memory(**variant)
    others = all_variants("training-memory")
    expect_entry(student.training_memory, key, right, like=misconceptions.TRAINING_MEMORY, others=others, rtol=0)


@points(3)
def test_outputs_of_the_batch(student, variant):
    """All layers' outputs are kept, for every image of the batch."""
    entry(student, "outputs", variant)


@points(2)
def test_inputs_of_the_batch(student, variant):
    """The batch's images are kept too."""
    entry(student, "inputs", variant)


@points(3)
def test_parameters_and_gradients(student, variant):
    """Each parameter has one gradient of the same size."""
    entry(student, "parameters_and_gradients", variant)


@points(2)
def test_everything_in_training(student, variant):
    """The total is the sum of the three."""
    entry(student, "total", variant)
