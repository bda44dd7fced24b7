"""What a load did to one file, in rows: so that receipts add up over crashes (laws 7 and 8)."""

from dataclasses import dataclass, field

from ..manifest import Load
from .curated_store import StoredFile


@dataclass(frozen=True)
class Merged:
    """A merge, before it is written."""

    incoming: int
    #: In the merged file.
    rows: int
    inserted: int
    updated: int
    #: Stored rows that are gone; an incoming row each has taken them out.
    removed: int
    sha256: str
    bytes: int
    #: `<warn or fail> <reason> <column>` → rows of the merged file.
    violations: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class FileCounts:
    rows_before: int
    inserted: int
    updated: int
    duplicate: int
    #: What dead loads added, less what they removed.
    recovered: int
    removed: int
    #: By this load, now or in a try of the same task whose report was lost.
    written: bool


def count_file(load: Load, found: StoredFile | None, merged: Merged) -> FileCounts:
    """`rows_before` is the count at the last commit: what a dead load added since is recovered."""
    rows = found.rows if found else 0
    before = committed_rows(load, found)
    inserted, updated, removed = merged.inserted, merged.updated, merged.removed
    written = found is None or found.sha256 != merged.sha256
    if found and not written and found.metadata.get("load") == load.load:
        # Our own earlier try wrote exactly this: its counts are the load's.
        inserted, updated, removed = (
            int(found.metadata[name]) for name in ("inserted", "updated", "removed")
        )
        rows -= inserted - removed
        written = True
    return FileCounts(
        rows_before=before,
        inserted=inserted,
        updated=updated,
        duplicate=merged.incoming - inserted - updated - removed,
        recovered=rows - before,
        removed=removed,
        written=written,
    )


def committed_rows(load: Load, found: StoredFile | None) -> int:
    if found is None:
        return 0
    if found.metadata.get("load") in (*load.recovers, load.load):
        return int(found.metadata["rows-before"])
    return found.rows


def file_metadata(load: Load, merged: Merged, counts: FileCounts) -> dict[str, str]:
    return {
        "load": load.load,
        "sha256": merged.sha256,
        "rows-before": str(counts.rows_before),
        "rows": str(merged.rows),
        "inserted": str(counts.inserted),
        "updated": str(counts.updated),
        "removed": str(counts.removed),
    }
