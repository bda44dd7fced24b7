"""What the driver decides before any task runs."""

from dataclasses import dataclass

from .manifest import read_objects
from .moving.plan_moving import MovingPlan, plan_moving
from .plan_tasks import count_merge_tasks, plan_parsing
from .prepare_load import PreparedLoad
from .visit_files import swept_tables


@dataclass(frozen=True)
class LoadPlan:
    #: Raw objects, packed, one list per task; without those for tables whose keys move.
    parse: list[bytes]
    #: Tables of which every file is visited.
    swept: list[str]
    merge_tasks: int
    #: None where no table of the load has such keys.
    moving: MovingPlan | None

    @property
    def figures(self) -> dict[str, int]:
        """For the log and the report."""
        figures = {"parse_tasks": len(self.parse), "merge_tasks": self.merge_tasks}
        if self.moving is None:
            return figures
        figures["parse_tasks"] += len(self.moving.parse)
        moving = {name: getattr(self.moving, name) for name in ("scanned_files", "scan_tasks", "route_tasks")}
        return {**figures, **moving}


def plan_load(prepared: PreparedLoad, slots: int) -> LoadPlan:
    load, totals = prepared.load, prepared.totals
    merges = count_merge_tasks(totals, slots)
    moving = None
    if any(spec.moving for spec in load.tables.values()):
        parse = _plan_parsing(prepared, slots, moving=True)
        moving = plan_moving(prepared.aws.s3, load, parse, slots=slots, merge_tasks=merges)
    return LoadPlan(_plan_parsing(prepared, slots, moving=False), swept_tables(load), merges, moving)


def _plan_parsing(prepared: PreparedLoad, slots: int, *, moving: bool) -> list[bytes]:
    objects = read_objects(prepared.aws.s3, prepared.manifest)
    tables = prepared.load.tables
    chosen = (item for item in objects if tables[item.table].moving is moving)
    return list(plan_parsing(chosen, prepared.totals, slots))
