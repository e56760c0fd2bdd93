"""JupyterLab, served for real on a free port, and a notebook in a real browser: cells are found by their place."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

PATIENCE_MS = 120_000  # a server, its page and a kernel begin, on a machine that does other things too


@contextmanager
def lab_in(folder: Path, home: Path) -> Iterator[str]:
    """JupyterLab whose root is `folder`, as somebody has it who has just installed it; gives an address with {} for a
    notebook's path. home: where it may write what it remembers."""
    token = secrets.token_hex(16)
    told = home / "lab.log"
    places = {"HOME": home, "JUPYTER_CONFIG_DIR": home / "config", "JUPYTER_RUNTIME_DIR": home / "runtime",
              "JUPYTERLAB_WORKSPACES_DIR": home / "workspaces", "IPYTHONDIR": home / "ipython"}  # fmt: skip
    environment = {**os.environ, **{name: str(place) for name, place in places.items()}, "PYTHONPATH": str(folder)}
    command = [
        sys.executable, "-m", "jupyterlab", "--no-browser", "--ip=127.0.0.1", "--port=0", "--allow-root",
        f"--IdentityProvider.token={token}", f"--ServerApp.root_dir={folder}", "--LabApp.news_url=None",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    ]  # fmt: skip
    with told.open("w") as log, subprocess.Popen(
        command, cwd=folder, env=environment, stdout=log, stderr=subprocess.PIPE, text=True
    ) as server:
        assert server.stderr is not None
        reader = threading.Thread(target=log.writelines, args=(server.stderr,))  # a full pipe would stop the server
        try:
            said = []
            for line in server.stderr:
                said.append(line)
                if "http://127.0.0.1:" in line:
                    break
            else:
                raise AssertionError(f"JupyterLab did not start: {''.join(said)}")
            base = said[-1].split()[-1].split("/lab")[0]
            reader.start()
            yield f"{base}/lab/tree/{{}}?token={token}&reset"
        finally:
            server.terminate()
            if reader.is_alive():
                reader.join()  # until it has ended, with its kernels


class Notebook:
    """An open notebook: its cells, counted from 0, and what they show."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        page.set_default_timeout(PATIENCE_MS)
        page.goto(address)
        page.locator(".jp-Notebook .jp-Cell").first.wait_for()
        self.idle()

    def idle(self) -> None:
        """Waits until the kernel has nothing to do."""
        expect(self._status).to_have_attribute("data-status", "idle", timeout=PATIENCE_MS)

    def busy(self) -> None:
        """Waits until the kernel runs something."""
        expect(self._status).to_have_attribute("data-status", "busy", timeout=PATIENCE_MS)

    @property
    def _status(self) -> Locator:
        return self.page.locator(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-Notebook-ExecutionIndicator")

    def cell(self, number: int) -> Locator:
        """A cell; the notebook is scrolled to where it is."""
        found = self.page.locator(f'.jp-Notebook .jp-Cell[data-windowed-list-index="{number}"]')
        found.scroll_into_view_if_needed()
        return found

    def write(self, number: int, source: str) -> None:
        """Puts other source into a cell."""
        self.cell(number).locator(".cm-content").click()
        self.page.keyboard.press("ControlOrMeta+a")
        self.page.keyboard.press("Delete")
        self.page.keyboard.insert_text(source)

    def run(self, *numbers: int) -> None:
        """Runs cells, one after the other."""
        for number in numbers:
            self.cell(number).locator(".cm-content").click()
            self.page.keyboard.press("ControlOrMeta+Enter")

    def stop(self) -> None:
        """Presses the stop button."""
        self.page.locator('[data-jp-item-name="interrupt"] jp-button').click()

    def output(self, number: int) -> Locator:
        """What a cell shows."""
        return self.cell(number).locator(".jp-Cell-outputArea")
