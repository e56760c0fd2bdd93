"""Untrusted files are read with a cap, and files are written whole or not at all."""

from __future__ import annotations

import errno
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from autograder import files


@pytest.mark.parametrize("size", [0, 9, 10, 11])
def test_a_file_is_read_up_to_its_cap(tmp_path: Path, size: int) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"x" * size)
    assert files.read_start(path, 10) == b"x" * min(size, 10)
    assert files.read_whole(path, 10) == (b"x" * size if size <= 10 else None)


def test_what_is_no_regular_file_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(b"secret")
    (tmp_path / "link").symlink_to(tmp_path / "secret")
    os.mkfifo(tmp_path / "pipe")  # a plain read would wait for a writer
    (tmp_path / "folder").mkdir()
    for name in ("link", "pipe", "folder", "missing", "zero\0byte"):
        assert files.read_whole(tmp_path / name, 10) is None, name


def test_a_file_is_written_with_its_folders_and_replaced(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b" / "file"
    for content in (b"old", b"new"):
        files.write(path, content)
        assert path.read_bytes() == content
    assert stat.S_IMODE(path.stat().st_mode) == 0o644
    assert [each.name for each in path.parent.iterdir()] == ["file"]


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_failure_leaves_the_old_content_and_nothing_beside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    path = tmp_path / "file"
    files.write(path, b"old")

    def full(*arguments: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, step, full)
    with pytest.raises(OSError, match="No space"):
        files.write(path, b"new")
    assert path.read_bytes() == b"old"
    assert [each.name for each in tmp_path.iterdir()] == ["file"]


def test_file_and_folder_are_brought_to_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[bool] = []
    fsync = os.fsync
    monkeypatch.setattr(os, "fsync", lambda fd: (synced.append(stat.S_ISDIR(os.fstat(fd).st_mode)), fsync(fd))[1])
    files.write(tmp_path / "file", b"new")
    assert synced == [False, True]


def test_who_is_first_has_the_file(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    assert files.write_first(path, b"first") and not files.write_first(path, b"second")
    assert path.read_bytes() == b"first"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [each.name for each in tmp_path.iterdir()] == ["secret"]


def test_what_a_killed_writer_left_is_swept_by_the_next_one(tmp_path: Path) -> None:
    program = (
        "import os, signal, sys\nfrom pathlib import Path\nfrom autograder import files\n"
        "os.replace = lambda *names: os.kill(os.getpid(), signal.SIGKILL)\nfiles.write(Path(sys.argv[1]), b'lost')\n"
    )
    path = tmp_path / "file"
    assert subprocess.run([sys.executable, "-c", program, str(path)]).returncode == -9
    assert len(list(tmp_path.iterdir())) == 1
    files.write(tmp_path / "file.txt", b"another")
    assert len(list(tmp_path.iterdir())) == 2
    files.write(path, b"new")
    assert sorted(each.name for each in tmp_path.iterdir()) == ["file", "file.txt"]


def test_of_two_who_write_at_once_nobody_sweeps_the_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, replace = tmp_path / "file", os.replace

    def meanwhile(*names: str) -> None:
        monkeypatch.setattr(os, "replace", replace)
        files.write(path, b"second")
        replace(*names)

    monkeypatch.setattr(os, "replace", meanwhile)
    files.write(path, b"first")
    assert path.read_bytes() == b"first"
    assert [each.name for each in tmp_path.iterdir()] == ["file"]


def test_what_was_swept_before_it_was_locked_is_made_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    flock = files.fcntl.flock

    def too_late(handle: int, operation: int) -> None:
        monkeypatch.setattr(files.fcntl, "flock", flock)
        (swept,) = tmp_path.iterdir()
        swept.unlink()
        flock(handle, operation)

    monkeypatch.setattr(files.fcntl, "flock", too_late)
    files.write(tmp_path / "file", b"new")
    assert (tmp_path / "file").read_bytes() == b"new"


def test_who_reads_while_a_file_is_written_again_reads_the_old_one_to_its_end(tmp_path: Path) -> None:
    files.write(tmp_path / "file", b"old" * 1000)
    with open(tmp_path / "file", "rb", buffering=0) as reader:  # what is in a buffer is not read again
        first = reader.read(3)
        files.write(tmp_path / "file", b"new")
        assert first + reader.read() == b"old" * 1000


@pytest.mark.parametrize("number", [errno.EACCES, errno.EMFILE, errno.EIO])
def test_a_file_that_is_there_and_cannot_be_read_is_not_taken_for_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    def refused(path: Path, *_: object) -> int:
        raise OSError(number, os.strerror(number), str(path))

    (tmp_path / "file").write_bytes(b"x")
    monkeypatch.setattr(os, "open", refused)
    with pytest.raises(OSError) as caught:
        files.read_start(tmp_path / "file", 10)
    assert (caught.value.errno, caught.value.filename) == (number, str(tmp_path / "file"))
    assert files.read_start(tmp_path, 10) is None, "a folder is no file, whoever may look into it"


def test_a_folder_that_may_not_be_looked_into_is_not_passed_over(tmp_path: Path) -> None:
    with pytest.raises(PermissionError):
        files.refuse(PermissionError(errno.EACCES, "Permission denied"))
    files.refuse(FileNotFoundError(errno.ENOENT, "No such file"))  # gone in the meantime
    files.refuse(OSError(errno.ENAMETOOLONG, "File name too long"))  # deeper than any path reaches


def test_what_has_no_room_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError) as caught:
        files.write(tmp_path / "file", b"new")
    assert (caught.value.errno, caught.value.filename) == (errno.ENOSPC, str(tmp_path / "file"))
