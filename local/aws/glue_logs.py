"""Brings what a job prints into CloudWatch Logs, under the job's own role."""

import contextlib
import logging
import time
from pathlib import Path
from typing import Any

from botocore.client import BaseClient
from botocore.exceptions import BotoCoreError, ClientError

logger = logging.getLogger("glue")

# PutLogEvents takes 10,000 events and 1 MiB.
EVENTS_PER_CALL = 1000


class LogTail:
    """Follows one file of a run into a log stream. A role that may not write logs loses them, as on AWS."""

    def __init__(self, logs: BaseClient, group: str, stream: str, file: Path) -> None:
        self._logs, self._group, self._stream = logs, group, stream
        self._file = file.open("rb")
        self._rest = b""
        self._open = self._create()

    def flush(self, *, last: bool = False) -> None:
        *lines, self._rest = (self._rest + self._file.read()).split(b"\n")
        if last:
            lines.append(self._rest)
            self._file.close()
        now = int(time.time() * 1000)
        texts = [line.decode("utf-8", "replace").rstrip("\r") for line in lines]
        events = [{"timestamp": now, "message": text} for text in texts if text.strip()]
        while events and self._open:
            batch = _first_batch(events)
            events = events[len(batch) :]
            self._call("put_log_events", logEvents=batch)

    def _create(self) -> bool:
        with contextlib.suppress(ClientError, BotoCoreError):
            self._logs.create_log_group(logGroupName=self._group)
        return self._call("create_log_stream")

    def _call(self, operation: str, **arguments: Any) -> bool:
        try:
            getattr(self._logs, operation)(logGroupName=self._group, logStreamName=self._stream, **arguments)
        except (ClientError, BotoCoreError) as error:
            logger.warning("no logs in %s: %s", self._group, error)
            self._open = False
            return False
        return True


def _first_batch(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    size = 0
    for count, event in enumerate(events[:EVENTS_PER_CALL]):
        size += len(event["message"].encode()) + 26
        if size > 1_000_000 and count:
            return events[:count]
    return events[:EVENTS_PER_CALL]
