"""No process outlives the local AWS: those of jobs have groups of their own, the others its group."""

import contextlib
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import IO

from .settings import Settings


class Processes:
    def __init__(self, settings: Settings) -> None:
        if os.getpgid(0) != os.getpid():
            os.setpgid(0, 0)
        # A bare descriptor: only the end of this process closes it, so the guard cuts no graceful stop short.
        reading, self._to_guard = os.pipe()
        guard = [sys.executable, "-S", "-E", str(Path(__file__).with_name("guard.py"))]
        subprocess.Popen(
            [*guard, str(settings.scratch), str(os.getpid())],
            stdin=reading,
            stdout=subprocess.DEVNULL,
            start_new_session=True,
        )
        os.close(reading)

    def start(
        self, command: list[str], cwd: Path, environment: dict[str, str], out: IO[bytes], err: IO[bytes]
    ) -> subprocess.Popen:
        process = subprocess.Popen(
            command,
            cwd=cwd,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=err,
            start_new_session=True,
        )
        self._tell_guard(f"+{process.pid}")
        return process

    def end(self, process: subprocess.Popen) -> None:
        """Ends what is left of a process and of all that it started."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        self._tell_guard(f"-{process.pid}")

    def _tell_guard(self, line: str) -> None:
        # Shorter than PIPE_BUF, so lines of several threads do not mix.
        os.write(self._to_guard, f"{line}\n".encode())
