"""S3 as far as the job uses it, with conditional writes, in memory; a test puts faults into its answers."""

import hashlib
import io
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError


@dataclass
class Stored:
    data: bytes
    metadata: dict[str, str]

    @property
    def etag(self) -> str:
        return f'"{hashlib.md5(self.data).hexdigest()}"'


class Body(io.BytesIO):
    def iter_chunks(self, size: int) -> Any:
        while chunk := self.read(size):
            yield chunk


@dataclass
class FakeS3:
    objects: dict[str, Stored] = field(default_factory=dict)
    #: Each is called with the next PUT: it may raise, or store something, or call what carries it out.
    faults: list[Callable[[Callable[[], Any]], Any]] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)

    def get_object(self, Bucket: str, Key: str, Range: str | None = None, IfMatch: str | None = None) -> Any:
        self.calls.append(f"GET {Key}")
        found = self._find(Key, "NoSuchKey")
        if IfMatch not in (None, found.etag):
            raise refusal(412, "PreconditionFailed")
        data = found.data[-int(Range.removeprefix("bytes=-")) :] if Range else found.data
        return {"Body": Body(data), "ETag": found.etag, "Metadata": found.metadata}

    def head_object(self, Bucket: str, Key: str) -> Any:
        self.calls.append(f"HEAD {Key}")
        found = self._find(Key, "404")
        return {"ETag": found.etag, "Metadata": found.metadata}

    def put_object(self, **request: Any) -> Any:
        self.calls.append(f"PUT {request['Key']}")
        fault = self.faults.pop(0) if self.faults else None
        return fault(lambda: self._put(**request)) if fault else self._put(**request)

    def _put(
        self,
        Bucket: str,
        Key: str,
        Body: Any,
        ChecksumSHA256: str,
        Metadata: dict[str, str],
        IfMatch: str | None = None,
        IfNoneMatch: str | None = None,
    ) -> Any:
        found = self.objects.get(Key)
        assert IfMatch or IfNoneMatch == "*", "unconditional"
        if IfNoneMatch and found:
            raise refusal(412, "PreconditionFailed")
        if IfMatch and not found:
            raise refusal(404, "NoSuchKey")
        if IfMatch and found and found.etag != IfMatch:
            raise refusal(412, "PreconditionFailed")
        self.objects[Key] = Stored(Body.read(), Metadata)
        return {"ETag": self.objects[Key].etag}

    def _find(self, key: str, code: str) -> Stored:
        if key not in self.objects:
            raise refusal(404, code)
        return self.objects[key]


def refusal(status: int, code: str) -> ClientError:
    return ClientError({"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}, "Any")
