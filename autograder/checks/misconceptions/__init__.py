"""Wrong answers with a name and a sentence: for diagnosis, and to test the checks."""
