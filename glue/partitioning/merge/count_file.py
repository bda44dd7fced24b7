"""What a load did to one file, in rows: so that receipts add up over crashes (laws 7 and 8)."""

from dataclasses import dataclass, field

from ..manifest import Load
from .curated_store import StoredFile

#: Of stored rows; the last two are part of the third.
CHANGES = ("inserted", "updated", "removed", "vanished", "moved")


@dataclass(frozen=True)
class Merged:
    """A merge, before it is written."""

    incoming: int
    #: In the merged file.
    rows: int
    inserted: int
    updated: int
    #: Stored rows that are gone …
    removed: int
    sha256: str
    bytes: int
    #: … of those, fetched before the mark, or in another file now. An incoming row each took the others out.
    vanished: int = 0
    moved: int = 0
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
    vanished: int
    moved: int
    #: By this load, now or in a try of the same task whose report was lost; or taken over from a dead load.
    written: bool

    @property
    def deleted(self) -> int:
        return self.removed - self.vanished - self.moved


def count_file(load: Load, found: StoredFile | None, merged: Merged) -> FileCounts:
    """`rows_before` is the count at the last commit: what a dead load added since is recovered."""
    rows = found.rows if found else 0
    before = committed_rows(load, found)
    changes = {name: getattr(merged, name) for name in CHANGES}
    written = needs_write(load, found, merged)
    if found and not written and found.metadata.get("load") == load.load:
        # Our own earlier try wrote exactly this: its counts are the load's.
        changes = {name: int(found.metadata.get(name, 0)) for name in CHANGES}
        rows -= changes["inserted"] - changes["removed"]
        written = True
    taken = changes["inserted"] + changes["updated"] + changes["removed"]
    return FileCounts(
        rows_before=before,
        duplicate=merged.incoming - taken + changes["vanished"] + changes["moved"],
        recovered=rows - before,
        written=written,
        **changes,
    )


def needs_write(load: Load, found: StoredFile | None, merged: Merged) -> bool:
    """
    No change, no write: decided on the bytes (law 9). Only a file that a dead load has left is written as it
    is: a load puts its name on what it counts, or a later one would count it as recovered once more.
    """
    if found is None or found.sha256 != merged.sha256:
        return True
    return found.metadata.get("load") in load.recovers


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
        **({"vanished": str(counts.vanished)} if counts.vanished else {}),
        **({"moved": str(counts.moved)} if counts.moved else {}),
    }
