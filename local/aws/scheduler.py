"""EventBridge Scheduler: fires on time and in its zone, fills in the scheduled time, keeps dead letters."""

import copy
import json
import logging
import time
import uuid
from datetime import UTC, datetime
from typing import Any

from ministack.core.responses import AccountRegionScopedDict, request_scope
from ministack.services import eventbridge, glue, scheduler

from .invoke_function import invoke_function
from .occurrences import Schedule, ScheduleError, check_schedule, last_occurrence
from .permissions import role_allows, role_trusts
from .rebind import original, rebind

logger = logging.getLogger("scheduler")

_error = original(scheduler, "_error")
_dispatch_to_sqs = original(eventbridge, "_dispatch_to_sqs")
_schedules: AccountRegionScopedDict = original(scheduler, "_schedules")
# "group/name" → (changed at, last occurrence). Saved: what was due while nothing ran fires at the next start.
_fired = AccountRegionScopedDict()


def extend_scheduler(sweep_seconds: float) -> None:
    original(scheduler, "_SCHEDULE_TICK_INTERVAL")
    scheduler._SCHEDULE_TICK_INTERVAL = sweep_seconds
    for name in ("_create_schedule", "_update_schedule"):
        rebind(scheduler, name, checked)
    rebind(scheduler, "_tick_schedules", lambda _: sweep)
    rebind(scheduler, "get_state", lambda get: lambda: {**get(), "fired": copy.deepcopy(_fired)})
    rebind(scheduler, "load_persisted_state", restoring)


def checked(store: Any) -> Any:
    """What AWS refuses when a schedule is made: a bad expression or zone, a role that it may not assume."""

    def check_then_store(name: str, body: dict[str, Any]) -> Any:
        try:
            check_schedule(
                body.get("ScheduleExpression", ""), body.get("ScheduleExpressionTimezone") or "UTC"
            )
        except ScheduleError as error:
            return _error(400, "ValidationException", str(error))
        role = (body.get("Target") or {}).get("RoleArn", "")
        if not role_trusts(role, "scheduler.amazonaws.com"):
            message = (
                "The execution role you provide must allow AWS EventBridge Scheduler to assume the role."
            )
            return _error(400, "ValidationException", message)
        return store(name, body)

    return check_then_store


def restoring(restore: Any) -> Any:
    def restore_with_fired(state: dict[str, Any]) -> None:
        restore(state)
        _fired.update(state.get("fired", {}))

    return restore_with_fired


def sweep() -> None:
    now = time.time()
    for (account, region, key), schedule in list(_schedules._data.items()):
        with request_scope(account, region):
            try:
                fire_when_due(key, schedule, now)
            except Exception:
                logger.exception("schedule %s", key)


def fire_when_due(key: str, schedule: Schedule, now: float) -> None:
    changed = schedule["LastModificationDate"]
    known = _fired.get(key)
    # A schedule looks back to its last occurrence, a new or changed one to its change.
    after = known[1] if known and known[0] == changed else changed - 0.001
    due = last_occurrence(schedule, after, now)
    if due is None:
        return
    # Noted first, also when it is disabled: enabling it does not make up for what it missed.
    _fired[key] = (changed, due)
    if schedule["State"] != "ENABLED":
        return
    fire(schedule, due)
    if schedule["ScheduleExpression"].startswith("at(") and schedule.get("ActionAfterCompletion") == "DELETE":
        _schedules.pop(key, None)


def fire(schedule: Schedule, due: float) -> None:
    target = schedule["Target"]
    payload = fill_in(target.get("Input") or "{}", schedule, due)
    problem = invoke(target, payload)
    if problem is None:
        return
    logger.error("schedule %s: %s", schedule["Name"], problem)
    queue = (target.get("DeadLetterConfig") or {}).get("Arn")
    if queue and role_allows(target["RoleArn"], "sqs:SendMessage", queue):
        _dispatch_to_sqs(eventbridge.parse_arn(queue), payload, {})


def fill_in(text: str, schedule: Schedule, due: float) -> str:
    """The context attributes of the Scheduler."""
    values = {
        "scheduled-time": datetime.fromtimestamp(int(due), UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "schedule-arn": schedule["Arn"],
        "execution-id": str(uuid.uuid4()),
        "attempt-number": "1",
    }
    for name, value in values.items():
        text = text.replace(f"<aws.scheduler.{name}>", value)
    return text


def invoke(target: dict[str, Any], payload: str) -> str | None:
    """What went wrong, when the target could not be reached."""
    arn, role = target["Arn"], target["RoleArn"]
    if arn.endswith(":aws-sdk:glue:startJobRun"):
        status, _, body = glue._start_job_run(json.loads(payload))
        return None if status == 200 else body.decode()
    kinds = {":lambda:": ("lambda:InvokeFunction", "lambda"), ":sqs:": ("sqs:SendMessage", "sqs")}
    kind = next((value for part, value in kinds.items() if part in arn), None)
    if kind is None:
        return f"{arn}: the local AWS has no such target"
    action, service = kind
    if not role_allows(role, action, arn):
        return f"{role} may not {action} on {arn}"
    if service == "sqs":
        _dispatch_to_sqs(eventbridge.parse_arn(arn), payload, {})
        return None
    return None if invoke_function(arn, payload) else f"{arn}: no such function"
