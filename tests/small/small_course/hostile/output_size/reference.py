"""The right answer of the attacked task is the real course's."""

from course.convolution.output_size.reference import output_size

__all__ = ["output_size"]
