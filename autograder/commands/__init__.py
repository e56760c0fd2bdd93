"""The commands beside ``cli``: a module for each subject; each is parsed there, done in its room, and printed there."""
