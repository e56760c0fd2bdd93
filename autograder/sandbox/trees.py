"""Removing what hostile code made: folders of any depth and any modes."""

from __future__ import annotations

import contextlib
import itertools
import os


def remove_tree(folder: str) -> None:
    """Removes a folder that hostile code filled: any depth, any modes, never following a link.

    Works from inside the tree, one level at a time, because a path can grow longer than the system takes: what lies
    deeper than one level is first moved up beside the folder that it was in.
    """
    try:
        top = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except FileNotFoundError:
        return
    try:
        _empty(top)
    finally:
        os.close(top)
    os.rmdir(folder)


def _empty(top: int) -> None:
    fresh = itertools.count()
    while folders := _remove_files(top):
        for name in folders:
            with contextlib.suppress(OSError):  # not empty
                os.rmdir(name, dir_fd=top)
                continue
            os.chmod(name, 0o700, dir_fd=top)
            inner = os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=top)
            try:
                for deeper in _remove_files(inner):
                    os.chmod(deeper, 0o700, dir_fd=inner)  # moving a folder rewrites its ".."
                    os.rename(deeper, f".{os.getpid()}-{next(fresh)}", src_dir_fd=inner, dst_dir_fd=top)
            finally:
                os.close(inner)
            os.rmdir(name, dir_fd=top)


def _remove_files(folder: int) -> list[str]:
    """Removes what is no folder from an open folder; returns the folders' names."""
    os.fchmod(folder, 0o700)
    folders = []
    with os.scandir(folder) as entries:
        listed = list(entries)
    for entry in listed:
        if entry.is_dir(follow_symlinks=False):
            folders.append(entry.name)
        else:
            os.unlink(entry.name, dir_fd=folder)
    return folders
