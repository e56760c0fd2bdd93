"""The real course's."""

from course.lenet.lenet_train.misconceptions import LENET_TRAIN

__all__ = ["LENET_TRAIN"]
