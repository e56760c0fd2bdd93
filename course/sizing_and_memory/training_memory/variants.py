"""The numbers of training-memory are those of conv-parameters."""

SAME_AS = "conv-parameters"
