"""Hidden checks of imagenet-history."""

from autograder.checks.api import expect_entry, misconceptions, points, reference


def history(student, key):
    # whoever takes the rounded numbers of the text, such as 61.1 million, is right
    expect_entry(student.imagenet_history, key, reference.imagenet_history(), like=misconceptions.IMAGENET_HISTORY,
                 rtol=0.01)


@points(1)
def test_ratio_of_errors(student):
    """How many times EfficientNet-B7's top-1 error AlexNet's is."""
    history(student, "error_ratio")


@points(1)
def test_ratio_of_parameters(student):
    """How many times ResNet-50's parameters VGG-16 has."""
    history(student, "parameter_ratio")


@points(1)
def test_saved_per_million(student):
    """Points of top-1 error that EfficientNet-B7 saves for each million parameters more than AlexNet has."""
    history(student, "saved_per_million")


@points(1)
def test_most_saved_per_multiply_add(student):
    """The network that saves most top-1 error for each multiply-add more than AlexNet takes."""
    history(student, "most_saved_per_multiply_add")


@points(1)
def test_share_of_the_recipe(student):
    """The newer recipe's share of the way from ResNet-50 to EfficientNet-B7."""
    history(student, "recipe_share")
