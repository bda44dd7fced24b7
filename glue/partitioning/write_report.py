"""The report (`pipeline/report.ts`): header, lines in any order, and the end line that shows it is whole."""

import gzip
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any


def write_report(path: Path, header: dict[str, Any], lines: Iterable[str]) -> int:
    """Gives the number of lines before the end line."""
    count = 1
    with gzip.open(path, "wt", encoding="utf-8", newline="\n") as file:
        file.write(json.dumps(header) + "\n")
        for line in lines:
            file.write(line + "\n")
            count += 1
        file.write(json.dumps({"kind": "end", "lines": count}) + "\n")
    return count
