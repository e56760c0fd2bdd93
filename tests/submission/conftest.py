"""What tests of submissions share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from autograder.classroom.worker import WorkerSpec, make_grader
from autograder.submission.submission import Grader
from tests.small.courses import at_home
from tests.small.one_cache import home_of_its_own, one_cache
from tests.small.small_class import small_course

__all__ = ["home_of_its_own", "one_cache"]


@pytest.fixture(scope="module")
def grader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Grader]:
    """What grades the small course, with kernels of its own."""
    root = tmp_path_factory.mktemp("course")
    small_course(root)
    with at_home(root):
        grader, close = make_grader(WorkerSpec(root, "00-small", "required"))
        yield grader
        close()
