"""The parsing tasks: raw objects → rows by file, quarantine, counts."""

import json
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from ..aws_clients import Aws, connect_aws
from ..errors import JobError
from ..manifest import RawObject, TableSpec
from ..open_duckdb import explain_failure, open_duckdb
from ..plan_tasks import unpack_objects
from ..task_rows import ParsedRow, batch_parsed
from ..task_settings import TaskSettings
from ..violation_line import violation_line
from .download_raw import RawDownloads
from .join_objects import join_objects
from .object_counts import CountsByObject, ObjectCounts
from .parse_lines import MOST_DRIFT_FIELDS, ParsedLines, parse_lines
from .quarantine_file import QuarantineFile
from .row_spool import RowSpool

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def parse_tasks(settings: TaskSettings, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """For `mapInArrow`: (task, packed objects) → PARSED_COLUMNS."""
    for batch in batches:
        for task, packed in zip(*(column.to_pylist() for column in batch.columns), strict=True):
            yield from batch_parsed(_parse_task(settings, task, unpack_objects(packed)))


def _parse_task(settings: TaskSettings, task: int, objects: list[RawObject]) -> Iterator[ParsedRow]:
    aws = connect_aws(settings.region, settings.endpoint)
    by_table = attrgetter("table", "reading")
    with tempfile.TemporaryDirectory(prefix="catchwater-") as folder:
        raw = RawDownloads(aws.s3, settings.load.staging_bucket, Path(folder), objects)
        for (table, reading), items in groupby(sorted(objects, key=by_table), by_table):
            spec = settings.load.spec_of(table, reading)
            # Names of resources hold no dot.
            name = f"{task}.{reading}" if reading else f"{task}"
            yield from Share(settings, aws, name, spec, list(items), raw).parse()
    settings.note_memory()


@dataclass(frozen=True)
class Share:
    """The objects of one table and reading in one task."""

    settings: TaskSettings
    aws: Aws
    #: Unlike any other's in the load.
    name: str
    spec: TableSpec
    objects: list[RawObject]
    raw: RawDownloads

    def parse(self) -> Iterator[ParsedRow]:
        with tempfile.TemporaryDirectory(prefix="catchwater-") as name:
            spool = RowSpool(Path(name) / "rows.arrow")
            report = list(self._read(spool, Path(name)))
            folder = self.settings.load.folder_of(self.spec.name)
            for file, chunk in spool.chunks():
                yield ParsedRow(f"{folder}/{file}", chunk, None)
        for line in report:
            # No table's name is empty: such lines spread over the merging tasks and pass through them.
            yield ParsedRow(f"/{self.name}", None, json.dumps({**line, "table": self.spec.name}))

    def _read(self, spool: RowSpool, folder: Path) -> Iterator[dict[str, Any]]:
        """Fills the spool and the quarantine; gives the report's lines."""
        counts: CountsByObject = defaultdict(ObjectCounts)
        drift: Counter[str] = Counter()
        violations: Counter[str] = Counter()
        with (
            QuarantineFile(folder / "quarantine.ndjson.gz") as quarantine,
            closing(open_duckdb(folder, self.settings.slots)) as duckdb,
        ):
            files = self.raw.read(self.objects)
            for lines in join_objects(files, self.spec.exact_fields, quarantine, counts):
                parsed = self._parse(duckdb, lines)
                spool.add(parsed.rows)
                drift.update(parsed.drift)
                violations.update(parsed.violations)
                for reject in parsed.rejects:
                    quarantine.add(**vars(reject))
                    counts[reject.object].quarantined += 1
                for key, (rows, filtered) in parsed.counts.items():
                    counts[key].rows += rows
                    counts[key].filtered += filtered
        for item in self.objects:
            yield {"kind": "object", "key": item.key, "version_id": item.version_id, **vars(counts[item.key])}
        for field, rows in _commonest(drift):
            yield {"kind": "drift", "field": field, "rows": rows}
        for violation, rows in (
            line for action in ("fail", "warn") for line in _commonest(violations, action)
        ):
            yield violation_line(violation, rows)
        if quarantine.reasons:
            yield self._keep(quarantine)

    def _parse(self, duckdb: "DuckDBPyConnection", lines: pa.Table) -> ParsedLines:
        from duckdb import Error as DuckDBError

        try:
            return parse_lines(duckdb, self.spec, lines)
        except DuckDBError as error:
            first, last = (f"{lines['object'][at]} line {lines['line'][at]}" for at in (0, -1))
            what = f"parsing {first} to {last} for {self.spec.name}"
            raise JobError(explain_failure(error, what)) from error

    def _keep(self, quarantine: QuarantineFile) -> dict[str, Any]:
        load = self.settings.load
        key = f"{load.quarantine_prefix}{self.spec.name}/load={load.load}/{self.name}.ndjson.gz"
        with quarantine.path.open("rb") as body:
            self.aws.s3.put_object(Bucket=load.staging_bucket, Key=key, Body=body)
        reasons = dict(sorted(quarantine.reasons.items()))
        return {"kind": "quarantine", "key": key, "rows": quarantine.reasons.total(), "reasons": reasons}


def _commonest(counts: Counter[str], start: str = "") -> list[tuple[str, int]]:
    found = ((name, rows) for name, rows in counts.items() if name.startswith(start))
    return sorted(found, key=lambda one: (-one[1], one[0]))[:MOST_DRIFT_FIELDS]
