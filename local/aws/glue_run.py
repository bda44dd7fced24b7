"""One run of a Glue job: download, start, follow, end. Runs in a thread of its own."""

import logging
import re
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from botocore.client import BaseClient
from botocore.exceptions import ClientError

from .glue_command import JobFiles, job_arguments, job_command, job_environment
from .glue_logs import LogTail
from .glue_state import end_run, is_over, set_running
from .permissions import role_trusts
from .processes import Processes
from .role_session import assume_role, client
from .settings import Settings

logger = logging.getLogger("glue")

POLL_SECONDS = 0.1
# Tracebacks end in such a line; spark-submit sends them to either stream.
ERROR_LINE = re.compile(r"^[\w.]*(Error|Exception|Exit|Interrupt)\b")


@dataclass
class JobRunner:
    settings: Settings
    processes: Processes
    running: dict[str, subprocess.Popen] = field(default_factory=dict)

    def execute(self, job: dict[str, Any], run: dict[str, Any]) -> None:
        role = job.get("Role", "")
        if not role_trusts(role, "glue.amazonaws.com"):
            end_run(run, "FAILED", f"Role {role} should be given assume role permissions for Glue Service.")
            return
        try:
            with (
                assume_role(role, f"GlueJobRunnerSession-{run['Id'][:12]}") as credentials,
                TemporaryDirectory(
                    prefix="glue-", dir=self.settings.scratch, ignore_cleanup_errors=True
                ) as name,
            ):
                self._execute_in(Path(name), job, run, credentials)
        except Exception as error:
            logger.exception("run %s of %s", run["Id"], job["Name"])
            end_run(run, "FAILED", f"{type(error).__name__}: {error}")

    def stop(self, run_id: str) -> None:
        process = self.running.get(run_id)
        if process:
            self.processes.end(process)

    def _execute_in(
        self, folder: Path, job: dict[str, Any], run: dict[str, Any], credentials: dict[str, str]
    ) -> None:
        arguments = job_arguments(job, run)
        try:
            files = download(client("s3", self.settings, credentials), job, arguments, folder)
        except ClientError as error:
            end_run(run, "FAILED", f"LAUNCH ERROR | {error}")
            return
        group = (arguments.get("--custom-logGroup-prefix") or "/aws-glue/jobs").rstrip("/")
        logs = client("logs", self.settings, credentials)
        paths = {"output": folder / "stdout", "error": folder / "stderr"}
        with paths["output"].open("wb") as out, paths["error"].open("wb") as err:
            tails = [LogTail(logs, f"{group}/{name}", run["Id"], path) for name, path in paths.items()]
            if is_over(run):  # stopped while it was starting
                return
            command = job_command(job, run, files, self.settings, folder)
            environment = job_environment(job, files, credentials, self.settings, folder)
            process = self.processes.start(command, folder, environment, out, err)
        self.running[run["Id"]] = process
        try:
            set_running(run)
            timed_out = self._follow(process, run, tails)
        finally:
            self.processes.end(process)
            self.running.pop(run["Id"], None)
            for tail in tails:
                tail.flush(last=True)
        if timed_out:
            end_run(run, "TIMEOUT", f"JobRun timed out after {run['Timeout']} minutes")
        elif process.returncode == 0:
            end_run(run, "SUCCEEDED")
        else:
            end_run(run, "FAILED", failure(paths, process.returncode))

    def _follow(self, process: subprocess.Popen, run: dict[str, Any], tails: list[LogTail]) -> bool:
        """Until the process ends, or its time is over: then True."""
        end = time.monotonic() + run["Timeout"] * self.settings.glue_minute
        while process.poll() is None:
            if is_over(run):
                return False
            if time.monotonic() > end:
                return True
            time.sleep(POLL_SECONDS)
            for tail in tails:
                tail.flush()
        return False


def download(s3: BaseClient, job: dict[str, Any], arguments: dict[str, str], folder: Path) -> JobFiles:
    """The script and its extra files, read as the job's role."""

    def fetch(uri: str) -> Path:
        match = re.fullmatch(r"s3[an]?://([^/]+)/(.+)", uri.strip())
        if not match:
            raise ValueError(f"{uri}: not an s3:// address")
        path = folder / Path(match[2]).name
        with path.open("wb") as file:
            for chunk in s3.get_object(Bucket=match[1], Key=match[2])["Body"].iter_chunks(1 << 20):
                file.write(chunk)
        return path

    def listed(name: str) -> list[str]:
        return [part for part in arguments.get(name, "").split(",") if part.strip()]

    script = fetch(job["Command"]["ScriptLocation"])
    archives = [path for path in map(fetch, listed("--extra-py-files")) if path.suffix != ".py"]
    for uri in listed("--extra-files"):
        fetch(uri)
    for module in listed("--additional-python-modules"):
        # The wheels must be there, as on AWS, but this run uses the Glue environment's own packages.
        if module.strip().startswith("s3"):
            fetch(module).unlink()
    return JobFiles(script, archives)


def failure(paths: dict[str, Path], returncode: int) -> str:
    """The line that says why, from the end of what the process printed."""
    if returncode < 0:
        return f"Command failed with exit code {128 - returncode} (signal {-returncode})"
    texts = [path.read_bytes()[-20_000:].decode("utf-8", "replace") for path in paths.values()]
    errors = [line for text in texts for line in text.splitlines() if ERROR_LINE.match(line)]
    return errors[-1] if errors else f"Command failed with exit code {returncode}"
