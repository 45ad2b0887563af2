"""Calls that only POSIX systems have stand in safety/ and store/ alone, where they are asked for before they are used."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[1] / "pipeline" / "nptlens"
MAY = {"safety", "store"}
# What Python's documentation of `os` and `signal` gives as not available on Windows, and modules that are not there at all.
MODULES = {"crypt", "curses", "fcntl", "grp", "posix", "pty", "pwd", "readline", "resource", "spwd", "syslog", "termios", "tty"}
OF_OS = {
    "O_CLOEXEC", "O_DIRECTORY", "O_NOATIME", "O_NOCTTY", "O_NOFOLLOW", "O_NONBLOCK", "O_PATH", "O_SYNC", "chown", "chroot", "ctermid", "fchdir",
    "fchown", "fdatasync", "fork", "forkpty", "getegid", "geteuid", "getgid", "getgrouplist", "getgroups", "getloadavg", "getpgid", "getpgrp",
    "getpriority", "getsid", "getuid", "initgroups", "killpg", "lchmod", "lchown", "listxattr", "lockf", "major", "minor", "mkfifo", "mknod", "nice", "openpty",
    "pathconf", "pidfd_open", "posix_fadvise", "posix_fallocate", "posix_spawn", "posix_spawnp", "pread", "preadv", "pwrite", "pwritev", "readv", "register_at_fork",
    "sched_getaffinity", "sched_setaffinity", "sendfile", "setegid", "seteuid", "setgid", "setgroups", "setpgid", "setpriority", "setsid",
    "setuid", "setxattr", "statvfs", "sync", "sysconf", "tcgetpgrp", "tcsetpgrp", "uname", "wait", "wait3", "wait4", "waitid", "writev",
}  # fmt: skip
OF_SIGNAL = {
    "SIGALRM", "SIGCHLD", "SIGCONT", "SIGHUP", "SIGKILL", "SIGPIPE", "SIGQUIT", "SIGSTOP", "SIGTSTP", "SIGUSR1", "SIGUSR2", "SIGWINCH", "alarm", "getitimer", "pause",
    "pthread_kill", "pthread_sigmask", "setitimer", "siginterrupt", "sigpending", "sigwait",
}  # fmt: skip
ONLY_POSIX = {**{("os", name): name for name in OF_OS}, **{("signal", name): name for name in OF_SIGNAL}}


def posix_only(source: str) -> Iterator[str]:
    """Yield each use of what only POSIX systems have, as ``line: what``."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Import(names=names):
                yield from (f"{node.lineno}: import {each.name}" for each in names if each.name.split(".")[0] in MODULES)
            case ast.ImportFrom(module=str(module), level=0, names=names):
                whole = module.split(".")[0] in MODULES
                yield from (f"{node.lineno}: {module}.{each.name}" for each in names if whole or (module, each.name) in ONLY_POSIX)
            case ast.Attribute(value=ast.Name(id=module), attr=name) if (module, name) in ONLY_POSIX:
                yield f"{node.lineno}: {module}.{name}"


def test_posix_only_calls_stand_where_they_are_guarded():
    modules = sorted(path for path in PACKAGE.rglob("*.py") if path.relative_to(PACKAGE).parts[0] not in MAY)
    assert len(modules) > 100
    found = {path.relative_to(PACKAGE).as_posix(): list(posix_only(path.read_text(encoding="utf-8"))) for path in modules}
    assert {name: uses for name, uses in found.items() if uses} == {}


@pytest.mark.parametrize(
    "source", ["import fcntl", "from resource import setrlimit", "from os import fork", "import os\nos.getuid()", "import signal\nsignal.SIGKILL"]
)
def test_such_a_call_is_found(source):
    assert len(list(posix_only(source))) == 1


def test_an_ordinary_call_is_not():
    assert list(posix_only("import os\nfrom pathlib import Path\nos.replace('a', 'b')\nos.fsync(1)\nPath('a').chmod(0o600)")) == []
