"""Pages in a real browser: nothing that a submission holds runs, and nothing is wider than a phone."""

from __future__ import annotations

import base64
import http.server
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from autograder.feedback.page import student_page
from autograder.feedback.report_page import class_report
from tests.feedback import sample
from tests.feedback.test_hostile import ATTACKS, hostile_page
from tools.pictures import chromium

pytestmark = pytest.mark.browser


@pytest.fixture
def asked() -> Iterator[tuple[str, list[str]]]:
    """A server of this machine, as (address, paths that were asked for)."""
    paths: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            paths.append(self.path)
            self.send_error(404)

        def log_message(self, *args: object) -> None:
            """Not on the terminal."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}", paths
    server.shutdown()
    thread.join()
    server.server_close()


def dom(page: Path, width: int = 1200) -> str:
    """The document as it is after everything on the page had time to run."""
    return chromium(page, "--dump-dom", f"--window-size={width},900", "--virtual-time-budget=3000")


def test_no_script_runs_and_nothing_is_loaded(tmp_path: Path, asked: tuple[str, list[str]]) -> None:
    address, paths = asked
    everything = "\n\n".join(ATTACKS).replace("https://example.org", address)
    everything += f'\n\n<img src="{address}/i.png">\n\n![x]({address}/m.png)\n\n<link rel=icon href="{address}/s">'
    page = tmp_path / "page.html"
    page.write_text(hostile_page(everything), encoding="utf-8", errors="replace")
    shown = dom(page)
    assert "feedback for" in shown and "<title>owned" not in shown
    assert paths == []


def test_the_test_would_see_a_script(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text("<!doctype html><title>before</title><script>document.title='owned'</script>")
    assert "<title>owned" in dom(page)


MEASURE = """<!doctype html><title>waiting</title><iframe id="f" style="width:390px;height:800px;border:0"></iframe>
<script>f.onload = () => { const page = f.contentDocument.documentElement;
  document.title = page.scrollWidth > page.clientWidth ? "wider" : "fits" }; f.srcdoc =
  new TextDecoder().decode(Uint8Array.from(atob("{data}"), letter => letter.charCodeAt(0)));</script>"""


@pytest.mark.parametrize("kind", ["student", "class"])
def test_a_page_fits_on_a_phone(kind: str, tmp_path: Path) -> None:
    if kind == "student":
        text = student_page(sample.results(), sample.notebook(), title=sample.TITLE, manual=sample.manual())
    else:
        text = class_report(sample.class_results(), title=sample.TITLE)
    data = base64.b64encode(text.encode()).decode()
    page = tmp_path / "page.html"
    page.write_text(MEASURE.replace("{data}", data), encoding="utf-8")
    assert "<title>fits" in dom(page)


def test_a_page_prints(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text(student_page(sample.results(), sample.notebook(), title=sample.TITLE), encoding="utf-8")
    chromium(page, f"--print-to-pdf={tmp_path / 'page.pdf'}", "--no-pdf-header-footer")
    assert (tmp_path / "page.pdf").read_bytes().startswith(b"%PDF")
