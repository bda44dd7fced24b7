"""Rows that do not fit, as they came, with the reason and the way back to the raw response."""

import base64
import gzip
import json
from collections import Counter
from pathlib import Path
from types import TracebackType
from typing import Any, Self


class QuarantineFile:
    """Gzipped NDJSON on local disk; equal rows give equal bytes: a second try writes the same object."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.reasons: Counter[str] = Counter()
        self._file = path.open("wb")
        self._gzip = gzip.GzipFile(filename="", mode="wb", fileobj=self._file, mtime=0)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._gzip.close()
        self._file.close()

    def add(
        self,
        *,
        reason: str,
        detail: str | None,
        object: str,
        line: int,
        row: int | None,
        record: bytes | str | None,
    ) -> None:
        where = {"object": object, "line": line, "row": row}
        kept = {"reason": reason, "detail": detail, **where, **_as_text(record)}
        text = json.dumps(kept, ensure_ascii=False)
        self._gzip.write(text.encode("utf-8", "surrogatepass") + b"\n")
        self.reasons[reason] += 1


def _as_text(record: bytes | str | None) -> dict[str, Any]:
    if not isinstance(record, bytes):
        return {"record": record}
    try:
        return {"record": record.decode()}
    except UnicodeDecodeError:
        return {"record": base64.b64encode(record).decode(), "encoding": "base64"}
