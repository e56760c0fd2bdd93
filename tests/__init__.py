"""Tests mirror the package: `tests/classroom/` tests `autograder/classroom/`, and so on."""
