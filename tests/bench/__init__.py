"""Measurements that `make bench` prints, and comparisons with other graders. Nothing here is a timed assertion."""
