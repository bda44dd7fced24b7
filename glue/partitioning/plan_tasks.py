"""Raw objects → tasks: few for many small objects, more for many bytes, at least enough to use every slot."""

import json
import zlib
from collections.abc import Iterable, Iterator

from .manifest import RawObject, Totals

#: What a request for one more object costs, as bytes to read.
OBJECT_WEIGHT = 32 << 10
MOST_BYTES = 64 << 20
#: Less is not worth a task of its own.
LEAST_BYTES = 1 << 20
#: Gzipped bytes of raw objects for each task that merges.
MERGED_BYTES = 16 << 20


def plan_parsing(objects: Iterable[RawObject], totals: Totals, slots: int) -> Iterator[bytes]:
    """One packed list of objects per task, in the manifest's order."""
    total = totals.bytes + totals.objects * OBJECT_WEIGHT
    target = min(MOST_BYTES, max(LEAST_BYTES, -(-total // slots)))
    task: list[RawObject] = []
    weight = 0
    for item in objects:
        task.append(item)
        weight += item.bytes + OBJECT_WEIGHT
        if weight >= target:
            yield pack_objects(task)
            task, weight = [], 0
    if task:
        yield pack_objects(task)


def count_merge_tasks(totals: Totals, slots: int) -> int:
    return max(slots, -(-totals.bytes // MERGED_BYTES))


def pack_objects(objects: list[RawObject]) -> bytes:
    """Small, since the driver holds all of them: about 60 bytes an object."""
    return zlib.compress(json.dumps(objects).encode())


def unpack_objects(packed: bytes) -> list[RawObject]:
    return [RawObject(*item) for item in json.loads(zlib.decompress(packed))]
