# reason: died
"""The kernel is asked to shut itself down."""
def output_size(*a, **k):
    get_ipython().kernel.do_shutdown(False)
    get_ipython().ask_exit()
    import os
    os._exit(0)
