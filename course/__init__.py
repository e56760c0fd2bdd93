"""A course on convolutional networks: what is asked, a folder for each assignment and in it one for each task."""
