"""Where a pipeline leaks."""

from __future__ import annotations


def pitfalls() -> dict[str, str | None]:
    """Which kind of leak each of the notebook's pipelines has, None for those that have none."""
    return {
        "A": "statistics", "B": None, "C": "duplicates", "D": "chosen on the test set", "E": "groups",
        "F": "duplicates", "G": None, "H": "statistics", "I": "groups", "J": "chosen on the test set",
    }


def more_pitfalls() -> dict[str, str | None]:
    """The same for the four pipelines of the worked example."""
    return {"K": None, "L": "groups", "M": "chosen on the test set", "N": "duplicates"}
