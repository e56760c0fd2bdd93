"""What a kernel may use and reach, as it is said to the server that starts it."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from pathlib import Path

import pytest

from autograder.course import Assignment, Task
from autograder.sandbox.limits import MEBI, Limits
from autograder.sandbox.policy import Isolation, Policy
from autograder.submission.cell_limits import cell_limits, kernel_limits


@pytest.mark.parametrize("name", [field.name for field in fields(Limits)])
def test_a_limit_is_positive_and_arrives_as_it_was_given(name: str):
    for wrong in (0, -1):
        with pytest.raises(ValueError, match=f"limit {name} must be positive, not {wrong}"):
            Limits(**{name: wrong})
    given = Limits(**{name: 1})
    arrived = Limits.from_dict(json.loads(json.dumps(given.to_dict())))
    assert arrived == given and getattr(arrived, name) == 1
    assert {other for other in given.to_dict() if getattr(given, other) != getattr(Limits(), other)} <= {name}


def test_where_a_course_says_nothing_a_kernel_has_what_the_guide_tells():
    assert Limits() == Limits(
        wall_s=30.0, cpu_s=120.0, memory_bytes=2048 * MEBI, processes=64, disk_bytes=256 * MEBI,
        output_bytes=4 * MEBI, display_updates=1000, bridge_bytes=256 * MEBI, threads=1, files=20_000,
    )  # fmt: skip
    assert MEBI == 2**20


@pytest.mark.parametrize("isolation", ["required", "off"])
def test_a_policy_arrives_as_it_was_given(isolation: Isolation):
    given = Policy((Path("/a"), Path("/b/c")), ("torch", "tensorflow"), isolation)
    arrived = Policy.from_dict(json.loads(json.dumps(given.to_dict())))
    assert arrived == given and arrived.readable == (Path("/a"), Path("/b/c"))


@pytest.mark.parametrize("isolation", ["", "Required", "on", None])
def test_an_isolation_of_another_name_is_refused(isolation: Isolation):
    with pytest.raises(ValueError, match='isolation is "required" or "off", not '):
        Policy(isolation=isolation)


def test_isolation_is_required_unless_it_is_said_to_be_off():
    assert Policy() == Policy((), (), "required")


def assignment(*tasks: Task, **limits: float) -> Assignment:
    return Assignment("01-a", "A", tasks, "numpy", (), limits, Path("/"))


def test_a_tasks_own_limits_go_before_the_assignments_and_a_kernel_has_the_most():
    one = Task("a", "code", 1.0, limits={"wall_s": 5, "cpu_s": 500})
    other, text = Task("b", "code", 1.0, limits={"memory_bytes": 7}), Task("c", "text", 1.0, limits={"wall_s": 900})
    about = assignment(one, other, text, wall_s=9, processes=3)
    assert cell_limits(about, None) == Limits(wall_s=9, processes=3)
    assert cell_limits(about, one) == Limits(wall_s=5, cpu_s=500, processes=3)
    assert cell_limits(about, other) == Limits(wall_s=9, processes=3, memory_bytes=7)
    assert kernel_limits(about) == replace(Limits(), wall_s=9, cpu_s=500, processes=3)
    assert kernel_limits(assignment(text, wall_s=9)) == Limits(wall_s=9)
