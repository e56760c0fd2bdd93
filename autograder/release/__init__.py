"""What students get: the student version, the kit, and the proof that the checks hold."""
