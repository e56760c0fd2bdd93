from autograder.checks.api import expect_equal, points, task


@task("double")
@points(1)
def test_double_of_five(student):
    """Twice five is ten."""
    expect_equal(student.double(5), 10)


@task("double")
@points(3)
def test_double_of_a_negative_number(student, rng):
    """A negative number doubles too."""
    number = -int(rng.integers(2, 100))
    expect_equal(student.double(number), 2 * number)


@task("square")
@points(6)
def test_square_of_ten(student):
    """Ten times ten is a hundred."""
    expect_equal(student.square(10), 100)


@task("tiny-sum")
@points(2)
def test_the_sum(student):
    """The sum of one and two."""
    expect_equal(student.tiny_sum["total"], 3)
