"""Files that nbgrader's exchange lays beside a submission, and looks for beside what is handed back."""

from __future__ import annotations

TIMESTAMP = "timestamp.txt"
# Made when the student submitted; `nbgrader release_feedback` hands the page back by it.
SUBMISSION_SECRET = "submission_secret.txt"
LARGEST = 4096  # bytes of one
