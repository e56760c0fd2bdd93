"""Files that nbgrader's exchange lays beside a submission, and looks for beside what is handed back."""

from __future__ import annotations

TIMESTAMP = "timestamp.txt"
# Where a timestamp.txt that nobody can read is kept: nbgrader, its formgrader too, stops at one in its place.
UNREADABLE_TIMESTAMP = f"{TIMESTAMP}.unreadable"
# Made when the student submitted; `nbgrader release_feedback` hands the page back by it.
SUBMISSION_SECRET = "submission_secret.txt"
LARGEST = 4096  # bytes of one
