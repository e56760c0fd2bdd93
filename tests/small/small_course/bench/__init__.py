"""Assignment 80-bench, which is measured: as many checks as stock nbgrader gets assertions."""
