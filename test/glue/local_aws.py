"""A local AWS for the tests of the job, with IAM enforced."""

import itertools
import os
import socket
import subprocess
import time
import urllib.request
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from project import AWS_PYTHON, GLUE_PYTHON, NODE, PROJECT, REGION

ROOT = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
READY_SECONDS = 30


class LocalAws:
    def __init__(self, home: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.endpoint = f"http://127.0.0.1:{port}"
        self._names = itertools.count(1)
        self._log = home.with_suffix(".log")
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [
                    *(AWS_PYTHON, "-m", "aws", "--stop-with-stdin", "--port", str(port), "--home", str(home)),
                    *("--node", str(NODE), "--glue-python", GLUE_PYTHON),
                ],
                cwd=PROJECT / "local",
                env={name: os.environ[name] for name in ("PATH", "LANG", "HOME") if name in os.environ},
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._wait()
        self.s3 = self.client("s3")
        self.dynamodb = self.client("dynamodb")

    def _wait(self) -> None:
        end = time.monotonic() + READY_SECONDS
        while time.monotonic() < end:
            assert self._process.poll() is None, self._log.read_text()[-3000:]
            try:
                with urllib.request.urlopen(f"{self.endpoint}/_ministack/ready", timeout=5):
                    return
            except OSError:
                time.sleep(0.05)
        raise AssertionError(f"not ready after {READY_SECONDS} s: {self._log.read_text()[-3000:]}")

    def client(self, service: str) -> Any:
        return boto3.client(
            service,
            endpoint_url=self.endpoint,
            region_name=REGION,
            aws_access_key_id=ROOT["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=ROOT["AWS_SECRET_ACCESS_KEY"],
            config=Config(retries={"total_max_attempts": 1}),
        )

    def name(self, kind: str) -> str:
        return f"{kind}-{next(self._names)}"

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(20)
