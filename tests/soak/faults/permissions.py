"""What the grader's account may not read or write. Root may do everything, and gives that up for these rows."""

from __future__ import annotations

import ctypes
from pathlib import Path

from tests.small.small_class import as_json
from tests.soak.faults.place import NAME, Place, as_root, each, fault

DROP_FROM_BOUNDING_SET, DAC_OVERRIDE, DAC_READ_SEARCH = 24, 1, 2
SUBMITTED = f"submitted/odd/{NAME}"


def like_others() -> None:
    """Makes of a process of root one that may do no more than an ordinary account with files that are its own."""
    for capability in DAC_OVERRIDE, DAC_READ_SEARCH:
        if ctypes.CDLL(None, use_errno=True).prctl(DROP_FROM_BOUNDING_SET, capability, 0, 0, 0):
            raise OSError(ctypes.get_errno(), "a capability could not be given up")


@fault("a grader that may do with files what their modes allow, and has no home")
@as_root
def _(place: Place) -> None:
    place.add("odd")
    place.env = {"HOME": ""}
    run = place.grade(preexec_fn=like_others)
    assert run.code == 0, run.text
    place.leaves_nothing()
    place.env = {}
    place.said.append("0: graded all the same")
    place.whole(odd=12.0)


@each(
    ("a notebook that may not be read", (f"{SUBMITTED}/{NAME}.ipynb", "ipynb may not be read")),
    ("a file beside the notebook that may not be read", (f"{SUBMITTED}/data.csv", "data.csv may not be read")),
    ("a folder beside the notebook that may not be read", (f"{SUBMITTED}/data", "data may not be read")),
    ("timestamp.txt may not be read", (f"{SUBMITTED}/timestamp.txt", "timestamp.txt may not be read")),
    ("a submission's folder may not be read", (SUBMITTED, f"{NAME} may not be read")),
    ("a student's folder may not be read", ("submitted/odd", "odd.* may not be read")),
    ("a student's folder in autograded/ may not be written", ("autograded/odd", "odd.* may not be read or written")),
)
@as_root
def _(place: Place, case: tuple[str, str]) -> None:
    name, pattern = case
    for student in ("even", "odd"):
        place.add(student)
    path = place.root / name
    if path.name == "data.csv":
        path.write_text("1,2")
    elif not path.exists():
        path.mkdir()
    mode = path.stat().st_mode
    path.chmod(0)
    place.says(place.grade(preexec_fn=like_others), f"odd could not be graded.*{pattern}")
    path.chmod(mode)
    assert place.score("even") == 12.0, "the others are graded"
    assert not place.result("odd").exists()
    place.whole(even=12.0, odd=12.0)


@each(
    ("submitted/ may not be read", ("submitted", "submitted.* may not be read")),
    ("autograded/ may not be looked into", ("autograded", "autograded.* may not be read")),
    (".autograder/ may not be looked into", (".autograder", r"\.autograder.* may not be read")),
    ("the secret may not be read", (".autograder/secret", "secret may not be read")),
    ("the record may not be read", (".autograder/ledger.db", "ledger.db cannot be read or written; see")),
    ("the gradebook may not be read", ("gradebook.db", "gradebook.db .*make it and its folder yours")),
    ("the solution may not be read", (f"solutions/{NAME}/{NAME}.ipynb", "ipynb may not be read")),
    ("the released notebook may not be read", (f"assignments/{NAME}/{NAME}.ipynb", "ipynb may not be read")),
    ("a hidden check may not be read", ("small_course/small/double/hidden.py", "hidden.py may not be read")),
    ("pyproject.toml may not be read", ("pyproject.toml", "pyproject.toml may not be read")),
    ("nbgrader_config.py may not be read", ("nbgrader_config.py", "nbgrader_config.py")),
)
@as_root
def _(place: Place, case: tuple[str, str]) -> None:
    name, pattern = case
    place.add("odd")
    path = place.root / name
    made = not path.exists()
    if made:
        path.write_text("c = get_config()\n")
    mode = path.stat().st_mode
    path.chmod(0)
    place.says(place.grade(preexec_fn=like_others), pattern)
    path.chmod(mode)
    assert not place.result("odd").exists()
    if made:
        path.unlink()
    place.whole(odd=12.0)


@each(
    ("results.json may not be read", "results.json"),
    ("a graded notebook may not be read", f"{NAME}.ipynb"),
)
@as_root
def _(place: Place, name: str) -> None:
    path = place.result("ada").with_name(name)
    before = path.read_bytes()
    path.chmod(0)
    run = place.grade(preexec_fn=like_others)
    assert run.code == 0, run.text
    assert path.read_bytes() == before and path.stat().st_mode & 0o444 == 0o444
    place.said.append("0: written again from the record")
    place.whole()


@fault("feedback where a submission may not be read")
@as_root
def _(place: Place) -> None:
    folder: Path = place.root / "submitted" / "ada" / NAME
    folder.chmod(0)
    run = place.run("feedback", NAME, preexec_fn=like_others)
    folder.chmod(0o755)
    assert run.code == 0, run.text
    assert (place.root / "feedback" / "ada" / NAME / f"{NAME}.html").is_file()
    place.said.append(f"0: {run.text[-120:]}")
    place.whole()
    assert as_json(place.result("ada"))["status"]
