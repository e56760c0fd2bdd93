"""What crosses between grader and kernel: plain data, and the proxy that stands for the student's notebook."""
