"""Whole loads under Spark, against the local AWS."""

import base64
import gzip
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from faulty_proxy import Answer, Forward, Request, faulty_proxy
from project import compile_tables
from readings import HOUR_7, HOUR_8, HOUR_9, READINGS, ROWS, column, reading
from world import World, raw_line

Run = Callable[..., None]
ALL = "SELECT filename, station, value, _object, _line, _row FROM data ORDER BY ALL"


def test_every_row_lands_once_in_the_file_of_its_own_hour(
    world: World, run: Run, readings: dict[str, Any], tmp_path: Path
) -> None:
    one = world.land("readings", "one", raw_line(ROWS[:2]), raw_line(ROWS[2:]))
    two = world.land("readings", "two", raw_line(ROWS[1:]))
    run(world.prepare("load-1", [readings], [one, two]))

    assert world.rows(tmp_path, ALL) == [
        (HOUR_7, "a", 1.0, one["key"], 0, 0),
        # Fetched at the same time: the later object wins.
        (HOUR_7, "a", 2.0, two["key"], 0, 0),
        (HOUR_8, "b", 3.0, two["key"], 0, 1),
    ]
    report = world.report("load-1")
    sums = report.sums()
    assert (sums["rows"], sums["inserted"], sums["duplicate"], sums["rows_after"]) == (5, 3, 2, 3)
    assert report.header["load"] == "load-1"
    assert report.header["engine"]["versions"]["duckdb"] == "1.5.5"
    assert report.header["engine"]["figures"]["duckdb_threads"] == 1
    assert report.header["engine"]["figures"]["task_peak_rss_bytes"] > 0
    objects = {line["key"]: (line["version_id"], line["lines"], line["rows"]) for line in report.of("object")}
    assert objects == {one["key"]: (one["version_id"], 2, 3), two["key"]: (two["version_id"], 1, 2)}
    listed = world.listing(world.curated)
    assert {line["key"]: line["etag_after"] for line in report.of("file")} == {
        key: etag for key, (etag, _) in listed.items()
    }


def test_the_same_objects_again_write_nothing(world: World, run: Run, readings: dict[str, Any]) -> None:
    objects = [world.land("readings", "one", raw_line(ROWS))]
    run(world.prepare("load-1", [readings], objects))
    before = world.listing(world.curated)
    run(world.prepare("load-2", [readings], objects))
    assert world.listing(world.curated) == before
    sums = world.report("load-2").sums()
    assert (sums["written"], sums["duplicate"], sums["rows_before"], sums["rows_after"]) == (0, 3, 3, 3)


def test_a_later_load_changes_only_the_files_of_its_rows(
    world: World, run: Run, readings: dict[str, Any], tmp_path: Path
) -> None:
    run(world.prepare("load-1", [readings], [world.land("readings", "one", raw_line(ROWS))]))
    before = world.listing(world.curated)
    rows = [reading("b", "08:00:00", 30), reading("c", "08:30:00", 4), reading("c", "09:00:00", 5)]
    later = raw_line(rows, fetched_at="2026-11-21T11:00:00.000Z")
    run(world.prepare("load-2", [readings], [world.land("readings", "two", later)]))

    assert [row[1:3] for row in world.rows(tmp_path, ALL)] == [
        ("a", 1.0),
        ("a", 2.0),
        ("b", 30.0),
        ("c", 4.0),
        ("c", 5.0),
    ]
    after = world.listing(world.curated)
    assert after[HOUR_7] == before[HOUR_7]
    assert after[HOUR_8] != before[HOUR_8]
    report = world.report("load-2")
    sums = report.sums()
    assert (sums["inserted"], sums["updated"], sums["rows_before"], sums["rows_after"]) == (2, 1, 1, 3)
    assert {line["key"]: line["etag_before"] for line in report.of("file")} == {
        HOUR_8: before[HOUR_8][0],
        HOUR_9: None,
    }
    metadata = world.aws.s3.head_object(Bucket=world.curated, Key=HOUR_8)["Metadata"]
    sha256 = metadata.pop("sha256")
    assert len(sha256) == 64
    assert metadata == {
        "load": "load-2",
        "rows-before": "1",
        "rows": "2",
        "inserted": "1",
        "updated": "1",
        "removed": "0",
    }


def test_what_does_not_fit_goes_to_quarantine_and_the_rest_is_published(
    world: World, run: Run, readings: dict[str, Any], tmp_path: Path
) -> None:
    good, cast = raw_line(ROWS[:1]), raw_line([reading("a", "yesterday", 1), *ROWS[1:]])
    objects = [
        world.land("readings", "lines", good, b'{"bad": "\xff"}', b'{"bad": "\x01"}', b"{", cast),
        world.land_bytes("readings", "cut", gzip.compress(good + b"\n" + good)[:-20]),
        world.land_bytes("readings", "text", b"<html>no gzip</html>"),
        world.land("readings", "empty"),
    ]
    run(world.prepare("load-1", [readings], objects))

    assert len(world.rows(tmp_path, ALL)) == 3
    kept = {(line["object"], line["line"]): line for line in world.quarantine("load-1", "readings")}
    reasons = {(key.split("/")[-1][:-10], line): row["reason"] for (key, line), row in kept.items()}
    assert reasons == {
        ("lines", 1): "not_utf8",
        ("lines", 2): "control_byte",
        ("lines", 3): "not_json",
        ("lines", 4): "cast",
        ("cut", 0): "truncated_gzip",
        ("text", 0): "broken_gzip",
    }
    binary = kept[objects[0]["key"], 1]
    assert (binary["encoding"], base64.b64decode(binary["record"])) == ("base64", b'{"bad": "\xff"}')
    assert kept[objects[0]["key"], 4] == {
        "reason": "cast",
        "detail": "time: 2026-11-21TyesterdayZ",
        "object": objects[0]["key"],
        "line": 4,
        "row": 0,
        "record": '{"station":"a","time":"2026-11-21TyesterdayZ","value":1}',
    }
    report = world.report("load-1")
    assert report.sums()["quarantined"] == 6
    counted = {
        line["key"]: (line["lines"], line["rows"], line["quarantined"]) for line in report.of("object")
    }
    assert [counted[item["key"]] for item in objects] == [(5, 7, 4), (1, 1, 1), (1, 1, 1), (0, 0, 0)]
    (quarantine,) = report.of("quarantine")
    assert quarantine["key"] == "quarantine/readings/load=load-1/0.ndjson.gz"
    assert quarantine["reasons"] == {
        reason: list(reasons.values()).count(reason) for reason in reasons.values()
    }


def test_fields_that_the_contract_does_not_name_are_kept_and_told(
    world: World, run: Run, readings: dict[str, Any], tmp_path: Path
) -> None:
    rows = [{**ROWS[0], "unit": "K"}, {**ROWS[1], "unit": "C", "flags": {"a": 1}}, ROWS[2]]
    run(world.prepare("load-1", [readings], [world.land("readings", "one", raw_line(rows))]))
    drift = {line["field"]: line["rows"] for line in world.report("load-1").of("drift")}
    assert drift == {"unit": 2, "flags": 1}
    assert world.rows(tmp_path, "SELECT _extra FROM data ORDER BY time") == [
        ('{"unit":"K"}',),
        ('{"unit":"C","flags":{"a":1}}',),
        (None,),
    ]


def test_numbers_of_exact_columns_keep_every_digit(world: World, run: Run, tmp_path: Path) -> None:
    columns = [
        column("id", "bigint"),
        column("price", "decimal(38,20)", exact=True),
        column("code", "varchar", exact=True),
    ]
    (spec,) = compile_tables({"name": "prices", "columns": columns, "primary_key": ["id"]})
    one = '{"id": 1, "price": 0.12345678901234567891, "code": 1.10}'
    two = '{"id": 2, "price": 12345678901234567.5, "code": null}'
    run(world.prepare("load-1", [spec], [world.land("prices", "one", raw_line(f"[{one}, {two}]"))]))
    assert world.rows(tmp_path, "SELECT id, price::VARCHAR, code FROM data ORDER BY id", "prices") == [
        (1, "0.12345678901234567891", "1.10"),
        (2, "12345678901234567.50000000000000000000", None),
    ]


def test_many_small_objects_of_several_tables_share_few_tasks(
    world: World, run: Run, readings: dict[str, Any]
) -> None:
    (others,) = compile_tables({**READINGS, "name": "others", "files_per_partition": 3})
    tables = {"readings": readings, "others": others}
    objects = [
        world.land(
            list(tables)[number % 2], f"{number}", raw_line([reading(f"s{number}", "07:00:00", number)])
        )
        for number in range(60)
    ]
    run(world.prepare("load-1", [readings, others], objects))
    report = world.report("load-1")
    assert report.header["engine"]["figures"]["parse_tasks"] == 2
    assert sorted(line["key"] for line in report.of("object")) == sorted(item["key"] for item in objects)
    assert report.sums()["inserted"] == 60
    rows = {
        table: sum(line["rows_after"] for line in report.of("file") if line["table"] == table)
        for table in tables
    }
    assert rows == {"readings": 30, "others": 30}
    assert len([key for key in world.keys(world.curated) if key.startswith("others/")]) == 3


ORDER_TABLES = (
    {
        "name": "orders",
        "columns": [column("id", "bigint"), column("state", "varchar"), column("version", "bigint")],
        "child_records": ["$.lines"],
        "primary_key": ["id"],
        "order_by": ["version"],
        "delete_when": "state = 'void'",
        "include_when": "id < 100",
    },
    {
        "name": "lines",
        "records": "$.lines",
        "columns": [
            {"name": "order_id", "type": "bigint", "from": {"parent": "$.id"}},
            column("sku", "varchar", unique=True),
            column("count", "bigint", min=1, on_fail="fail"),
            column("note", "varchar", not_null=True, on_fail="warn"),
        ],
        "primary_key": ["order_id", "sku"],
    },
)


def order(number: int, state: str, version: int, *lines: dict[str, Any]) -> dict[str, Any]:
    return {"id": number, "state": state, "version": version, "lines": list(lines)}


def test_one_object_feeds_several_tables_and_is_downloaded_once(
    world: World, aws: Any, run: Run, tmp_path: Path
) -> None:
    orders, lines = compile_tables(*ORDER_TABLES)
    rows = [
        order(1, "open", 1, {"sku": "a", "count": 1, "note": "x"}, {"sku": "b", "count": 0}),
        order(2, "open", 1, {"sku": "a", "count": 5}),
        order(100, "open", 1),
    ]
    raw = world.land("orders", "one", raw_line(rows))
    asked: Counter[str] = Counter()

    def rule(request: Request, forward: Forward) -> Answer | None:
        asked[f"{request.method} {request.path}"] += 1
        return forward()

    manifest = world.prepare("load-1", [orders, lines], [raw, {**raw, "table": "lines"}])
    with faulty_proxy(aws.endpoint, rule) as endpoint:
        run(manifest, endpoint)
    assert asked[f"GET /{world.staging}/{raw['key']}"] == 1
    report = world.report("load-1")
    report.sums()
    counted = {
        line["table"]: (line["rows"], line["filtered"], line["quarantined"]) for line in report.of("object")
    }
    assert counted == {"orders": (3, 1, 0), "lines": (3, 0, 1)}
    assert world.rows(tmp_path, "SELECT id, _extra FROM data ORDER BY id", "orders") == [(1, None), (2, None)]
    select = "SELECT order_id, sku, _object, _line, _row FROM data ORDER BY order_id"
    assert world.rows(tmp_path, select, "lines") == [
        (1, "a", raw["key"], 0, 0),
        (2, "a", raw["key"], 0, 10_000_000),
    ]
    broken = {
        (line["table"], line["action"], line["reason"], line["column"]): line["rows"]
        for line in report.of("violation")
    }
    assert broken == {
        ("lines", "fail", "below_min", "count"): 1,
        ("lines", "warn", "not_null", "note"): 1,
        ("lines", "warn", "not_unique", "sku"): 2,
    }


def test_rows_that_are_removed_stay_so_whatever_comes_late(world: World, run: Run, tmp_path: Path) -> None:
    (orders, _) = compile_tables(*ORDER_TABLES)
    key = "orders/part-0.parquet"
    select = "SELECT id, version FROM data ORDER BY id"

    def load(number: int, *rows: dict[str, Any]) -> dict[str, int]:
        landed = world.land("orders", str(number), raw_line(list(rows)))
        run(world.prepare(f"load-{number}", [orders], [landed], token=number))
        return world.report(f"load-{number}").sums()

    load(1, order(1, "open", 1), order(2, "open", 1))
    sums = load(2, order(1, "void", 3), order(2, "void", 2), order(3, "void", 1))
    assert (sums["removed"], sums["deleted"], sums["duplicate"], sums["rows_after"]) == (2, 2, 1, 0)
    metadata = world.aws.s3.head_object(Bucket=world.curated, Key=key)["Metadata"]
    assert (metadata["rows-before"], metadata["rows"], metadata["removed"]) == ("2", "0", "2")
    assert world.rows(tmp_path, select, "orders") == []
    sums = load(3, order(1, "open", 2), order(2, "open", 1), order(3, "open", 0))
    assert (sums["written"], sums["duplicate"], sums["rows_after"]) == (0, 3, 0)
    sums = load(4, order(1, "open", 4), order(2, "void", 1))
    assert (sums["inserted"], sums["duplicate"], sums["rows_after"]) == (1, 1, 1)
    assert world.rows(tmp_path, select, "orders") == [(1, 4)]


def test_what_a_dead_load_has_removed_is_recovered(world: World, run: Run) -> None:
    (orders, _) = compile_tables(*ORDER_TABLES)
    first = world.land("orders", "1", raw_line([order(1, "open", 1), order(2, "open", 1)]))
    run(world.prepare("load-1", [orders], [first], token=1))
    second = world.land("orders", "2", raw_line([order(1, "void", 2), order(3, "open", 1)]))
    run(world.prepare("load-2", [orders], [second], token=2))
    # Nobody has committed it: the next load does its work again.
    third = world.land("orders", "3", raw_line([order(2, "void", 2), order(3, "open", 2)]))
    run(world.prepare("load-3", [orders], [second, third], recovers=("load-2",), token=3))
    sums = world.report("load-3").sums()
    assert {name: sums[name] for name in ("rows_before", "rows_after", "recovered", "removed")} == {
        "rows_before": 2,
        "rows_after": 1,
        "recovered": 0,
        "removed": 1,
    }
    assert (sums["updated"], sums["deleted"], sums["duplicate"]) == (1, 1, 2)


def test_two_resources_feed_one_table(world: World, run: Run, tmp_path: Path) -> None:
    listed, _ = compile_tables({**ORDER_TABLES[0], "removable": True}, ORDER_TABLES[1])
    events = {
        "name": "orders",
        "data_selector": "$.events",
        "columns": [
            {"name": name, "type": kind, "from": {"record": f"$.data.{name}"}}
            for name, kind in (("id", "bigint"), ("state", "varchar"), ("version", "bigint"))
        ],
        "primary_key": ["id"],
        "order_by": ["version"],
        "delete_when": "record->>'type' = 'order.deleted'",
    }
    (event_spec,) = compile_tables(events)
    assert event_spec["merge_sql"] == listed["merge_sql"]
    reading = {"name": "events", **{name: event_spec[name] for name in ("parse_sql", "exact_fields")}}
    list_object = world.land("orders", "list", raw_line([order(1, "open", 1), order(2, "open", 1)]))
    body = {
        "events": [
            {"type": "order.updated", "data": {"id": 1, "state": "paid", "version": 2}},
            {"type": "order.deleted", "data": {"id": 2, "version": 2}},
            {"type": "order.updated", "data": {"id": "x"}},
        ]
    }
    event_object = world.land("orders", "events", raw_line(body), raw_line([1]))
    objects = [list_object, {**event_object, "reading": "events"}]
    run(world.prepare("load-1", [listed], objects, readings=[reading]))
    report = world.report("load-1")
    sums = report.sums()
    assert (sums["rows"], sums["quarantined"], sums["inserted"], sums["duplicate"]) == (6, 2, 1, 3)
    assert len(world.quarantine("load-1", "orders")) == 2
    assert world.rows(tmp_path, "SELECT id, state FROM data", "orders") == [(1, "paid")]


def test_every_object_is_read_once_and_every_file_read_and_written_once(
    world: World, aws: Any, run: Run, readings: dict[str, Any]
) -> None:
    objects = [world.land("readings", name, raw_line(ROWS)) for name in ("one", "two", "three")]
    asked: Counter[tuple[str, str]] = Counter()

    def rule(request: Request, forward: Forward) -> Answer | None:
        asked[request.method + (" tail" if "Range" in request.headers else ""), request.path] += 1
        return forward()

    manifest = world.prepare("load-1", [readings], objects)
    with faulty_proxy(aws.endpoint, rule) as endpoint:
        run(manifest, endpoint)
    raw = {("GET", f"/{world.staging}/{item['key']}"): 1 for item in objects}
    files = {
        (how, f"/{world.curated}/{key}"): 1 for key in (HOUR_7, HOUR_8) for how in ("GET", "PUT", "GET tail")
    }
    assert {
        what: count for what, count in asked.items() if "/loads/" not in what[1] and what[0] != "POST"
    } == {
        **raw,
        **files,
    }


def test_a_raw_object_that_cannot_be_read_stops_the_load_before_it_writes(
    world: World, run: Run, readings: dict[str, Any]
) -> None:
    from partitioning.errors import JobError

    good, gone = (world.land("readings", name, raw_line(ROWS)) for name in ("one", "two"))
    manifest = world.prepare("load-1", [readings], [good, {**gone, "version_id": "gone"}])
    with pytest.raises(
        JobError, match=r"^s3://.+/two.ndjson.gz \(version gone\) cannot be read: NoSuchVersion"
    ):
        run(manifest)
    assert world.files() == {}


def test_a_load_without_objects_gives_a_whole_report(
    world: World, run: Run, readings: dict[str, Any]
) -> None:
    run(world.prepare("load-1", [readings], []))
    assert world.report("load-1").lines == []
