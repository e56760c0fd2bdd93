"""The real course's."""

from course.lenet.lenet_train.training import TASK

__all__ = ["TASK"]
