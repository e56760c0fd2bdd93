"""Hidden checks of inference-memory."""

from autograder.checks.api import all_variants, expect_entry, misconceptions, points, read_entry, read_number, reference


def entry(answer, right):
    expect_entry(
        answer, "total", right, like=misconceptions.INFERENCE_MEMORY, others=all_variants("inference-memory"), rtol=0
    )


@points(6)
def test_outputs_held_at_once(student, variant):
    """At the worst moment a layer's input and its output are held: the largest such pair, in bytes."""
    answer, right = student.inference_memory, reference.inference_memory(**variant)
    parameters = 4 * reference.conv_parameters(**variant).value["total"]
    if read_number(read_entry(answer, "total"), 'the entry "total"') == right.value["total"] - parameters:
        return  # the parameters were left out, which costs the other test's points
    entry(answer, right)


@points(4)
def test_outputs_and_parameters(student, variant):
    """The total has the parameters too."""
    right = reference.inference_memory(**variant)
    entry(student.inference_memory, right)
