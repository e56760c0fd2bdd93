"""Which answers stand out as alike, and which do not: short ones, the template's, public code, what many wrote."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from typer.testing import CliRunner

from autograder.classroom.similar import Found, similar, write_page
from autograder.cli import app
from autograder.course import Course, UsageError
from autograder.submission.notebook import Template
from tests.small.courses import at_home
from tests.small.small_class import RIGHT, answered, small_course, submit

NAME = "00-small"
OWN = '''def double(x):
    """Adds up bit by bit, in a way of its own."""
    total, carry, place = 0, 0, 1
    while place <= abs(x) * 2 + 1:
        bit = (abs(x) // place) % 2
        both = bit + bit + carry
        total += (both % 2) * place
        carry = both // 2
        place *= 2
    return total if x >= 0 else -total
'''
RENAMED = (
    OWN.replace("total", "result").replace("carry", "rest").replace("place", "p").replace("both", "s")
    .replace("Adds up bit by bit, in a way of its own.", "Mine.")
)  # fmt: skip
OTHER = '''def double(x):
    import functools
    digits = [int(d) for d in reversed(str(abs(x)))]
    def step(state, digit):
        out, over = state
        value = digit * 2 + over
        return out + [value % 10], value // 10
    out, over = functools.reduce(step, digits, ([], 0))
    text = "".join(map(str, reversed(out + ([over] if over else []))))
    return int(text) * (1 if x >= 0 else -1)
'''


def class_of(root: Path, answers: dict[str, str]) -> Path:
    template = Template.load(small_course(root))
    for student, double in answers.items():
        mine = {"double": double, "square": f"# {student}\n{RIGHT['square']}"}
        submit(root, student, answered(template, {**RIGHT, **mine}))
    return root


def look(root: Path, **own: object) -> Found:
    with at_home(root):
        return similar(root, NAME, course=Course(root), **own)


def pairs(found: Found) -> set[tuple[str, ...]]:
    return {(pair.task, *pair.whose) for pair in found.pairs}


def test_a_renamed_answer_stands_out_and_short_right_ones_do_not(tmp_path: Path) -> None:
    found = look(class_of(tmp_path, {"ada": OWN, "bob": RENAMED, "eve": OTHER, "max": RIGHT["double"]}))
    assert pairs(found) == {("double", "ada", "bob")} and found.compared == 4
    (pair,) = found.pairs
    assert pair.share > 0.95 and list(found.by_students()) == [("ada", "bob")]
    alike = "".join(part.text for part in pair.parts[0] if part.alike)
    assert "carry = both // 2" in alike and "".join(part.text for part in pair.parts[0]) == OWN
    assert not found.same_files and not found.left_out


def test_public_code_the_template_and_what_many_wrote_are_subtracted(tmp_path: Path) -> None:
    root = class_of(tmp_path, {"ada": OWN, "bob": RENAMED, "eve": OTHER})
    lecture = tmp_path / "lecture.py"
    lecture.write_text(OWN)
    assert pairs(look(root, public=[lecture])) == set()
    many = {f"s{number}": OWN.replace("total", f"total{number}") for number in range(6)}
    assert pairs(look(class_of(tmp_path / "many", {**many, "eve": OTHER}))) == set()
    with pytest.raises(UsageError, match="no file that can be read"):
        look(root, public=[tmp_path / "gone.py"])


def test_another_terms_answers_are_compared_with_ours_and_not_with_one_another(tmp_path: Path) -> None:
    last = class_of(tmp_path / "last", {"zoe": OWN, "yan": RENAMED})
    root = class_of(tmp_path / "now", {"ada": RENAMED, "eve": OTHER})
    assert pairs(look(root, before=[last])) == {("double", "ada", "last/zoe"), ("double", "ada", "last/yan")}
    with pytest.raises(UsageError, match="no course folder"):
        look(root, before=[tmp_path / "gone"])


def test_identical_files_are_named_and_untouched_ones_are_not(tmp_path: Path) -> None:
    root = class_of(tmp_path, {"ada": OWN, "eve": OTHER})
    data = (root / "submitted/ada" / NAME / f"{NAME}.ipynb").read_bytes()
    submit(root, "bob", data)
    released = Course(root).assignment(NAME).release_path.read_bytes()
    submit(root, "max", released)
    submit(root, "zoe", released)
    submit(root, "odd", b"no notebook")
    found = look(root)
    assert [one.whose for one in found.same_files] == [("ada", "bob")]
    assert [one.partition(":")[0] for one in found.left_out] == ["odd"]


def test_numbers_that_were_given_to_somebody_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given = {"ada": {"image": (181, 300)}, "bob": {"image": (204, 261)}, "eve": {"image": (157, 244)}}
    monkeypatch.setattr("autograder.classroom.similar.has_variants", lambda task: task == "tiny-sum")
    monkeypatch.setattr("autograder.classroom.similar.variant", lambda task, student: given[student])
    template = Template.load(small_course(tmp_path))
    for student, total in (("ada", "181 * 300"), ("bob", "181 * 300"), ("eve", "157 + 244")):
        submit(tmp_path, student, answered(template, {**RIGHT, "tiny-sum": f"tiny_sum = {{'total': {total}}}"}))
    found = look(tmp_path)
    assert [(one.whose, one.others, one.numbers, one.how) for one in found.numbers] == [
        ("ada", ("bob",), ("181", "300"), "were entered by"), ("bob", ("ada",), ("181", "300"), "were given to"),
    ]  # fmt: skip


def test_one_page_shows_the_answers_side_by_side_and_accuses_nobody(tmp_path: Path) -> None:
    root = class_of(tmp_path, {"ada": OWN, "<b>bob": RENAMED.replace("Mine.", "<script>alert(1)</script>")})
    with at_home(root):
        result = CliRunner().invoke(app, ["similar", NAME, "--course", str(root), "--json"])
        assert result.exit_code == 0, result.output
        said = json.loads(result.output)
        assert [pair["students"] for pair in said["pairs"]] == [["<b>bob", "ada"]]
        result = CliRunner().invoke(app, ["similar", "99-none", "--course", str(root)])
        assert result.exit_code == 2
    page = BeautifulSoup(Path(said["page"]).read_text(), "html.parser")
    assert len(page.select(".answers > div")) == 2 and page.find("mark")
    assert not page.find("script") and not page.find("b")
    words = page.get_text().casefold()
    assert "nothing of how that came to be" in words
    assert not any(word in words for word in ("plagiar", "cheat", "copied", "suspicious", "stolen", "guilty"))


def test_nothing_stands_out(tmp_path: Path) -> None:
    root = class_of(tmp_path, {"ada": OWN, "eve": OTHER})
    page = write_page(look(root), root, "A title").read_text()
    assert "Nothing stands out." in page
