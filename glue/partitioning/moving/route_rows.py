"""The routing tasks: rows and places of a key → the file that its rows go to, those that give its copy up."""

import tempfile
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

from ..errors import JobError
from ..manifest import Load, TableSpec
from ..merge.chunk_spool import ChunkSpool
from ..open_duckdb import explain_failure, open_duckdb
from ..spec_columns import MOVED, declare_columns, name_columns, quote_name
from ..task_rows import RoutedRow, batch_routed
from ..task_settings import TaskSettings
from .key_chunks import select_chunks
from .place_table import create_places
from .rows_by_key import OWN_FILE

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def route_tasks(settings: TaskSettings, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """For `mapInArrow`: PARSED_COLUMNS, all of a key in one task → ROUTED_COLUMNS."""
    yield from batch_routed(_route_task(settings, batches))


def _route_task(settings: TaskSettings, batches: Iterable[pa.RecordBatch]) -> Iterator[RoutedRow]:
    with (
        tempfile.TemporaryDirectory(prefix="catchwater-") as name,
        ChunkSpool(Path(name) / "chunks") as spool,
        closing(open_duckdb(Path(name), settings.slots)) as duckdb,
    ):
        for batch in batches:
            for file, chunk, line in zip(*batch.columns, strict=True):
                if chunk.is_valid:
                    spool.add(file.as_py(), chunk.as_buffer())
                else:
                    yield RoutedRow(file.as_py(), line=line.as_py())
        for bucket in spool.files():
            spec = settings.load.tables[settings.load.table_of(bucket)]
            yield from Bucket(settings.load, spec, duckdb).route(spool.tables(bucket))
    settings.note_memory()


@dataclass(frozen=True)
class Bucket:
    """Keys of one table."""

    load: Load
    spec: TableSpec
    duckdb: "DuckDBPyConnection"

    def route(self, chunks: Iterable[pa.Table]) -> Iterator[RoutedRow]:
        from duckdb import Error as DuckDBError

        folder = self.load.folder_of(self.spec.name)
        try:
            self._decide(chunks)
            for file, chunk in select_chunks(self.duckdb, self._rows()):
                yield RoutedRow(f"{folder}/{file}", chunk=chunk)
            for file, removal in select_chunks(self.duckdb, self._removals()):
                yield RoutedRow(f"{folder}/{file}", removal=removal)
        except DuckDBError as error:
            what = f"deciding where rows of {self.spec.name} belong"
            raise JobError(explain_failure(error, what)) from error

    def _decide(self, chunks: Iterable[pa.Table]) -> None:
        """Fills `incoming` and `places`, and from both `winners`."""
        ranked = create_places(self.duckdb, self.load, self.spec)
        columns = (*self.spec.carried, (OWN_FILE, "varchar"))
        self.duckdb.execute(f"CREATE OR REPLACE TEMP TABLE incoming ({declare_columns(columns)})")
        for chunk in chunks:
            table = "incoming" if OWN_FILE in chunk.schema.names else "places"
            self.duckdb.register("chunk", chunk)
            self.duckdb.execute(f"INSERT INTO {table} BY NAME SELECT * FROM chunk")
            self.duckdb.unregister("chunk")
        self.duckdb.execute(
            "CREATE OR REPLACE TEMP VIEW candidates AS "
            f"SELECT {ranked}, _file, false AS _incoming FROM places UNION ALL "
            f"SELECT {ranked}, {OWN_FILE}, true FROM incoming "
            'WHERE (_fetched_at < (SELECT "at" FROM mark)) IS NOT TRUE'
        )
        self.duckdb.execute(f"CREATE OR REPLACE TEMP TABLE winners AS {self.spec.winners_sql}")

    def _rows(self) -> str:
        # Rows that do not count, of a key without any that does, have nowhere else to go.
        return (
            f"SELECT coalesce(winners._file, {OWN_FILE}) AS _target, {name_columns(self.spec.carried)} "
            f"FROM incoming LEFT JOIN winners USING ({self._key}) ORDER BY _target"
        )

    def _removals(self) -> str:
        return (
            f"SELECT DISTINCT places._file AS _target, {self._key}, true AS {MOVED} "
            f"FROM places JOIN winners USING ({self._key}) "
            "WHERE places._file <> winners._file ORDER BY _target"
        )

    @property
    def _key(self) -> str:
        return ", ".join(map(quote_name, self.spec.key))
