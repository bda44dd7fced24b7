"""Saves the metadata every few seconds: MiniStack does so only when it is stopped gracefully.

Objects in S3 are on the disk when PutObject answers; the rest (ledger, queues, stacks, schedules, catalog) is
some seconds behind after a kill -9, each service at a moment of its own.
"""

import hashlib
import json
import logging
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ministack import app
from ministack.core import persistence

from .rebind import original, rebind

logger = logging.getLogger("autosave")

# Saving takes at most this share of the time, however much there is to save.
SHARE = 0.1
# Schedules and queues change without a request too.
IDLE_SECONDS = 30

_states = original(app, "_build_persistence_save_dict")
_json_default = original(persistence, "_json_default")
_state_format_version = original(persistence, "_state_format_version")


class Autosave:
    def __init__(self, folder: Path, every: float) -> None:
        self._folder, self._every = folder, every
        self._saved: dict[str, str] = {}
        self._requests = 0
        self._lock = threading.Lock()

    def start(self) -> None:
        self._folder.mkdir(exist_ok=True)
        rebind(app, "app", self._counting)
        # What MiniStack itself calls for each service at the end.
        rebind(persistence, "save_state", lambda _: lambda service, state: self._save(service, lambda: state))
        threading.Thread(target=self._loop, daemon=True, name="autosave").start()

    def _loop(self) -> None:
        seen, saved_at, took = 0, 0.0, 0.0
        while True:
            time.sleep(max(self._every, took / SHARE))
            # Before the first request the saved state may not have been loaded: it must not be overwritten.
            idle = self._requests == seen and time.monotonic() - saved_at < IDLE_SECONDS
            if idle or not self._requests:
                continue
            seen, saved_at = self._requests, time.monotonic()
            saved = [self._save(*service) for service in _states().items()]
            if not all(saved):
                seen = -1
            took = time.monotonic() - saved_at

    def _save(self, service: str, get_state: Callable[[], Any]) -> bool:
        """False when it is to be tried again. One that cannot be saved does not keep the others from it."""
        try:
            # Locked from the copy on: an older one must not be written after a newer one.
            with self._lock:
                self._write(service, get_state())
        except RuntimeError:
            # It changed while it was copied.
            return False
        except Exception:
            logger.exception("%s was not saved", service)
        return True

    def _write(self, service: str, state: Any) -> None:
        """In the form that MiniStack loads; a state that has not changed is not written."""
        payload = json.dumps(state, default=_json_default)
        digest = hashlib.sha256(payload.encode()).hexdigest()
        if state is None or digest == self._saved.get(service):
            return
        written = self._folder / f"{service}.json.tmp"
        form = _state_format_version(service)
        written.write_text(f'{{"__ministack_format__": {form}, "payload": {payload}}}')
        written.replace(self._folder / f"{service}.json")
        self._saved[service] = digest

    def _counting(self, serve: Any) -> Any:
        async def count_and_serve(scope: Any, receive: Any, send: Any) -> None:
            self._requests += scope["type"] == "http"
            await serve(scope, receive, send)

        return count_and_serve
