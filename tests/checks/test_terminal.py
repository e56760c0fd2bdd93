"""`autograder check NOTEBOOK`: what the student reads, and the exit code."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import nbformat
import psutil
import pytest
from nbformat.v4 import new_code_cell, new_notebook
from typer.testing import CliRunner, Result

from autograder.cli import app
from autograder.notebook_file import NotANotebook, document_of
from autograder.submission.handed_in import find_notebook

SIZE = """
def output_size(size, kernel, stride=1, padding=0, dilation=1):
    return (size + 2 * padding - kernel) // stride + 1
"""


def check(path: Path) -> Result:
    return CliRunner().invoke(app, ["check", str(path)])


def notebook(path: Path, answer: str) -> Path:
    cell = new_code_cell("check('output-size')", metadata={"nbgrader": {"grade_id": "output-size-check"}})
    nbformat.write(new_notebook(cells=[new_code_cell(answer), cell]), path)
    return path


def test_a_wrong_answer_is_shown_and_exits_with_1(tmp_path: Path) -> None:
    done = check(notebook(tmp_path / "mine.ipynb", SIZE))
    assert done.exit_code == 1
    assert done.stdout.startswith("output-size: ") and "✗" in done.stdout and "✓" in done.stdout
    assert "Traceback" not in done.stdout and done.stderr == ""


def test_a_cell_that_raises_leaves_the_rest_to_be_checked(tmp_path: Path) -> None:
    done = check(notebook(tmp_path / "mine.ipynb", SIZE + "\nraise KeyError('later')"))
    assert done.exit_code == 1 and "✓" in done.stdout


BEGINS = "import os\nwith open({pipe!r}, 'w') as pipe: pipe.write(str(os.getpid()))\nwhile True: pass"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_one_who_stops_it_is_told_so_and_nobody_is_blamed(tmp_path: Path, number: signal.Signals) -> None:
    """Nor does the kernel run on."""
    pipe = tmp_path / "begun"
    os.mkfifo(pipe)
    path = notebook(tmp_path / "mine.ipynb", BEGINS.format(pipe=str(pipe)))
    command = [Path(sys.executable).with_name("autograder"), "check", path]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:
        kernel = int(pipe.read_text())
        running.send_signal(number)
        told, problems = running.communicate()
    assert (running.returncode, told, problems) == (130, "", "autograder: Stopped; run the same command again.\n")
    with pytest.raises(ProcessLookupError):
        os.kill(kernel, 0)


LINGERS = """
import atexit, time
def last(pipe={pipe!r}):
    with open(pipe, 'w') as pipe: pipe.write(str(os.getpid()))
    time.sleep(600)
import os
atexit.register(last)
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_one_who_stops_it_while_the_kernel_ends_is_told_so_too(tmp_path: Path, number: signal.Signals) -> None:
    pipe = tmp_path / "ending"
    os.mkfifo(pipe)
    path = notebook(tmp_path / "mine.ipynb", SIZE + LINGERS.format(pipe=str(pipe)))
    command = [Path(sys.executable).with_name("autograder"), "check", path]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:
        kernel = psutil.Process(int(pipe.read_text()))
        running.send_signal(number)
        told, problems = running.communicate()
    assert (running.returncode, told, problems) == (130, "", "autograder: Stopped; run the same command again.\n")
    assert not psutil.wait_procs([kernel], timeout=60)[1]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_one_who_stops_it_while_the_kernel_starts_is_told_so_too(tmp_path: Path, number: signal.Signals) -> None:
    path = notebook(tmp_path / "mine.ipynb", SIZE)
    command = [Path(sys.executable).with_name("autograder"), "check", path]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:
        while not (kernels := psutil.Process(running.pid).children()):
            assert running.poll() is None
        running.send_signal(number)
        told, problems = running.communicate()
    assert (running.returncode, told, problems) == (130, "", "autograder: Stopped; run the same command again.\n")
    assert not psutil.wait_procs(kernels, timeout=60)[1]


def test_an_untouched_notebook_is_not_attempted(tmp_path: Path) -> None:
    done = check(notebook(tmp_path / "mine.ipynb", "raise NotImplementedError()"))
    assert done.exit_code == 1 and "output-size: not attempted yet" in done.stdout


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"# no", "{\"größe\": 1}".encode("latin-1"), b'{"nbformat": 3, "worksheets": []}', b"%PDF-1.7", b"[]",
     b'{"nbformat": 4}', b"<html></html>", b"<<<<<<< HEAD\n"],
)  # fmt: skip
def test_what_is_no_notebook_gets_the_sentence_that_the_grader_has_for_it(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "mine.ipynb"
    path.write_bytes(content)
    done = check(path)
    with pytest.raises(NotANotebook) as refused:
        document_of(content)
    assert done.exit_code == 2 and done.stderr == f"autograder: {path} {refused.value}\n"


@pytest.mark.parametrize(("name", "said"), [("a.ipynb", "There is no file"), ("", "is a folder")])
def test_a_path_without_a_file_gets_one_sentence(tmp_path: Path, name: str, said: str) -> None:
    done = check(tmp_path / name)
    assert done.exit_code == 2 and said in done.stderr and done.stderr.count("\n") == 1


def test_a_notebook_of_another_kind_of_name_is_refused_as_the_grader_does(tmp_path: Path) -> None:
    path = notebook(tmp_path / "01-convolution.ipynb", SIZE).rename(tmp_path / "01-convolution.ipynb.txt")
    done = check(path)
    assert done.exit_code == 2 and "does not end in .ipynb: rename it" in done.stderr
    assert "take .txt off its name" in find_notebook(tmp_path, "01-convolution").missing


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_encodings_of_other_editors_are_read(tmp_path: Path, encoding: str) -> None:
    path = notebook(tmp_path / "mine.ipynb", SIZE)
    path.write_text(path.read_text(encoding="utf-8"), encoding=encoding)
    assert check(path).stdout.startswith("output-size: ")


def test_a_notebook_without_checks_is_said_so(tmp_path: Path) -> None:
    path = tmp_path / "mine.ipynb"
    nbformat.write(new_notebook(cells=[new_code_cell("1 + 1")]), path)
    done = check(path)
    assert done.exit_code == 2 and "has no check cells" in done.stderr
