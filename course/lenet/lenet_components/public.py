"""Public checks of lenet-components: the form of the numbers, and what must fit together."""

from autograder.checks.api import CheckFailure, expect

SHAPES = {"C1": 3, "S2": 3, "C3": 3, "S4": 3, "C5": 1, "F6": 1, "output": 1}


def layers(student):
    """The table's entries for layers, each a pair of a shape and a number, as they must be."""
    answer = student.lenet_components
    if not isinstance(answer, dict):
        raise CheckFailure("This task is answered with a dict.")
    for name, length in SHAPES.items():
        entry = answer.get(name)
        if not isinstance(entry, (tuple, list)) or len(entry) != 2 or not isinstance(entry[0], (tuple, list)):
            raise CheckFailure(f'"{name}" is to be a pair: a shape, and a number of parameters.')
        whole = all(type(size) is int and size > 0 for size in entry[0])
        expect(len(entry[0]) == length and whole, f'The shape of "{name}" is to have {length} whole numbers above 0.')
        expect(type(entry[1]) is int and entry[1] >= 0, f'The parameters of "{name}" are to be a whole number.')
    return answer


def test_form_of_the_components(student):
    """Seven layers, each with its output shape and its parameters, and two numbers more."""
    answer = layers(student)
    for name in ("C3_paper", "total"):
        expect(type(answer.get(name)) is int, f'"{name}" is to be a whole number.')
    expect(answer["C3_paper"] < answer["total"], "The total is more than one layer's parameters.")


def test_shapes_follow_from_each_other(student):
    """Maps are square, a pooling keeps their number and halves their sides, and the last layer scores ten digits."""
    answer = layers(student)
    shapes = {name: tuple(answer[name][0]) for name in SHAPES}
    for name in ("C1", "S2", "C3", "S4"):
        expect(shapes[name][0] == shapes[name][1], f'The maps of "{name}" are square: (height, width, maps).')
    for before, after in (("C1", "S2"), ("C3", "S4")):
        side, maps = shapes[before][0], shapes[before][2]
        expect(shapes[after] == (side // 2, side // 2, maps), f'"{after}" does not fit to "{before}".')
    expect(shapes["output"] == (10,), "There are ten digits to tell apart.")
