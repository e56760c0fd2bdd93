"""KeyboardInterrupt is raised where a result was asked for."""
def output_size(*a, **k):
    raise KeyboardInterrupt
