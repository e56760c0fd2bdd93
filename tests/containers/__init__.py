"""The Dockerfile: what can be read of it, and its steps without a container engine."""
