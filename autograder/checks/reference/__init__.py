"""Right answers, written to be read: students get them after the deadline."""
