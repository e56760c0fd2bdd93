"""Who may sit down at a desk that others can reach: names, and what their passwords are hashed to.

The file has a line for each, ``name scrypt$<salt>$<hash>`` in hexadecimal, and is its owner's alone. A password is
never compared but by its hash, in constant time, and a name that is not there takes as long as one that is.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import stat
from collections.abc import Mapping
from pathlib import Path

from autograder import files
from autograder.course import UsageError
from autograder.faults import of_os_error
from autograder.language import sentences_of

_ = sentences_of(__package__)

LARGEST = 1_000_000
SHORTEST = 8  # characters of a password
_COST, _BLOCK, _LANES = 2**14, 8, 1  # of scrypt: 16 MB and some 50 ms for a try
_LINE = re.compile(r"(\S+) scrypt\$([0-9a-f]{32})\$([0-9a-f]{64})")
_NAME = re.compile(r"[\w.@+-]{1,60}")


def read(path: Path) -> Mapping[str, str]:
    """The hashes by name. Raises ``UsageError`` for a file that others may read, and one that cannot be understood."""
    try:
        data = files.read_whole(path, LARGEST)
        mode = stat.S_IMODE(path.stat().st_mode) if data is not None else 0
    except OSError as error:
        raise of_os_error(error, path) from error
    if data is None:
        raise UsageError(
            _("There is no password file {path}; `autograder desk --add-grader NAME` writes it.").format(path=path)
        )
    if mode & 0o077:
        raise UsageError(
            _("Others may read the password file {path}; have it to yourself: `chmod 600 {path}`.").format(path=path)
        )
    found = {}
    for number, line in enumerate(data.decode("utf-8", "replace").splitlines(), 1):
        match = _LINE.fullmatch(line.strip())
        if match:
            found[match[1]] = f"{match[2]}${match[3]}"
        elif line.strip():
            raise UsageError(
                _("Line {number} of {path} is no grader's; `autograder desk --add-grader NAME` writes it.").format(
                    number=number, path=path
                )
            )
    if not found:
        raise UsageError(
            _("The password file {path} is empty; `autograder desk --add-grader NAME` writes it.").format(path=path)
        )
    return found


def add(path: Path, name: str, password: str) -> None:
    """Notes a grader's password in the file, in place of an earlier one. Raises ``UsageError`` for a name with spaces
    and for a password that is too short."""
    if not _NAME.fullmatch(name):
        raise UsageError(_("A grader's name has letters, digits and . @ + - _, up to 60 of them, and no space."))
    if len(password) < SHORTEST:
        raise UsageError(_("A password has at least {shortest} characters.").format(shortest=SHORTEST))
    known = dict(read(path)) if path.exists() else {}
    salt = secrets.token_bytes(16)
    known[name] = f"{salt.hex()}${_hash(password, salt)}"
    lines = [f"{one} scrypt${known[one]}\n" for one in sorted(known)]
    try:
        files.write(path, "".join(lines).encode(), mode=0o600)
    except OSError as error:
        raise of_os_error(error, path) from error


def is_right(known: Mapping[str, str], name: str, password: str) -> bool:
    """Whether that is the password of that name."""
    salt, _, wanted = known.get(name, f"{'00' * 16}${'00' * 32}").partition("$")
    same = hmac.compare_digest(_hash(password, bytes.fromhex(salt)), wanted)
    return same and name in known


def _hash(password: str, salt: bytes) -> str:
    return hashlib.scrypt(password.encode(), salt=salt, n=_COST, r=_BLOCK, p=_LANES, dklen=32).hex()
