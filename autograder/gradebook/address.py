"""Where a gradebook is, said so that no password is printed with it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote

from traitlets.config import Config

from autograder.course import CourseError
from autograder.faults import AGAIN
from autograder.language import sentences_of

_ = sentences_of(__package__)

_SQLITE = "sqlite:///"
_HIDDEN = "***"
# Where a URL may have a password. Read without SQLAlchemy, which does not get past a URL that is wrong.
_BEFORE_HOST = r"(//[^/@]*?:)(.*)(@)"
_IN_QUERY = r"(?i)([?&]\w*passw\w*=)([^&]*)"


@dataclass(frozen=True)
class Address:
    """The address of a gradebook. ``url`` is for whoever connects; as text it shows no password."""

    url: str = field(repr=False)

    @classmethod
    def of(cls, course_dir: Path, config: Config) -> Address:
        """The one that a course folder's settings name, otherwise ``gradebook.db`` in the folder.

        Raises ``CourseError`` where the folder's own name would be read as another one in such an address."""
        set_there = config.CourseDirectory.get("db_url")
        if not set_there and ("?" in str(course_dir) or unquote(str(course_dir)) != str(course_dir)):
            raise CourseError(
                _(
                    "The gradebook cannot lie in {course_dir}: question marks and percent signs mean something else in "
                    "the address of a database; rename the folder, and {again}."
                ).format(course_dir=course_dir, again=AGAIN)
            )
        return cls(str(set_there) if set_there else f"{_SQLITE}{course_dir / 'gradebook.db'}")

    @property
    def file(self) -> Path | None:
        """The file of an SQLite gradebook; None for a server's."""
        return Path(self.url.removeprefix(_SQLITE)) if self.url.startswith(_SQLITE) else None

    @property
    def is_missing(self) -> bool:
        """Whether it is a file that is not there yet."""
        return self.file is not None and not self.file.exists()

    def __str__(self) -> str:
        return re.sub(_IN_QUERY, rf"\1{_HIDDEN}", re.sub(_BEFORE_HOST, rf"\1{_HIDDEN}\3", self.url))

    def without_secrets(self, text: str) -> str:
        """``text``, an error's for example, without this address's password."""
        for secret in self._secrets():
            text = text.replace(secret, _HIDDEN)
        return text

    def _secrets(self) -> list[str]:
        """The password as it stands in the URL and as it is meant, wherever the URL has it; the longest first."""
        written = [match[2] for match in (*re.finditer(_BEFORE_HOST, self.url), *re.finditer(_IN_QUERY, self.url))]
        return sorted({one for text in written for one in (text, unquote(text)) if one}, key=len, reverse=True)
