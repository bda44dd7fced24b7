"""What the driver decides where keys move: it lists the tables' files, page by page, and shares them out."""

import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from ..manifest import Load
from ..plan_tasks import OBJECT_WEIGHT
from ..visit_files import list_items

#: Of stored files: the least that is worth a task of its own, and the most that one shall have.
LEAST_BYTES = 4 << 20
MOST_BYTES = 64 << 20
#: Of stored files, for each task that decides where keys belong.
ROUTED_BYTES = 64 << 20
#: Spark spreads few names unevenly over its tasks.
BUCKETS_OF_TASK = 4


class PlacedFile(NamedTuple):
    table: str
    #: In the curated bucket.
    key: str


@dataclass(frozen=True)
class MovingPlan:
    #: Raw objects, packed, one list per task.
    parse: list[bytes]
    #: Stored files, packed: the driver holds some 10 bytes of each.
    scans: list[bytes]
    scanned_files: int
    scan_tasks: int
    route_tasks: int
    merge_tasks: int

    @property
    def buckets(self) -> int:
        """Shares of the keys; rows and places of one key meet in one of them."""
        return self.route_tasks * BUCKETS_OF_TASK


def plan_moving(s3: Any, load: Load, parse: list[bytes], *, slots: int, merge_tasks: int) -> MovingPlan:
    scans: list[bytes] = []
    share: list[PlacedFile] = []
    files = total = weight = 0
    for file, size in _list_files(s3, load):
        share.append(file)
        files += 1
        total += size
        weight += size + OBJECT_WEIGHT
        if weight >= LEAST_BYTES:
            scans.append(_pack(share))
            share, weight = [], 0
    if share:
        scans.append(_pack(share))
    return MovingPlan(
        parse=parse,
        scans=scans,
        scanned_files=files,
        scan_tasks=min(len(scans), max(slots, -(-total // MOST_BYTES))),
        route_tasks=max(merge_tasks, -(-total // ROUTED_BYTES)),
        merge_tasks=merge_tasks,
    )


def _list_files(s3: Any, load: Load) -> Iterator[tuple[PlacedFile, int]]:
    for spec in load.tables.values():
        if spec.moving:
            for item in list_items(s3, load, spec.name):
                yield PlacedFile(spec.name, item["Key"]), item["Size"]


def unpack_files(packed: bytes) -> list[PlacedFile]:
    return [PlacedFile(*item) for item in json.loads(zlib.decompress(packed))]


def _pack(files: list[PlacedFile]) -> bytes:
    return zlib.compress(json.dumps(files).encode())
