"""A machine that cannot isolate is refused with a sentence, and weaker ones are tried by switching mechanisms off."""

from __future__ import annotations

import os

import pytest

from autograder.sandbox import landlock, mechanisms, reach, root
from autograder.sandbox.confine import Confinement
from autograder.sandbox.limits import Limits
from autograder.sandbox.policy import IsolationMissing, Policy
from autograder.sandbox.warm_pool import WarmPool

from .conftest import policy_of, run


def test_facts_name_every_mechanism_and_what_it_means():
    facts = mechanisms.facts()
    assert [fact.name for fact in facts][:4] == ["landlock", "seccomp", "rlimits", "guard"]
    assert all(fact.meaning for fact in facts)


@pytest.mark.parametrize("name", mechanisms.MANDATORY)
def test_a_missing_mandatory_mechanism_is_refused_by_name(monkeypatch, name):
    monkeypatch.setenv("AUTOGRADER_DISABLE_MECHANISMS", name)
    with pytest.raises(IsolationMissing, match=rf"^Student code cannot be isolated .*: {name} is missing \(.*\)\.$"):
        WarmPool("numpy")


def test_without_isolation_nothing_is_claimed(open_pool, starter):
    assert starter(open_pool).isolation == []


def test_a_mechanism_that_fails_in_the_kernel_is_refused_too(pool, starter, monkeypatch):
    """The grader's look at the machine may be wrong; what the kernel reports decides."""
    monkeypatch.setattr(pool, "_disabled", ["landlock"])
    with pytest.raises(IsolationMissing, match="landlock is missing"):
        starter(pool)


def test_without_landlock_scope_the_filter_keeps_signals_at_home(pool, starter, monkeypatch):
    """As an ordinary user before Linux 6.12: no scoping, no user of its own."""
    monkeypatch.setattr(pool, "_disabled", ["scope", "user"])
    kernel, other = starter(pool), starter(pool)
    assert {"landlock", "seccomp"} <= set(kernel.isolation)
    assert not {"landlock-scope", "user"} & set(kernel.isolation)
    assert "PermissionError" in run(kernel, "import os; os.kill(os.getppid(), 0)").error
    assert "PermissionError" in run(kernel, f"os.kill({other.pid}, 0)").error
    assert "PermissionError" in run(kernel, "os.kill(-1, 0)").error
    assert run(kernel, "os.kill(os.getpid(), 0); 1").result == "1"


def test_without_landlock_truncation_the_filter_refuses_it(pool, starter, monkeypatch, tmp_path):
    """As on Linux 5.15, where Landlock lets truncate what may only be read."""
    monkeypatch.setattr(pool, "_disabled", ["truncate", "user"])
    target = tmp_path / "library.py"
    target.write_text("x = 1")
    kernel = starter(pool, policy=policy_of("numpy", readable=(target,)))
    for attack in (f"os.truncate({str(target)!r}, 0)", f"os.open({str(target)!r}, os.O_RDONLY | os.O_TRUNC)"):
        assert "PermissionError" in run(kernel, f"import os; {attack}").error
    assert run(kernel, f"open({str(target)!r}).read()").result == "'x = 1'"
    assert run(kernel, "for t in 'xy': open('mine', 'w').write(t)\nopen('mine').read()").result == "'y'"


def test_the_allow_list_leaves_out_what_is_forbidden_and_this_package():
    paths = reach.readable_paths(("torch", "sklearn"))
    names = {os.path.basename(path) for path in paths}
    assert "numpy" in names
    assert not names & {"torch", "torchgen", "functorch", "sklearn", "scikit_learn.libs", "autograder"}
    repository = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    assert not any(repository == path or repository.startswith(path + os.sep) for path in paths)


def test_policies_of_the_runtimes():
    assert {"torch", "tensorflow", "keras", "scipy", "cv2", "sklearn"} <= set(policy_of("numpy").forbidden)
    assert policy_of("torch+tensorflow").forbidden == ("sklearn",)  # its file has the labels of the digits
    with pytest.raises(ValueError, match="unknown runtime"):
        WarmPool("jax")
    policy = policy_of("torch")
    assert Policy.from_dict(policy.to_dict()) == policy


def test_rules_ask_for_no_right_that_the_kernel_does_not_know():
    assert landlock._rights_of(1) == landlock.Right.REFER - 1
    assert landlock.Right.TRUNCATE not in landlock._rights_of(2)
    assert landlock.Right.IOCTL_DEV in landlock._rights_of(5)


def test_a_root_that_cannot_be_finished_starts_no_kernel(tmp_path):
    """One of the kernel's folders is gone when its root is laid out: half a root neither holds nor is passed over."""
    if root.missing():
        pytest.skip(f"no root of its own for a kernel here: {root.missing()}")
    home = tmp_path / "home"
    home.mkdir()
    read, write = os.pipe()
    if (child := os.fork()) == 0:
        try:
            own = (str(tmp_path / "gone"), str(home))
            confinement = Confinement(Limits(), (), (), own, str(home), None, frozenset())
            confinement.restrict()
            os.write(write, f"confined by {confinement.applied}".encode())
        except OSError as error:
            os.write(write, type(error).__name__.encode())
        finally:
            os._exit(0)
    os.close(write)
    with os.fdopen(read) as told:
        assert told.read() == "FileNotFoundError"
    os.waitpid(child, 0)


def test_why_a_kernel_gets_no_root_of_its_own_is_said_by_linux_and_not_by_a_fault_of_ours():
    why = root.missing()
    assert why is None or "Error" not in why
