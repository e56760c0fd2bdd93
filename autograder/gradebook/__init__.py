"""nbgrader's gradebook and settings: the address, the one writer, what its own commands run here."""
