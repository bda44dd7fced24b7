"""The states of a job run, and the event that each ending sends."""

import json
import threading
import time
from typing import Any

from ministack.services import eventbridge

from .rebind import original

ENDED = ("SUCCEEDED", "FAILED", "STOPPED", "TIMEOUT")
SEVERITY = {"SUCCEEDED": "INFO", "STOPPED": "INFO", "TIMEOUT": "WARN", "FAILED": "ERROR"}

_put_events = original(eventbridge, "_put_events")
# One run is changed by its own thread, by BatchStopJobRun and by a restart.
lock = threading.RLock()


def is_over(run: dict[str, Any]) -> bool:
    return run["JobRunState"] in ENDED


def set_running(run: dict[str, Any]) -> None:
    with lock:
        if not is_over(run):
            run["JobRunState"] = "RUNNING"
            run["LastModifiedOn"] = time.time()


def end_run(run: dict[str, Any], state: str, message: str = "") -> bool:
    """False when the run had ended already: the first ending stands."""
    with lock:
        if is_over(run):
            return False
        now = time.time()
        run.update(
            JobRunState=state, LastModifiedOn=now, CompletedOn=now, ExecutionTime=int(now - run["StartedOn"])
        )
        run["ErrorMessage"] = message[:4000]
    detail = {
        "jobName": run["JobName"],
        "severity": SEVERITY[state],
        "state": state,
        "jobRunId": run["Id"],
        "message": message[:500] or f"Job run {state.lower()}",
    }
    event = {"Source": "aws.glue", "DetailType": "Glue Job State Change", "Detail": json.dumps(detail)}
    _put_events({"Entries": [event]}, allow_aws_source=True)
    return True
