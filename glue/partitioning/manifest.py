"""The manifest (`pipeline/manifest.ts`), read line by line: the driver never holds all its objects."""

import gzip
import json
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from typing import Any, NamedTuple

from .errors import JobError
from .spec_columns import Columns

#: Logs and errors keep to one line.
UNUSABLE_KEY = re.compile(r"[\x00-\x1f]")


@dataclass(frozen=True)
class TableSpec:
    name: str
    #: (name, type) of every column of a file, in order.
    columns: Columns
    key: tuple[str, ...]
    partition_by: str
    files_per_partition: int
    exact_fields: tuple[str, ...]
    parse_sql: str
    merge_sql: str
    copy_options: str
    #: Of a table whose rows may remove others: what its files remember of those.
    tombstones_sql: str | None = None
    #: Of a table with unique columns.
    unique_sql: str | None = None
    #: Rows fetched before the load's mark of it do not count.
    marks: bool = False
    #: Of a table whose rows may leave for another file: where one file's keys are, and which place wins.
    places_sql: str | None = None
    winners_sql: str | None = None

    @property
    def moving(self) -> bool:
        return self.places_sql is not None

    @property
    def carried(self) -> Columns:
        """(name, type) of what a row carries from parse to merge."""
        return (*self.columns, ("_deleted", "boolean")) if self.tombstones_sql else self.columns


class Mark(NamedTuple):
    #: ISO 8601, UTC.
    at: str
    #: Every file of the table is visited.
    sweep: bool


@dataclass(frozen=True)
class Load:
    """The header: all but the objects."""

    load: str
    token: int
    staging_bucket: str
    curated_bucket: str
    ledger_table: str
    recovers: tuple[str, ...]
    report_key: str
    quarantine_prefix: str
    tables: dict[str, TableSpec]
    #: Where several resources feed one table: name → what differs from the table's spec.
    readings: dict[str, dict[str, Any]] = field(default_factory=dict)
    #: Of the tables that have one.
    marks: dict[str, Mark] = field(default_factory=dict)
    #: Table → folder in the curated bucket, where that is not its name.
    folders: dict[str, str] = field(default_factory=dict)

    def spec_of(self, table: str, reading: str) -> TableSpec:
        """As answers of this reading are parsed; an empty name is the table's own."""
        spec = self.tables[table]
        return replace(spec, **self.readings[reading]) if reading else spec

    def folder_of(self, table: str) -> str:
        return self.folders.get(table, table)

    def table_of(self, key: str) -> str:
        """Of a key of the curated bucket."""
        return self._tables_by_folder[key.split("/", 1)[0]]

    @cached_property
    def _tables_by_folder(self) -> dict[str, str]:
        return {self.folder_of(table): table for table in self.tables}


class RawObject(NamedTuple):
    table: str
    key: str
    version_id: str
    #: As stored, gzipped.
    bytes: int
    #: Empty: the table's own.
    reading: str = ""


@dataclass(frozen=True)
class Totals:
    objects: int
    bytes: int


def check_manifest(s3: Any, uri: str) -> tuple[Load, Totals]:
    """Reads it once to its end. Throws for a manifest that is not whole or not of this version."""
    lines = _lines(s3, uri)
    load = _read_header(next(lines, {}), uri)
    objects = size = 0
    end: dict[str, Any] = {}
    for line in lines:
        if line["kind"] == "end":
            end = line
        if line["kind"] == "object":
            _read_object(line, load)
            objects += 1
            size += line["bytes"]
    if end.get("objects") != objects or end.get("bytes") != size:
        raise JobError(
            f"{uri} is cut short after {objects} objects; it is written whole before a load exists"
        )
    return load, Totals(objects, size)


def read_objects(s3: Any, uri: str) -> Iterator[RawObject]:
    """Of a manifest that has been checked."""
    for line in _lines(s3, uri):
        if line["kind"] == "object":
            reading = line.get("reading", "")
            yield RawObject(line["table"], line["key"], line["version_id"], line["bytes"], reading)


def split_uri(uri: str) -> tuple[str, str]:
    match = re.fullmatch(r"s3://([^/]+)/(.+)", uri)
    if not match:
        raise JobError(f"--manifest {uri} is no s3:// address of an object")
    return match[1], match[2]


def read_table(spec: dict[str, Any]) -> TableSpec:
    return TableSpec(
        name=spec["name"],
        columns=tuple((column["name"], column["type"]) for column in spec["columns"]),
        key=tuple(spec["key"]),
        partition_by=spec["partition_by"],
        files_per_partition=spec["files_per_partition"],
        exact_fields=tuple(spec["exact_fields"]),
        parse_sql=spec["parse_sql"],
        merge_sql=spec["merge_sql"],
        copy_options=spec["copy_options"].rstrip("; \n"),
        tombstones_sql=spec.get("tombstones_sql"),
        unique_sql=spec.get("unique_sql"),
        marks=spec.get("marks", False),
        places_sql=spec.get("places_sql"),
        winners_sql=spec.get("winners_sql"),
    )


def _lines(s3: Any, uri: str) -> Iterator[dict[str, Any]]:
    bucket, key = split_uri(uri)
    body = s3.get_object(Bucket=bucket, Key=key)["Body"]
    try:
        with gzip.open(body) as lines:
            yield from map(json.loads, lines)
    except (EOFError, gzip.BadGzipFile, zlib.error, json.JSONDecodeError) as error:
        raise JobError(f"{uri} cannot be read to its end: {error}") from error


def _read_header(header: dict[str, Any], uri: str) -> Load:
    if header.get("kind") != "manifest" or header.get("v") != 1:
        raise JobError(
            f"{uri} does not begin with a manifest header of version 1: deploy job and functions together"
        )
    tables = {spec["name"]: read_table(spec) for spec in header["tables"]}
    readings = {
        reading["name"]: {"parse_sql": reading["parse_sql"], "exact_fields": tuple(reading["exact_fields"])}
        for reading in header.get("readings", [])
    }
    marks = {
        table: Mark(mark["at"], mark.get("sweep", False)) for table, mark in header.get("marks", {}).items()
    }
    made = {
        "recovers": tuple(header["recovers"]),
        "tables": tables,
        "readings": readings,
        "marks": marks,
        "folders": header.get("folders", {}),
    }
    plain = {item.name: header[item.name] for item in fields(Load) if item.name not in made}
    return Load(**plain, **made)


def _read_object(line: dict[str, Any], load: Load) -> None:
    if line["table"] not in load.tables:
        raise JobError(
            f"{line['key']} is for the table {line['table']}, which the manifest does not describe"
        )
    if line.get("reading", "") not in ("", *load.readings):
        raise JobError(
            f"{line['key']} has the reading {line['reading']}, which the manifest does not describe"
        )
    if UNUSABLE_KEY.search(line["key"]):
        raise JobError(f"the object key {line['key']!r} holds control characters")
