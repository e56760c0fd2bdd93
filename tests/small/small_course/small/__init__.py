"""Assignment 00-small: two functions, a number and a question."""
