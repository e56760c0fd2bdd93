"""The `nbgrader_config.py` that earlier versions wrote into course folders imports `configure` from here."""

from autograder.gradebook.nbgrader_setup import configure

__all__ = ["configure"]
