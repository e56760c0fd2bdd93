"""What makes a submission run again."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from autograder.classroom import fingerprints
from autograder.classroom.fingerprints import MODULES, PACKAGE, ROOMS, checks_fingerprint, environment_fingerprint
from tests.small.small_class import small_course


def test_the_data_sets_count() -> None:
    assert environment_fingerprint("numpy", ()) == environment_fingerprint("numpy")
    assert environment_fingerprint("numpy", ("mnist",)) == environment_fingerprint("numpy", ("mnist",))
    found = {environment_fingerprint("numpy", names) for names in ((), ("mnist",), ("digits",), ("mnist", "digits"))}
    assert len(found) == 4


def test_the_device_counts_where_it_is_not_the_usual_one() -> None:
    assert environment_fingerprint("numpy", device="cpu") == environment_fingerprint("numpy")
    assert environment_fingerprint("numpy", device="cuda") != environment_fingerprint("numpy")


@pytest.mark.parametrize(
    ("path", "counts"),
    [
        ("small/double/hidden.py", True),
        ("small/double/public.py", True),
        ("small/double/reference.py", True),
        ("small/shared.py", True),
        ("bench/relu/reference.py", True),  # a check may ask for it
        ("thresholds.json", True),
        ("weights/small.safetensors", True),
        ("bench/relu/hidden.py", False),
        ("bench/relu/public.py", False),
        ("small/double/right_answers.py", False),
        ("small/why/good.md", False),
        ("small/figures.py", False),
        ("small/double/__pycache__/hidden.pyc", False),
    ],
)
def test_what_of_a_course_counts_for_an_assignment(tmp_path: Path, path: str, counts: bool) -> None:
    assignment = small_course(tmp_path)
    before = checks_fingerprint(assignment)
    changed = assignment.folder.parent / path
    changed.parent.mkdir(parents=True, exist_ok=True)
    changed.write_bytes((changed.read_bytes() if changed.exists() else b"") + b"\n# corrected\n")
    assert (checks_fingerprint(assignment) != before) is counts


def test_only_the_libraries_that_a_runtime_loads_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = {runtime: environment_fingerprint(runtime) for runtime in ("numpy", "torch")}
    versions = {runtime: dict(fingerprints.loaded_distributions(runtime)) for runtime in before}
    assert {"numpy", "ipython", "traitlets", "typing-extensions"} <= set(versions["numpy"])
    assert not any(set("_.") & set(name) for name in versions["numpy"]), "a library counts once, however it is spelled"
    assert "torch" not in versions["numpy"]
    assert "torch" in versions["torch"]
    for name, counts in (("unrelated", ()), ("torch", ("torch",)), ("traitlets", ("numpy", "torch"))):
        (tmp_path / name / f"{name}-99.dist-info").mkdir(parents=True)
        (tmp_path / name / f"{name}-99.dist-info" / "METADATA").write_text(f"Name: {name}\nVersion: 99\n")
        with monkeypatch.context() as patch:
            patch.syspath_prepend(tmp_path / name)
            fingerprints.loaded_distributions.cache_clear()
            changed = [runtime for runtime in before if environment_fingerprint(runtime) != before[runtime]]
        assert changed == list(counts), name
    fingerprints.loaded_distributions.cache_clear()


@pytest.mark.parametrize(
    ("module", "counts"),
    [
        ("submission/asking.py", True), ("submission/budget.py", True), ("submission/cell_limits.py", True),
        ("submission/notebook_run.py", True), ("submission/work_folder.py", True), ("sandbox/guard.py", True),
        ("datasets/images.py", True), ("classroom/run.py", False), ("feedback/page.py", False), ("cli.py", False),
    ],
)  # fmt: skip
def test_what_of_the_machine_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, module: str, counts: bool
) -> None:
    assignment = small_course(tmp_path)
    machine = tmp_path / "machine"
    shutil.copytree(PACKAGE, machine, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(fingerprints, "PACKAGE", machine)
    before = checks_fingerprint(assignment)
    with open(machine / module, "a") as file:
        file.write("# corrected\n")
    assert (checks_fingerprint(assignment) != before) is counts


def test_every_module_of_the_machine_that_is_named_exists(tmp_path: Path) -> None:
    named = [*(PACKAGE / room for room in ROOMS), *(PACKAGE / f"{name}.py" for name in MODULES)]
    assert not [path for path in named if not path.exists()]


@pytest.mark.parametrize("other", [{"checks": "d"}, {"environment": "f"}, {"seed": 2}, {"isolation": "off"}])
def test_all_that_a_result_depends_on_is_in_its_fingerprint(other: dict[str, object]) -> None:
    about = {"checks": "c", "environment": "e", "seed": 1, "isolation": "required"}
    before = fingerprints.submission_fingerprint(b"n", {"a": b"1"}, **about)
    assert fingerprints.submission_fingerprint(b"n", {"a": b"1"}, **about) == before
    found = [fingerprints.submission_fingerprint(b"n", {"a": b"1"}, **{**about, **other})]
    found += [fingerprints.submission_fingerprint(b"m", {"a": b"1"}, **about)]
    found += [fingerprints.submission_fingerprint(b"n", files, **about) for files in ({"a": b"2"}, {"b": b"1"}, {})]
    assert before not in found


@pytest.mark.parametrize(
    ("notebook", "files", "before"),
    [
        (b"n", {}, "e1ff3f6cf0274d9acdea5fe1e73de1ce3a1385a96671770313e36fc3018a6e19"),
        (None, {"a.csv": b"1", "caf\udce9": b"2"}, "0234d78b5f920844a99e8979a51d898bbbf2c1dffa2ffc0b3ce91e4c00efb2d9"),
    ],
)
def test_a_fingerprint_is_what_it_was_when_the_class_was_graded_before(
    notebook: bytes | None, files: dict[str, bytes], before: str
) -> None:
    """With another way to make them every class would be graded anew, and nobody would know why."""
    about = {"checks": "c", "environment": "e", "seed": 1, "isolation": "required"}
    assert fingerprints.submission_fingerprint(notebook, files, **about) == before


def test_the_language_that_a_result_is_said_in_is_in_its_fingerprint(monkeypatch: pytest.MonkeyPatch):
    about = {"checks": "c", "environment": "e", "seed": 1, "isolation": "required"}
    found = set()
    for spoken in ("en", "de", "fr"):
        monkeypatch.setattr(fingerprints, "language", lambda spoken=spoken: spoken)
        found.add(fingerprints.submission_fingerprint(b"n", {}, **about))
    assert len(found) == 3


def test_what_was_imported_before_decides_about_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """setuptools, once imported, adds the copies of libraries that it brings along to where modules are found."""
    fingerprints.loaded_distributions.cache_clear()
    before = fingerprints.environment_fingerprint("numpy")
    vendored = tmp_path / "setuptools" / "_vendor"
    about = vendored / "tomli-99.dist-info"  # of another version than setuptools has itself
    about.mkdir(parents=True)
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: tomli\nVersion: 99\n")
    monkeypatch.syspath_prepend(vendored)
    fingerprints.loaded_distributions.cache_clear()
    assert fingerprints.environment_fingerprint("numpy") == before
