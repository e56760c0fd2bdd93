"""Assignment 91-training: the engine of the real course's trainings, on one task."""
