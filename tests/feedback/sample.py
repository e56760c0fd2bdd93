"""A small class, as grading hands it over: results, notebooks and grades by hand, for tests and pictures."""

from __future__ import annotations

import base64
import io
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from PIL import Image

from autograder.gradebook.by_hand import Manual, ManualGrade
from tests.small.courses import nbgrader

ASSIGNMENT = "01-convolution"
TITLE = "The convolution layer"
SECRET_NAME = "test_the_secret_name_of_a_hidden_check"
SECRET_VALUE = "31337.25"
CEIL = (
    "The last window that does not fit any more was counted too: the division was rounded up, not down."
)
SYMMETRIC = (
    "The padding was split evenly with the odd pixel before the image; “same” padding puts it after the image."
)
LATE = "Your code did not answer within the time allowed."
OUTPUT_SIZE = '''def output_size(size, kernel, stride=1, padding=0, dilation=1):
    """How often a window fits into `size` pixels, in one direction."""
    window = dilation * (kernel - 1) + 1
    return math.ceil((size + 2 * padding - window) / stride) + 1
'''
CONV2D = '''class Conv2D:
    """A convolution layer: `filters` kernels slide over the image."""

    def __init__(self, filters, kernel_size, strides=1, padding="valid"):
        self.filters, self.kernel_size = filters, kernel_size
        self.strides, self.padding = strides, padding

    def forward(self, image):
        kh, kw = self.kernels.shape[1:3]
        if self.padding == "same":
            image = np.pad(image, ((kh // 2, (kh - 1) // 2), (kw // 2, (kw - 1) // 2), (0, 0)))
        rows, columns = image.shape[0] - kh + 1, image.shape[1] - kw + 1
        result = np.zeros((rows, columns, self.filters), image.dtype)
        for y in range(rows):
            for x in range(columns):
                window = image[y:y + kh, x:x + kw]
                result[y, x] = np.tensordot(self.kernels, window, axes=3)
        return result
'''
WHY = """A convolution **shares its weights**: the same small kernel looks at every place of the image, so

* there are *few parameters*, whatever the size of the image,
* a shape is found wherever it stands (translation equivariance).

It is also invariant to rotation.
"""
RUBRIC = """* few parameters through sharing (2 points)
* translation equivariance (2 points)
* no invariance to rotation (1 point)
"""
COMMENT = "Clear and to the point. But turn a picture by 90° and look at the feature map again: does it turn along?"


def checked(
    description: str, passed: bool, points: float = 0.0, message: str = "", diagnosis: str | None = None,
    case: str | None = None, section: str | None = None, details: str = "", name: str = SECRET_NAME,
) -> dict[str, Any]:
    """One test of `results.json`; without points a public one."""
    return {
        "name": name, "description": description, "hidden": points > 0, "points": points, "passed": passed,
        "message": message, "details": details, "diagnosis": diagnosis, "counterexample": case, "section": section,
    }


def task(
    id: str, status: str, score: float | None, max_score: float, tests: list[dict[str, Any]] | None = None,
    message: str = "", kind: str = "code", reason: str | None = None,
) -> dict[str, Any]:
    return {"task": id, "kind": kind, "score": score, "max_score": max_score, "status": status, "reason": reason,
            "message": message, "tests": tests or []}


def output_size_tests(right: bool) -> list[dict[str, Any]]:
    wrong = {"message": CEIL, "diagnosis": "ceil-instead-of-floor", "section": "How large is the result?"}
    wrong = {} if right else wrong
    return [
        checked("A 3-wide window fits 5 times into 7 pixels, one pixel apart.", True),
        checked("Padding adds pixels on both sides; the stride is the distance from one window to the next.", right,
                case=None if right else "size 8, kernel 3, stride 2",
                details="" if right else "expected 3, received 4", **wrong),
        checked("The size is right for any kernel and stride.", right, 3,
                case=None if right else "size 4, kernel 1, stride 2", details=f"expected {SECRET_VALUE}", **wrong),
        checked("A dilated kernel covers more pixels.", True, 2),
        checked("A stride of 0 is refused with a ValueError that names the argument.", True, 1),
    ]


def conv2d_tests(right: bool) -> list[dict[str, Any]]:
    wrong = {"message": SYMMETRIC, "diagnosis": "odd-pixel-before-the-image", "section": "Same padding"}
    wrong = {} if right else wrong
    return [
        checked("With “valid” padding the window stays inside the image.", True, 4),
        checked("Several filters give several channels.", True, 4),
        checked("With “same” padding an even kernel puts its extra pixel after the image, not before.", right, 3,
                case=None if right else "image 5x4x2, kernels 3x2x2x2, padding same",
                details=f"expected {SECRET_VALUE}", **wrong),
        checked("“Same” padding works for kernels that are not square.", right, 3,
                case=None if right else "image 3x3x1, kernels 1x3x2x1, padding same", **wrong),
        checked("Strides skip windows, also with different strides in each direction.", right, 4, "" if right else
                "The result has shape 5x5x3, expected 3x3x3 (the numbers of rows and columns are off).",
                case=None if right else "image 5x5x1, kernels 3x2x2x1, stride 2"),
        checked("The result of a float32 image is float32.", True, 2),
    ]


def results(student: str = "ada", right: bool = False) -> dict[str, Any]:
    sizes, layer = output_size_tests(right), conv2d_tests(right)
    tasks = [
        task("why-convolution", "needs_manual_grade", None, 5, kind="text", message="Graded by hand."),
        task("output-size", "passed" if right else "partial", 6 if right else 3, 6, sizes),
        task("conv2d", "passed" if right else "partial", 20 if right else 10, 20, layer),
        task("im2col", "not_attempted", 0, 10, [], "Not attempted yet."),
        task("speed", "stopped", 0, 4, [checked("A large image takes a moment, not a minute.", False, 4, LATE)],
             LATE, reason="timeout"),
    ]
    total = sum(one["score"] or 0 for one in tasks)
    return {
        "schema": 1, "assignment": ASSIGNMENT, "student": student, "status": "needs_manual_grade", "reason": None,
        "score": total, "max_score": 40.0, "tasks": tasks,
        "provenance": {"checks": "9f2c41d0a7b3", "environment": "", "seed": 7, "isolation": ["landlock", "seccomp"],
                       "graded_at": "2026-11-20T14:05:00Z", "seconds": 1.2},
    }


def not_gradable(student: str = "max") -> dict[str, Any]:
    message = "The file is not a notebook: its JSON ends in the middle."
    document = results(student)
    tasks = [{**one, "status": "failed", "score": None if one["kind"] == "text" else 0.0, "reason": "malformed",
              "message": message, "tests": []} for one in document["tasks"]]
    return {**document, "status": "not_gradable", "reason": "malformed", "score": 0.0, "tasks": tasks}


def manual() -> Manual:
    return Manual({"why-convolution": ManualGrade(3.0, 0.0, COMMENT)})


def png(width: int = 160, height: int = 90) -> str:
    image = Image.new("L", (width, height))
    image.putdata([(x * 255 // width + y) % 256 for y in range(height) for x in range(width)])
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return base64.b64encode(buffer.getvalue()).decode()


def answer(task_id: str, source: str, *outputs: Any) -> NotebookNode:
    cell = new_code_cell(source, outputs=list(outputs))
    cell.metadata["nbgrader"] = nbgrader(task_id, solution=True)
    return cell


def check_cell(task_id: str, points: float) -> NotebookNode:
    cell = new_code_cell(f'check("{task_id}")')
    cell.metadata["nbgrader"] = nbgrader(f"{task_id}-check", grade=True, points=points)
    return cell


def written(task_id: str, source: str, points: float) -> NotebookNode:
    cell = new_markdown_cell(source)
    cell.metadata["nbgrader"] = nbgrader(task_id, grade=True, solution=True, points=points)
    return cell


def notebook() -> NotebookNode:
    shown = new_output("display_data", {"image/png": png(), "text/plain": "<Figure size 640x480>"})
    return new_notebook(cells=[
        new_markdown_cell("# The convolution layer"),
        new_markdown_cell("## Why a convolution"),
        written("why-convolution", WHY, 5),
        new_markdown_cell("## How large is the result?"),
        answer("output-size", OUTPUT_SIZE),
        new_code_cell("output_size(227, 11, stride=4)", outputs=[
            new_output("execute_result", {"text/plain": "55"}, execution_count=1)]),
        check_cell("output-size", 6),
        new_markdown_cell("## The layer"),
        answer("conv2d", CONV2D, shown),
        check_cell("conv2d", 20),
        new_markdown_cell("## im2col"),
        answer("im2col", "# YOUR CODE HERE"),
        check_cell("im2col", 10),
        new_markdown_cell("## Speed"),
        answer("speed", "while True:\n    pass", new_output("error", ename="KeyboardInterrupt", evalue="",
               traceback=["\x1b[0;31mKeyboardInterrupt\x1b[0m: stopped after 30 s"])),
        check_cell("speed", 4),
    ])


def release() -> NotebookNode:
    """The student version of the same notebook."""
    given = notebook()
    own = {cell.source for cell in given.cells if cell.source.startswith("output_size(")}
    return nbformat.from_dict({**given, "cells": [cell for cell in given.cells if cell.source not in own]})


def class_results() -> list[dict[str, Any]]:
    """Nine submissions: right, wrong, and two that were stopped or cannot be graded."""
    names = ["ada", "blaise", "carl", "dana", "emmy", "fei-fei", "grace", "henri"]
    documents = [results(name, right=name in ("ada", "emmy", "grace")) for name in names]
    for document in documents:
        if document["student"] not in ("dana", "henri"):
            size = 4.0 if document["student"] != "blaise" else 0.0
            speed = document["tasks"][4]
            if size:
                done = [checked("A large image takes a moment, not a minute.", True, 4)]
                speed.update(status="passed", score=size, reason=None, message="", tests=done)
        document["score"] = float(sum(one["score"] or 0 for one in document["tasks"]))
    return [*documents, not_gradable("max")]
