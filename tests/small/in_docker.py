"""A command as it runs in a container of Docker's, as far as a process can be brought to it: with the capabilities that
Docker leaves root, and with a filter that refuses system calls as Docker's own does."""

from __future__ import annotations

import os
import shutil
import sys

# The capabilities of root in a container, by default.
CAPABILITIES = (
    "+chown,+dac_override,+fowner,+fsetid,+kill,+setgid,+setuid,+setpcap,+net_bind_service,+net_raw,+sys_chroot,+mknod,"
    "+audit_write,+setfcap"
)
# Of what Docker's filter refuses whoever lacks CAP_SYS_ADMIN, what a sandbox would like to have.
REFUSED = ("mount", "mount_setattr", "pivot_root", "setns", "umount2", "unshare")
LANDLOCK = ("landlock_create_ruleset", "landlock_add_rule", "landlock_restrict_self")  # before Docker 23
_LAUNCH = """
import errno, os, sys
import pyseccomp
refused = pyseccomp.SyscallFilter(pyseccomp.ALLOW)
for name in sys.argv[1].split(","):
    refused.add_rule(pyseccomp.ERRNO(errno.EPERM), name)
refused.load()
os.execv(sys.argv[2], sys.argv[2:])
"""


def in_docker(*command: object, landlock: bool = True, root: bool = True) -> list[str]:
    """The words that run a command so. root: as a container's root; otherwise as an ordinary user, with none
    at all. Whoever is not root here has none in either case."""
    refused = (*REFUSED, *(() if landlock else LANDLOCK))
    launch = [sys.executable, "-c", _LAUNCH, ",".join(refused), *map(str, command)]
    setpriv = shutil.which("setpriv")
    if os.geteuid() != 0 or setpriv is None:
        return launch
    kept = f"-all,{CAPABILITIES}" if root else "-all"
    return [setpriv, f"--bounding-set={kept}", "--inh-caps=-all", *launch]
