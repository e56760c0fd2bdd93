"""Grading by hand in a real browser: by keys, with what others do, without a connection, and with hostile answers."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, Request, Route, expect

from autograder.gradebook.acting import acting_as
from tests.desk.classes import MODEL, NAME, TASK, make_class
from tests.desk.conftest import Open, findings
from tests.desk.serving import Served, served
from tests.desk.test_grading import grading, in_the_formgrader, of, put
from tests.feedback.test_hostile import ATTACKS

pytestmark = pytest.mark.browser
HERE = f"/by-hand/{NAME}/{TASK}"


def begun(desk: Served, opened: Open, **options: object) -> Page:
    """The first answer that waits."""
    page = opened(desk.address, **options)
    page.goto(desk.at(f"{HERE}/next"))
    expect(page.locator("#grade")).to_be_visible()
    return page


def saved(page: Page) -> None:
    expect(page.locator("#saved")).to_have_text("Saved.")


def at(page: Page, number: int) -> None:
    """Waits until an answer is shown, by its place in the order."""
    expect(page.locator("#answer-title")).to_contain_text(f"{number} of 10")


def standing(root: Path, number: int) -> tuple[float | None, str]:
    """The points and the comment of an answer in the gradebook, by its place in the order."""
    with grading(root) as found:
        one = list(found.answers().values())[number - 1].standing
    return one.score, one.comment


def test_a_class_is_graded_by_keys_alone(desk: Served, opened: Open) -> None:
    page = begun(desk, opened)
    for words in ("Give two reasons", MODEL.split("\n")[0], "Shared weights"):
        expect(page.locator("#main")).to_contain_text(words)
    expect(page.locator(".model")).not_to_contain_text("BEGIN SOLUTION")
    press = page.keyboard.press
    press("1")
    press("3")
    saved(page)
    expect(page.locator("#score")).to_have_text("3 of 5")
    press("c")
    page.keyboard.type("Well said, but 1 more: nnn")  # letters in a field are no keys
    press("Control+Enter")
    at(page, 2)
    expect(page.locator("#answer-title")).to_be_focused()
    press("Shift+Digit1")
    press("2")
    saved(page)
    press("f")
    page.keyboard.type("-0,5")
    press("Escape")
    expect(page.locator("#score")).to_have_text("1.5 of 5")
    press("n")
    at(page, 3)
    press("0")
    saved(page)
    press("k")
    at(page, 2)
    press("j")
    at(page, 3)
    press("n")
    at(page, 4)
    assert [standing(desk.root, n) for n in (1, 2, 3, 4)] == [
        (3.0, "Well said, but 1 more: nnn"), (1.5, "Well said, but 1 more: nnn"), (0.0, ""), (None, ""),
    ]  # fmt: skip
    press("u")
    at(page, 3)  # where it was
    expect(page.locator("#score")).to_have_text("waits")
    assert standing(desk.root, 3) == (None, "")


def test_keys_can_be_switched_off(desk: Served, opened: Open) -> None:
    page = begun(desk, opened)
    page.keyboard.press("?")
    page.get_by_role("button", name="Keys off").click()
    page.locator("#answer-title").focus()
    page.keyboard.press("1")
    page.keyboard.press("n")
    page.reload()
    at(page, 1)
    assert standing(desk.root, 1) == (None, "")


def test_names_are_hidden_until_they_are_asked_for(desk: Served, opened: Open) -> None:
    page = opened(desk.address)
    for path in (HERE, f"{HERE}/next"):
        page.goto(desk.at(path))
        assert not re.search(r"s00\d", page.content())
    page.get_by_role("button", name="Names").click()
    expect(page.get_by_role("button", name="Names")).to_have_attribute("aria-pressed", "true")
    assert re.search(r"s00\d", page.locator("#answer-title").inner_text())
    page.get_by_role("button", name="Names").click()
    expect(page.locator("#answer-title")).to_contain_text("Answer 1")


def test_a_lost_connection_loses_nothing(desk: Served, opened: Open) -> None:
    """The desk is not reached, then answers once without its answer being heard, then all is well."""
    page = begun(desk, opened)
    lost = {"all": True, "heard": True}

    def between(route: Route, request: Request) -> None:
        if request.method == "POST" and not lost["heard"]:
            route.fetch()
            lost["heard"] = True
            route.abort()
        elif lost["all"]:
            route.abort()
        else:
            route.continue_()

    page.route("**/*", between)
    page.keyboard.press("1")
    expect(page.locator("#saved")).to_contain_text("Not saved: the desk does not answer")
    page.keyboard.press("c")
    page.keyboard.type("Typed while it was gone.")
    page.keyboard.press("Escape")
    page.keyboard.press("n")  # leads nowhere now
    at(page, 1)
    expect(page.locator("#comment")).to_have_value("Typed while it was gone.")
    assert standing(desk.root, 1) == (None, "")
    lost.update(all=False, heard=False)
    saved(page)
    assert lost["heard"]
    assert standing(desk.root, 1) == (2.0, "Typed while it was gone.")


def test_what_was_not_sent_is_there_after_the_page_is_loaded_again(desk: Served, opened: Open) -> None:
    page = begun(desk, opened)
    gone = "() => { window.fetch = async () => { throw new TypeError('the network is gone') } }"
    page.evaluate(gone)  # until the page is loaded anew
    page.keyboard.press("2")
    expect(page.locator("#saved")).to_contain_text("Not saved")
    assert standing(desk.root, 1)[0] is None
    page.on("dialog", lambda asked: asked.accept())
    page.reload()
    expect(page.locator("label.item:nth-of-type(2) input")).to_be_checked()
    saved(page)
    assert standing(desk.root, 1)[0] == 2.0


def test_what_another_gave_meanwhile_is_shown_and_mine_is_not_lost(desk: Served, opened: Open) -> None:
    page = begun(desk, opened)
    with grading(desk.root) as found:
        student = next(iter(found.answers().values())).student
    in_the_formgrader(desk.root, student, manual_score=4.5, needs_manual_grade=False)
    page.keyboard.press("c")
    page.keyboard.type("Mine.")
    page.keyboard.press("Escape")
    notice = page.get_by_role("alert")
    expect(notice).to_contain_text("Somebody has graded this answer meanwhile")
    expect(page.locator("#score")).to_have_text("4.5 of 5")
    page.get_by_role("button", name="Take my comment").click()
    saved(page)
    assert standing(desk.root, 1) == (4.5, "Mine.")


def test_a_change_in_the_formgrader_is_told(desk: Served, opened: Open) -> None:
    with grading(desk.root) as found:
        student = next(iter(found.answers().values())).student
        put(found, student, 1)
    in_the_formgrader(desk.root, student, manual_score=1.25)
    page = opened(desk.address)
    page.goto(desk.at(HERE))
    page.get_by_role("link", name="Answer 1", exact=True).click()
    expect(page.get_by_role("note")).to_contain_text("given in the formgrader, by alan")
    expect(page.locator("#score")).to_have_text("1.25 of 5")
    expect(page.locator("label.item:nth-of-type(1) input")).not_to_be_checked()


def test_an_answer_that_somebody_is_at_is_taken_over_or_left(desk: Served, opened: Open) -> None:
    with grading(desk.root, "alan") as found, acting_as("alan"):
        first = next(iter(found.answers().values()))
        found.claim(first)
    page = begun(desk, opened)
    at(page, 2)  # the first is not for us
    page.keyboard.press("k")
    expect(page.get_by_role("alert")).to_contain_text("alan is at this answer now")
    page.keyboard.press("1")
    expect(page.locator("label.item:nth-of-type(1) input")).not_to_be_checked()
    page.get_by_role("button", name="Take it over").click()
    expect(page.get_by_role("alert")).to_have_count(0)
    page.wait_for_load_state()
    page.keyboard.press("1")
    saved(page)


def test_like_answers_are_graded_together(desk: Served, opened: Open) -> None:
    page = opened(desk.address)
    page.goto(desk.at(HERE))
    expect(page.get_by_role("link", name=re.compile("3 like"))).to_be_visible()
    page.get_by_role("link", name=re.compile("3 like")).click()
    assert page.locator(".one-of-many").all_inner_texts() != [] and page.locator(".one-of-many").count() == 3
    page.locator(".one-of-many input").nth(2).uncheck()
    page.keyboard.press("1")
    page.keyboard.press("2")
    page.keyboard.press("c")
    page.keyboard.type("Alike.")
    page.get_by_role("button", name="Give it to the chosen").click()
    expect(page.get_by_role("status")).to_contain_text("Given to 2 answers")
    with grading(desk.root) as found:
        scores = [of(found, student).standing.score for student in ("s000", "s002", "s003")]
    assert sorted(map(str, scores)) == ["4.0", "4.0", "None"]


def test_another_price_is_looked_at_before_it_counts(desk: Served, opened: Open) -> None:
    with grading(desk.root) as found:
        for student in ("s000", "s001"):
            put(found, student, 1)
    page = opened(desk.address)
    page.goto(desk.at(f"{HERE}/rubric"))
    page.get_by_label("Points of item 1").fill("1,5")
    preview = page.locator(".preview").first
    expect(preview).to_contain_text("2 answers would have other points")
    expect(preview).to_contain_text("2 → 1.5")
    with grading(desk.root) as found:
        assert of(found, "s000").standing.score == 2
    page.get_by_role("button", name="Change item 1").click()
    expect(page.get_by_role("status")).to_contain_text("the points of 2 answers")
    with grading(desk.root) as found:
        assert {of(found, student).standing.score for student in ("s000", "s001")} == {1.5}


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [360, 800, 1600])
def test_nothing_is_amiss_and_nothing_is_cut_off(root: Path, opened: Open, width: int, dark: bool) -> None:
    """400 % zoom of a window of 1,440 pixels is one of 360."""
    with served(root) as desk:
        page = opened(desk.address, viewport={"width": width, "height": 900}, color_scheme="dark" if dark else "light")
        paths = ("/by-hand", HERE, f"{HERE}/next", f"{HERE}/rubric", "/nothing")
        with grading(root) as found:
            like = f"{HERE}/like/{of(found, 's000').id}"
        for path in (*paths, like):
            page.goto(desk.at(path))
            assert findings(page) == [], path
            assert page.evaluate("document.documentElement.scrollWidth") <= width, path


def test_hostile_answers_and_comments_are_inert(tmp_path: Path, opened: Open) -> None:
    """The corpus of the feedback pages, as answers, as comments that come again, and as a rubric's item."""
    root, attacks = tmp_path / "class", [text.encode("utf-8", "replace").decode() for text in ATTACKS]
    make_class(root, {f"s{number:03}": text for number, text in enumerate(attacks)})
    asked: list[str] = []
    with grading(root) as found:
        for student, text in zip(sorted(one.student for one in found.answers().values()), attacks, strict=True):
            put(found, student, 1, comment=text)
        found.add_item(ATTACKS[2], 1.0)
        ids = list(found.answers())
    with served(root) as desk:
        page = opened(desk.address)
        page.on("request", lambda request: asked.append(request.url))
        for path in (HERE, f"{HERE}/rubric", *(f"{HERE}/answers/{id}" for id in ids)):
            page.goto(desk.at(path))
            assert "owned" not in page.title() and page.locator("h1").count() == 1
            assert page.locator("main iframe, main object, main style, main script, main svg, main math").count() == 0
            links = page.locator("main a").evaluate_all("all => all.map((one) => one.protocol)")
            assert set(links) <= {"http:", "https:"}
            attributes = page.locator("main *").evaluate_all("all => all.flatMap((one) => one.getAttributeNames())")
            assert not {name for name in attributes if name.startswith("on")}
    assert {address.split("/")[2] for address in asked if address.startswith("http")} == {desk.base.split("/")[2]}
