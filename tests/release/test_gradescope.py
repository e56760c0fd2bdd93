"""The bundle for Gradescope, in a folder laid out as its container is: what is graded there is what is graded here."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from autograder.classroom.gradescope import Handed
from autograder.course import ROOT_VARIABLE, Course
from autograder.faults import MachineFault
from autograder.gradebook.leaks import hidden_test_names
from autograder.release.wheel import machine_wheel
from autograder.submission.notebook import Template
from tests.release.gradescope import command, hand_in, install_from_here, results, run, unpack
from tests.small.courses import REPOSITORY
from tests.small.small_class import RIGHT, answered, as_json, small_course, submit

NAME = "00-small.ipynb"
HALF = {**RIGHT, "double": "def double(x):\n    return abs(2 * x)", "why": "Because."}


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small course, which knows one student's address."""
    root = tmp_path_factory.mktemp("course")
    small_course(root)
    (root / "list.csv").write_text("id,first_name,last_name,email\nal12,Ada,L,Ada@example.org\n", encoding="utf-8")
    assert command("roster", "list.csv", cwd=root).returncode == 0
    return root


@pytest.fixture(scope="module")
def template(course: Path) -> Template:
    return Template.load(Course(course).assignment("00-small"))


def make(course: Path, *options: str) -> Path:
    done = command("bundle", "gradescope", "00-small", "--output", "autograder.zip", *options, cwd=course)
    assert done.returncode == 0, done.stderr
    return course / "autograder.zip"


@pytest.fixture(scope="module")
def built(course: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What Gradescope keeps as its image: the bundle, unpacked and installed."""
    root = unpack(make(course), tmp_path_factory.mktemp("image") / "autograder")
    install_from_here(root)
    return root


@pytest.fixture
def container(built: Path, tmp_path: Path) -> Path:
    """A container of that image, for one submission."""
    root = tmp_path / "autograder"
    shutil.copytree(built, root, symlinks=True)
    return root


def shown(found: dict[str, Any], visibility: str) -> list[dict[str, Any]]:
    return [test for test in found["tests"] if test["visibility"] == visibility]


@pytest.mark.timeout(200)
def test_a_submission_gets_the_points_and_sentences_that_it_gets_here(course, container, template):
    notebook = answered(template, HALF)
    hand_in(container, {NAME: notebook})
    done = run(container)
    assert done.returncode == 0, done.stdout + done.stderr
    there = results(container)
    submit(course, "al12", notebook)
    assert command("grade", "00-small", cwd=course).returncode == 0
    here = as_json(course / "autograded" / "al12" / "00-small" / "results.json")
    assert there["score"] == here["score"] == 9.0
    for name in ("seed", "checks", "environment"):
        assert there["extra_data"][name] == here["provenance"][name]
    assert {"landlock", "seccomp", "rlimits", "guard"} <= set(there["extra_data"]["isolation"])
    points = [test for test in there["tests"] if test["max_score"]]
    assert sum(test["score"] for test in points) == 9.0 and sum(test["max_score"] for test in points) == 12.0
    failed = [test for task in here["tasks"] for test in task["tests"] if not test["passed"] and test["points"]]
    said = {test["name"].partition(": ")[2]: test["output"] for test in points if test["status"] == "failed"}
    assert said.keys() == {test["description"] for test in failed}
    assert all(test["message"] in said[test["description"]] for test in failed)
    hidden_checks_show_when_they_are_to_and_never_their_names(there, course)


def hidden_checks_show_when_they_are_to_and_never_their_names(found: dict[str, Any], course: Path) -> None:
    visible = shown(found, "visible")
    assert all(test["max_score"] == 0 for test in visible)
    assert {test["name"] for test in visible} >= {"why: graded by hand"}
    assert "points" not in found["output"]
    later = shown(found, "after_published")
    assert later[-1]["name"] == "The whole page" and later[-1]["output_format"] == "html"
    assert "What to look at" in later[-1]["output"] and "<script" not in later[-1]["output"]
    (staff,) = shown(found, "hidden")
    assert "landlock" in staff["output"]
    everything = json.dumps(found)
    assert not [name for name in hidden_test_names(Course(course).folder) if name in everything]


@pytest.mark.timeout(200)
def test_late_in_a_group_under_another_name_each_has_a_sentence(container, template):
    about = {"created": "2026-11-02T00:30:00.000000-07:00", "emails": ("eve@example.org", "ada@example.org")}
    hand_in(container, {"final (2).ipynb": answered(template, RIGHT), "notes.txt": b"mine"}, **about)
    assert run(container).returncode == 0
    found = results(container)
    assert found["score"] == 12.0
    assert found["output"].splitlines() == [
        "This was graded as the work of eve.",
        "Of a group of 2, the numbers that are a student's own are those of eve.",
        "This came 1 day and 1 hour after the due date; Gradescope's own rules say what it costs.",
        f"The notebook is called final (2).ipynb; it was graded as {NAME}, because there is no other.",
    ]
    (staff,) = shown(found, "hidden")
    assert "The gradebook knew nobody of eve@example.org" in staff["output"]


@pytest.mark.timeout(200)
def test_of_several_notebooks_none_is_chosen_and_one_sentence_says_so(container):
    hand_in(container, {"a.ipynb": b"{}", "b.ipynb": b"{}"})
    assert run(container).returncode == 0
    found = results(container)
    assert found["score"] == 0
    assert found["output"].splitlines()[1:] == [
        f"The submission has no file {NAME}; of a.ipynb, b.ipynb, hand in one, and call it {NAME}."
    ]
    points = [test for test in found["tests"] if test["max_score"]]
    assert sum(test["max_score"] for test in points) == 12.0 and all(test["score"] == 0 for test in points)
    assert all(test["output"] for test in points)


READS = """
import os
for path in ({root!r} + "/source/secret", {root!r} + "/source/bundle.json", {root!r} + "/submission_metadata.json"):
    try:
        print("reads", len(open(path, "rb").read()))
    except OSError as error:
        print("is refused", type(error).__name__)
try:
    open({root!r} + "/results/results.json", "w").write("{{}}")
    print("writes")
except OSError as error:
    print("is refused", type(error).__name__)
"""


@pytest.mark.timeout(200)
def test_student_code_in_a_clone_of_the_kit_reaches_neither_the_secret_nor_the_result(container, template):
    """The notebook lies in a folder of the clone; and the student's own due date is another than the class's."""
    own = {"due_date": "2026-11-09T23:00:00.000000-07:00"}
    notebook = answered(template, RIGHT, (READS.format(root=str(container)),))
    files = {f"00-small/{NAME}": notebook, "README.md": b"# The kit", "01-other/01-other.ipynb": b"{}"}
    hand_in(container, files, created="2026-11-02T00:00:00.000000-07:00", own=own)
    assert run(container).returncode == 0
    found = results(container)
    assert found["output"] == "This was graded as the work of al12."
    page = shown(found, "after_published")[-1]["output"]
    assert page.count("is refused ") >= 4 and "reads " not in page.replace("&#34;", '"').partition("<samp>")[2]
    assert found["score"] == 12.0


@pytest.mark.timeout(200)
def test_where_nothing_isolates_nothing_is_booked_and_staff_reads_why(container, template):
    hand_in(container, {NAME: answered(template, RIGHT)})
    (container / "results" / "results.json").write_text('{"score": 12}')
    done = run(container, landlock=False)
    assert done.returncode == 1 and not done.stderr
    assert "Nothing was graded and nothing is booked" in done.stdout and "landlock is missing" in done.stdout
    assert "--isolation off" in done.stdout
    assert not (container / "results" / "results.json").exists()


@pytest.mark.timeout(200)
def test_an_instructor_may_choose_to_grade_without_isolation_and_staff_is_told_what_holds(course, tmp_path, template):
    bundle = make(course, "--isolation", "off", "--show", "visible")
    root = unpack(bundle, tmp_path / "autograder")
    install_from_here(root)
    hand_in(root, {NAME: answered(template, RIGHT)})
    assert run(root, landlock=False).returncode == 0
    found = results(root)
    assert found["score"] == 12.0 and found["extra_data"]["isolation"] == []
    (staff,) = shown(found, "hidden")
    assert staff["output"].startswith("Isolation is off, as was chosen") and "What does not" in staff["output"]
    assert shown(found, "after_published") == []


@pytest.mark.parametrize("text", ["", "[]", '{"users": []}', '{"users": [{"email": ""}], "assignment": {}}'])
def test_metadata_that_says_nobody_is_a_fault(tmp_path, text):
    (tmp_path / "submission_metadata.json").write_text(text)
    with pytest.raises(MachineFault, match=r"submission_metadata\.json"):
        Handed.read(tmp_path)


def test_the_bundle_has_the_parts_of_its_assignment_and_is_its_makers_alone(course, tmp_path):
    bundle = make(course)
    assert bundle.stat().st_mode & 0o077 == 0
    with zipfile.ZipFile(bundle) as archive:
        names = archive.namelist()
        modes = {entry.filename: entry.external_attr >> 16 & 0o777 for entry in archive.infolist()}
        key = archive.read("secret")
    assert key == (course / ".autograder" / "secret").read_bytes()
    assert modes["setup.sh"] == modes["run_autograder"] == 0o700 and modes["secret"] == 0o600
    parts = {name.removeprefix("repository/") for name in names if name.startswith("repository/")}
    package = {name.split("/")[1] for name in parts if name.startswith("small_course/")}
    assert package == {"__init__.py", "small", "thresholds.json"}
    assert not any(name.endswith(("right_answers.py", "figures.py", ".md")) for name in parts)


def test_an_assignment_brings_what_it_imports_of_others(tmp_path: Path) -> None:
    done = command(
        "bundle", "gradescope", "05-alexnet", "--output", str(tmp_path / "a.zip"), "--course", str(tmp_path),
        "--index", "https://example.org/it's", cwd=REPOSITORY,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    unpack(tmp_path / "a.zip", tmp_path / "autograder")
    setup = tmp_path / "autograder" / "source" / "setup.sh"
    assert subprocess.run(["bash", "-n", setup], check=False).returncode == 0
    assert "[grading,torch,tensorflow]" in setup.read_text() and "it'\"'\"'s'" in setup.read_text()
    repository = tmp_path / "autograder" / "source" / "repository"
    code = "from autograder.checks.runner import CheckSession as S; s = S('05-alexnet'); print(len(s.tests('top-k')))"
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=repository, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0 and int(done.stdout) > 0, done.stderr
    found = {path.relative_to(repository / "course").parts[0] for path in (repository / "course").rglob("hidden.py")}
    assert found == {"alexnet"}


def test_the_wheel_is_one_that_pip_installs(tmp_path: Path) -> None:
    name, data = machine_wheel()
    assert machine_wheel() == (name, data)
    (tmp_path / name).write_bytes(data)
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--target", tmp_path / "to"]
    done = subprocess.run([*pip, tmp_path / name], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    asked = "import autograder, importlib.metadata as m; print(autograder.__file__, m.version('coursework-autograder'))"
    environment = {**os.environ, "PYTHONPATH": str(tmp_path / "to")}
    done = subprocess.run([sys.executable, "-c", asked], cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert done.stdout.startswith(str(tmp_path / "to"))
    for part in ("feedback/templates/part.html.j2", "release/gradescope/setup.sh.txt"):
        assert (tmp_path / "to" / "autograder" / part).is_file()
    assert not (tmp_path / "to" / "course").exists()


@pytest.mark.long
@pytest.mark.timeout(1800)
@pytest.mark.skipif(os.geteuid() != 0, reason="only root has a view of the machine of its own")
def test_its_scripts_install_and_grade_where_gradescope_has_them(tmp_path: Path) -> None:
    """setup.sh and run_autograder as they are, at /autograder, with pip and its packages."""
    enter = ["unshare", "--mount", Path(__file__).with_name("enter.sh"), tmp_path]
    (tmp_path / "autograder").mkdir()
    if (tried := subprocess.run([*enter, "true"], capture_output=True, text=True)).returncode:
        pytest.skip(f"this machine gives no view of itself: {tried.stderr.strip()}")
    name = "01-convolution"
    options = ["--output", str(tmp_path / "a.zip"), "--course", str(tmp_path)]
    assert command("bundle", "gradescope", name, *options, cwd=REPOSITORY).returncode == 0
    root = unpack(tmp_path / "a.zip", tmp_path / "autograder")
    environment = {name: value for name, value in os.environ.items() if name not in (ROOT_VARIABLE, "PYTHONPATH")}
    done = subprocess.run([*enter, "/autograder/source/setup.sh"], env=environment, capture_output=True, text=True)
    assert done.returncode == 0 and "landlock" in done.stdout, done.stdout + done.stderr
    assert (root / "source" / "secret").stat().st_mode & 0o077 == 0
    solution = (REPOSITORY / "solutions" / name / f"{name}.ipynb").read_bytes()
    hand_in(root, {f"{name}.ipynb": solution})
    script = "/autograder/source/run_autograder"
    done = subprocess.run([*enter, script], env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert results(root)["score"] == 85.0


def test_what_cannot_be_bundled_is_said(course, tmp_path):
    done = command("bundle", "gradescope", "01-none", cwd=course)
    assert done.returncode == 2 and "There is no assignment '01-none'" in done.stderr
    small_course(tmp_path)
    shutil.rmtree(tmp_path / "assignments")
    done = command("bundle", "gradescope", "00-small", cwd=tmp_path)
    assert done.returncode == 1 and "is not released yet" in done.stderr
