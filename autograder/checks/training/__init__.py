"""Graded training: what a network has learned, on images altered for each student."""
