"""Long runs that `make soak` does and CI does not: garbage on the bridge, kills, kernels by the thousand."""
