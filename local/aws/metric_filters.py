"""Metric filters publish their metrics, and JSON patterns select as they do on AWS."""

import json
import logging
from typing import Any

from ministack.core.responses import error_response_json
from ministack.services import cloudwatch, cloudwatch_logs

from .filter_pattern import ABSENT, PatternError, parse_pattern, select
from .rebind import original, rebind

logger = logging.getLogger("logs")

_metric_filters = original(cloudwatch_logs, "_metric_filters")


def extend_metric_filters() -> None:
    rebind(cloudwatch_logs, "_compile_filter_pattern", compile_pattern)
    rebind(cloudwatch_logs, "_put_metric_filter", put_metric_filter)
    # Every way into a log stream ends in this call, of functions too.
    rebind(cloudwatch_logs, "_fanout_to_subscription_filters", publish_then_fan_out)


def compile_pattern(compile_text: Any) -> Any:
    def compile_any(pattern: str | None) -> Any:
        if not (pattern or "").strip().startswith("{"):
            return compile_text(pattern)
        try:
            return parse_pattern(pattern or "")
        except PatternError as error:
            logger.warning("%s", error)
            return lambda message: False

    return compile_any


def put_metric_filter(put: Any) -> Any:
    def put_valid(request: dict[str, Any]) -> Any:
        pattern = request.get("filterPattern") or ""
        if pattern.strip().startswith("{"):
            try:
                parse_pattern(pattern)
            except PatternError as error:
                return error_response_json("InvalidParameterException", str(error), 400)
        return put(request)

    return put_valid


def publish_then_fan_out(fan_out: Any) -> Any:
    def publish(group: str, stream: str, events: list[dict[str, Any]]) -> None:
        for (owner, _), metric_filter in _metric_filters.items():
            if owner == group:
                matches = cloudwatch_logs._compile_filter_pattern(metric_filter["filterPattern"])
                for event in events:
                    record(
                        metric_filter["metricTransformations"],
                        event["message"],
                        matched=matches(event["message"]),
                    )
        fan_out(group, stream, events)

    return publish


def record(transformations: list[dict[str, Any]], message: str, *, matched: bool) -> None:
    for transformation in transformations:
        value = metric_value(transformation, message) if matched else transformation.get("defaultValue")
        if value is None:
            continue
        dimensions = {
            name: str(named)
            for name, selector in (transformation.get("dimensions") or {}).items()
            if matched and (named := field(message, selector)) is not None
        }
        namespace, name = transformation["metricNamespace"], transformation["metricName"]
        cloudwatch.record_metric(namespace, name, value, transformation.get("unit", "None"), dimensions)


def metric_value(transformation: dict[str, Any], message: str) -> float | None:
    """A fixed number, or that of a field; an event without the field publishes nothing."""
    given = str(transformation.get("metricValue", "1"))
    try:
        return float(field(message, given) if given.startswith("$") else given)
    except (TypeError, ValueError):
        return None


def field(message: str, selector: str) -> Any:
    try:
        found = select(json.loads(message), selector)
    except ValueError:
        return None
    return None if found is ABSENT else found
