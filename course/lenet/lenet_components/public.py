"""Public checks of lenet-components: the form of the numbers, and what must fit together."""

from autograder.checks.api import example, expect, expect_entries, read_entry, read_list, read_number, reference

SHAPES = {"C1": 3, "S2": 3, "C3": 3, "S4": 3, "C5": 1, "F6": 1, "output": 1}
KEYS = (*SHAPES, "C3_paper", "total")


def layers(student):
    """The table's entries for layers: a shape, as whole numbers above 0, and a number of parameters for each."""
    table = {}
    for name, length in SHAPES.items():
        entry = read_list(read_entry(student.lenet_components, name, known=KEYS), f'the entry "{name}"', length=2)
        what = f'the shape of "{name}"'
        sizes = read_list(entry[0], what, length=length)
        shape = tuple(read_number(size, f"a number in {what}", whole=True) for size in sizes)
        parameters = read_number(entry[1], f'the number of parameters of "{name}"', whole=True)
        expect(min(shape) > 0 and parameters >= 0, f'The entry "{name}" has a number that is too small.')
        table[name] = shape, parameters
    return table


def test_form_of_the_components(student):
    """Seven layers, each with its output shape and its parameters, and two numbers more."""
    layers(student)
    paper, total = (
        read_number(read_entry(student.lenet_components, name, known=KEYS), f'the entry "{name}"', whole=True)
        for name in ("C3_paper", "total")
    )
    expect(paper < total, "The total is more than one layer's parameters.")


def test_shapes_follow_from_each_other(student):
    """Maps are square, a pooling keeps their number and halves their sides, and the last layer scores ten digits."""
    shapes = {name: shape for name, (shape, _) in layers(student).items()}
    for name in ("C1", "S2", "C3", "S4"):
        height, width, _ = shapes[name]
        expect(height == width, f'"{name}" is {shapes[name]} here; its maps are square: (height, width, maps).')
    for before, after in (("C1", "S2"), ("C3", "S4")):
        side, maps = shapes[before][0], shapes[before][2]
        said = f'"{before}" is {shapes[before]} and "{after}" is {shapes[after]}: one of them is not right.'
        expect(shapes[after] == (side // 2, side // 2, maps), said)
    expect(shapes["output"] == (10,), "There are ten digits to distinguish.")


@example(
    '{"C1": ((..., ..., ...), ...), "S2": ((..., ..., ...), ...), "C3": ((..., ..., ...), ...), '
    '"S4": ((..., ..., ...), ...), "C5": ((...,), ...), "F6": ((...,), ...), "output": ((...,), ...), '
    '"C3_paper": ..., "total": ...}'
)
def test_example(student):
    """A picture of 28x28 and a narrower network: 4 maps in C1, 8 in C3, 60 units in C5, which is
    connected to all that S4 gives, 40 in F6, 5 classes. By its table of connections four maps of C3 read two of S2's,
    and four read three."""
    right = reference.components(28, (4, 8), (60, 40, 5), read=[2] * 4 + [3] * 4)
    expect_entries(student.lenet_components, right)
