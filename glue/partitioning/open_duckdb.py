"""A DuckDB of one task: how much it may use is told, never guessed (law 17)."""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from .errors import JobError

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

DUCKDB_VERSION = "1.5.5"
#: Beside DuckDB's own: the Python worker with its libraries, and the chunks on their way.
WORKER_BYTES = 256 << 20
SYSTEM_BYTES = 1 << 30
LEAST_BYTES = 256 << 20
MOST_BYTES = 4 << 30
#: Of the free disk, over all slots.
DISK_SHARE = 0.8


@dataclass(frozen=True)
class Slots:
    """Of one executor."""

    count: int
    heap_bytes: int


def open_duckdb(folder: Path, slots: Slots) -> "DuckDBPyConnection":
    """In memory, spilling into `folder`; one thread, so that rows keep their order and files their bytes."""
    import duckdb

    check_duckdb()
    connection = duckdb.connect(
        config={
            "threads": 1,
            "memory_limit": f"{memory_limit(memory_bytes(), slots)}B",
            "temp_directory": str(folder / "spill"),
            "max_temp_directory_size": f"{int(shutil.disk_usage(folder).free * DISK_SHARE) // slots.count}B",
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
            # A name in a statement is a table, never a variable of ours.
            "python_enable_replacements": "false",
        }
    )
    connection.execute("SET TimeZone = 'UTC'")
    return connection


def check_duckdb() -> None:
    import duckdb

    if duckdb.__version__ != DUCKDB_VERSION:
        raise JobError(
            f"DuckDB is {duckdb.__version__}, but equal bytes are promised for {DUCKDB_VERSION} only: "
            "deploy again, so that job and wheels belong together"
        )


def explain_failure(error: Exception, what: str) -> str:
    """DuckDB's error in words for whoever runs the job; all but its first line is about DuckDB itself."""
    import duckdb

    first, *_ = str(error).splitlines()
    if isinstance(error, duckdb.OutOfMemoryException):
        return f"{what} does not fit into the memory of a task: take a larger worker type ({first})"
    return f"{what} failed in DuckDB: {first}"


def memory_limit(ram: int, slots: Slots) -> int:
    """Bytes for DuckDB in one of the tasks that share a machine (or container) and a JVM."""
    share = (ram - slots.heap_bytes - SYSTEM_BYTES) // slots.count - WORKER_BYTES
    return min(MOST_BYTES, max(LEAST_BYTES, share))


def memory_bytes() -> int:
    """RAM of the machine, or what its control group leaves of it."""
    found = [os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")]
    for name in ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"):
        path = Path(name)
        if path.exists():
            limit = path.read_text().strip()
            if limit.isdigit():
                found.append(int(limit))
    return min(found)
