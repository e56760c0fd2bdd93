"""Hidden checks of lenet-components."""

from autograder.checks.api import expect_entry, misconceptions, points, reference


def component(student, *names):
    for name in names:
        expect_entry(student.lenet_components, name, reference.lenet_components(), like=misconceptions.LENET_COMPONENTS,
                     rtol=0)


@points(1)
def test_first_convolution(student):
    """C1: output shape and parameters."""
    component(student, "C1")


@points(1)
def test_first_pooling(student):
    """S2: output shape and parameters."""
    component(student, "S2")


@points(1)
def test_second_convolution(student):
    """C3, fully connected: output shape and parameters."""
    component(student, "C3")


@points(1)
def test_second_pooling(student):
    """S4: output shape and parameters."""
    component(student, "S4")


@points(1)
def test_first_dense_layer(student):
    """C5: units and parameters."""
    component(student, "C5")


@points(1)
def test_last_layers(student):
    """F6 and the output: units and parameters."""
    component(student, "F6", "output")


@points(1)
def test_parameters_with_the_papers_table(student):
    """C3 with the paper's connection table: parameters."""
    component(student, "C3_paper")


@points(1)
def test_total_of_the_layers(student):
    """All parameters of the network, with C3 fully connected."""
    component(student, "total")
