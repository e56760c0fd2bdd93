"""Hidden checks of imagenet-history."""

from autograder.checks.api import expect_entry, misconceptions, points, reference


def history(student, name):
    expect_entry(student.imagenet_history, name, reference.imagenet_history(), like=misconceptions.IMAGENET_HISTORY,
                 rtol=0.002)


@points(1)
def test_alexnet_in_history(student):
    """AlexNet: top-1, top-5, millions of parameters."""
    history(student, "AlexNet")


@points(1)
def test_vgg_in_history(student):
    """VGG-16: top-1, top-5, millions of parameters."""
    history(student, "VGG-16")


@points(2)
def test_resnet_in_history(student):
    """ResNet-50, with the weights that follow the paper: top-1, top-5, millions of parameters."""
    history(student, "ResNet-50")


@points(1)
def test_efficientnet_in_history(student):
    """EfficientNet-B7: top-1, top-5, millions of parameters."""
    history(student, "EfficientNet-B7")
