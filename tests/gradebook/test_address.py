"""A gradebook's address is said without its password."""

from __future__ import annotations

from pathlib import Path

import pytest
from traitlets.config import Config

from autograder.course import Course, CourseError
from autograder.gradebook.address import Address
from autograder.gradebook.gradebook import GradebookWriter
from autograder.gradebook.opening import WrongGradebook
from tests.small.nbgrader_course import make_course


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql://ada:pa55word@host/grades", "postgresql://ada:***@host/grades"),
        ("postgresql://ada:p%40ss%3Aword@host/grades", "postgresql://ada:***@host/grades"),
        ("postgresql://ada:p@ss:word@host/grades", "postgresql://ada:***@host/grades"),
        ("postgresql://host/grades?user=ada&password=pa55word", "postgresql://host/grades?user=ada&password=***"),
        ("postgresql://ada:pa55word@host:no-port/grades", "postgresql://ada:***@host:no-port/grades"),
        ("postgresql://ada@host/grades", "postgresql://ada@host/grades"),
        ("sqlite:////srv/course/gradebook.db", "sqlite:////srv/course/gradebook.db"),
    ],
)
def test_no_password_is_printed(url: str, shown: str) -> None:
    address = Address(url)
    assert str(address) == f"{address}" == shown
    assert url not in repr(address) and "word" not in repr(address).replace("password=", "")
    assert address.url == url


def test_an_errors_text_shows_no_password_either() -> None:
    address = Address("postgresql://ada:p%40ssphrase@host/grades")
    said = address.without_secrets("no login for ada with p@ssphrase at p%40ssphrase")
    assert said == "no login for ada with *** at ***"


def test_the_sentence_of_a_gradebook_that_cannot_be_opened_shows_no_password(tmp_path: Path) -> None:
    root = make_course(tmp_path)
    with pytest.raises(WrongGradebook, match="could not be opened") as raised:
        GradebookWriter(root, "no-such-kind://ada:pa55word@host/x", course=Course(root))
    assert "pa55word" not in str(raised.value) and "***" in str(raised.value)


def test_the_settings_decide_and_otherwise_it_is_a_file_in_the_folder(tmp_path: Path) -> None:
    config = Config()
    plain = Address.of(tmp_path, config)
    assert (plain.file, plain.is_missing) == (tmp_path / "gradebook.db", True)
    config.CourseDirectory.db_url = "postgresql://host/grades"
    server = Address.of(tmp_path, config)
    assert (server.file, server.is_missing) == (None, False)


def test_a_folder_whose_name_would_be_read_as_another_is_refused(tmp_path: Path) -> None:
    for name in ("which?", "a%20b"):
        with pytest.raises(CourseError, match="question marks and percent signs .* rename the folder"):
            Address.of(tmp_path / name, Config())
    config = Config()
    config.CourseDirectory.db_url = "postgresql://host/grades"
    assert Address.of(tmp_path / "which?", config).file is None
    assert Address.of(tmp_path / "a #1 [b] 5%", Config()).file == tmp_path / "a #1 [b] 5%" / "gradebook.db"
