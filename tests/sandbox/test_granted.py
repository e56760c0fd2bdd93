"""What the shell's limits leave a kernel, in processes of their own: limits cannot be raised again."""

from __future__ import annotations

import re
import resource
import subprocess
import sys

import pytest

from autograder.sandbox.limits import MEBI

from .conftest import REPOSITORY, Starter, policy_of, run

PROGRAM = """
import resource
from autograder.sandbox import granted
from autograder.sandbox.limits import Limits
try:
    granted.require_all(Limits(), None, None)
    print(resource.getrlimit({number})[0])
except granted.TooLittle as error:
    print(error)
"""


def said(number: int, soft: int, hard: int) -> str:
    """What a process says that becomes a kernel with these limits of one resource."""
    done = subprocess.run(
        [sys.executable, "-S", "-c", PROGRAM.format(number=number)], capture_output=True, text=True, check=True,
        cwd=REPOSITORY, preexec_fn=lambda: resource.setrlimit(number, (soft, hard)),
    )  # fmt: skip
    return done.stdout.strip()


@pytest.mark.parametrize(("number", "most", "sentence"), [
    (resource.RLIMIT_CPU, 100, r"may compute for 100 s here, and a notebook may need 120; raise .* \(`ulimit -t`\)"),
    (resource.RLIMIT_FSIZE, 20 * MEBI, r"may write a file of 20 MB here, and a notebook may need 256; .*`ulimit -f`"),
    (resource.RLIMIT_STACK, MEBI, r"may have a stack of 1 MB here, and a notebook may need 8; .*`ulimit -s`"),
    (resource.RLIMIT_NOFILE, 511, r"may have 511 files open here, and a notebook may need 512; .*`ulimit -n`"),
    (resource.RLIMIT_DATA, 2048 * MEBI, r"may hold 2,048 MB of data here, and a notebook may need 2,0.*`ulimit -d`"),
    (resource.RLIMIT_AS, 2050 * MEBI, r"may have 2,050 MB of addresses here, and a notebook may need 2,0.*`ulimit -v`"),
    (resource.RLIMIT_NPROC, 111, r"may have 111 processes and threads here, and .* need \d+; .*`ulimit -u`"),
])  # fmt: skip
def test_less_than_a_notebook_may_use_is_said_with_the_limit_to_raise(number: int, most: int, sentence: str):
    assert re.search(sentence, said(number, most, most))


@pytest.mark.parametrize(("number", "soft", "wanted"), [
    (resource.RLIMIT_CPU, 100, "120"), (resource.RLIMIT_FSIZE, 20 * MEBI, str(256 * MEBI)),
    (resource.RLIMIT_STACK, MEBI, str(8 * MEBI)), (resource.RLIMIT_NOFILE, 100, "512"),
])  # fmt: skip
def test_what_a_process_may_have_for_the_asking_is_asked_for(number: int, soft: int, wanted: str):
    assert said(number, soft, resource.getrlimit(number)[1]) == wanted
    assert said(number, int(wanted), int(wanted)) == wanted, "so much is enough"


@pytest.mark.parametrize("isolation", ["required", "off"])
def test_a_kernel_has_the_usual_stack_whatever_the_shell_asks_for(request, starter: Starter, isolation: str):
    pool = request.getfixturevalue("pool" if isolation == "required" else "open_pool")
    given = {} if isolation == "required" else {"policy": policy_of("numpy", isolation="off")}
    server, number = pool._process.pid, resource.RLIMIT_STACK
    before = resource.prlimit(server, number)
    resource.prlimit(server, number, (MEBI, before[1]))
    try:
        kernel = starter(pool, **given)
    finally:
        resource.prlimit(server, number, before)
    assert run(kernel, "import resource; resource.getrlimit(resource.RLIMIT_STACK)[0]").result == str(8 * MEBI)


STARTED = """
import resource, tempfile
from pathlib import Path
from autograder.sandbox.client import KernelFailed
from autograder.sandbox.warm_pool import WarmPool
from autograder.sandbox.limits import Limits
from autograder.sandbox.policy import Policy
from autograder.sandbox.setup import KernelSetup
resource.setrlimit(resource.RLIMIT_FSIZE, (20 << 20, 20 << 20))
with tempfile.TemporaryDirectory() as folder, WarmPool("numpy") as pool:
    try:
        pool.start(KernelSetup(Limits(), Policy(), Path(folder, "work")))
    except KernelFailed as error:
        print(error)
"""


def test_a_kernel_that_would_have_less_is_not_started():
    done = subprocess.run([sys.executable, "-c", STARTED], capture_output=True, text=True, check=True, cwd=REPOSITORY)
    assert done.stdout.startswith("the kernel did not start: a process may write a file of 20 MB here")
