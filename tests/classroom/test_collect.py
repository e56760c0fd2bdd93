"""Archives of every kind of platform, and hostile ones: what is recognised is taken, the rest is listed."""

from __future__ import annotations

import io
import json
import subprocess
import tarfile
import zipfile
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from typer.testing import CliRunner

from autograder.classroom import archives
from autograder.classroom.archives import NoArchive
from autograder.classroom.collect import Collection, collect, undo
from autograder.cli import app
from autograder.course import Course, CourseError, UsageError
from autograder.gradebook.moments import moment
from autograder.gradebook.roster import read_roster, write_roster
from tests.small.courses import at_home
from tests.small.small_class import small_course

NAME = "00-small"
ROSTER = """Student,ID,SIS Login ID,Section
    Points Possible,,,
"Lovelace, Ada",1234,ada,A
"Müller, Björn",1235,b_m,A
"Smith, Eve",1236,eve,B
"Smith, Eve",1237,eve2,B
"""
BERLIN = ZoneInfo("Europe/Berlin")


def notebook(mark: str) -> bytes:
    cells = [{"cell_type": "code", "metadata": {"nbgrader": {"grade_id": "double-check"}}, "source": mark}]
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}).encode()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A course whose gradebook knows four people, two of one name."""
    root = tmp_path / "course"
    small_course(root)
    (root / "list.csv").write_text(ROSTER)
    write_roster(root, read_roster(root / "list.csv"), Course(root))
    return root


def packed(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


def take(root: Path, archive: Path, **own: object) -> Collection:
    return collect(archive, root, NAME, course=Course(root), **own)


def marks(root: Path) -> dict[str, str]:
    """What was collected: the first cell of each notebook."""
    return {
        path.parent.parent.name: json.loads(path.read_bytes())["cells"][0]["source"]
        for path in sorted((root / "submitted").glob(f"*/{NAME}/{NAME}.ipynb"))
    }


def when(root: Path, student: str) -> str:
    return (root / "submitted" / student / NAME / "timestamp.txt").read_text().strip()


def test_moodle(root: Path, tmp_path: Path) -> None:
    archive = packed(
        tmp_path / "m.zip",
        {
            f"Ada Lovelace_77_assignsubmission_file_/{NAME}.ipynb": notebook("ada"),
            "Ada Lovelace_77_assignsubmission_file_/data.csv": b"1,2\n",
            "Ada Lovelace_77_assignsubmission_onlinetext_/onlinetext.html": b"<p>hello",
            "Björn Müller_78_assignsubmission_file_Copy of mine.ipynb": notebook("bm"),  # without folders, renamed
            f"Eve Smith_79_assignsubmission_file_/{NAME}.ipynb": notebook("eve"),
            f"Zoe Nobody_80_assignsubmission_file_/{NAME}.ipynb": notebook("zoe"),
            "Björn Müller_78_assignsubmission_file_notes.pdf": b"%PDF",
            "readme.txt": b"",
        },
    )
    found = take(root, archive)
    assert found.layout == "Moodle" and marks(root) == {"ada": "ada", "b_m": "bm"}
    assert (root / "submitted/ada" / NAME / "data.csv").read_bytes() == b"1,2\n"
    assert found.missing == ["eve", "eve2"]
    left = "\n".join(found.left_out)
    assert "Eve Smith can be eve or eve2." in left and "nobody known is Zoe Nobody." in left and "readme.txt" in left
    worksheet = tmp_path / "worksheet.csv"
    worksheet.write_text(
        "Identifier,Full name,ID number,Email address,Status,Grade,Last modified (submission)\n"
        'Participant 77,Ada Lovelace,ada,,,,"Monday, 5 October 2026, 2:30 PM"\nParticipant 79,Eve Smith,eve2,,,,-\n'
    )
    found = take(root, archive, roster=worksheet, zone=BERLIN)
    assert marks(root)["eve2"] == "eve" and when(root, "ada") == "2026-10-05 12:30:00 UTC"


def test_canvas(root: Path, tmp_path: Path) -> None:
    archive = packed(
        tmp_path / "c.zip",
        {
            f"lovelaceada_1234_9001_{NAME}.ipynb": notebook("first"),
            f"lovelaceada_1234_9007_{NAME}-1.ipynb": notebook("second"),
            f"lovelaceada_1234_9012_{NAME}-2.ipynb": notebook("third"),
            f"mullerbjorn_LATE_1235_9003_{NAME}.ipynb": notebook("late"),
            "smitheve_1237_9004_homework.ipynb": notebook("eve2"),
            f"anonymous_9_9005_{NAME}.ipynb": notebook("?"),
        },
    )
    found = take(root, archive)
    assert found.layout == "Canvas" and marks(root) == {"ada": "third", "b_m": "late", "eve2": "eve2"}
    assert {one.student: one.remark for one in found.taken}["b_m"].startswith("Canvas calls it late")
    assert not (root / "submitted/ada" / NAME / "timestamp.txt").exists()
    assert found.left_out == [f"anonymous_9_9005_{NAME}.ipynb: nobody known is anonymous."]


def test_blackboard(root: Path, tmp_path: Path) -> None:
    stem = "Homework_1_b_m_attempt_2026-10-05-14-30-22"
    archive = packed(
        tmp_path / "b.zip",
        {
            f"Homework_1_ada_attempt_2026-10-04-10-00-00_{NAME}.ipynb": notebook("old"),
            f"Homework_1_ada_attempt_2026-10-05-10-00-00_{NAME}.ipynb": notebook("new"),
            f"{stem}.txt": "\ufeffName: Björn Müller (b_m)\nAssignment: Homework_1\n".encode(),
            f"{stem}_{NAME}.ipynb": notebook("bm"),
        },
    )
    found = take(root, archive, zone=BERLIN)
    assert found.layout == "Blackboard" and marks(root) == {"ada": "new", "b_m": "bm"}
    assert when(root, "b_m") == "2026-10-05 12:30:22 UTC"


def test_gradescope(root: Path, tmp_path: Path) -> None:
    about = (
        "submission_11:\n  :submitters:\n  - :name: Ada Lovelace\n    :sid: ada\n    :email: a@x\n"
        "  - :name: Björn Müller\n    :sid:\n    :email: ''\n  :created_at: 2026-10-05 14:30:22.123 Z\n  :score: 0\n"
    )
    archive = packed(
        tmp_path / "g.zip",
        {
            "assignment_5_export/submission_metadata.yml": about.encode(),
            f"assignment_5_export/submission_11/{NAME}.ipynb": notebook("both"),
            f"assignment_5_export/submission_12/{NAME}.ipynb": notebook("nobody's"),
        },
    )
    found = take(root, archive)
    assert found.layout == "Gradescope" and marks(root) == {"ada": "both", "b_m": "both"}
    assert when(root, "ada") == "2026-10-05 14:30:22 UTC"
    assert found.left_out == [f"assignment_5_export/submission_12/{NAME}.ipynb: it belongs to no submission."]


def test_nbgraders_own_layouts(root: Path, tmp_path: Path) -> None:
    path = tmp_path / "n.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        for name, data in {
            f"submitted/ada/{NAME}/{NAME}.ipynb": notebook("ada"),
            f"submitted/ada/{NAME}/timestamp.txt": b"2026-12-05 14:30:22 CET\n",
            f"submitted/b_m/{NAME}/other.txt": b"",
        }.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    found = take(root, path)
    assert (found.layout, marks(root)) == ("nbgrader", {"ada": "ada"})
    assert when(root, "ada") == "2026-12-05 13:30:22 UTC"
    assert found.left_out == [f"submitted/b_m/{NAME}/other.txt: no notebook was handed in, but other.txt."]
    inbound = packed(tmp_path / "i.zip", {f"eve+{NAME}+2026-10-05 10:00:00 UTC/{NAME}.ipynb": notebook("eve")})
    take(root, inbound)
    assert when(root, "eve") == "2026-10-05 10:00:00 UTC"
    config = root / "nbgrader_config.py"
    config.write_text(config.read_text() if config.exists() else "c = get_config()\n")
    config.write_text(
        config.read_text() + "\nc.FileNameCollectorPlugin.named_regexp = "
        "r'.*hw-(?P<student_id>\\w+)-on-(?P<timestamp>[0-9-]+)-(?P<file_id>.+)'\n"
    )
    odd = packed(tmp_path / "o.zip", {f"x/hw-eve2-on-2026-10-05-10-00-00-{NAME}.ipynb": notebook("eve2")})
    take(root, odd)
    assert marks(root)["eve2"] == "eve2" and when(root, "eve2") == "2026-10-05 10:00:00 UTC"


def test_a_folder_of_clones(root: Path, tmp_path: Path) -> None:
    clones = tmp_path / "clones"
    for student in ("ada", "eve2", "stranger"):
        clone = clones / f"{NAME}-{student}"
        (clone / "work").mkdir(parents=True)
        (clone / "work" / f"{NAME}.ipynb").write_bytes(notebook(student))
        (clone / "link.ipynb").symlink_to("/etc/passwd")
        git = ["git", "-C", str(clone), "-c", "user.name=x", "-c", "user.email=x@y"]
        subprocess.run([*git, "init", "-q"], check=True)
        subprocess.run([*git, "add", "-A"], check=True)
        moment = {"GIT_COMMITTER_DATE": "2026-10-05T14:30:22+02:00", "PATH": "/usr/bin:/bin"}
        subprocess.run([*git, "commit", "-qm", "done"], check=True, env=moment)
    found = take(root, clones)
    assert (found.layout, marks(root)) == ("clones", {"ada": "ada", "eve2": "eve2"})
    assert when(root, "ada") == "2026-10-05 12:30:22 UTC"
    assert any("nobody known" in one for one in found.left_out) and any("is a link" in one for one in found.left_out)


def test_a_clone_of_the_whole_kit_brings_its_notebook_and_what_lies_beside_it(root: Path, tmp_path: Path) -> None:
    """Mapped by the name on the platform; copies of the notebook elsewhere, other assignments and the kit stay away."""
    (root / "hub.csv").write_text("student_id,github_username\nada,Lady-Lovelace\neve2,eve-on-hub\n", encoding="utf-8")
    for name in ("lady-lovelace", "eve-on-hub"):
        clone = tmp_path / "clones" / name
        for path, data in {
            f"{NAME}/{NAME}.ipynb": notebook(name), f"{NAME}/data.csv": b"1", f"{NAME}/data/more.csv": b"2",
            f"a-copy/{NAME}.ipynb": notebook("old"), f"handed-in/{NAME}.ipynb": notebook("packed"),
            "autograder/__init__.py": b"", "README.md": b"", "kit.json": b"{}", ".git/config": b"[core]\n",
        }.items():  # fmt: skip
            (clone / path).parent.mkdir(parents=True, exist_ok=True)
            (clone / path).write_bytes(data)
    (tmp_path / "clones" / "eve-on-hub" / NAME / f"{NAME}.ipynb").unlink()
    for copy in ("a-copy", "handed-in"):
        (tmp_path / "clones" / "eve-on-hub" / copy / f"{NAME}.ipynb").unlink()
    found = take(root, tmp_path / "clones", roster=root / "hub.csv")
    assert (found.layout, marks(root)) == ("clones", {"ada": "lady-lovelace"})
    taken = root / "submitted" / "ada" / NAME
    files = {path.relative_to(taken).as_posix() for path in taken.rglob("*") if path.is_file()}
    assert files == {f"{NAME}.ipynb", "data.csv", "data/more.csv"}
    assert any("no notebook was handed in" in one for one in found.left_out), found.left_out


def test_a_notebook_in_a_zip_file_of_the_students(root: Path, tmp_path: Path) -> None:
    files = {f"work/{NAME}.ipynb": notebook("inside"), "work/data.csv": b"1", "../x": b""}
    inner = packed(tmp_path / "mine.zip", files)
    archive = packed(tmp_path / "m.zip", {"Ada Lovelace_77_assignsubmission_file_/mine.zip": inner.read_bytes()})
    take(root, archive)
    assert marks(root) == {"ada": "inside"} and (root / "submitted/ada" / NAME / "data.csv").exists()


def test_which_of_several_notebooks(root: Path, tmp_path: Path) -> None:
    other = notebook("x").replace(b"double-check", b"elsewhere")
    for files, said in (
        ({"a.ipynb": notebook("a"), "b.ipynb": notebook("b")}, "several notebooks have tasks"),
        ({"a.ipynb": other}, "a.ipynb has no task of 00-small"),
        ({"a.txt": b""}, "no notebook was handed in, but a.txt"),
    ):
        archive = packed(tmp_path / "m.zip", {f"{MOODLE}{name}": data for name, data in files.items()})
        assert said in take(root, archive).left_out[0] and marks(root) == {}
    broken = packed(tmp_path / "m.zip", {f"Ada Lovelace_7_assignsubmission_file_/{NAME} (1).ipynb": b'{"cells": ['})
    assert [one.state for one in take(root, broken).taken] == ["new"]  # that it is broken is for grading to say


def test_what_was_collected_is_undone_and_older_never_replaces(root: Path, tmp_path: Path) -> None:
    def blackboard(day: int, mark: str) -> Path:
        name = f"HW_ada_attempt_2026-10-{day:02}-10-00-00_{NAME}.ipynb"
        return packed(tmp_path / f"{mark}.zip", {name: notebook(mark)})

    assert take(root, blackboard(5, "one"), preview=True).taken[0].state == "new" and marks(root) == {}
    assert take(root, blackboard(5, "one")).taken[0].state == "new"
    assert take(root, blackboard(5, "one")).taken[0].state == "unchanged"
    assert take(root, blackboard(6, "two")).taken[0].state == "replaced"
    assert take(root, blackboard(4, "old")).taken[0].state == "older"
    assert marks(root) == {"ada": "two"}
    assert undo(root, NAME, Course(root)) == ("two.zip", ["ada"], []) and marks(root) == {"ada": "one"}
    assert undo(root, NAME, Course(root)) == ("one.zip", [], ["ada"]) and not (root / "submitted/ada").exists()
    with pytest.raises(CourseError, match="no collection of 00-small to undo"):
        undo(root, NAME, Course(root))


def test_a_class_that_nobody_knows_yet_is_taken_by_ids_alone(root: Path, tmp_path: Path) -> None:
    (root / "gradebook.db").unlink()
    archive = packed(tmp_path / "n.zip", {f"zoe/{NAME}/{NAME}.ipynb": notebook("zoe")})
    assert take(root, archive).taken[0].student == "zoe"
    moodle = packed(tmp_path / "m.zip", {f"Ada L_77_assignsubmission_file_/{NAME}.ipynb": notebook("ada")})
    assert "nobody is known yet" in take(root, moodle).left_out[0]
    assert take(root, moodle, roster=None).taken == []


MOODLE = "Ada Lovelace_77_assignsubmission_file_/"


def test_paths_and_links_lead_nowhere(root: Path, tmp_path: Path) -> None:
    before = set(tmp_path.rglob("*"))
    archive = tmp_path / "h.zip"
    with zipfile.ZipFile(archive, "w") as file:
        for name in (
            f"{MOODLE}../../../../outside.ipynb", "/etc/absolute.ipynb", "C:\\windows.ipynb",
            f"{MOODLE}a\\..\\..\\b.ipynb", f"{MOODLE}new\nline.ipynb", f"{MOODLE}{'x' * 2000}.ipynb",
            f"{MOODLE}\u202ereversed.ipynb",
        ):  # fmt: skip
            file.writestr(name, notebook("evil"))
        link = zipfile.ZipInfo(f"{MOODLE}{NAME}.ipynb")
        link.external_attr = 0o120777 << 16
        file.writestr(link, "/etc/passwd")
        file.writestr("../../eve_1_assignsubmission_file_/x.ipynb", notebook("evil"))
    found = take(root, archive)
    assert found.taken == [] and marks(root) == {}
    assert sum("passed over" in one for one in found.left_out) == 9
    new = {path for path in tmp_path.rglob("*") if path.is_file()} - before
    assert {path.name for path in new} <= {"h.zip", "ledger.db", "gradebook.lock"}


def test_a_student_cannot_reach_through_a_link_in_submitted(root: Path, tmp_path: Path) -> None:
    (root / "submitted").mkdir()
    (tmp_path / "elsewhere").mkdir()
    (root / "submitted" / "ada").symlink_to(tmp_path / "elsewhere")
    found = take(root, packed(tmp_path / "m.zip", {f"{MOODLE}{NAME}.ipynb": notebook("ada")}))
    assert "is a link" in found.left_out[0] and not any((tmp_path / "elsewhere").iterdir())


def test_bombs_go_off_nowhere(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("autograder.classroom.collect.MAX_FILE_BYTES", 100_000)
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr(f"{MOODLE}{NAME}.ipynb", b"0" * 10_000_000)
    assert "damaged, encrypted or too large" in take(root, path).left_out[0]
    monkeypatch.setattr(archives, "MOST_BYTES", 1_000_000)
    path = tmp_path / "bomb.tar.gz"
    with tarfile.open(path, "w:gz") as file:
        info = tarfile.TarInfo("x")
        info.size = 10_000_000
        file.addfile(info, io.BytesIO(b"0" * info.size))
    with pytest.raises(NoArchive, match="no class's work"):
        take(root, path)
    monkeypatch.setattr(archives, "MOST_MEMBERS", 3)
    with pytest.raises(NoArchive, match="no class's work"):
        take(root, packed(tmp_path / "many.zip", {str(n): b"" for n in range(5)}))


def test_a_lying_list_of_members_and_aliases_in_yaml(root: Path, tmp_path: Path) -> None:
    good = packed(tmp_path / "g.zip", {f"{MOODLE}{NAME}.ipynb": notebook("ada")}).read_bytes()
    at = good.rindex(b"PK\5\6")
    (tmp_path / "lie.zip").write_bytes(good[: at + 12] + b"\xff\xff\xff\x7f" + good[at + 16 :])
    with pytest.raises(NoArchive, match="list of members"):
        take(root, tmp_path / "lie.zip")
    laughs = b"a: &a [x, x]\nb: &b [*a, *a]\nsubmission_11: *b\n"
    found = take(root, packed(tmp_path / "y.zip", {"submission_metadata.yml": laughs, "submission_11/x.ipynb": b""}))
    assert found.taken == []


def test_encodings_of_names(root: Path, tmp_path: Path) -> None:
    path = packed(tmp_path / "e.zip", {f"Bjxxrn Myyller_78_assignsubmission_file_/{NAME}.ipynb": notebook("bm")})
    data = path.read_bytes().replace(b"Bjxxrn", "Björn".encode()).replace(b"Myyller", "Müller".encode())
    path.write_bytes(data)  # UTF-8 without the flag that says so, as some platforms pack
    assert take(root, path).taken[0].student == "b_m"


def test_what_is_no_archive_is_a_sentence(root: Path, tmp_path: Path) -> None:
    (tmp_path / "x.zip").write_bytes(b"no archive")
    whole = packed(tmp_path / "w.zip", {f"{MOODLE}{NAME}.ipynb": notebook("ada")}).read_bytes()
    (tmp_path / "half.zip").write_bytes(whole[: len(whole) // 2])
    for name in ("x.zip", "half.zip", "gone.zip"):
        with pytest.raises(UsageError):
            take(root, tmp_path / name)
    damaged = bytearray(whole)
    damaged[whole.index(b"double")] ^= 255
    (tmp_path / "damaged.zip").write_bytes(bytes(damaged))
    assert "damaged" in take(root, tmp_path / "damaged.zip").left_out[0]
    with at_home(root):
        for words, said in (
            (["collect", str(tmp_path / "w.zip")], "--assignment NAME"),
            (["collect", str(tmp_path / "w.zip"), "--assignment", "99-none"], "no assignment '99-none'"),
            (["collect", str(tmp_path / "w.zip"), "--assignment", NAME, "--zone", "Mars"], "no zone 'Mars'"),
        ):
            result = CliRunner().invoke(app, [*words, "--course", str(root)])
            assert result.exit_code == 2 and said in result.stderr, result.output
        words = ["--assignment", NAME, "--course", str(root)]
        result = CliRunner().invoke(app, ["collect", str(tmp_path / "w.zip"), *words])
        assert result.exit_code == 0 and "ada: new" in result.output and "Moodle: 1 of 1" in result.output
        result = CliRunner().invoke(app, ["collect", "--undo", *words])
        assert "1 are gone again" in result.output


def test_times_are_kept_whole(root: Path, tmp_path: Path) -> None:
    archive = packed(tmp_path / "b.zip", {f"HW_ada_attempt_2026-10-05-10-00-00_{NAME}.ipynb": notebook("x")})
    found = take(root, archive, zone=ZoneInfo("UTC"))
    assert found.taken[0].when == datetime(2026, 10, 5, 10)
    assert found.as_json()["taken"][0]["when"] == "2026-10-05T10:00:00Z"


GERMAN = """ID,"Vollständiger Name",E-Mail-Adresse,Status,"Zuletzt geändert (Abgabe)"
Teilnehmer/in77,"Ada Lovelace",ada@x.org,"Zur Bewertung abgegeben","Montag, 5. Oktober 2026, 14:30"
Teilnehmer/in79,"Eve Smith",eve2@x.org,"Zur Bewertung abgegeben","Montag, 7. Oktober 2026, 14:30"
Teilnehmer/in80,"Zoe Niemand",zoe@x.org,"Keine Abgabe",-
"""


def know_by_mail(root: Path) -> None:
    (root / "mails.csv").write_text("ID-Nummer,Vorname,Nachname,E-Mail-Adresse\neve2,Eve,Smith,EVE2@x.org\n")
    write_roster(root, read_roster(root / "mails.csv"), Course(root))


def test_a_moodle_that_is_not_english(root: Path, tmp_path: Path) -> None:
    """Marking is blind, so that the worksheet alone says who is who; it has no ids, and its times are German."""
    know_by_mail(root)
    folder = "Teilnehmerin_{}_assignsubmission_{}_/{}"
    archive = packed(
        tmp_path / "m.zip",
        {
            folder.format(77, "file", f"{NAME}.ipynb"): notebook("ada"),
            folder.format(77, "onlinetext", "Texteingabe online.html"): b"<p>siehe Notebook",
            folder.format(79, "file", f"{NAME}.ipynb"): notebook("eve"),
            folder.format(81, "onlinetext", "Texteingabe online.html"): b"<p>Hallo",
        },
    )
    worksheet = tmp_path / "worksheet.csv"
    worksheet.write_text(GERMAN)
    found = take(root, archive, roster=worksheet, zone=BERLIN)
    assert marks(root) == {"ada": "ada", "eve2": "eve"} and when(root, "ada") == "2026-10-05 12:30:00 UTC"
    assert not list((root / "submitted/ada" / NAME).glob("*.html"))
    assert not (root / "submitted/eve2" / NAME / "timestamp.txt").exists()
    left = "\n".join(found.left_out)
    assert "line 3: the time 'Montag, 7. Oktober 2026, 14:30' is not clear" in left  # it was a Wednesday
    assert "line 4: nobody known is Zoe Niemand." in left and "Teilnehmerin_81" in left
    with pytest.raises(UsageError, match="no column of ids"):
        read_roster(worksheet)


def test_an_online_text_alone_is_said(root: Path, tmp_path: Path) -> None:
    text = "Ada Lovelace_77_assignsubmission_onlinetext_/texteenligne.html"
    found = take(root, packed(tmp_path / "m.zip", {text: b"<p>Bonjour"}))
    assert found.left_out == [f"{text}: no notebook was handed in, but texteenligne.html."]


def test_what_a_group_handed_in_is_nobodys(root: Path, tmp_path: Path) -> None:
    """A group's number can be that of a student elsewhere; the name says that it is not."""
    worksheet = tmp_path / "w.csv"
    headings = "Identifier,Full name,ID number,Last modified (submission)"
    worksheet.write_text(f"{headings}\nParticipant 40,Ada Lovelace,ada,-\n")
    groups = {
        f"Gruppe A_40_assignsubmission_file_/{NAME}.ipynb": notebook("a"),
        f"Standardgruppe_assignsubmission_file_/{NAME}.ipynb": notebook("b"),
    }
    found = take(root, packed(tmp_path / "m.zip", groups), roster=worksheet)
    assert marks(root) == {} and "40 is ada's, the name Gruppe A is not" in found.left_out[0]
    assert "nobody known is Standardgruppe." in found.left_out[1]
    found = take(root, packed(tmp_path / "c.zip", {f"projectgroup3_1234_9001_{NAME}.ipynb": notebook("a")}))
    assert marks(root) == {} and "1234 is ada's, the name projectgroup3 is not" in found.left_out[0]


def test_a_canvas_with_underscores_texts_and_hidden_names(root: Path, tmp_path: Path) -> None:
    archive = packed(
        tmp_path / "c.zip",
        {
            f"lovelace_ada_LATE_1234_9001_my_1_2_{NAME}.ipynb": notebook("ada"),
            "müllerbjörn_1235_text.html": b"<p>here",
            f"anon_x7Yz2_9002_{NAME}.ipynb": notebook("?"),
            f"LATE_anon_12345_9003_{NAME}.ipynb": notebook("?"),
        },
    )
    found = take(root, archive)
    assert found.layout == "Canvas" and marks(root) == {"ada": "ada"}
    assert found.taken[0].remark.startswith("Canvas calls it late")
    left = "\n".join(found.left_out)
    assert left.count("Canvas hides whose it is") == 2
    assert "no notebook was handed in, but text.html" in left and len(found.left_out) == 3


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Dienstag, 2. Dezember 2025, 10:37", "2025-12-02 10:37"),
        ("lunes, 5 de octubre de 2026, 10:00", "2026-10-05 10:00"),
        ("lundi 5 octobre 2026, 14:30", "2026-10-05 14:30"),
        ("Monday, October 5, 2026, 2:30 PM", "2026-10-05 14:30"),
        ("Monday, 5 October 2026, 12:05 AM", "2026-10-05 00:05"),
        ("2026年 10月 5日(月曜日) 14:30", "2026-10-05 14:30"),
        ("czwartek, 5 listopada 2026, 14:30", "2026-11-05 14:30"),  # the same month's name,
        ("ponedjeljak, 5. listopada 2026., 14:30", "2026-10-05 14:30"),  # and another month
        ("25/10/26, 14:30", "2026-10-25 14:30"),
        ("05/10/26, 14:30", None),  # May in the United States
        ("Tuesday, 5 October 2026, 14:30", None),  # it was a Monday
        ("Monday, 5 October 2026, 2:30 μμ", None),
        ("5 listopad 2026, 14:30", None),
        ("soon", None),
    ],
)
def test_a_time_is_what_it_can_only_mean(text: str, said: str | None) -> None:
    found = moment(text)
    assert (f"{found:%Y-%m-%d %H:%M}" if found else None) == said
