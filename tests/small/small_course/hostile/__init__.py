"""Assignment 90-hostile, of the hostile class: one task before the attacked one, one after it."""
