import hashlib
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from botocore.exceptions import ConnectTimeoutError, ReadTimeoutError
from fake_s3 import FakeS3, Stored, refusal
from partitioning.aws_clients import Aws
from partitioning.errors import ConflictError, JobError
from partitioning.merge.curated_store import TRIES, CuratedStore

KEY = "readings/part-0.parquet"
URL = "http://127.0.0.1"


def parquet(rows: int, columns: int = 1) -> bytes:
    sink = io.BytesIO()
    pq.write_table(pa.table({f"column_{n}": pa.array(range(rows)) for n in range(columns)}), sink)
    return sink.getvalue()


def metadata_of(data: bytes, load: str = "load-1") -> dict[str, str]:
    return {"load": load, "sha256": hashlib.sha256(data).hexdigest()}


@pytest.fixture
def s3() -> FakeS3:
    return FakeS3()


@pytest.fixture
def waits() -> list[float]:
    return []


@pytest.fixture
def store(s3: FakeS3, waits: list[float]) -> CuratedStore:
    return CuratedStore(Aws(s3=s3, s3_once=s3, dynamodb=None), "curated", sleep=waits.append)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "merged.parquet"
    made.write_bytes(parquet(3))
    return made


def put(store: CuratedStore, path: Path, replaces: str | None = None) -> str:
    return store.put(KEY, path, metadata_of(path.read_bytes()), replaces)


def raises(error: Exception) -> Callable[[Callable[[], Any]], Any]:
    def fault(carry_out: Callable[[], Any]) -> Any:
        raise error

    return fault


def loses_the_answer(error: Exception) -> Callable[[Callable[[], Any]], Any]:
    def fault(carry_out: Callable[[], Any]) -> Any:
        carry_out()
        raise error

    return fault


class TestRead:
    def test_gives_the_bytes_and_what_is_known_of_them(
        self, s3: FakeS3, store: CuratedStore, path: Path
    ) -> None:
        data = parquet(5)
        s3.objects[KEY] = Stored(data, {"load": "load-0"})
        found = store.read(KEY, path)
        assert found
        assert (found.etag, found.rows, found.metadata) == (s3.objects[KEY].etag, 5, {"load": "load-0"})
        # Of the bytes, not of what the metadata claims.
        assert found.sha256 == hashlib.sha256(data).hexdigest()
        assert path.read_bytes() == data

    def test_gives_nothing_for_a_file_that_is_not_there(self, store: CuratedStore, path: Path) -> None:
        assert store.read(KEY, path) is None

    def test_names_what_is_no_parquet(self, s3: FakeS3, store: CuratedStore, path: Path) -> None:
        s3.objects[KEY] = Stored(b"nonsense", {})
        with pytest.raises(JobError, match=r"s3://curated/readings/part-0.parquet is no Parquet file"):
            store.read(KEY, path)


class TestPut:
    def test_makes_a_file_only_where_none_is(self, s3: FakeS3, store: CuratedStore, path: Path) -> None:
        etag = put(store, path)
        assert (s3.objects[KEY].data, s3.objects[KEY].etag) == (path.read_bytes(), etag)
        s3.objects[KEY] = Stored(b"another", {})
        with pytest.raises(ConflictError):
            put(store, path)
        assert s3.objects[KEY].data == b"another"

    def test_replaces_only_what_was_read(self, s3: FakeS3, store: CuratedStore, path: Path) -> None:
        s3.objects[KEY] = old = Stored(b"old", {})
        put(store, path, old.etag)
        assert s3.objects[KEY].data == path.read_bytes()
        s3.objects[KEY] = Stored(b"another", {})
        with pytest.raises(ConflictError):
            put(store, path, old.etag)

    def test_a_vanished_file_is_a_conflict(self, store: CuratedStore, path: Path, waits: list[float]) -> None:
        with pytest.raises(ConflictError):
            put(store, path, '"gone"')
        assert waits == []

    @pytest.mark.parametrize(
        "error",
        [
            refusal(409, "ConditionalRequestConflict"),
            refusal(500, "InternalError"),
            refusal(503, "SlowDown"),
            refusal(429, "TooManyRequests"),
            refusal(400, "RequestTimeout"),
            ReadTimeoutError(endpoint_url=URL),
            ConnectTimeoutError(endpoint_url=URL),
        ],
        ids=str,
    )
    def test_tries_again_after_a_fault_that_may_pass(
        self, s3: FakeS3, store: CuratedStore, path: Path, waits: list[float], error: Exception
    ) -> None:
        s3.faults = [raises(error), raises(error)]
        assert put(store, path) == s3.objects[KEY].etag
        assert s3.calls.count(f"PUT {KEY}") == 3
        assert len(waits) == 2

    @pytest.mark.parametrize(
        "error", [refusal(500, "InternalError"), ReadTimeoutError(endpoint_url=URL)], ids=str
    )
    def test_knows_its_own_work_when_the_answer_was_lost(
        self, s3: FakeS3, store: CuratedStore, path: Path, error: Exception
    ) -> None:
        s3.faults = [loses_the_answer(error)]
        assert put(store, path) == s3.objects[KEY].etag
        assert s3.calls == [f"PUT {KEY}", f"HEAD {KEY}"]

    def test_knows_its_own_work_when_it_arrives_late(
        self, s3: FakeS3, store: CuratedStore, path: Path
    ) -> None:
        late: list[Callable[[], Any]] = []

        def delayed(carry_out: Callable[[], Any]) -> Any:
            late.append(carry_out)
            raise ReadTimeoutError(endpoint_url=URL)

        def second(carry_out: Callable[[], Any]) -> Any:
            late[0]()
            return carry_out()

        # The body of the first is read when it arrives, after its file was closed: give it its bytes.
        data = path.read_bytes()
        s3._put = bind_body(s3._put, data)  # type: ignore[method-assign]
        s3.faults = [delayed, second]
        assert put(store, path) == s3.objects[KEY].etag

    def test_equal_bytes_of_another_load_are_a_conflict(
        self, s3: FakeS3, store: CuratedStore, path: Path
    ) -> None:
        data = path.read_bytes()
        s3.objects[KEY] = Stored(data, metadata_of(data, "load-0"))
        with pytest.raises(ConflictError):
            put(store, path)

    def test_gives_up_after_some_tries(
        self, s3: FakeS3, store: CuratedStore, path: Path, waits: list[float]
    ) -> None:
        s3.faults = [raises(refusal(503, "SlowDown"))] * (TRIES + 5)
        with pytest.raises(JobError, match=r"could not be written in 8 tries: .*SlowDown"):
            put(store, path)
        assert s3.calls.count(f"PUT {KEY}") == TRIES
        assert max(waits) <= 5

    @pytest.mark.parametrize(
        ("error", "message"),
        [
            (
                refusal(403, "AccessDenied"),
                r"refuses to write s3://curated/.*: AccessDenied: the job's role needs",
            ),
            (refusal(404, "NoSuchBucket"), r"refuses to write s3://curated/.*: NoSuchBucket$"),
            (refusal(400, "EntityTooLarge"), r"refuses to write s3://curated/.*: EntityTooLarge$"),
        ],
        ids=["denied", "no bucket", "too large"],
    )
    def test_stops_at_a_fault_that_stays(
        self, s3: FakeS3, store: CuratedStore, path: Path, error: Exception, message: str
    ) -> None:
        s3.faults = [raises(error)]
        with pytest.raises(JobError, match=message):
            put(store, path)
        assert s3.calls == [f"PUT {KEY}"]


def bind_body(carry_out: Callable[..., Any], data: bytes) -> Callable[..., Any]:
    return lambda **request: carry_out(**{**request, "Body": io.BytesIO(data)})


class TestCountRows:
    @pytest.mark.parametrize(("rows", "columns"), [(0, 1), (7, 2), (3, 1500)])
    def test_reads_the_footer_of_the_object_as_stored(
        self, s3: FakeS3, store: CuratedStore, rows: int, columns: int
    ) -> None:
        s3.objects[KEY] = Stored(parquet(rows, columns), {})
        assert store.count_rows(KEY, s3.objects[KEY].etag) == rows
        # The last one's footer alone is longer than what is asked for first.
        assert len(s3.calls) == (2 if columns == 1500 else 1)

    def test_counts_no_other_object_than_the_one_written(self, s3: FakeS3, store: CuratedStore) -> None:
        s3.objects[KEY] = Stored(parquet(1), {})
        with pytest.raises(JobError, match="refuses to read back"):
            store.count_rows(KEY, '"another"')
