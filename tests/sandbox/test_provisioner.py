"""Whatever starts kernels through Jupyter can start a confined one."""

from __future__ import annotations

import json
from pathlib import Path

import nbformat
import pytest
from jupyter_client import KernelManager
from jupyter_client.kernelspec import KernelSpecManager
from nbclient import NotebookClient

from autograder.sandbox.limits import MEBI, Limits
from autograder.sandbox.provisioner import close_pools, start_kernel
from autograder.sandbox.setup import KernelSetup

from .conftest import policy_of, run


@pytest.fixture(scope="module", autouse=True)
def no_server_is_left():
    yield
    close_pools()


@pytest.fixture
def manager(tmp_path: Path) -> type[KernelManager]:
    folder = tmp_path / "kernels" / "confined"
    folder.mkdir(parents=True)
    config = {"runtime": "numpy", "limits": {"memory_bytes": 256 * MEBI}, "work": str(tmp_path / "work")}
    provisioner = {"provisioner_name": "autograder-sandbox", "config": config}
    spec = {"argv": [], "display_name": "confined", "language": "python"}
    (folder / "kernel.json").write_text(json.dumps({**spec, "metadata": {"kernel_provisioner": provisioner}}))
    specs = KernelSpecManager(kernel_dirs=[str(tmp_path / "kernels")])
    return lambda **given: KernelManager(kernel_name="confined", kernel_spec_manager=specs, **given)


def test_a_kernel_manager_starts_interrupts_and_ends_one(manager, tmp_path):
    kernel = manager()
    kernel.start_kernel()
    client = kernel.blocking_client()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=20)
        reply = client.execute_interactive("import socket; socket.socket()", timeout=20, output_hook=lambda _: None)
        assert reply["content"]["evalue"] == "[Errno 101] Network is unreachable"
        client.execute("import time; time.sleep(60)")
        kernel.interrupt_kernel()
        assert kernel.is_alive()
    finally:
        client.stop_channels()
        kernel.shutdown_kernel(now=True)
    assert not kernel.is_alive() and not (tmp_path / "work").exists()


def test_nbclient_runs_a_notebook_in_one(manager):
    cell = nbformat.v4.new_code_cell("import numpy as np; print(np.arange(4).sum(), open('/etc/passwd'))")
    cell.metadata["tags"] = ["raises-exception"]
    notebook = nbformat.v4.new_notebook(cells=[cell, nbformat.v4.new_code_cell("6 * 7")])
    NotebookClient(notebook, km=manager(), timeout=20).execute()
    assert notebook.cells[0].outputs[0]["ename"] in ("FileNotFoundError", "PermissionError")
    assert notebook.cells[1].outputs[0]["data"]["text/plain"] == "42"


def test_start_kernel_keeps_its_server(tmp_path):
    policy, servers = policy_of("numpy"), set()
    for number in range(2):
        work, environ = tmp_path / str(number), {"CNN_STUDENT": "ada"}
        with start_kernel("numpy", KernelSetup(Limits(), policy, work, environ=environ)) as kernel:
            assert run(kernel, "import os; os.environ['CNN_STUDENT']").result == "'ada'"
            servers.add(_parent(_parent(kernel.pid)))
    assert len(servers) == 1


def _parent(pid: int) -> int:
    return int(Path(f"/proc/{pid}/status").read_text().split("PPid:")[1].split()[0])
