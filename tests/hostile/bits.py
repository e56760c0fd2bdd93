"""How much a submission can still learn of hidden inputs: `python -m tests.hostile.bits [assignment...]`.

A kernel that is asked with hidden inputs can choose what comes back, and so, of each test, which of the grader's fixed
sentences its student reads: that it passed, one of the sentences that the machine or the task's modules have, one of
the task's diagnoses or pairs of them, or why it was stopped. The figure is an upper bound: the logarithm of the number
of all of them, summed over the tests, as if each could be brought about at will and independently of the others.
"""

from __future__ import annotations

import ast
import math
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import get_args

from autograder.checks import arrays, compare, reading, sentences
from autograder.checks.places import TaskFolder, folder_of
from autograder.checks.registry import registries
from autograder.checks.runner import CheckSession
from autograder.course import Course
from autograder.submission.results import Reason


def outcomes(folder: TaskFolder) -> int:
    """How many different things a hidden test of the task may say at the most."""
    known = [list(registry) for registry in registries(folder.task, others=True).values()]
    names = sum(len(one) + len(one) * (len(one) - 1) // 2 for one in known) + 1
    return 1 + names + said_by_machine() + said_by(folder) + len(get_args(Reason))


def said_by_machine() -> int:
    """The fixed sentences of comparisons and readers: every place that makes one."""
    modules = (arrays, compare, reading, sentences)
    return sum(Path(module.__file__).read_text().count("fixed") for module in modules)


def said_by(folder: TaskFolder) -> int:
    """The sentences that stand in the task's own modules and in what its assignment shares."""
    texts = set()
    for path in (*folder.path.glob("*.py"), *folder.path.parent.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_bytes())):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.rstrip().endswith("."):
                texts.add(node.value)
    return len(texts)


def bits(assignment: str) -> dict[str, float]:
    """For each task with hidden tests, the bits that leave with one grading."""
    session = CheckSession(assignment, parts=("hidden",))
    return {
        task: len(session.tests(task)) * math.log2(outcomes(folder_of(task))) for task in session.tasks
    }


def main(arguments: Sequence[str]) -> int:
    """Prints the bits of each assignment, and of its most talkative task."""
    for name in arguments or Course.here().names:
        found = bits(name)
        most = max(found, key=lambda task: found[task])
        print(f"{name}: {sum(found.values()):.0f} bits, at most {found[most]:.0f} of them from one task ({most})")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
