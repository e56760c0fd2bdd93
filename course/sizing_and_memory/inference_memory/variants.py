"""The numbers of inference-memory are those of conv-parameters."""

SAME_AS = "conv-parameters"
