"""Become another program that cannot outlive its parent.

Run as a script: `tether.py PARENT_PID SIGNAL UID GID PROGRAM ARGUMENT…`. It drops to the user (when
UID is not -1), asks the kernel to send SIGNAL when the parent dies (Linux), and executes PROGRAM.
A script of its own instead of `preexec_fn`, because the supervisor has threads and code between
fork and exec may then wait for a lock that nobody holds any more. It imports nothing of ours.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def main(parent: int, death_signal: int, uid: int, gid: int, command: list[str]) -> None:
    """Never return: the process is `command` afterwards, or has ended because the parent has."""
    if uid != -1:
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)
    if sys.platform == "linux":  # after setuid: a change of user clears it
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, death_signal)
    if os.getppid() != parent:  # it died before the kernel was asked
        os._exit(1)
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # Python ignores it, and exec would pass that on
    os.execv(command[0], command)  # noqa: S606 -- no shell is the point


if __name__ == "__main__":
    parent, death_signal, uid, gid = (int(word) for word in sys.argv[1:5])
    main(parent, death_signal, uid, gid, sys.argv[5:])
