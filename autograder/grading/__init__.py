"""From a submitted notebook to a result, and from a class of them to nbgrader's gradebook."""
