"""What a task is told by the driver; it goes with the task, since executors share no environment with it."""

import resource
import sys
from dataclasses import dataclass
from typing import Any

from .manifest import Load
from .open_duckdb import Slots, memory_bytes, memory_limit


@dataclass(frozen=True)
class TaskSettings:
    load: Load
    region: str
    endpoint: str | None
    slots: Slots
    #: A Spark accumulator with `Largest`: figure → the largest that any task has seen.
    figures: Any

    def note_memory(self) -> None:
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        self.figures.add(
            {
                "task_peak_rss_bytes": peak if sys.platform == "darwin" else peak * 1024,
                "duckdb_memory_limit_bytes": memory_limit(memory_bytes(), self.slots),
            }
        )
