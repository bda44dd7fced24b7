"""One staging bucket, one curated bucket, one ledger: what dispatch does to them, what is seen in them."""

import gzip
import json
from dataclasses import dataclass, field
from typing import Any

import duckdb
from local_aws import LocalAws
from project import REGION

FETCHED = "2026-11-21T10:00:05.123Z"
SCHEDULED = "2026-11-21T10:00:00Z"


def raw_line(body: Any, *, fetched_at: str = FETCHED, slice_: dict[str, Any] | None = None) -> bytes:
    """One response as the fetcher lands it; `body` may be its text."""
    envelope = {
        "v": 1,
        "resource": "test",
        "scheduled_at": SCHEDULED,
        "fetched_at": fetched_at,
        "request": {"method": "GET", "url": "https://api.example.com/", "for": slice_ or {}, "page": 0},
        "status": 200,
        "headers": {},
    }
    text = body if isinstance(body, str) else json.dumps(body)
    return f'{json.dumps(envelope)[:-1]},"body":{text}}}'.encode()


@dataclass
class World:
    aws: LocalAws
    staging: str
    curated: str
    ledger: str
    objects: list[dict[str, Any]] = field(default_factory=list)

    @classmethod
    def create(cls, aws: LocalAws) -> "World":
        world = cls(aws, aws.name("staging"), aws.name("curated"), aws.name("ledger"))
        for bucket in (world.staging, world.curated):
            aws.s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION})
        aws.s3.put_bucket_versioning(Bucket=world.staging, VersioningConfiguration={"Status": "Enabled"})
        keys = [("pk", "HASH"), ("sk", "RANGE")]
        aws.dynamodb.create_table(
            TableName=world.ledger,
            KeySchema=[{"AttributeName": name, "KeyType": kind} for name, kind in keys],
            AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name, _ in keys],
            BillingMode="PAY_PER_REQUEST",
        )
        return world

    def land(self, table: str, name: str, *lines: bytes) -> dict[str, Any]:
        """A raw object of these lines; gives its line of the manifest."""
        return self.land_bytes(table, name, gzip.compress(b"".join(line + b"\n" for line in lines)))

    def land_bytes(self, table: str, name: str, data: bytes) -> dict[str, Any]:
        key = f"raw/{table}/{name}.ndjson.gz"
        answer = self.aws.s3.put_object(Bucket=self.staging, Key=key, Body=data)
        landed = {"kind": "object", "table": table, "key": key, "version_id": answer["VersionId"]}
        return {**landed, "etag": answer["ETag"], "bytes": len(data)}

    def prepare(
        self,
        load: str,
        tables: list[dict[str, Any]],
        objects: list[dict[str, Any]],
        *,
        recovers: tuple[str, ...] = (),
        token: int = 1,
        readings: list[dict[str, Any]] | None = None,
        **more: Any,
    ) -> str:
        """Takes the lease and writes the manifest; gives its address."""
        self.lease(load, token)
        header = {
            "kind": "manifest",
            "v": 1,
            "load": load,
            "token": token,
            "staging_bucket": self.staging,
            "curated_bucket": self.curated,
            "ledger_table": self.ledger,
            "recovers": list(recovers),
            "report_key": f"loads/{load}/report.ndjson.gz",
            "quarantine_prefix": "quarantine/",
            "tables": tables,
            **({"readings": readings} if readings else {}),
            **more,
        }
        end = {"kind": "end", "objects": len(objects), "bytes": sum(item["bytes"] for item in objects)}
        text = "".join(json.dumps(line) + "\n" for line in [header, *objects, end])
        key = f"loads/{load}/manifest.ndjson.gz"
        self.aws.s3.put_object(Bucket=self.staging, Key=key, Body=gzip.compress(text.encode()))
        return f"s3://{self.staging}/{key}"

    def lease(self, load: str, token: int) -> None:
        key = {"pk": {"S": "LEASE"}, "sk": {"S": "LEASE"}}
        self.aws.dynamodb.put_item(
            TableName=self.ledger, Item={**key, "load": {"S": load}, "token": {"N": str(token)}}
        )

    def report(self, load: str) -> "Report":
        lines = self.read_lines(self.staging, f"loads/{load}/report.ndjson.gz")
        assert lines[-1] == {"kind": "end", "lines": len(lines) - 1}
        return Report(lines[0], lines[1:-1])

    def read_lines(self, bucket: str, key: str) -> list[dict[str, Any]]:
        data = self.aws.s3.get_object(Bucket=bucket, Key=key)["Body"].read()
        return [json.loads(line) for line in gzip.decompress(data).splitlines()]

    def quarantine(self, load: str, table: str) -> list[dict[str, Any]]:
        prefix = f"quarantine/{table}/load={load}/"
        keys = sorted(key for key in self.keys(self.staging) if key.startswith(prefix))
        return [line for key in keys for line in self.read_lines(self.staging, key)]

    def keys(self, bucket: str) -> list[str]:
        return list(self.listing(bucket))

    def listing(self, bucket: str) -> dict[str, tuple[str, Any]]:
        """Key → ETag and time of the last change."""
        pages = self.aws.s3.get_paginator("list_objects_v2").paginate(Bucket=bucket)
        found = (item for page in pages for item in page.get("Contents", []))
        return {item["Key"]: (item["ETag"], item["LastModified"]) for item in found}

    def etags(self) -> dict[str, str]:
        """Of the curated bucket, by key."""
        return {key: etag for key, (etag, _) in self.listing(self.curated).items()}

    def files(self) -> dict[str, bytes]:
        """The curated bucket: key → bytes."""
        keys = self.keys(self.curated)
        return {key: self.aws.s3.get_object(Bucket=self.curated, Key=key)["Body"].read() for key in keys}

    def rows(self, folder: Any, select: str, table: str = "readings") -> list[tuple]:
        """A query over `data`: all rows of a table, with `filename` the key."""
        for key, data in self.files().items():
            if key.startswith(f"{table}/"):
                path = folder / key
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(data)
        paths = f"'{folder}/{table}/**/*.parquet'"
        with duckdb.connect() as connection:
            connection.execute(
                f"CREATE VIEW data AS SELECT * REPLACE (filename[{len(str(folder)) + 2}:] AS filename) "
                f"FROM read_parquet({paths}, filename = true, hive_partitioning = false)"
            )
            return connection.execute(select).fetchall()


@dataclass
class Report:
    header: dict[str, Any]
    lines: list[dict[str, Any]]

    def of(self, kind: str) -> list[dict[str, Any]]:
        return [line for line in self.lines if line["kind"] == kind]

    def sums(self) -> dict[str, int]:
        """The sums of the receipt, after checking that they add up."""
        objects, files = self.of("object"), self.of("file")
        sums = {name: sum(line[name] for line in objects) for name in ("rows", "quarantined", "filtered")}
        names = (
            "rows_before",
            "rows_after",
            "inserted",
            "updated",
            "duplicate",
            "recovered",
            "removed",
            "deleted",
        )
        sums |= {name: sum(line[name] for line in files) for name in names}
        for name in ("vanished", "moved"):
            sums[name] = sum(line.get(name, 0) for line in files)
        assert sums["removed"] == sums["deleted"] + sums["vanished"] + sums["moved"]
        sums["written"] = sum(line["written"] for line in files)
        outcomes = ("quarantined", "filtered", "inserted", "updated", "duplicate", "deleted")
        outcome = sum(sums[name] for name in outcomes)
        assert sums["rows"] == outcome, sums
        assert (
            sums["rows_after"] == sums["rows_before"] + sums["inserted"] + sums["recovered"] - sums["removed"]
        )
        assert sums["quarantined"] == sum(line["rows"] for line in self.of("quarantine"))
        assert len({line["key"] for line in files}) == len(files)
        return sums
