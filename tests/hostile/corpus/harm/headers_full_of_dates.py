# reason: output|timeout|memory|none
"""Messages whose headers are megabytes of dates, each of which is looked at by whoever reads them."""
def output_size(*a, **k):
    kernel = get_ipython().kernel
    dates = {"dates": ["2024-01-01T00:00:00.123456Z"] * 200_000}
    for _ in range(20):
        kernel.session.send(kernel.iopub_socket, "stream", {"name": "stdout", "text": "x"},
                            parent={**kernel.get_parent("shell"), "header": {**kernel.get_parent("shell")["header"], **dates}})
    return 1
