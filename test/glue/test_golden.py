"""The golden cases in DuckDB as the job runs it, and then inside Spark's tasks."""

import json
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from golden import Row, cases_of, in_order, pick, raw_objects, table_spec, texts
from project import REGION
from world import World

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

named = {"ids": lambda case: case["name"]}


class TestInDuckDB:
    @pytest.mark.parametrize("case", cases_of("parse"), **named)
    def test_parse(self, case: dict[str, Any], tmp_path: Path) -> None:
        from partitioning.open_duckdb import Slots, open_duckdb
        from partitioning.parse.join_objects import LINES_SCHEMA
        from partitioning.parse.parse_lines import parse_lines

        parse, spec = case["parse"], table_spec(case["spec"])
        lines = pa.Table.from_pylist(parse["lines"], schema=LINES_SCHEMA)
        with closing(open_duckdb(tmp_path, Slots(2, 1 << 30))) as connection:
            parsed = parse_lines(connection, spec, lines)
        assert pick(in_order(texts(parsed.rows)), parse["rows"]) == parse["rows"]
        rejects = [as_text(vars(reject)) for reject in parsed.rejects]
        assert pick(rejects, parse["rejects"]) == parse["rejects"]
        rows = sum(rows for rows, _ in parsed.counts.values())
        filtered = sum(filtered for _, filtered in parsed.counts.values())
        assert filtered == parse["filtered"]
        assert rows == parsed.rows.num_rows + len(rejects) + filtered
        assert (parsed.rows.num_rows, len(rejects)) == (len(parse["rows"]), len(parse["rejects"]))
        assert parsed.violations == parse["violations"]

    @pytest.mark.parametrize("case", cases_of("merge"), **named)
    def test_merge(self, case: dict[str, Any], tmp_path: Path) -> None:
        from partitioning.merge.merge_file import merge_file
        from partitioning.open_duckdb import Slots, open_duckdb

        merge = case["merge"]
        incoming, stored = incoming_and_stored(case, tmp_path)
        with closing(open_duckdb(tmp_path, Slots(2, 1 << 30))) as connection:
            chunks = [incoming.slice(0, 1), incoming.slice(1)]
            spec = table_spec(case["spec"])
            chunks += removals(spec, merge.get("moved_keys", []))
            path, mark = tmp_path / "merged", merge.get("mark")
            merged = merge_file(connection, spec, chunks, stored=stored, merged=path, mark=mark)
        outcomes = [row["_outcome"] for row in merge["rows"]]
        expected = in_file(merge["rows"])
        assert (merged.incoming, merged.rows) == (incoming.num_rows, len(expected))
        assert (merged.inserted, merged.updated) == (outcomes.count("inserted"), outcomes.count("updated"))
        assert (merged.vanished, merged.moved) == (outcomes.count("vanished"), outcomes.count("moved"))
        assert merged.removed == len(outcomes) - len(expected)
        assert pick(texts(pq.read_table(path)), expected) == expected
        assert sha256(path.read_bytes()).hexdigest() == merge["sha256"]

    @pytest.mark.parametrize("case", cases_of("loads"), **named)
    def test_loads(self, case: dict[str, Any], tmp_path: Path) -> None:
        """The counts of each load, and in the end the very bytes that DuckDB in Node writes."""
        files: dict[str, Path] = {}
        for number, load in enumerate(case["loads"]["loads"]):
            counts = run_load(table_spec(case["spec"]), load, files, tmp_path / str(number))
            assert {name: counts[name] for name in load if name in counts} == {
                name: count for name, count in load.items() if name in counts
            }
        assert {file: sha256(path.read_bytes()).hexdigest() for file, path in files.items()} == case["loads"][
            "files"
        ]


class TestInSpark:
    def test_parse(self, spark: "SparkSession", world: World) -> None:
        from partitioning.parse.parse_objects import parse_tasks
        from partitioning.plan_tasks import pack_objects
        from partitioning.row_chunks import read_chunk
        from partitioning.task_rows import PARSED_COLUMNS

        cases = cases_of("parse")
        settings = task_settings(spark, world, cases)
        tasks = [(number, pack_objects(land(world, case))) for number, case in enumerate(cases)]
        frame = spark.createDataFrame(spark.sparkContext.parallelize(tasks, 2), "task int, objects binary")
        given = frame.mapInArrow(lambda batches: parse_tasks(settings, batches), PARSED_COLUMNS).collect()
        for case in cases:
            parse, name = case["parse"], case["spec"]["name"]
            rows: list[Row] = []
            for row in given:
                if row.chunk is not None and row.file.startswith(f"{name}/"):
                    rows += [
                        {"_file": row.file.removeprefix(f"{name}/"), **found}
                        for found in texts(read_chunk(row.chunk))
                    ]
            assert pick(in_order(rows), parse["rows"]) == parse["rows"], case["name"]
            blank = {str(line["line"]) for line in parse["lines"] if not line["text"].strip()}
            rejects = [reject for reject in parse["rejects"] if reject["line"] not in blank]
            kept = [as_text(line) for line in world.quarantine("load-1", name)]
            assert pick(kept, rejects) == rejects, case["name"]
            reports = [json.loads(row.line) for row in given if row.line is not None]
            counted = [line for line in reports if line["kind"] == "object" and line["table"] == name]
            assert sum(line["quarantined"] for line in counted) == len(rejects)
            assert sum(line["filtered"] for line in counted) == parse["filtered"]
            found = len(rejects) + len(parse["rows"]) + parse["filtered"]
            assert sum(line["rows"] for line in counted) == found
            violations = {
                f"{line['action']} {line['reason']} {line['column']}": line["rows"]
                for line in reports
                if line["kind"] == "violation" and line["table"] == name
            }
            assert violations == parse["violations"], case["name"]

    def test_merge(self, spark: "SparkSession", world: World, tmp_path: Path) -> None:
        from partitioning.merge.merge_files import merge_tasks
        from partitioning.row_chunks import encode_chunk
        from partitioning.task_rows import PARSED_COLUMNS, REPORTED_COLUMNS

        # One load has one mark.
        cases = [case for case in cases_of("merge") if "mark" not in case["merge"]]
        settings = task_settings(spark, world, cases)
        world.lease("load-1", 1)
        rows = []
        for case in cases:
            key = f"{case['spec']['name']}/part-0.parquet"
            incoming, stored = incoming_and_stored(case, tmp_path)
            world.aws.s3.put_object(Bucket=world.curated, Key=key, Body=stored.read_bytes())
            spec = settings.load.tables[case["spec"]["name"]]
            batches = incoming.to_batches(max_chunksize=1)
            for chunk in removals(spec, case["merge"].get("moved_keys", [])):
                batches += chunk.to_batches()
            rows += [(key, encode_chunk([batch]), None) for batch in batches]
        frame = spark.createDataFrame(rows, PARSED_COLUMNS).repartition(2, "file")
        given = frame.mapInArrow(lambda batches: merge_tasks(settings, batches), REPORTED_COLUMNS).collect()
        reports = {line["key"]: line for line in map(json.loads, (row.line for row in given))}
        for case in cases:
            key, merge = f"{case['spec']['name']}/part-0.parquet", case["merge"]
            if key not in reports:
                assert not any(name == key for name, _, _ in rows), case["name"]
                continue
            outcomes = [row["_outcome"] for row in merge["rows"]]
            report = reports[key]
            assert (report["inserted"], report["updated"]) == (
                outcomes.count("inserted"),
                outcomes.count("updated"),
            ), case["name"]
            expected = in_file(merge["rows"])
            assert report["rows_after"] == len(expected)
            assert report.get("moved", 0) == outcomes.count("moved")
            (tmp_path / "found").write_bytes(world.files()[key])
            assert pick(texts(pq.read_table(tmp_path / "found")), expected) == expected, case["name"]


def run_load(spec: Any, load: dict[str, Any], files: dict[str, Path], folder: Path) -> dict[str, int]:
    """Parses the lines, merges the files they touch; `files` (name → path) becomes what there is then."""
    from partitioning.merge.merge_file import merge_file
    from partitioning.open_duckdb import Slots, open_duckdb
    from partitioning.parse.join_objects import LINES_SCHEMA
    from partitioning.parse.parse_lines import parse_lines

    folder.mkdir()
    changes = ("inserted", "updated", "removed", "vanished", "moved")
    counts = dict.fromkeys(("filtered", "quarantined", "duplicate", *changes), 0)
    moved = load.get("moved_keys", [])
    with closing(open_duckdb(folder, Slots(2, 1 << 30))) as connection:
        parsed = parse_lines(connection, spec, pa.Table.from_pylist(load["lines"], schema=LINES_SCHEMA))
        counts["filtered"] = sum(filtered for _, filtered in parsed.counts.values())
        counts["quarantined"] = len(parsed.rejects)
        touched = {*parsed.rows.column("_file").to_pylist(), *(key["file"] for key in moved)}
        for number, file in enumerate(sorted(touched | set(files if load.get("sweep") else ()))):
            rows = parsed.rows.filter(pc.equal(parsed.rows.column("_file"), file)).drop_columns("_file")
            path = folder / f"{number}.parquet"
            chunks = [rows, *removals(spec, [key for key in moved if key["file"] == file])]
            mark = load.get("mark")
            merged = merge_file(connection, spec, chunks, stored=files.get(file), merged=path, mark=mark)
            assert pq.read_metadata(path).num_rows == merged.rows
            files[file] = path
            for name in changes:
                counts[name] += getattr(merged, name)
            deleted = merged.removed - merged.vanished - merged.moved
            counts["duplicate"] += merged.incoming - merged.inserted - merged.updated - deleted
    return counts


def removals(spec: Any, keys: list[dict[str, Any]]) -> list[pa.Table]:
    """As the routing tasks send them."""
    if not keys:
        return []
    rows = ", ".join(
        f"({', '.join(quoted(key[name]) for name, _ in spec.columns if name in spec.key)})" for key in keys
    )
    parts = [(name, kind) for name, kind in spec.columns if name in spec.key]
    names = ", ".join(f'"{name}"' for name, _ in parts)
    select = ", ".join(f'CAST("{name}" AS {kind}) AS "{name}"' for name, kind in parts)
    with duckdb.connect() as connection:
        query = f"SELECT {select}, true AS _moved FROM (VALUES {rows}) AS keys({names})"
        return [connection.execute(query).to_arrow_table()]


def quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def task_settings(spark: "SparkSession", world: World, cases: list[dict[str, Any]]) -> Any:
    from partitioning.largest import Largest
    from partitioning.prepare_load import prepare_load
    from partitioning.spark_session import slots_of_executor
    from partitioning.task_settings import TaskSettings

    manifest = world.prepare("load-1", [case["spec"] for case in cases], [])
    prepared = prepare_load(manifest=manifest, region=REGION, endpoint=world.aws.endpoint)
    figures = spark.sparkContext.accumulator({}, Largest())
    return TaskSettings(prepared.load, REGION, world.aws.endpoint, slots_of_executor(spark), figures)


def land(world: World, case: dict[str, Any]) -> list[Any]:
    """All cases use the same keys: each gets a version of its own."""
    from partitioning.manifest import RawObject

    landed = []
    for key, data in raw_objects(case["parse"]["lines"]).items():
        answer = world.aws.s3.put_object(Bucket=world.staging, Key=key, Body=data)
        landed.append(RawObject(case["spec"]["name"], key, answer["VersionId"], len(data)))
    return landed


def incoming_and_stored(case: dict[str, Any], folder: Path) -> tuple[pa.Table, Path]:
    stored = folder / "stored.parquet"
    with duckdb.connect() as connection:
        options = case["spec"]["copy_options"].rstrip(";")
        connection.execute(f"COPY ({case['merge']['stored_sql']}) TO '{stored}' {options}")
        return connection.execute(case["merge"]["incoming_sql"]).to_arrow_table(), stored


def in_file(rows: list[Row]) -> list[Row]:
    """Of merged rows, those that go into the file."""
    return [
        {name: value for name, value in row.items() if name != "_outcome"}
        for row in rows
        if row["_outcome"] in ("stored", "inserted", "updated", "same")
    ]


def as_text(line: dict[str, Any]) -> Row:
    """A reject, or its line in quarantine, in the golden cases' words."""
    return {
        name: None if line[name] is None else str(line[name])
        for name in ("reason", "line", "row", "detail", "record")
    }
