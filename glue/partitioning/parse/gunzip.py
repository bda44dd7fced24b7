"""A gzip stream as blocks of bytes: memory holds one block, whatever the stream unpacks to."""

import zlib
from collections.abc import Iterator
from typing import BinaryIO

from ..errors import BrokenGzipError

BLOCK_BYTES = 1 << 20
GZIP = 16 + zlib.MAX_WBITS


def gunzip(file: BinaryIO) -> Iterator[bytes]:
    """Blocks of at most 1 MiB, over all members. Raises BrokenGzipError after the last good block."""
    member = zlib.decompressobj(GZIP)
    packed = b""
    while True:
        packed = packed or file.read(BLOCK_BYTES)
        at_end = not packed
        if member.eof:
            # Writers may pad with zeros; anything else after a member is the next one.
            packed = packed.lstrip(b"\0")
            if at_end:
                return
            if not packed:
                continue
            member = zlib.decompressobj(GZIP)
        try:
            block = member.decompress(packed, BLOCK_BYTES)
        except zlib.error as error:
            raise BrokenGzipError("broken_gzip", f"the gzip stream is damaged: {error}") from error
        if block:
            yield block
        elif at_end and not member.eof:
            raise BrokenGzipError("truncated_gzip", "the gzip stream ends before its end mark")
        packed = member.unused_data if member.eof else member.unconsumed_tail
