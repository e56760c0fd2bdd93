"""The pages on a class: the class live, its students, its tasks, what is decided."""

from __future__ import annotations

from autograder.desk import class_page, decide_page, student_page, tasks_page

routes = [*class_page.routes, *student_page.routes, *tasks_page.routes, *decide_page.routes]
