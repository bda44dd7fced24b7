"""The table that most tests load: one value per station and time, by hour."""

from typing import Any


def column(name: str, kind: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "type": kind, "from": {"record": f"$.{name}"}, **more}


READINGS = {
    "name": "readings",
    "columns": [column("station", "varchar"), column("time", "timestamp"), column("value", "double")],
    "primary_key": ["station", "time"],
    "event_time": "time",
    "partition_by": "hour",
}
HOUR_7, HOUR_8, HOUR_9 = (
    f"readings/year=2026/month=11/day=21/hour=0{hour}/part-0.parquet" for hour in (7, 8, 9)
)


def reading(station: str, time: str, value: Any, **more: Any) -> dict[str, Any]:
    return {"station": station, "time": f"2026-11-21T{time}Z", "value": value, **more}


ROWS = [reading("a", "07:00:00", 1), reading("a", "07:59:59.999999", 2), reading("b", "08:00:00", 3)]
