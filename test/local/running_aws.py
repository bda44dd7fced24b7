"""A running local AWS, for tests."""

import itertools
import os
import socket
import subprocess
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

PROJECT = Path(__file__).parents[2]
REGION = "eu-central-1"
ACCOUNT = "000000000000"
GLUE_PYTHON = os.environ.get("CATCHWATER_PYTHON_GLUE", str(PROJECT / ".catchwater/python/glue/bin/python"))
AWS_PYTHON = os.environ.get("CATCHWATER_PYTHON_AWS", str(PROJECT / ".catchwater/python/aws/bin/python"))


class LocalAws:
    """A running local AWS, and clients of its root user."""

    def __init__(self, home: Path, *options: str, port: int | None = None) -> None:
        self.home, self.port = home, port or free_port()
        self.endpoint = f"http://127.0.0.1:{self.port}"
        self._log = (home.parent / f"{home.name}.log").open("ab")
        self.process = self._start(options)
        self._names = itertools.count(1)

    def _start(self, options: tuple[str, ...]) -> subprocess.Popen:
        command = [
            AWS_PYTHON,
            "-E",
            "-m",
            "aws",
            "--stop-with-stdin",
            "--port",
            str(self.port),
            "--home",
            str(self.home),
        ]
        command += ["--node", str(PROJECT / "node_modules/.bin/node"), "--glue-python", GLUE_PYTHON, *options]
        process = subprocess.Popen(
            command,
            cwd=PROJECT / "local",
            env={**os.environ, "DEVELOPERS_SECRET": "not for functions", "AWS_PROFILE": "developer"},
            stdin=subprocess.PIPE,
            stdout=self._log,
            stderr=self._log,
        )
        until(lambda: process.poll() is not None or self.is_ready(), seconds=30)
        assert process.poll() is None, Path(self._log.name).read_text()[-3000:]
        return process

    def is_ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.endpoint}/_ministack/ready", timeout=5) as answer:
                return answer.status == 200
        except OSError:
            return False

    def client(self, service: str, credentials: dict[str, str] | None = None) -> Any:
        given = credentials or {"AccessKeyId": "test", "SecretAccessKey": "test"}
        return boto3.client(
            service,
            endpoint_url=self.endpoint,
            region_name=REGION,
            aws_access_key_id=given["AccessKeyId"],
            aws_secret_access_key=given["SecretAccessKey"],
            aws_session_token=given.get("SessionToken"),
            config=Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"}),
        )

    def name(self, kind: str) -> str:
        return f"{kind}-{next(self._names)}"

    def stop(self) -> int:
        self.process.terminate()
        code = self.process.wait(20)
        self._log.close()
        return code


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def until(claim: Callable[[], Any], seconds: float = 60) -> Any:
    """What the claim says once it says something true."""
    end = time.monotonic() + seconds
    while True:
        found = claim()
        if found:
            return found
        assert time.monotonic() < end, f"not within {seconds} s: {claim.__name__}"
        time.sleep(0.05)
