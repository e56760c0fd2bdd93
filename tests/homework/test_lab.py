"""`check` where students meet it, in JupyterLab in a browser: the table, the stop button, a narrow page."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tools.pictures import browser

from .kits import load, path_of, released, write_kit
from .lab import Notebook, lab_in

pytestmark = [pytest.mark.browser, pytest.mark.slow]

IMPORTS, ANSWER, CHECK = 1, 3, 4
WRONG = "def doubled(x):\n    return x"
ENDLESS = "def doubled(x):\n    while True:\n        pass"
RIGHT = "def doubled(x):\n    return 2 * x"


@pytest.fixture
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=browser(), args=["--no-sandbox"])
        yield found
        found.close()


def test_a_student_is_told_stops_an_endless_loop_and_goes_on(chromium: Browser, tmp_path: Path) -> None:
    folder = write_kit(tmp_path / "kit", released(), f"numbers_{abs(hash(tmp_path)) % 10**8}")
    written = load(folder)
    written.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(written, path_of(folder))  # else Lab asks which kernel is meant
    (tmp_path / "home").mkdir()
    with lab_in(folder, tmp_path / "home") as address:
        page = chromium.new_page(viewport={"width": 1100, "height": 900})
        notebook = Notebook(page, address.format(path_of(folder).relative_to(folder)))
        shown = notebook.output(CHECK)

        notebook.write(ANSWER, WRONG)
        notebook.run(IMPORTS, ANSWER, CHECK)
        expect(shown.get_by_role("table")).to_contain_text("doubled: its public check did not pass")
        expect(shown.get_by_role("rowheader")).to_contain_text("expected 6, received 3")

        notebook.write(ANSWER, ENDLESS)
        notebook.run(ANSWER, CHECK)
        notebook.busy()
        notebook.stop()
        expect(shown.get_by_role("table")).to_contain_text("The check was stopped here.")
        notebook.idle()
        expect(shown).not_to_contain_text("KeyboardInterrupt")

        notebook.write(ANSWER, RIGHT)
        notebook.run(ANSWER, CHECK)
        expect(shown.get_by_role("table")).to_contain_text("doubled: its public check passed")
        page.set_viewport_size({"width": 560, "height": 900})
        table = shown.get_by_role("table")
        assert table.evaluate("one => one.scrollWidth <= one.parentElement.clientWidth"), "words stick out"
