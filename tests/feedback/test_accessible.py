"""Pages and the table of `check` for those who hear them, who see little contrast, or whose window is narrow."""

from __future__ import annotations

import html
import json
import re
from pathlib import Path

import pytest

from autograder.checks.display import as_html
from autograder.checks.result import TestResult
from autograder.feedback.page import student_page
from autograder.feedback.report_page import class_report
from tests.feedback import sample
from tools.pictures import chromium

pytestmark = pytest.mark.browser

# What is amiss in a document, as sentences: names of landmarks and headers, the order of headings, contrast of text.
LOOK = r"""<script>
const found = [], all = (what) => [...document.querySelectorAll(what)];
if (!document.documentElement.lang) found.push("the page has no language");
for (const one of all("th")) {
  if (!one.textContent.trim()) found.push("a header cell is empty");
  if (!one.scope) found.push("a header cell has no scope: " + one.textContent);
}
for (const one of all("img")) if (!one.alt) found.push("a picture has no words");
for (const one of all("svg[role=img]")) if (!one.ariaLabel) found.push("a drawing has no words");
for (const one of all("a, button, summary"))
  if (!(one.textContent.trim() || one.ariaLabel)) found.push("nothing is said of a link or button");
const name = (one) => one.ariaLabel ||
  (document.getElementById(one.getAttribute("aria-labelledby")) || {textContent: ""}).textContent.trim();
const marks = all("nav, section[aria-label], section[aria-labelledby], [role=region]").map(name);
marks.filter((one, place) => !one || marks.indexOf(one) < place).forEach((one) => found.push("two landmarks: " + one));
let level = 0;
for (const one of all("h1, h2, h3, h4, h5, h6")) {
  const own = Number(one.tagName[1]);
  if (own > level + 1) found.push("a heading is skipped before: " + one.textContent);
  level = own;
}
const canvas = new OffscreenCanvas(1, 1).getContext("2d", {willReadFrequently: true});
const pixel = (colour) => {
  canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1);
  return [...canvas.getImageData(0, 0, 1, 1).data];
};
const over = (top, under) => [0, 1, 2].map((i) => top[i] * top[3] / 255 + under[i] * (1 - top[3] / 255)).concat(255);
const scheme = getComputedStyle(document.documentElement).colorScheme;
const dark = matchMedia("(prefers-color-scheme: dark)").matches && scheme.includes("dark");
const paper = pixel(dark ? "#121212" : "#fff");
const ground = (one) =>
  one ? over(pixel(getComputedStyle(one).backgroundColor), ground(one.parentElement)) : paper;
const linear = (v) => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
const light = (rgb) => rgb.slice(0, 3).map((v) => linear(v / 255))
  .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (texts.nextNode()) {
  const one = texts.currentNode.parentElement, style = getComputedStyle(one);
  if (!texts.currentNode.data.trim() || !one.checkVisibility() || /SCRIPT|STYLE/.test(one.tagName)) continue;
  const under = ground(one);
  let colour = pixel(style.color);
  for (let up = one; up; up = up.parentElement) colour[3] *= Number(getComputedStyle(up).opacity);
  const [a, b] = [light(over(colour, under)), light(under)].sort((x, y) => y - x);
  const ratio = (a + 0.05) / (b + 0.05);
  const large = parseFloat(style.fontSize) >= 24 || (parseFloat(style.fontSize) >= 18.66 && style.fontWeight >= 700);
  const sign = one.ariaHidden === "true";  // beside words that say the same
  if (ratio >= (large || sign ? 3 : 4.5)) continue;
  found.push("contrast " + ratio.toFixed(1) + ": " + texts.currentNode.data.trim());
}
document.title = "found " + JSON.stringify([...new Set(found)]);
</script>"""
DARK = ("--force-dark-mode", "--blink-settings=preferredColorScheme=0")


def amiss(page: str, folder: Path, *options: str) -> list[str]:
    """What is amiss on a page, as Chromium shows it."""
    page = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", page)
    (folder / "page.html").write_text(page.replace("</body>", LOOK + "</body>"), encoding="utf-8")
    shown = chromium(folder / "page.html", "--dump-dom", "--window-size=1200,900", *options)
    told = re.search(r"<title>found (.*?)</title>", shown, re.DOTALL)
    assert told, shown[:500]
    result: list[str] = json.loads(html.unescape(told[1]))
    return result


def table(width: str = "auto") -> str:
    """The table of `check` as JupyterLab shows it, whose own tables have columns of one width."""
    rows = [
        TestResult("t", "A window fits five times into seven pixels.", False, 0, True, step="Windows"),
        TestResult("t", "Padding adds pixels on both sides.", False, 0, False, message="The size is not rounded.",
                   counterexample="size 8", details="expected 3, received 3.5", step="Padding"),
        TestResult("t", "A stride of 0 is refused.", False, 0, False, message="It was not.", step="Arguments"),
    ]  # fmt: skip
    style = "<style>:root { color-scheme: light dark } table { table-layout: fixed }</style>"
    style += f"<style>body {{ width: {width} }}</style>"
    return f'<!doctype html><html lang="en"><title>waiting</title>{style}<body>{as_html("t", rows)}</body></html>'


@pytest.mark.parametrize("options", [(), DARK], ids=["light", "dark"])
@pytest.mark.parametrize("kind", ["student", "class"])
def test_nothing_is_amiss_on_a_page(kind: str, options: tuple[str, ...], tmp_path: Path) -> None:
    page = class_report(sample.class_results(), title=sample.TITLE)
    if kind == "student":
        page = student_page(sample.results(), sample.notebook(), title=sample.TITLE, manual=sample.manual())
    assert amiss(page, tmp_path, *options) == []


@pytest.mark.parametrize("options", [(), DARK], ids=["light", "dark"])
def test_nothing_is_amiss_in_the_table_of_a_check(options: tuple[str, ...], tmp_path: Path) -> None:
    assert amiss(table(), tmp_path, *options) == []


def test_what_is_amiss_would_be_seen(tmp_path: Path) -> None:
    page = '<!doctype html><html><title></title><style>:root { color-scheme: light dark }</style>'
    page += '<body><h1>A</h1><h3>B</h3><table><th></th></table><img src="">'
    page += '<p style="color:#999">pale</p><nav></nav></body></html>'
    said = " ".join(amiss(page, tmp_path))
    for part in ("no language", "is empty", "no scope", "no words", "before: B", "contrast 2.8: pale", "two landmarks"):
        assert part in said
    assert "contrast 2.8: pale" not in " ".join(amiss(page, tmp_path, *DARK))


def test_the_sentences_of_a_check_have_the_room(tmp_path: Path) -> None:
    """The column that says passed or not is as narrow as its words, in JupyterLab and at 560 pixels too."""
    look = """<script>document.title = "found " + [...document.querySelectorAll("tbody tr:nth-child(2) > *")]
      .map((one) => Math.round(one.getBoundingClientRect().width))</script></body>"""
    (tmp_path / "page.html").write_text(table("560px").replace("</body>", look), encoding="utf-8")
    shown = chromium(tmp_path / "page.html", "--dump-dom", "--window-size=1200,900")
    first, second = map(int, re.search(r"<title>found (\d+),(\d+)", shown).groups())  # type: ignore[union-attr]
    assert first < 120 and second > 400
