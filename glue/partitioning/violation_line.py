"""A rule of the source that rows broke, as a line of the report."""

from typing import Any


def violation_line(violation: str, rows: int) -> dict[str, Any]:
    """`violation`: `<warn or fail> <reason> <column>`, as the statements give it."""
    action, reason, column = violation.split(" ", 2)
    return {"kind": "violation", "action": action, "reason": reason, "column": column, "rows": rows}
