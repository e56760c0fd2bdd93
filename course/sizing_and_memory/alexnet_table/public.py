"""Public checks of alexnet-table: the form, and what must fit together."""

from autograder.checks.api import CheckFailure, expect

LAYERS = ["conv1", "pool1", "conv2", "pool2", "conv3", "conv4", "conv5", "pool5", "fc6", "fc7", "fc8"]


def test_form_of_the_table(student):
    """Every layer has its output shape and its number of parameters."""
    answer = student.alexnet_table
    if not isinstance(answer, dict):
        raise CheckFailure("This task is answered with a dict.")
    for name in LAYERS:
        pair = answer.get(name)
        if not isinstance(pair, (tuple, list)) or len(pair) != 2:
            raise CheckFailure(f'"{name}" is to be a pair: the output shape and the number of parameters.')
        axes = 1 if name.startswith("fc") else 3
        shape = pair[0] if isinstance(pair[0], (tuple, list)) else (pair[0],)
        expect(len(shape) == axes, f'The shape of "{name}" is to have {axes} {"number" if axes == 1 else "numbers"}.')


def test_table_adds_up(student):
    """The total is the sum of the layers' parameters."""
    answer = student.alexnet_table
    if not isinstance(answer, dict) or not all(isinstance(answer.get(n), (tuple, list)) for n in LAYERS):
        raise CheckFailure("The table is not complete.")
    counts = [answer[name][1] if len(answer[name]) == 2 else None for name in LAYERS]
    if not all(isinstance(count, (int, float)) for count in [*counts, answer.get("total")]):
        raise CheckFailure("Every number of parameters is to be a number, the total too.")
    expect(answer["total"] == sum(counts), "The total is not the sum of the layers' parameters.")
