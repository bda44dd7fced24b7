"""Alarms are evaluated by the clock, for their dimensions, and with their word on missing data."""

import logging
import threading
import time
from collections.abc import Iterator
from typing import Any

from ministack.core.responses import request_scope
from ministack.services import cloudwatch, sqs

from .rebind import original, rebind

logger = logging.getLogger("alarms")

_metrics = original(cloudwatch, "_metrics")
_dims_key = original(cloudwatch, "_dims_key")
_calc_stats = original(cloudwatch, "_calc_stats")
_stat_value = original(cloudwatch, "_stat_value")
_record_history = original(cloudwatch, "_record_history")
_evaluate_parent_alarms = original(cloudwatch, "_evaluate_parent_alarms")
_queues = original(sqs, "_queues")

KEPT_SECONDS = 15 * 86400
QUEUE_METRIC_SECONDS = 60
COMPARE = {
    "GreaterThanOrEqualToThreshold": lambda value, threshold: value >= threshold,
    "GreaterThanThreshold": lambda value, threshold: value > threshold,
    "LessThanThreshold": lambda value, threshold: value < threshold,
    "LessThanOrEqualToThreshold": lambda value, threshold: value <= threshold,
}

Alarm = dict[str, Any]


def extend_alarms(sweep_seconds: float) -> None:
    rebind(cloudwatch, "_evaluate_alarm", lambda _: evaluate)
    threading.Thread(target=sweep_forever, args=(sweep_seconds,), daemon=True, name="alarms").start()


def sweep_forever(seconds: float) -> None:
    published: dict[tuple, tuple[float, tuple[int, float]]] = {}
    while True:
        time.sleep(seconds)
        try:
            publish_queues(published)
            forget_old_points()
            for (account, region, _), alarm in list(cloudwatch._alarms._data.items()):
                with request_scope(account, region):
                    evaluate(alarm)
        except Exception:
            logger.exception("alarms")


def evaluate(alarm: Alarm) -> None:
    """Periods end now, not on the full minute: what happened is noticed at once, and for one whole period."""
    if not alarm.get("MetricName"):
        return
    count = int(alarm.get("EvaluationPeriods") or 1)
    needed = int(alarm.get("DatapointsToAlarm") or count)
    states = [state for state in period_states(alarm, count) if state is not None]
    missing = alarm.get("TreatMissingData") or "missing"
    absent = count - len(states)
    breaching = sum(states) + (absent if missing == "breaching" else 0)
    old = alarm["StateValue"]
    if breaching >= needed:
        new = "ALARM"
    elif states or missing in ("breaching", "notBreaching"):
        new = "OK"
    else:
        new = old if missing == "ignore" else "INSUFFICIENT_DATA"
    if new != old:
        change_state(
            alarm,
            new,
            f"{breaching} of the last {count} periods breached the threshold {alarm.get('Threshold')}",
        )


def period_states(alarm: Alarm, count: int) -> Iterator[bool | None]:
    """For each period, the latest first: whether it breaches; None when it has no data."""
    period, now = int(alarm.get("Period") or 60), time.time()
    dimensions = {each["Name"]: each["Value"] for each in alarm.get("Dimensions") or []}
    points = _metrics.get((alarm["Namespace"], alarm["MetricName"], _dims_key(dimensions))) or []
    statistic = alarm.get("ExtendedStatistic") or alarm.get("Statistic") or "Average"
    compare = COMPARE.get(alarm.get("ComparisonOperator", ""))
    for index in range(count):
        end = now - index * period
        inside = [point for point in points if end - period < point["Timestamp"] <= end]
        value = _stat_value(_calc_stats(inside), statistic, inside) if inside else None
        yield None if value is None or compare is None else compare(value, float(alarm.get("Threshold") or 0))


def change_state(alarm: Alarm, new: str, reason: str) -> None:
    old = alarm["StateValue"]
    alarm.update(StateValue=new, StateReason=reason, StateUpdatedTimestamp=int(time.time()))
    _record_history(alarm["AlarmName"], old, new, reason)
    cloudwatch._dispatch_alarm_actions(alarm, old, new, reason)
    _evaluate_parent_alarms(alarm)


def publish_queues(published: dict[tuple, tuple[float, tuple[int, float]]]) -> None:
    """AWS/SQS, which MiniStack lacks: each minute, and when it changes."""
    for (account, region, url), queue in list(_queues._data.items()):
        now = time.time()
        visible = [message for message in list(queue["messages"]) if message["visible_at"] <= now]
        waiting = list(queue["messages"])
        age = max((now - message["sent_at"] for message in waiting), default=0.0)
        at, before = published.get((account, region, url), (0.0, (-1, 0.0)))
        if now - at < QUEUE_METRIC_SECONDS and before[0] == len(visible):
            continue
        published[(account, region, url)] = (now, (len(visible), age))
        name = {"QueueName": url.rsplit("/", 1)[-1]}
        with request_scope(account, region):
            cloudwatch.record_metric(
                "AWS/SQS", "ApproximateNumberOfMessagesVisible", len(visible), "Count", name
            )
            cloudwatch.record_metric("AWS/SQS", "ApproximateAgeOfOldestMessage", age, "Seconds", name)


def forget_old_points() -> None:
    oldest = time.time() - KEPT_SECONDS
    for points in list(_metrics._data.values()):
        while points and points[0]["Timestamp"] < oldest:
            points.pop(0)
