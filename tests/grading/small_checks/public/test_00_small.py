from autograder.checks.api import expect_equal, task


@task("double")
def test_double_of_two(student):
    """Twice two is four."""
    expect_equal(student.double(2), 4)


@task("square")
def test_square_of_three(student):
    """Three times three is nine."""
    expect_equal(student.square(3), 9)


@task("tiny-sum")
def test_the_sum_has_its_key(student):
    """The dict has the key total."""
    expect_equal(sorted(student.tiny_sum), ["total"])
