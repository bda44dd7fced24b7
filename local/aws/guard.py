"""Runs beside the local AWS and outlives it by a moment: when that is gone, however it went, ends its rest.

Standard input is a pipe from the local AWS: `+<group>` and `-<group>` name the process groups that run.
Its end means that the local AWS is gone. Arguments: the folder to remove, and the group of the local AWS.
"""

import contextlib
import os
import shutil
import signal
import sys


def main(scratch: str, own_group: int) -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    groups = {own_group}
    for line in sys.stdin:
        change = groups.add if line.startswith("+") else groups.discard
        change(int(line[1:]))
    for group in groups:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(group, signal.SIGKILL)
    # A process that was just killed may still have been writing: look twice.
    for _ in range(2):
        shutil.rmtree(scratch, ignore_errors=True)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
