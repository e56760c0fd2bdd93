"""nbgrader's settings for this course; `nbgrader ...` reads them when it is started in this folder."""

from pathlib import Path

from autograder.gradebook.nbgrader_setup import configure

c = get_config()  # noqa: F821 - nbgrader defines it

c.CourseDirectory.course_id = "cnn"
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "assignments"

# Isolation, our own check cells and the gradebook's one writer: what every path of grading shares.
configure(c, root=Path(__file__).resolve().parent)

# Yours to change: nbgrader's own settings work as its documentation has them, for example
# c.LateSubmissionPlugin.penalty_method = "zero"
