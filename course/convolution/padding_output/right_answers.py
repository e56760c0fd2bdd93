"""The mutants of the reference that compute the same."""

from __future__ import annotations

EQUIVALENT = {
    "padding_output: size >= 3 -> size > 3": "from 28 on, in steps of 2, the size is never 3",
    "padding_output: size >= 3 -> size >= 4": "from 28 on, in steps of 2, the size is never 3",
}
