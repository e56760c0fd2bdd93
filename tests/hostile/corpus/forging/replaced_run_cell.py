# later: lost
"""run_cell and showtraceback of the shell are replaced."""
shell = get_ipython()
shell.run_cell = lambda *a, **k: None
shell.run_cell_async = None
shell.showtraceback = lambda *a, **k: None

def output_size(*a, **k):
    return 1
