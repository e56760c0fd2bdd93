"""A course for tests of the machine: a folder for each assignment, and in it one for each task."""
