"""What makes a submission run again."""

from __future__ import annotations

from autograder.classroom.fingerprints import environment_fingerprint


def test_the_data_sets_count() -> None:
    assert environment_fingerprint(()) == environment_fingerprint()
    assert environment_fingerprint(("mnist",)) == environment_fingerprint(("mnist",))
    found = {environment_fingerprint(names) for names in ((), ("mnist",), ("digits",), ("mnist", "digits"))}
    assert len(found) == 4
