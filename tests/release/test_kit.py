"""What students get works without the course, and tells them nothing that they must not know."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from types import ModuleType, SimpleNamespace
from unittest import mock

import nbformat
import pytest
import yaml
from IPython.core.inputtransformer2 import TransformerManager

from autograder.checks import freezing, frozen
from autograder.checks.runner import CheckSession
from autograder.course import ROOT_VARIABLE, Course, CourseError
from autograder.homework import manifest
from autograder.release import kit as kit_writer
from autograder.release.kit import STAFF_ONLY, answers_given_away
from autograder.release.release import release
from autograder.training import TrainingTask
from tests.small.courses import editable
from tests.small.nbgrader_course import make_course, task_cells

NAME = "01-convolution"
REPOSITORY = Course.here().root
ANSWER = '''def output_size(size, kernel, stride=1, padding=0, dilation=1):
    """How often the window fits."""
    ### BEGIN SOLUTION
    the_window_is = dilation * (kernel - 1) + 1
    ones = [size, kernel, stride, dilation]
    if min(ones) < 1 or padding < 0 or the_window_is > size + 2 * padding:
        raise ValueError("one of size, kernel, stride, padding, dilation is wrong: stride")
    return (size + 2 * padding - the_window_is) // stride + 1
    ### END SOLUTION
'''


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """One task of the real course, with the real course's package and settings."""
    cells = [editable("student-id", 'STUDENT_ID = "me"'), *task_cells("output-size", ANSWER, 8)]
    root = make_course(tmp_path_factory.mktemp("course"), cells, name=NAME)
    (root / "course").symlink_to(REPOSITORY / "course")
    (root / "docs").symlink_to(REPOSITORY / "docs")
    shutil.copy(REPOSITORY / "pyproject.toml", root / "pyproject.toml")
    return Course(root)


@pytest.fixture(scope="module")
def kit(course: Course) -> Path:
    folder = course.root / "kit"
    release(course=course, kit=folder, register=False)
    return folder


def run(kit: Path, code: str) -> str:
    """Runs Python as a student would: with the kit's package and nothing of the course."""
    environment = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "CNN_STRICT", "NBGRADER_EXECUTION")}
    done = subprocess.run([sys.executable, "-c", code], cwd=kit, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_kit_has_notebooks_environment_and_package(kit: Path):
    for name in (f"{NAME}/{NAME}.ipynb", "environment.yml", "constraints.txt", "pyproject.toml", "README.md"):
        assert (kit / name).is_file(), name
    assert "YOUR CODE HERE" in (kit / NAME / f"{NAME}.ipynb").read_text(encoding="utf-8")


WORKFLOW = ".github/workflows/hand-in.yml"


def _lines_of(kit: Path) -> dict[str, list[str]]:
    """What the workflows run, line by line."""
    (github,) = yaml.safe_load((kit / WORKFLOW).read_text(encoding="utf-8"))["jobs"].values()
    gitlab = yaml.safe_load((kit / ".gitlab-ci.yml").read_text(encoding="utf-8"))["hand-in"]
    runs = [step["run"] for step in github["steps"] if "run" in step]
    assert runs == gitlab["script"]
    for step in github["steps"]:
        assert "run" in step or re.fullmatch(r"actions/[\w-]+@[0-9a-f]{40}", step["uses"])
    return {"github": runs, "gitlab": gitlab["script"]}


def test_a_students_repository_checks_and_packs_at_each_push(kit: Path, tmp_path: Path):
    """The workflow's own lines, in a clone, but for the installation, which would take this one's packages anew."""
    for lines in _lines_of(kit).values():
        install, hand_in = lines
        assert install == 'python -m pip install --quiet -c constraints.txt -e "."'
    clone = tmp_path / "clones" / "me"
    git = ["git", "-c", "user.name=x", "-c", "user.email=x@y", "-C"]
    origin = tmp_path / "origin"
    shutil.copytree(kit, origin)
    notebook = origin / NAME / f"{NAME}.ipynb"
    read = nbformat.read(notebook, as_version=4)
    (cell,) = [cell for cell in read.cells if "YOUR CODE HERE" in cell.source]
    cell.source = "def output_size(size, kernel, stride=1, padding=0, dilation=1):\n    return size"
    nbformat.write(read, notebook)
    for words in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "done"]):
        subprocess.run([*git, origin, *words], check=True)
    subprocess.run(["git", "clone", "-q", origin, clone], check=True)
    command = tmp_path / "bin" / "autograder"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m autograder.cli "$@"\n')
    command.chmod(0o755)
    environment = {name: value for name, value in os.environ.items() if name not in (ROOT_VARIABLE, "PYTHONPATH")}
    environment["PATH"] = f"{command.parent}{os.pathsep}{environment['PATH']}"
    done = subprocess.run(["bash", "-c", hand_in], cwd=clone, env=environment, capture_output=True, text=True)
    assert f"{NAME}:\noutput-size: " in done.stdout, done.stderr
    assert (clone / "handed-in" / f"{NAME}.ipynb").is_file()
    status = subprocess.run([*git, clone, "status", "--porcelain"], capture_output=True, text=True, check=True)
    assert status.stdout == ""


def test_workflows_have_no_secret_and_reach_no_hidden_check(kit: Path):
    for name in (WORKFLOW, ".gitlab-ci.yml"):
        text = (kit / name).read_text(encoding="utf-8")
        assert "secrets." not in text and "write" not in text
        (line,) = [line for line in text.splitlines() if "autograder" in line]
        assert line.strip(" -").removeprefix("run: ") == "autograder hand-in --begun"
    hidden = [path for path in kit.rglob("*") if path.name in ("hidden.py", "reference.py", "right_answers.py")]
    assert hidden == []


def _tests(module: Path) -> set[str]:
    """The names of a module's tests."""
    found = ast.walk(ast.parse(module.read_text(encoding="utf-8")))
    return {node.name for node in found if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")}


def test_the_kit_has_nothing_that_knows_an_answer(kit: Path):
    for part in STAFF_ONLY:
        assert not (kit / "autograder" / part).exists()
    staff = {"hidden.py", "reference.py", "misconceptions.py", "probes.py", "right_answers.py", "good.md", "poor.md"}
    assert not {path.name for path in (kit / "course").rglob("*")} & staff
    text = "\n".join(p.read_bytes().decode(errors="replace") for p in kit.rglob("*") if p.is_file())
    task = REPOSITORY / "course" / "convolution" / "output_size"
    hidden = _tests(task / "hidden.py") - _tests(task / "public.py")
    assert hidden
    for secret in ("the_window_is", "def output_size(size: int", *hidden):
        assert secret not in text
    notebook = (kit / NAME / f"{NAME}.ipynb").read_text(encoding="utf-8")
    assert "BEGIN HIDDEN" not in notebook and "BEGIN SOLUTION" not in notebook


def test_public_checks_run_from_frozen_cases(kit: Path):
    code = (
        "import autograder; from autograder import check; {}\nr = check('output-size', namespace={{'output_size': f}})"
    )
    code += "\nprint(autograder.__file__); print(r.passed); print(repr(r))"
    right = ANSWER.replace("def output_size", "def f")
    out = run(kit, code.format("pass\n" + right))
    assert out.splitlines()[0] == str(kit / "autograder" / "__init__.py")
    assert out.splitlines()[1] == "True", out
    wrong = right.replace("+ 2 * padding - the_window_is", "+ padding - the_window_is")
    assert run(kit, code.format("pass\n" + wrong)).splitlines()[1] == "False"


def test_a_public_check_that_gives_an_answer_away_is_noticed(kit: Path, monkeypatch: pytest.MonkeyPatch):
    assignment = Course.here().assignment(NAME)
    assert answers_given_away(assignment, kit / "course") == []
    given = [
        ("test_sizes", "padding_output", {"same": 28, "valid": 1}), ("test_it_fits_exactly", "output_size", 5),
        ("test_example", "padding_output", {"same": 12}),
    ]
    monkeypatch.setattr(frozen, "frozen_values", lambda path: iter(given))
    assert answers_given_away(assignment, kit / "course") == ["test_sizes gives away the answer of padding-output"]


def test_release_trains_no_network(monkeypatch: pytest.MonkeyPatch):
    """The public checks of such a task ask for no right answer, so there is nothing to freeze, and nothing is run."""

    def trained(*arguments: object, **options: object) -> None:
        raise AssertionError("a network was trained")

    monkeypatch.setattr(TrainingTask, "_run", trained)
    monkeypatch.setattr(CheckSession, "record", trained)
    session = CheckSession("04-lenet", parts=("public",))
    for task in ("lenet-train", "mnist-challenge", "keras-cnn"):
        assert freezing.frozen_of(session, task)


def test_the_kit_of_the_whole_course_can_be_handed_out(tmp_path: Path):
    course = Course.here()
    kit_writer.write(tmp_path / "kit", course, list(course))
    folders = {path.name for path in (tmp_path / "kit").iterdir() if path.is_dir()}
    assert folders == {*course.names, ".github", "autograder", "course"}


def test_importing_the_kit_needs_neither_sandbox_nor_grading(kit: Path):
    loaded = run(kit, "import sys; from autograder import check, load_images; print(*sys.modules)").split()
    staff = {"nbgrader", "sqlalchemy", "landlock", "pyseccomp", "autograder.sandbox.provisioner"}
    assert not staff & set(loaded)
    assert not [name for name in loaded if name.startswith(("autograder.classroom", "autograder.submission"))]


ELSEWHERE_MISSING = {"fcntl", "grp", "pwd", "resource", "termios", "pty"}


def test_what_a_check_needs_of_the_kit_imports_on_windows_and_macos(kit: Path):
    """No module that `check` loads imports what only Linux has; inside a function it may."""
    out = run(
        kit,
        "import sys; from autograder import check; check('output-size', namespace={})\n"
        "print(*(m.__file__ for n, m in sys.modules.items() if n.startswith('autograder.')), sep='\\n')",
    )
    files = [Path(line) for line in out.splitlines() if line.startswith(str(kit)) and line.endswith(".py")]
    assert len(files) > 10
    for path in files:
        imports = [node for node in ast.parse(path.read_text(encoding="utf-8")).body if isinstance(node, ast.Import)]
        names = {alias.name for node in imports for alias in node.names}
        assert not names & ELSEWHERE_MISSING, path


def test_students_install_the_base_and_what_a_notebook_needs_by_an_extra(kit: Path):
    ours = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    theirs = tomllib.loads((kit / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert theirs["name"] == "cnn-coursework" and theirs["dependencies"] == ours["dependencies"]
    assert set(theirs["optional-dependencies"]) == {"torch", "tensorflow"}
    assert theirs["entry-points"] == {"autograder.course": {"cnn": "course"}} and theirs["scripts"] == ours["scripts"]
    (pip,) = [
        item["pip"]
        for item in yaml.safe_load((kit / "environment.yml").read_text(encoding="utf-8"))["dependencies"]
        if isinstance(item, dict)
    ]
    assert pip == ["-c constraints.txt", "-e .[torch,tensorflow]"]


def test_a_kit_that_is_public_opens_in_colab_and_binder(course: Course, tmp_path: Path):
    """The badges lead to its notebooks; Colab's first cell installs it, and does nothing elsewhere."""
    root = tmp_path / "course"
    shutil.copytree(course.root, root, symlinks=True, ignore=shutil.ignore_patterns("kit"))
    settings = root / "pyproject.toml"
    line = 'kit_repository = "https://github.com/ada/cnn-kit"\n'
    settings.write_text(settings.read_text().replace('kit_readme =', line + "kit_readme =", 1))
    release(course=Course(root), kit=root / "kit", register=False)
    path = f"ada/cnn-kit/blob/main/{NAME}/{NAME}.ipynb"
    notebook = nbformat.read(root / "kit" / NAME / f"{NAME}.ipynb", as_version=4)
    for text in ((root / "kit" / "README.md").read_text(), notebook.cells[1].source):
        assert f"https://colab.research.google.com/github/{path}" in text
        assert f"https://mybinder.org/v2/gh/ada/cnn-kit/main?labpath={NAME}%2F{NAME}.ipynb" in text
    first = notebook.cells[2].source
    assert "git+https://github.com/ada/cnn-kit@main" in first
    asked: list[str] = []
    scope = {"get_ipython": lambda: SimpleNamespace(run_line_magic=lambda name, line: asked.append(f"{name} {line}"))}
    code = TransformerManager().transform_cell(first)
    exec(code, scope)
    assert asked == []
    with mock.patch.dict(sys.modules, {"google.colab": ModuleType("google.colab")}):
        exec(code, scope)
    assert asked == ["pip install --quiet git+https://github.com/ada/cnn-kit@main"]


def test_a_kit_without_a_public_repository_has_no_badges(kit: Path):
    assert "colab" not in (kit / "README.md").read_text() + (kit / NAME / f"{NAME}.ipynb").read_text()


@pytest.mark.parametrize("address", ["http://example.org/kit", "https://github.com/ada", "ada/kit"])
def test_an_address_that_colab_cannot_open_is_refused(address: str, tmp_path: Path):
    (tmp_path / "pyproject.toml").write_text(f'[tool.autograder]\ncourse = "course"\nkit_repository = "{address}"\n')
    with pytest.raises(CourseError, match="https://github.com/OWNER/NAME"):
        _ = Course(tmp_path).kit_repository


def test_the_kit_says_how_it_is_installed_and_has_the_guide(kit: Path):
    page = (kit / "README.md").read_text(encoding="utf-8")
    for part in ("-m venv .venv", "pip install -c constraints.txt -e .", '".[torch]"', "GB", "STUDENT_ID", "hand-in"):
        assert part in page
    assert f"({NAME}/{NAME}.ipynb) | `.` |" in page and "{notebooks}" not in page
    for target in re.findall(r"\]\(([^)\s]+)\)", page):
        assert target.startswith("https:") or (kit / target).is_file(), target


def test_a_student_sees_how_a_text_is_graded_and_no_empty_cell():
    for assignment in Course.here():
        notebook = nbformat.read(assignment.release_path, as_version=4)
        cells = {cell.metadata.get("nbgrader", {}).get("grade_id", cell.id): cell for cell in notebook.cells}
        assert all(cell.source.strip() for cell in notebook.cells), assignment.name
        for task in (task for task in assignment.tasks if task.kind == "text"):
            assert f"up to {task.points:g} points by a rubric" in cells[f"{task.id}-rubric"].source


def test_the_kit_lists_itself(kit: Path):
    listed = manifest.read(kit)
    assert listed is not None and listed.course == "cnn" and listed.notebooks == (f"{NAME}/{NAME}.ipynb",)
    assert {"README.md", "autograder/cli.py", f"{NAME}/{NAME}.ipynb"} <= set(listed.files)


BASE_ALONE = """
import sys

class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {missing!r}:
            raise ModuleNotFoundError(f"{{name}} is not installed", name=name)

sys.meta_path.insert(0, Missing())
"""


def test_the_base_is_enough_for_what_needs_no_framework(kit: Path):
    extras = {"torch", "tensorflow", "keras", "nbgrader", "sqlalchemy", "alembic", "psutil", "pyseccomp", "nh3",
              "mistune", "dask", "distributed", "hypothesis"}  # fmt: skip
    code = BASE_ALONE.format(missing=extras) + (
        "from autograder import check, load_images\n"
        "import autograder.cli\n"
        "def output_size(size, kernel, stride=1, padding=0, dilation=1):\n    return 3\n"
        "print(check('output-size'))\nprint(load_images('digits').name)\n"
    )
    said = run(kit, code)
    assert "output-size: " in said and "✗" in said and said.endswith("digits\n")


def test_the_course_is_found_by_the_installed_kit_where_no_folder_names_one(kit: Path, tmp_path: Path):
    """As in Colab: the kit is installed, and the notebook is opened in a folder of its own."""
    here, empty = tmp_path / "installed", tmp_path / "empty"
    for folder in (here, empty):
        folder.mkdir()
    shutil.copytree(kit / "autograder", here / "autograder")
    shutil.copytree(kit / "course", here / "course")
    about = here / "cnn_coursework-0.1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: cnn-coursework\nVersion: 0.1.0\n")
    (about / "entry_points.txt").write_text("[autograder.course]\ncnn = course\n")
    code = "from autograder import check, variant\nprint(variant('weight-counting', 'ada'), check('output-size'))"
    environment = {**os.environ, "PYTHONPATH": str(here)}
    environment.pop(ROOT_VARIABLE, None)
    done = subprocess.run([sys.executable, "-c", code], cwd=empty, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "output-size: not attempted yet" in done.stdout


def test_writing_it_again_replaces_it(course: Course, kit: Path):
    (kit / "stale.txt").write_text("from an earlier release")
    release([NAME], course=course, kit=kit, register=False)
    assert not (kit / "stale.txt").exists() and (kit / "README.md").is_file()
    assert not [p for p in kit.parent.iterdir() if p.name.startswith(".kit")]


def test_a_folder_with_other_files_is_not_overwritten(course: Course, tmp_path: Path):
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(CourseError, match="is not empty and holds no kit"):
        release(course=course, kit=tmp_path, register=False)
    assert [p.name for p in tmp_path.iterdir()] == ["thesis.txt"]
    with pytest.raises(CourseError, match="holds the course itself"):
        release(course=course, kit=course.root, register=False)
    (tmp_path / "README.md").write_text("# Another project")
    (tmp_path / "autograder").mkdir()
    with pytest.raises(CourseError, match="is not empty and holds no kit"):
        release(course=course, kit=tmp_path, register=False)
