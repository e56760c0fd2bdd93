"""What the student's page says, and what it keeps to itself."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from bs4 import BeautifulSoup

from autograder.feedback.page import student_page
from autograder.feedback.report_page import class_report
from autograder.feedback.report_text import class_text
from autograder.gradebook.by_hand import Manual, ManualGrade
from tests.feedback import sample


def page_of(results: dict, *, manual: Manual | None = None, notebook: object = None) -> BeautifulSoup:
    text = student_page(
        results, notebook or sample.notebook(), title=sample.TITLE, manual=manual or sample.manual(),
        rubrics={"why-convolution": sample.RUBRIC}, release=sample.release(),
    )
    return BeautifulSoup(text, "html.parser")


def test_it_is_one_file_that_loads_nothing() -> None:
    page = page_of(sample.results())
    assert not page.find_all(["script", "link", "iframe", "object", "embed", "form", "base"])
    assert all(image["src"].startswith("data:image/png;base64,") for image in page.find_all("img"))
    assert all(a["href"].startswith("#") for a in page.find_all("a"))
    assert "url(" not in page.find("style").string and "@import" not in page.find("style").string


def test_a_part_leaves_the_page_around_it_as_it_is() -> None:
    text = student_page(sample.results(), sample.notebook(), title=sample.TITLE, release=sample.release(), part=True)
    part = BeautifulSoup(text, "html.parser")
    assert [each.name for each in part.find_all(recursive=False)] == ["div"]
    assert not part.find_all(["html", "body", "head", "meta", "title", "script", "link"])
    style = part.find("style").string
    assert style.startswith("@scope (.autograder-page) {")
    assert not re.search(r"^ *(:root|html|body)\b", style, re.MULTILINE) and ":scope {" in style
    assert part.find("h1").string == page_of(sample.results()).find("h1").string
    bars = part.select("svg.bar rect")
    assert bars and all(bar.has_attr("fill") for bar in bars), "where styles are taken out, bars stay bars"


def test_the_score_counts_automatic_points_and_grades_by_hand() -> None:
    text = page_of(sample.results()).find("header").get_text(" ", strip=True)
    assert re.search(r"16 of 45 points", text), "3 + 10 automatic and 3 by hand, of 40 + 5"


def test_a_text_task_that_waits_is_outside_of_the_total() -> None:
    header = page_of(sample.results(), manual=Manual()).find("header").get_text(" ", strip=True)
    assert "13 of 40 points" in header and "5 more that a person grades" in header


def test_the_images_and_the_device_are_said_where_there_are_any() -> None:
    results = sample.results()
    assert "images were" not in page_of(results).get_text()
    results["provenance"] = {**results["provenance"], "datasets": ["cifar10", "mnist"], "device": "cuda"}
    text = " ".join(page_of(results).get_text().split())
    assert "The images were the CIFAR-10 pictures (as JPEG) and MNIST. It ran on a GPU." in text


def test_a_measured_accuracy_is_said_with_its_task() -> None:
    results = sample.results()
    tests = next(task["tests"] for task in results["tasks"] if task["task"] == "conv2d")
    tests[0] = {**tests[0], "measured": {"accuracy": 0.9}}
    tests[1] = {**tests[1], "measured": {"accuracy": 0.99214, "train_seconds": 41.46, "honest": 1.0}}
    text = " ".join(page_of(results).get_text().split())
    assert text.count("Measured on images") == 1
    assert "Measured on images that the answer had not seen: 99.21 % right, after 41.5 s of training." in text


def test_the_class_report_says_the_images_too() -> None:
    results = [
        {**sample.results(), "student": name, "provenance": {"datasets": ["digits"], "device": device}}
        for name, device in (("ada", "cpu"), ("bob", "cuda"))
    ]
    said = "The images were the 1,797 digits of scikit-learn. Some of it ran on a GPU, the rest on the CPU."
    assert said in " ".join(BeautifulSoup(class_report(results), "html.parser").get_text().split())
    assert said in " ".join(class_text(results).split())


def test_points_changed_by_hand_and_late_penalties_count() -> None:
    manual = Manual({"conv2d": ManualGrade(12.0, 1.0, "Nice *idea*.")}, late_penalty=2.0)
    page = page_of(sample.results(), manual=manual)
    header = " ".join(page.find("header").get_text(" ", strip=True).split())
    assert "14 of 40 points" in header
    assert "Your answers earned 16 points. This was handed in after the due date, for which 2 points" in header
    assert page.select_one(".comment em").string == "idea"


def test_what_a_person_grades_is_nothing_to_look_at_first() -> None:
    first = page_of(sample.results()).find("section", attrs={"aria-labelledby": "look-at"}).get_text()
    assert "why-convolution" not in first and "conv2d" in first
    by_hand = Manual({"conv2d": ManualGrade(12.0), "why-convolution": ManualGrade(3.0)})
    page = page_of(sample.results(), manual=by_hand)
    assert "conv2d" not in str(page.find("section", attrs={"aria-labelledby": "look-at"}))


def test_a_formula_stays_the_latex_it_is() -> None:
    comment = "With $a_i * b_i$ and $c_j * d$, for $5.\n\n$$\n\\sum_i x_i <b>\n$$"
    page = page_of(sample.results(), manual=Manual({"conv2d": ManualGrade(12.0, 0.0, comment)}))
    assert [one.get_text() for one in page.select("code.math")] == ["$a_i * b_i$", "$c_j * d$"]
    assert page.select_one("pre.math").get_text() == "$$\\sum_i x_i <b>$$" and not page.select(".comment em")


def test_a_picture_says_which_cell_it_is_of() -> None:
    texts = [image["alt"] for image in page_of(sample.results()).find_all("img")]
    assert texts and all(re.search(r"Picture that your cell drew in the task [\w-]+, number \d+ of", t) for t in texts)


def test_a_cause_is_told_once_with_every_check_that_it_made_fail() -> None:
    page = page_of(sample.results())
    messages = [p.get_text() for p in page.select(".finding .message")]
    assert messages.count(sample.SYMMETRIC) == 1
    finding = next(f for f in page.select(".finding") if sample.SYMMETRIC in f.get_text())
    assert len(finding.select(".checks li")) == 2
    assert "Read again: Same padding" in finding.get_text()
    assert "image 3x3x1, kernels 1x3x2x1, padding same" in finding.get_text()


def test_hidden_names_and_values_are_not_shown() -> None:
    text = str(page_of(sample.results()))
    assert sample.SECRET_NAME not in text
    assert sample.SECRET_VALUE not in text


def test_what_went_well_is_said() -> None:
    page = page_of(sample.results("grace", right=True))
    well = page.find(id="went-well").find_parent("section").get_text()
    assert "All points: output-size, conv2d." in well


def test_the_rubric_is_shown_once_the_task_is_graded() -> None:
    assert "translation equivariance (2 points)" in page_of(sample.results()).get_text()
    assert "translation equivariance (2 points)" not in page_of(sample.results(), manual=Manual()).get_text()


def test_own_cells_stand_with_their_task_and_check_cells_do_not() -> None:
    page = page_of(sample.results())
    work = page.find(id="task-2").find_parent("section").select_one(".work").get_text()
    assert "def output_size" in work and "output_size(227, 11, stride=4)" in work and "55" in work
    assert 'check("output-size")' not in page.get_text()


def test_a_notebook_that_cannot_be_read_still_gets_a_page() -> None:
    results = sample.not_gradable()
    page = BeautifulSoup(student_page(results, None, title=sample.TITLE), "html.parser")
    assert "could not be graded" in page.get_text() and "JSON ends in the middle" in page.get_text()


@pytest.mark.parametrize("notebook", [{}, {"cells": None}, {"cells": [1, {"cell_type": "code", "outputs": "x"}]},
                                      {"cells": [{"metadata": [], "source": 3, "outputs": [None, {"data": 4}]}]}])
def test_broken_notebooks_harm_no_page(notebook: dict) -> None:
    assert "16 of 45" in student_page(sample.results(), notebook, manual=sample.manual()).replace("</span>", "")


def test_it_is_accessible() -> None:
    page = page_of(sample.results())
    assert page.html["lang"] == "en" and page.title.string
    assert len(page.find_all("h1")) == 1 and page.find("main") and page.find("header") and page.find("footer")
    levels = [int(tag.name[1]) for tag in page.find_all(re.compile("^h[1-6]$"))]
    assert all(after <= before + 1 for before, after in pairwise(levels)), levels
    assert all(image["alt"] for image in page.find_all("img"))
    assert all(svg["role"] == "img" and svg["aria-label"] for svg in page.find_all("svg"))
    assert all(th.get("scope") for th in page.find_all("th"))
    ids = [tag["id"] for tag in page.find_all(id=True)]
    assert len(ids) == len(set(ids))
    assert {a["href"][1:] for a in page.find_all("a")} <= set(ids)


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_colours_have_enough_contrast_in_light_and_dark() -> None:
    style = page_of(sample.results()).find("style").string
    themes = [dict(re.findall(r"--(\w+): (#[0-9a-f]{6})", block)) for block in re.findall(r":root \{([^}]*)\}", style)]
    assert len([theme for theme in themes if "paper" in theme]) >= 2
    for theme in themes[:2]:
        for ink in ("ink", "soft", "accent"):
            for ground in ("paper", "panel", "tint"):
                high, low = sorted((luminance(theme[ink]), luminance(theme[ground])), reverse=True)
                assert (high + 0.05) / (low + 0.05) >= 4.5, (ink, ground)
