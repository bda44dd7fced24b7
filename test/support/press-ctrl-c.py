"""Runs a program on a terminal of its own and presses Ctrl-C some seconds after it has said something.

python press-ctrl-c.py TEXT SECONDS PROGRAM [ARGUMENT…]: prints what the program printed, exits as it did.
"""

import os
import pty
import select
import sys
import time

CTRL_C = b"\x03"


def main() -> int:
    text, seconds, *command = sys.argv[1:]
    child, terminal = pty.fork()
    if child == 0:
        os.execvp(command[0], command)
    printed = b""
    press_at: float | None = None
    while chunk := read(terminal):
        printed += chunk
        sys.stdout.buffer.write(chunk)
        sys.stdout.flush()
        if press_at is None and text.encode() in printed:
            press_at = time.monotonic() + float(seconds)
        if press_at is not None and time.monotonic() >= press_at:
            os.write(terminal, CTRL_C)
            press_at = float("inf")
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def read(terminal: int) -> bytes:
    """What has been printed, or a line feed that was not after a while; nothing at the end."""
    ready, _, _ = select.select([terminal], [], [], 0.5)
    if not ready:
        return b"\n"
    try:
        return os.read(terminal, 65536)
    except OSError:  # the terminal is gone with its last process
        return b""


if __name__ == "__main__":
    sys.exit(main())
