"""What the course folder keeps, damaged, lost or in the way."""

from __future__ import annotations

import os
import shutil
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from tests.soak.faults.place import NAME, Place, as_root, each, fault, lying_on, only_readable, settle, small_disk


@each(
    ("results.json truncated", ("results.json", lambda data: data[: len(data) // 2])),
    ("results.json empty", ("results.json", lambda data: b"")),
    ("results.json zeroed in the middle", ("results.json", lambda data: data[:50] + bytes(50) + data[100:])),
    ("results.json lost", ("results.json", None)),
    ("the graded notebook truncated", (f"{NAME}.ipynb", lambda data: data[: len(data) // 2])),
    ("the graded notebook empty", (f"{NAME}.ipynb", lambda data: b"")),
    ("the graded notebook of the same size but zeroed", (f"{NAME}.ipynb", lambda data: bytes(len(data)))),
    ("the graded notebook lost", (f"{NAME}.ipynb", None)),
)
def _(place: Place, case: tuple[str, Callable[[bytes], bytes] | None]) -> None:
    name, damage = case
    path = place.result("ada").with_name(name)
    before = path.read_bytes()
    path.unlink() if damage is None else path.write_bytes(damage(before))
    place.whole()
    assert path.read_bytes() == before
    place.said.append("0: written again from the record")


@fault("a student's whole autograded folder lost")
def _(place: Place) -> None:
    shutil.rmtree(place.root / "autograded")
    place.whole()
    place.said.append("0: written again from the record")


@each(
    ("the record is garbage", (lambda data: b"garbage " * 4000, "is damaged")),
    ("the record is truncated", (lambda data: data[: len(data) // 3 // 4096 * 4096 + 100], "is damaged")),
    ("the record is zeroed behind its head", (lambda data: data[:4096] + bytes(len(data) - 4096), "is damaged")),
    ("the record is of a later version", (None, "later version")),
)
def _(place: Place, case: tuple[Callable[[bytes], bytes] | None, str]) -> None:
    damage, pattern = case
    path = place.root / ".autograder" / "ledger.db"
    settle(path)
    before = path.read_bytes()
    if damage is None:
        with closing(sqlite3.connect(path)) as database:
            database.execute("pragma user_version = 99")
        settle(path)
    else:
        path.write_bytes(damage(before))
    place.says(place.grade(), f"ledger.db [^.]*{pattern}")
    path.unlink()
    place.whole()


@each(("the record is empty", b""), ("the record is lost", None))
def _(place: Place, content: bytes | None) -> None:
    path = place.root / ".autograder" / "ledger.db"
    settle(path)
    path.unlink() if content is None else path.write_bytes(content)
    place.whole()
    place.said.append("0: graded anew, the same scores")


@fault("one row of the record is corrupt, and its files are lost")
def _(place: Place) -> None:
    with closing(sqlite3.connect(place.root / ".autograder" / "ledger.db")) as database:
        database.execute("update graded set notebook = x'0011' where student = 'ada'")
        database.commit()
    place.result("ada").unlink()
    place.whole()
    place.said.append("0: that submission is graded anew")


@each(("the secret is lost", None), ("the secret is truncated", b"short"), ("the secret is empty", b""),
      ("the secret is a link to itself", "secret"))  # fmt: skip
def _(place: Place, content: bytes | str | None) -> None:
    path = place.root / ".autograder" / "secret"
    before = path.read_bytes()
    if content is None or isinstance(content, str):
        path.unlink()
    path.symlink_to(content) if isinstance(content, str) else path.write_bytes(content) if content is not None else None
    place.whole()
    assert path.read_bytes() == before
    place.said.append("0: put back from the record")


@fault("the secret is another one")
def _(place: Place) -> None:
    path = place.root / ".autograder" / "secret"
    path.write_bytes(b"x" * 32)
    place.says(place.grade(), "is not the one that earlier results were drawn with")
    path.unlink()
    place.whole()


@each(
    ("the gradebook is garbage", lambda data: b"garbage " * 4000),
    ("the gradebook is truncated", lambda data: data[: len(data) // 2]),
    ("the gradebook is zeroed in the middle", lambda data: data[:8192] + bytes(len(data) - 16384) + data[-8192:]),
    ("the gradebook is zeroed from its head on", lambda data: bytes(8192) + data[8192:]),
)
def _(place: Place, damage: Callable[[bytes], bytes]) -> None:
    path = place.root / "gradebook.db"
    path.write_bytes(damage(path.read_bytes()))
    place.says(place.grade(), "gradebook.*move it away")
    path.unlink()
    place.whole()


@each(("the gradebook is lost", None), ("the gradebook is empty", b""))
def _(place: Place, content: bytes | None) -> None:
    path = place.root / "gradebook.db"
    path.unlink() if content is None else path.write_bytes(content)
    place.whole()
    place.said.append("0: filled again from the record")


@each(
    ("the gradebook is locked for 8 seconds", ("gradebook.db", 8)),
    ("the record is locked for 8 seconds", (".autograder/ledger.db", 8)),
)
def _(place: Place, case: tuple[str, int]) -> None:
    name, seconds = case
    place.add("odd")
    with place.locked(name):
        command = place.start()
        time.sleep(seconds)
    assert place.end(command).code == 0
    place.said.append("0: waited for")
    place.whole(odd=12.0)


@each(("the gradebook is locked for more than a minute", "gradebook.db"),
      ("the record is locked for more than a minute", ".autograder/ledger.db"))  # fmt: skip
def _(place: Place, name: str) -> None:
    place.add("odd")
    with place.locked(name):
        command = place.start()
        time.sleep(75)
        ended = command.poll() is not None
    run = place.end(command)
    if ended:
        place.says(run, f"{Path(name).name}.*(locked|holds)")
    else:
        assert run.code == 0, run.text
        place.said.append("0: waited for")
    place.whole(odd=12.0)


@each(
    ("results.json is a pipe", os.mkfifo),
    ("results.json is a link to itself", lambda path: path.symlink_to(path.name)),
    ("results.json is a link to a neighbour's", lambda path: path.symlink_to("../../bob/00-small/results.json")),
)
def _(place: Place, put: Callable[[Path], object]) -> None:
    path = place.result("ada")
    before, neighbour = path.read_bytes(), place.result("bob").read_bytes()
    path.unlink()
    put(path)
    place.whole()
    assert path.read_bytes() == before and not path.is_symlink()
    assert place.result("bob").read_bytes() == neighbour
    place.said.append("0: written again from the record")


@each(
    ("the record's disk is full", ".autograder"),
    ("the whole course folder's disk is full", ""),
)
@as_root
def _(place: Place, name: str) -> None:
    for student in ("odd", "even"):
        place.add(student)
    settle(place.root / ".autograder" / "ledger.db")
    settle(place.root / "gradebook.db")
    with small_disk(place, "3m") as disk:
        with lying_on(disk, place, *((name,) if name else (".autograder", "autograded"))):
            (disk / "full").write_bytes(bytes(shutil.disk_usage(disk).free))
            place.says(place.grade(), "no room left|is full|make room")
            assert not place.result("odd").exists() or place.score("odd") == 12.0
    place.whole(odd=12.0, even=12.0)


@each(
    ("a table of the record is lost", "drop table graded"),
    ("a column of the record is lost", "alter table graded drop column written"),
    ("the record's answers are no JSON", "update graded set answers = 'garbage'"),
    ("the record's results are of another student", "update graded set results = (select results from graded "
     "where student = 'bob'), written = null"),
    ("the record's fingerprints are lost", "update graded set fingerprint = ''"),
    ("the record's secret is too short", "update about set value = x'00' where name = 'secret'"),
)
def _(place: Place, damage: str) -> None:
    path = place.root / ".autograder" / "ledger.db"
    settle(path)
    before = path.read_bytes()
    with closing(sqlite3.connect(path)) as database:
        database.execute(damage)
        database.commit()
    settle(path)
    run = place.grade()
    if run.code:
        place.says(run, "ledger.db|record|secret")
        path.write_bytes(before)
    else:
        place.said.append("0: mended, or graded anew")
    place.whole()


@each(
    ("a student's grades are deleted from the gradebook", "delete from grade where notebook_id in (select n.id from "
     "submitted_notebook n join submitted_assignment s on n.assignment_id = s.id where s.student_id = 'ada')"),
    ("a student is deleted from the gradebook", "delete from student where id = 'ada'"),
    ("a student's scores are set to nothing in the gradebook", "update grade set auto_score = null"),
)
def _(place: Place, damage: str) -> None:
    with closing(sqlite3.connect(place.root / "gradebook.db")) as database:
        database.execute(damage)
        database.commit()
    place.grade()
    place.whole()
    place.said.append("0: written again from the record")


@each(
    ("nbgrader_config.py names another course", "c = get_config()\nc.CourseDirectory.course_id = 'physics'\n"),
    ("nbgrader_config.py does not compile", "c = get_config(\n"),
    ("nbgrader_config.py raises", "1 / 0\n"),
)
def _(place: Place, text: str) -> None:
    path = place.root / "nbgrader_config.py"
    before = path.read_text() if path.exists() else None
    (place.root / "gradebook.db").rename(place.root / "kept.db")
    path.write_text(text)
    place.says(place.grade(), "nbgrader_config.py")
    assert not (place.root / "gradebook.db").exists()
    path.unlink() if before is None else path.write_text(before)
    (place.root / "kept.db").rename(place.root / "gradebook.db")
    place.whole()


@fault("feedback on a damaged result, then grade")
def _(place: Place) -> None:
    path = place.result("ada")
    path.write_bytes(path.read_bytes()[:100])
    place.says(place.end(place.start("feedback", NAME)), "is damaged; grade")
    place.whole()
    assert place.end(place.start("feedback", NAME)).code == 0


@each(
    ("the gradebook can only be read", ("gradebook.db", "gradebook")),
    ("the record can only be read", (".autograder/ledger.db", "ledger.db|record")),
    ("autograded/ can only be read", ("autograded", "autograded")),
    ("the course folder can only be read", ("", "be read")),
)
def _(place: Place, case: tuple[str, str]) -> None:
    name, pattern = case
    place.add("odd")

    @as_root
    def try_it(place: Place) -> None:
        if name.endswith(".db"):
            settle(place.root / name)
        with only_readable(place.root / name):
            place.says(place.grade(), pattern)

    try_it(place)
    place.whole(odd=12.0)


@fault("the gradebook is a link that leads nowhere")
def _(place: Place) -> None:
    path = place.root / "gradebook.db"
    path.unlink()
    path.symlink_to("/nowhere/at/all.db")
    place.says(place.grade(), "gradebook")
    path.unlink()
    place.whole()


@each(
    ("the gradebook is of another course", ("update course set id = 'physics'", "of the course 'physics'")),
    ("a table of the gradebook is lost", ("drop table grade", "has no table .grade. any more; put back")),
    ("an extension that is no length of time in the gradebook", (
        "update submitted_assignment set extension = 'two days'", "'two days' in the column 'extension'")),
    ("a due date that is no date in the gradebook", ("update assignment set duedate = 'soon'", "'soon' in the column")),
    ("a due date in the last year that there is", (
        "update assignment set duedate = '9999-12-31 00:00:00.000000'", "'9999-12-31 .* in the column 'duedate'")),
    ("a score that is no number in the gradebook", ("update grade set manual_score = 'abc'", "'abc' in the column")),
    ("an endless score in the gradebook", ("update grade set manual_score = 9e999", "'inf' in the column")),
)
def _(place: Place, case: tuple[str, str]) -> None:
    damage, pattern = case
    path = place.root / "gradebook.db"
    with closing(sqlite3.connect(path)) as database:
        if "update course" in damage:
            database.execute("update assignment set course_id = 'physics'")
        database.execute(damage)
        database.commit()
    place.says(place.grade(), pattern)
    path.unlink()
    place.whole()


@fault("garbage beside the gradebook and the record, as a crash may leave it")
def _(place: Place) -> None:
    for path in (place.root / "gradebook.db", place.root / ".autograder" / "ledger.db"):
        settle(path)
        for suffix in ("-journal", "-wal"):
            path.with_name(path.name + suffix).write_bytes(b"garbage " * 600)
    place.whole()
    place.said.append("0: the same scores")


@each(
    ("results.json is a list", b"[]"),
    ("results.json says an endless score", b'{"score": 1e999, "student": "ada"}'),
    ("results.json is a neighbour's", None),
)
def _(place: Place, content: bytes | None) -> None:
    path = place.result("ada")
    before = path.read_bytes()
    path.write_bytes(place.result("bob").read_bytes() if content is None else content)
    place.whole()
    assert path.read_bytes() == before
    place.said.append("0: written again from the record")


@fault("one who handed in is gone from submitted/")
def _(place: Place) -> None:
    folder = place.root / "submitted" / "ada"
    kept = folder.rename(place.root / "kept")
    assert place.grade().code == 0
    assert place.score("ada") == 12.0, "what was graded stays"
    place.said.append("0: the others are unchanged, and what was graded stays")
    kept.rename(folder)
    place.whole()


@fault("submitted/ is lost")
def _(place: Place) -> None:
    kept = (place.root / "submitted").rename(place.root / "kept")
    place.says(place.grade(), "submi")
    kept.rename(place.root / "submitted")
    place.whole()


@each(
    ("feedback where a graded notebook is zeroed", "zeroed"),
    ("feedback where feedback/ is a file", "file"),
    ("feedback where a page is a folder", "page"),
)
def _(place: Place, what: str) -> None:
    if what == "zeroed":
        path = place.result("ada").with_name(f"{NAME}.ipynb")
        path.write_bytes(bytes(path.stat().st_size))
    elif what == "file":
        (place.root / "feedback").write_text("x")
    else:
        (place.root / "feedback" / "ada" / NAME / f"{NAME}.html" / "x").mkdir(parents=True)
    place.says(place.run("feedback", NAME), "is damaged; grade|is a folder|a file in its path|is in the way")
    shutil.rmtree(place.root / "feedback") if what == "page" else (place.root / "feedback").unlink(missing_ok=True) \
        if what == "file" else None
    place.whole()
    assert place.run("feedback", NAME).code == 0


@each(
    ("export from a gradebook of garbage", ("export",)),
    ("a roster into a gradebook of garbage", ("roster", "people.csv")),
    ("a leaderboard from a record of garbage", ("leaderboard",)),
)
def _(place: Place, words: tuple[str, ...]) -> None:
    path = place.root / ("gradebook.db" if words[0] != "leaderboard" else ".autograder/ledger.db")
    settle(path)
    before = path.read_bytes()
    path.write_bytes(b"garbage " * 4000)
    (place.root / "people.csv").write_text("id,first_name\nada,Ada\n")
    run = place.run(*(str(place.root / word) if word.endswith(".csv") else word for word in words))
    assert run.code in (1, 2), run.text
    place.said.append(f"{run.code}: {run.text[-150:]}")
    path.write_bytes(before)
    place.whole()
