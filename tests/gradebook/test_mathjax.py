"""Formulas of submissions in nbgrader's pages, typeset by MathJax in a real browser.

nbgrader's pages load MathJax from elsewhere, in its safe mode; here it comes from this machine, without that mode, so
that what holds is what was made harmless before. It is looked for in `CNN_MATHJAX`, then where
`npm install --no-save mathjax@2.7.9` in the repository puts it.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from nbconvert import HTMLExporter
from nbformat.v4 import new_markdown_cell, new_notebook
from traitlets.config import Config

from autograder.gradebook.nbgrader_setup import configure
from autograder.submission.notebook import safe_markdown
from tools.pictures import chromium

ROOT = Path(__file__).resolve().parents[2]
PLACES = [Path(os.environ.get("CNN_MATHJAX", "")), ROOT / "node_modules" / "mathjax"]
MATHJAX = next((place / "MathJax.js" for place in PLACES if (place / "MathJax.js").is_file()), None)
LOADED = re.compile(r'src="[^"]*(?:MathJax|latest)\.js[^"]*"')
OWNED = "document.title='owned'"
# Presses every link that is there once all is typeset, and says whether something covers the page. Where a link leads
# somewhere else, nobody goes.
LOOK = """<script>
document.addEventListener("click", press => {
  const link = press.target.closest("[href]");
  if (link && !String(link.href).startsWith("javascript:")) press.preventDefault();
});
MathJax.Hub.Queue(() => {
  for (const one of document.querySelectorAll("a, [href]")) one.dispatchEvent(new MouseEvent("click", {bubbles: true}));
  const drawn = [...document.querySelectorAll("#notebook *, main *, body *")];
  if (drawn.some(one => one.style && one.style.position === "fixed")) document.title = "covered";
  document.body.setAttribute("data-typeset", document.querySelectorAll(".MathJax_CHTML, .mjx-chtml").length);
});
</script></body>"""
# Those that work where nothing is made harmless, and forms of them that a lock could overlook.
WORKING = [
    rf"$\href{{javascript:{OWNED}}}{{press}}$",
    rf"\begin{{equation}}\href{{javascript:{OWNED}}}{{press}}\end{{equation}}",
    rf"$\newcommand{{\x}}{{\href}} \x{{javascript:{OWNED}}}{{press}}$",
    rf"&dollar;&bsol;href{{javascript:{OWNED}}}{{press}}&dollar;",
    rf"&#36;&#92;href{{javascript:{OWNED}}}{{press}}&#36;",
    rf"[press](javascript\:{OWNED})",
    rf"[press](javascript&colon;{OWNED})",
]
LINKS = [
    *WORKING,
    rf"$$\href{{javascript:{OWNED}}}{{press}}$$",
    rf"\\(\href{{javascript:{OWNED}}}{{press}}\\)",
    rf"$\let\x=\href \x{{javascript:{OWNED}}}{{press}}$",
    rf"$\\href{{javascript:{OWNED}}}{{press}}$",
    rf"$\hr<!-- -->ef{{javascript:{OWNED}}}{{press}}$",
    rf"&#x24;&#x5C;href{{javascript:{OWNED}}}{{press}}&#x24; &dollar;\href{{javascript:{OWNED}}}{{press}}&dollar;",
]
COVER = r"$\style{position:fixed;top:0;left:0;width:100%;height:100%}{x}$"

pytestmark = [
    pytest.mark.browser,
    pytest.mark.long,
    pytest.mark.skipif(MATHJAX is None, reason="MathJax is not here: npm install --no-save mathjax@2.7.9"),
]


def happened(folder: Path, sources: list[str], config: Config) -> str:
    """What the links and styles of a notebook's Markdown cells did in a page of nbgrader's: "owned", "covered" or
    "nothing"; MathJax has typeset it, and every link was pressed."""
    body, _ = HTMLExporter(config=config).from_notebook_node(new_notebook(cells=list(map(new_markdown_cell, sources))))
    assert MATHJAX is not None and len(LOADED.findall(body)) == 1
    body = LOADED.sub(f'src="{MATHJAX.as_uri()}?config=TeX-AMS_CHTML-full"', body).replace("</body>", LOOK)
    page = folder / "page.html"
    page.write_text(body, encoding="utf-8")
    shown = chromium(page, "--dump-dom", "--virtual-time-budget=20000", "--allow-file-access-from-files")
    if re.search("<body>owned</body>|<title>owned</title>", shown):  # a link's value may take the page's place
        return "owned"
    if "<title>covered</title>" in shown:
        return "covered"
    assert re.search(r'data-typeset="[1-9]', shown), "MathJax did not get to the end"
    return "nothing"


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> Config:
    return configure(Config(), root=tmp_path_factory.mktemp("course"), repository=ROOT)


@pytest.mark.parametrize("attack", [*WORKING, COVER])
def test_the_attack_works_on_a_page_without_locks(attack: str, tmp_path: Path) -> None:
    assert happened(tmp_path, [attack], Config()) == ("covered" if attack == COVER else "owned")


@pytest.mark.parametrize("lock", ["what is stored", "what nbgrader shows", "both"])
def test_each_lock_alone_keeps_formulas_and_links_from_doing_anything(lock: str, tmp_path: Path, ours: Config) -> None:
    attacks = [*LINKS, COVER, COVER.replace("\\", "&bsol;").replace("$", "&dollar;")]
    stored = attacks if lock == "what nbgrader shows" else list(map(safe_markdown, attacks))
    config = Config() if lock == "what is stored" else ours
    assert happened(tmp_path, ["$x^2$", *stored], config) == "nothing"
