"""Tests mirror the package: `tests/grading/` tests `autograder/grading/`, and so on."""
