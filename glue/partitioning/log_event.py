"""One JSON object per line on standard output, as the functions write them."""

import json
from datetime import UTC, datetime


def log_event(event: str, **fields: object) -> None:
    timestamp = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    print(json.dumps({"timestamp": timestamp, "level": "INFO", "event": event, **fields}), flush=True)
