"""Spark as far as a load uses it, in this process: its plans run in a second where Spark needs ten."""

import random
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

import pyarrow as pa

TYPES = {"int": pa.int32(), "string": pa.string(), "binary": pa.binary()}
#: As in SETTINGS of the job's session.
BATCH_ROWS = 8

Batches = list[pa.RecordBatch]


@dataclass
class SparkHere:
    """Both the session and its context."""

    #: In which order the tasks of a stage run.
    dice: random.Random = field(default_factory=random.Random)
    #: How many of 100 tasks run once more, as if their first answer had been lost.
    again: int = 0
    shuffles: int = 0

    @property
    def sparkContext(self) -> "SparkHere":
        return self

    def parallelize(self, rows: list[tuple[Any, ...]], tasks: int) -> list[list[tuple[Any, ...]]]:
        return [rows[number::tasks] for number in range(tasks)]

    def createDataFrame(self, shares: list[list[tuple[Any, ...]]], columns: str) -> "Frame":
        schema = schema_of(columns)
        parts = ([dict(zip(schema.names, row, strict=True)) for row in rows] for rows in shares)
        return Frame(self, schema, [list(batches_of(rows, schema)) for rows in parts])


@dataclass
class Frame:
    spark: SparkHere
    schema: pa.Schema
    parts: list[Batches]

    def mapInArrow(self, task: Callable[[Iterator[pa.RecordBatch]], Iterable[Any]], columns: str) -> "Frame":
        schema = schema_of(columns)
        made: list[Batches] = [[] for _ in self.parts]
        for number in self.spark.dice.sample(range(len(self.parts)), len(self.parts)):
            for _ in range(1 + (self.spark.dice.randrange(100) < self.spark.again)):
                made[number] = list(task(iter(self.parts[number])))
            assert all(batch.schema == schema for batch in made[number])
        return Frame(self.spark, schema, made)

    def union(self, other: "Frame") -> "Frame":
        assert self.schema == other.schema
        return Frame(self.spark, self.schema, [*self.parts, *other.parts])

    def selectExpr(self, every: str, added: str) -> "Frame":
        assert (every, added) == ("*", "CAST(NULL AS BINARY) AS removal")
        schema = self.schema.append(pa.field("removal", pa.binary()))
        rows = ([{**row, "removal": None} for row in rows_of(part)] for part in self.parts)
        return Frame(self.spark, schema, [list(batches_of(part, schema)) for part in rows])

    def repartition(self, tasks: int, column: str) -> "Frame":
        self.spark.shuffles += 1
        shares: list[list[dict[str, Any]]] = [[] for _ in range(tasks)]
        rows = list(chain.from_iterable(map(rows_of, self.parts)))
        # What a shuffle brings comes in any order.
        for row in self.spark.dice.sample(rows, len(rows)):
            shares[zlib.crc32(row[column].encode()) % tasks].append(row)
        return Frame(self.spark, self.schema, [list(batches_of(share, self.schema)) for share in shares])

    def rows(self) -> list[dict[str, Any]]:
        return list(chain.from_iterable(map(rows_of, self.parts)))


def schema_of(columns: str) -> pa.Schema:
    return pa.schema([(name, TYPES[kind]) for name, kind in map(str.split, columns.split(","))])


def rows_of(batches: Batches) -> Iterator[dict[str, Any]]:
    return chain.from_iterable(batch.to_pylist() for batch in batches)


def batches_of(rows: list[dict[str, Any]], schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    for start in range(0, len(rows), BATCH_ROWS):
        yield pa.RecordBatch.from_pylist(rows[start : start + BATCH_ROWS], schema=schema)
