"""The system-call filter of a student's kernel, built with libseccomp.

It refuses what Landlock does not cover: sockets, programs, other processes, other users' settings, namespaces, kernel
interfaces with a history of holes, what tells one kernel of another (locks on files that all of them read, what of
those lies in memory), and memory and disk that no process is charged for: pages lent to pipes and sockets, files on
their way between sockets, wide buffers, rings for input and output, rules of Landlock's own, huge pages. It also
refuses to leave the kernel's process group, so that one signal ends everything, however fast it multiplies.
"""

from __future__ import annotations

import errno
import os
from typing import Any

from autograder.language import sentences_of

_ = sentences_of(__package__)

try:
    import pyseccomp as sc
except ImportError:
    _NOT_LOADED: str | None = _("the Python package pyseccomp is not installed")
except (OSError, RuntimeError):
    _NOT_LOADED = _("the library libseccomp.so.2 is not installed")
else:
    _NOT_LOADED = None

_NEW_NAMESPACE = (0x80, 0x20000, 0x02000000, 0x04000000, 0x08000000, 0x10000000, 0x20000000, 0x40000000)
_UNIX, _DATAGRAM, _RAW = 1, 2, 3
_SOL_SOCKET, _BUFFERS = 1, (7, 8, 32, 33)  # SO_SNDBUF, SO_RCVBUF, and both as root forces them
_F_SETPIPE_SZ = 1031
_LOCKS = (6, 7, 37, 38)  # F_SETLK, F_SETLKW, and both for open files
_RWF_NOWAIT = 8
_MAP_KIND, _MAP_SHARED, _MAP_VALIDATED, _MAP_ANONYMOUS, _MAP_HUGETLB = 0xF, 1, 3, 0x20, 0x40000
_SIGCHLD, _MADV_MERGEABLE, _MADV_PAGEOUT = 17, 12, 21
_F_SETOWN, _F_SETSIG, _F_SETOWN_EX, _F_SETLEASE, _F_NOTIFY = 8, 10, 15, 1024, 1026
_PR_SET_DUMPABLE, _PR_SET_SECCOMP, _PR_SET_MEMORY_MERGE, _PR_SET_VMA = 4, 22, 67, 0x53564D41
_FIOSETOWN, _SIOCSPGRP, _TIOCSTI, _TIOCLINUX = 0x8901, 0x8902, 0x5412, 0x541C

# Refused outright: errno -> names. "0" lets honest code (shutil.copy, os.utime) believe that it worked.
_REFUSED: dict[int, str] = {
    errno.EPERM: """
        ptrace process_vm_readv process_vm_writev process_madvise process_mrelease kcmp pidfd_getfd pidfd_open
        pidfd_send_signal mount umount umount2 pivot_root chroot move_mount open_tree open_tree_attr fsopen
        fsconfig fsmount fspick mount_setattr statmount listmount unshare setns keyctl add_key request_key
        perf_event_open bpf userfaultfd kexec_load kexec_file_load init_module finit_module delete_module
        reboot swapon swapoff acct quotactl quotactl_fd settimeofday clock_settime clock_adjtime adjtimex
        sethostname setdomainname iopl ioperm personality syslog vhangup lookup_dcookie name_to_handle_at
        open_by_handle_at fanotify_init fanotify_mark inotify_add_watch modify_ldt uselib nfsservctl
        move_pages migrate_pages ioprio_set seccomp mknod mknodat
        chown lchown fchown fchownat file_setattr setsid setpgid""",
    errno.EACCES: "execve execveat",
    errno.ENETUNREACH: "socket connect bind listen sendmsg sendmmsg",
    errno.ENOSYS: """
        mincore cachestat io_uring_setup io_uring_enter io_uring_register clone3 openat2 memfd_create memfd_secret
        io_setup io_submit io_getevents io_pgetevents io_destroy vmsplice splice tee sendfile
        landlock_create_ruleset landlock_add_rule landlock_restrict_self
        shmget shmat shmctl msgget msgsnd msgrcv msgctl semget semop semtimedop semctl mq_open mq_unlink""",
    errno.EOPNOTSUPP: """
        fallocate setxattr lsetxattr fsetxattr removexattr lremovexattr fremovexattr setxattrat removexattrat""",
    0: """
        chmod fchmod fchmodat fchmodat2 utime utimes utimensat futimesat sync syncfs flock fadvise64 readahead""",
}
# System calls younger than some libseccomp releases; their numbers are the same on every architecture.
_YOUNG = {
    "landlock_create_ruleset": 444, "landlock_add_rule": 445, "landlock_restrict_self": 446,
    "cachestat": 451, "fchmodat2": 452, "statmount": 457, "listmount": 458, "setxattrat": 463, "removexattrat": 466,
    "open_tree_attr": 467, "file_setattr": 469,
}  # fmt: skip
_UNKNOWN_YET = range(470, 512)  # refused before they exist


def missing() -> str | None:
    """Why this machine cannot filter system calls, in a few words; None where it can."""
    if _NOT_LOADED:
        return _NOT_LOADED
    try:
        with open("/proc/sys/kernel/seccomp/actions_avail") as actions:
            return None if "errno" in actions.read() else _("the kernel's seccomp cannot answer with an error")
    except OSError:
        return _("the kernel was built without seccomp filters")


def install(*, signals_scoped: bool, truncate_handled: bool, mapping_bytes: int | None = None) -> None:
    """Filters the system calls of all threads of this process, and of all that it starts, for good.

    `signals_scoped`: something else already keeps signals at home (Landlock from ABI 6 on, or a user of its
    own); else signals to any other process are refused. `truncate_handled`: Landlock refuses truncation (ABI
    3). `mapping_bytes`: the largest shared mapping without a file, where nobody can see what one holds.
    """
    rules = sc.SyscallFilter(sc.ALLOW)
    rules.set_attr(sc.Attr.CTL_TSYNC, 1)
    rules.set_attr(sc.Attr.ACT_BADARCH, sc.KILL_PROCESS)
    for code, names in _REFUSED.items():
        for name in names.split():
            _refuse(rules, name, code)
    for number in _UNKNOWN_YET:
        rules.add_rule(sc.ERRNO(errno.ENOSYS), number)
    _refuse_by_argument(rules)
    if not signals_scoped:
        _keep_signals_at_home(rules)
    if mapping_bytes is not None:
        for kind in (_MAP_SHARED, _MAP_VALIDATED):
            shared = sc.Arg(3, sc.MASKED_EQ, _MAP_KIND | _MAP_ANONYMOUS, kind | _MAP_ANONYMOUS)
            _refuse(rules, "mmap", errno.ENOMEM, sc.Arg(1, sc.GT, mapping_bytes), shared)
    if not truncate_handled:
        _refuse(rules, "truncate", errno.EACCES)
        for name, argument in (("open", 1), ("openat", 2)):  # read-only opening that truncates all the same
            mask = os.O_ACCMODE | os.O_TRUNC
            _refuse(rules, name, errno.EACCES, sc.Arg(argument, sc.MASKED_EQ, mask, os.O_TRUNC))
    rules.load()


def _refuse(rules: Any, name: str, code: int, *arguments: Any) -> None:
    try:
        number = sc.resolve_syscall(sc.Arch.NATIVE, name)
    except (OSError, ValueError):
        number = -1
    if number < 0:
        number = _YOUNG.get(name, -1)
    if number >= 0:
        rules.add_rule(sc.ERRNO(code), number, *arguments)


def _refuse_by_argument(rules: Any) -> None:
    for flag in _NEW_NAMESPACE:
        _refuse(rules, "clone", errno.EPERM, sc.Arg(0, sc.MASKED_EQ, flag, flag))
    # A datagram socket of a pair can be sent to any named socket later, so only connected kinds remain.
    _refuse(rules, "socketpair", errno.ENETUNREACH, sc.Arg(0, sc.NE, _UNIX))
    for kind in (_DATAGRAM, _RAW):
        _refuse(rules, "socketpair", errno.ENETUNREACH, sc.Arg(1, sc.MASKED_EQ, 0xF, kind))
    for option in _BUFFERS:  # what a socket holds is bounded by the width that it is born with
        _refuse(rules, "setsockopt", 0, sc.Arg(1, sc.EQ, _SOL_SOCKET), sc.Arg(2, sc.EQ, option))
    for command in _LOCKS:  # told that it worked: nobody else writes what a kernel can write
        _refuse(rules, "fcntl", 0, sc.Arg(1, sc.MASKED_EQ, 0xFFFFFFFF, command))
    _refuse(rules, "preadv2", errno.EOPNOTSUPP, sc.Arg(5, sc.MASKED_EQ, _RWF_NOWAIT, _RWF_NOWAIT))
    for command in (_F_SETOWN, _F_SETSIG, _F_SETOWN_EX, _F_SETLEASE, _F_NOTIFY, _F_SETPIPE_SZ):
        _refuse(rules, "fcntl", errno.EPERM, sc.Arg(1, sc.MASKED_EQ, 0xFFFFFFFF, command))
    for request in (_FIOSETOWN, _SIOCSPGRP, _TIOCSTI, _TIOCLINUX):
        _refuse(rules, "ioctl", errno.EPERM, sc.Arg(1, sc.MASKED_EQ, 0xFFFFFFFF, request))
    for name in ("prlimit64", "sched_setaffinity", "sched_setscheduler", "sched_setparam", "sched_setattr"):
        _refuse(rules, name, errno.EPERM, sc.Arg(0, sc.NE, 0))
    # A process that makes itself undumpable hides from the guard where that is an ordinary user.
    _refuse(rules, "prctl", errno.EPERM, sc.Arg(0, sc.EQ, _PR_SET_DUMPABLE))
    # Children of a process that ignores their end are waited for by nobody, and their CPU time is counted for nobody.
    # The honest one who asks is DataLoader, which also looks for dead workers itself: it is told that it worked.
    _refuse(rules, "rt_sigaction", 0, sc.Arg(0, sc.EQ, _SIGCHLD))
    # Filters cost memory that nobody counts; a mapping with a name of its own is not seen to be shared memory; pages
    # that are merged with those of others tell by their speed what others have.
    for option in (_PR_SET_SECCOMP, _PR_SET_VMA, _PR_SET_MEMORY_MERGE):
        _refuse(rules, "prctl", errno.EINVAL, sc.Arg(0, sc.EQ, option))
    # Memory that is sent to the swap is not resident, and the peak of what is resident is measured.
    for advice in (_MADV_PAGEOUT, _MADV_MERGEABLE):
        _refuse(rules, "madvise", errno.EINVAL, sc.Arg(2, sc.EQ, advice))
    # Huge pages that the machine keeps ready for others count for no process.
    _refuse(rules, "mmap", errno.ENOMEM, sc.Arg(3, sc.MASKED_EQ, _MAP_HUGETLB, _MAP_HUGETLB))
    for argument in (0, 1):  # setpriority(PRIO_PROCESS, 0, ...) is what os.nice does
        _refuse(rules, "setpriority", errno.EPERM, sc.Arg(argument, sc.NE, 0))


def _keep_signals_at_home(rules: Any) -> None:
    """Without scoping, a process may signal itself alone, and a kernel cannot end its own children."""
    own = os.getpid()
    for name in ("kill", "tgkill", "rt_sigqueueinfo", "rt_tgsigqueueinfo"):
        _refuse(rules, name, errno.EPERM, sc.Arg(0, sc.NE, own))
    _refuse(rules, "tkill", errno.EPERM)
