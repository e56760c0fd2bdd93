"""Assignment 06: building blocks of modern architectures."""
