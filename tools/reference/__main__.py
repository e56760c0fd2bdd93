"""`make reference`: writes the contract of results.json, which is committed, and the site's generated pages."""

from autograder import files

from .pages import write
from .results import PLACE, as_file, results_schema

files.write(PLACE, as_file(results_schema()).encode())
write(PLACE.parent / "reference")
