# score: any
# where: cell
"""Messages of 60 MB go out on the kernel's channels, the one that nobody reads among them, while a cell runs."""
import time

kernel = get_ipython().kernel
for _ in range(40):
    kernel.session.send(kernel.iopub_socket, "display_data", {"data": {"text/plain": "x" * 60_000_000}, "metadata": {}})
    kernel.session.send(kernel.stdin_socket, "input_request", {"prompt": "x" * 60_000_000}, ident=b"a")
