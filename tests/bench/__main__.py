"""`make bench`: every measurement with the machine it was taken on. `python -m tests.bench NAME...` takes some.

`python -m tests.bench profile ASSIGNMENT` says where the time of one submission goes,
`python -m tests.bench whole [ASSIGNMENT...] [--rounds N]` compares whole assignments with stock nbgrader.
"""

from __future__ import annotations

import argparse
import sys

from tests.bench import (
    arrival,
    by_keys,
    desk,
    desk_class,
    grading,
    kernels,
    layers,
    phases,
    submission,
    training,
    whole,
)
from tests.bench.table import machine

SECTIONS = {
    "numpy": lambda: grading.against_nbgrader("numpy"),
    "frameworks": lambda: grading.against_nbgrader("torch+tensorflow"),
    "profile": lambda: (phases.profile("numpy"), phases.profile("torch+tensorflow")),
    "assignment": grading.whole_assignment,
    "whole": lambda: whole.whole_assignments([]),
    "kernels": kernels.ready,
    "cells": kernels.over_the_cells,
    "check": layers.check_time,
    "layers": layers.convolutions,
    "alexnet": layers.alexnet,
    "regrade": grading.regrade,
    "desk": desk.pages,
    "arrival": arrival.waited,
    "flat": grading.flat_cost,
    "training": training.a_class,
    "desk-class": desk_class.pages,
    "by-keys": by_keys.by_keys,
    "flat-5000": lambda: grading.flat_cost((50, 500, 5000)),
}
BY_DEFAULT = tuple(name for name in SECTIONS if name not in ("flat-5000", "desk", "desk-class", "by-keys"))


def main(names: list[str]) -> int:
    if {"-h", "--help"} & set(names[:1]):
        print(f"{__doc__}\nMeasurements: {', '.join(SECTIONS)}.")
        return 0
    if names[:1] == ["profile"] and len(names) > 1:
        for name in names[1:]:
            if not name.startswith("--"):
                submission.profile_assignment(name)
        return 0
    if names[:1] == ["whole"] and len(names) > 1:
        return compare(names[1:])
    unknown = [name for name in names if name not in SECTIONS]
    if unknown:
        print(f"There is no measurement {unknown[0]!r}; there are: {', '.join(SECTIONS)}.", file=sys.stderr)
        return 2
    print(f"Measured on {machine()}.")
    for name in names or BY_DEFAULT:
        SECTIONS[name]()
    return 0


def compare(arguments: list[str]) -> int:
    """Some whole assignments, as often as asked for, without their profiles."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench whole")
    parser.add_argument("assignments", nargs="*")
    parser.add_argument("--rounds", type=int, default=1)
    asked = parser.parse_args(arguments)
    print(f"Measured on {machine()}.")
    whole.whole_assignments(asked.assignments, asked.rounds, profiles=False)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
