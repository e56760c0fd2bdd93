"""What the course's own staff can get wrong: nobody is graded by it, and nothing that was graded is lost."""

from __future__ import annotations

import json

from tests.small.courses import read_json
from tests.soak.faults.place import NAME, Place, each, fault

HIDDEN = "small_course/small/double/hidden.py"
SOLUTION, RELEASE = f"solutions/{NAME}/{NAME}.ipynb", f"assignments/{NAME}/{NAME}.ipynb"


@each(
    ("pyproject.toml is no TOML", ("pyproject.toml", "[tool.autograder\n", "pyproject.toml")),
    ("a hidden check does not compile", (HIDDEN, "def test_(:\n", "hidden")),
    ("a hidden check raises when it is read", (HIDDEN, "1 / 0\n", "hidden|ZeroDivision")),
    ("a task has no hidden check", (HIDDEN, "", "hidden tests|no checks")),
    ("the solution is truncated", (SOLUTION, '{"cells": [', NAME)),
    ("the solution is of another kind", (SOLUTION, "[]", NAME)),
    ("the released notebook is truncated", (RELEASE, '{"cells": [', NAME)),
    ("the released notebook is lost", (RELEASE, None, "release")),
    ("the thresholds are truncated", ("small_course/thresholds.json", '{"a": ', "")),
)
def _(place: Place, case: tuple[str, str | None, str]) -> None:
    name, text, pattern = case
    place.add("odd")
    path = place.root / name
    before = path.read_bytes()
    path.unlink() if text is None else path.write_text(text)
    run = place.grade()
    if pattern:
        place.says(run, pattern)
        assert not place.result("odd").exists()
    else:
        assert run.code == 0, run.text
        place.said.append("0: graded all the same, since nothing here asks for them")
    path.write_bytes(before)
    place.whole(odd=12.0)


@fault("a hidden check breaks on every answer")
def _(place: Place) -> None:
    path = place.root / HIDDEN
    before = path.read_text()
    path.write_text(before.replace("student.double", "nobody_knows.double"))
    run = place.grade()
    assert "broke a check" in run.text, run.text
    place.said.append(f"{run.code}: the broken check is named")
    path.write_text(before)
    place.whole()


ENDED = "The worker process ended; .* a hidden check that ends it"
HOLDS_ALL = "import os\n    held = []\n    while True: held.append(os.open('/dev/null', 0))"


@each(
    ("a hidden check ends its worker", ("import os\n    os._exit(1)", ENDED)),
    ("a hidden check raises KeyboardInterrupt", ("raise KeyboardInterrupt", None)),
    ("a hidden check is cancelled", ("import asyncio\n    raise asyncio.CancelledError", None)),
    ("a hidden check kills its worker", ("import os\n    os.kill(os.getpid(), 9)", ENDED)),
    ("a hidden check calls sys.exit()", ("raise SystemExit(0)", None)),
    ("a hidden check recurses without end", ("def again(): again()\n    again()", None)),
    ("a hidden check is skipped", ("import pytest\n    pytest.skip('not today')", None)),
    ("a hidden check finds no file descriptor left", (HOLDS_ALL, "The grader may open no more files")),
)
def _(place: Place, case: tuple[str, str | None]) -> None:
    line, why = case
    place.add("odd")
    path = place.root / HIDDEN
    before = path.read_text()
    head, _, body = before.partition("):\n")
    first, _, rest = body.partition("\n")
    path.write_text(f"{head}):\n{first}\n    {line}\n{rest}")
    if why is None:
        ended = "SystemExit|KeyboardInterrupt|CancelledError|Recursion|not today"
        place.says(place.grade(), f"odd broke a check: test_double_of_five: .*({ended})", code=0)
    else:
        place.says(place.grade(), f"odd could not be graded: {why}")
        assert not place.result("odd").exists()
    path.write_text(before)
    place.whole(odd=12.0)


@fault("a check cell has more points than its tests")
def _(place: Place) -> None:
    place.add("odd")
    path = place.root / SOLUTION
    before = path.read_text()
    notebook = read_json(path)
    for cell in notebook["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("grade_id") == "square-check":
            cell["metadata"]["nbgrader"]["points"] = 12
    path.write_text(json.dumps(notebook))
    place.says(place.grade(), "has 12 points, and the hidden tests of the task have 6 together")
    assert not place.result("odd").exists()
    path.write_text(before)
    place.whole(odd=12.0)
