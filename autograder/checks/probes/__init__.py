"""What checks send to the student's kernel: code that builds objects there and measures. Holds no secret.

Every function stands alone (imports inside), because its source is sent through `in_kernel`. References run the same
functions on the right answer, so that both sides see the same case.
"""
