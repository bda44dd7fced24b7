"""When an EventBridge schedule is due: rate(), cron() in its time zone, and at()."""

import re
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ministack.services import eventbridge

from .rebind import original

_parse_cron_fields = original(eventbridge, "_parse_cron_fields")
_cron_next_fire = original(eventbridge, "_cron_next_fire")

UNIT_SECONDS = {"minute": 60, "hour": 3600, "day": 86400}
Schedule = dict[str, Any]


class ScheduleError(ValueError):
    """An expression or a time zone that EventBridge Scheduler refuses."""


def check_schedule(expression: str, zone: str) -> None:
    _zone(zone)
    if _rate_seconds(expression) or _at(expression) or _parse_cron_fields(expression):
        return
    raise ScheduleError(f"Invalid Schedule Expression {expression}.")


def last_occurrence(schedule: Schedule, after: float, until: float) -> float | None:
    """The latest time in (after, until] at which the schedule is due, in seconds since 1970.

    What lies before it was missed, as while the machine slept: one invocation stands for all of it.
    """
    expression = schedule["ScheduleExpression"]
    zone = _zone(schedule.get("ScheduleExpressionTimezone") or "UTC")
    start = epoch(schedule.get("StartDate"))
    end = epoch(schedule.get("EndDate"))
    if start is not None:
        # The start itself counts.
        after = max(after, start - 0.001)
    if end is not None:
        until = min(until, end)
    seconds = _rate_seconds(expression)
    if seconds:
        # Without a StartDate the first invocation comes at once, and an update begins anew.
        anchor = start if start is not None else schedule["LastModificationDate"]
        due = anchor + max(0, (until - anchor) // seconds) * seconds
        return due if after < due <= until else None
    at = _at(expression)
    if at:
        due = at.replace(tzinfo=zone).timestamp()
        return due if after < due <= until else None
    return _last_cron(expression, zone, after, until)


def epoch(value: Any) -> float | None:
    """StartDate and EndDate: seconds from the API, ISO 8601 text from CloudFormation."""
    if value is None or isinstance(value, int | float):
        return value
    moment = datetime.fromisoformat(str(value))
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def _last_cron(expression: str, zone: ZoneInfo, after: float, until: float) -> float | None:
    fields = _parse_cron_fields(expression)
    if not fields:
        return None
    # MiniStack's walk knows no zones: it gets wall-clock times dressed as UTC, and its answers are undressed.
    wall = datetime.fromtimestamp(after, zone).replace(tzinfo=UTC)
    found = None
    while True:
        wall = _cron_next_fire(fields, wall)
        if wall is None:
            return found
        local = wall.replace(tzinfo=zone)
        due = local.timestamp()
        if due > until:
            return found
        # A wall-clock time skipped in spring does not exist: no invocation, as AWS documents.
        exists = datetime.fromtimestamp(due, zone).replace(tzinfo=None) == local.replace(tzinfo=None)
        if due > after and exists:
            found = due


def _rate_seconds(expression: str) -> int | None:
    match = re.fullmatch(r"rate\(\s*([1-9]\d*)\s+(minute|hour|day)s?\s*\)", expression)
    return int(match[1]) * UNIT_SECONDS[match[2]] if match else None


def _at(expression: str) -> datetime | None:
    match = re.fullmatch(r"at\((\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\)", expression)
    return datetime.fromisoformat(match[1]) if match else None


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ScheduleError(f"Invalid ScheduleExpressionTimezone {name}.") from error
