"""Requests are mostly waiting: the next ones are under way while the caller works on the one before."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from typing import TypeVar

AHEAD = 8

Item = TypeVar("Item")
Answer = TypeVar("Answer")


def read_ahead(ask: Callable[[Item], Answer], items: Iterable[Item]) -> Iterator[Answer]:
    """The answers in the order of the items; at most AHEAD of them wait for the caller."""
    rest = iter(items)
    with ThreadPoolExecutor(AHEAD) as pool:
        running: deque[Future[Answer]] = deque(pool.submit(ask, item) for item in islice(rest, AHEAD))
        try:
            while running:
                answer = running.popleft().result()
                running.extend(pool.submit(ask, item) for item in islice(rest, 1))
                yield answer
        finally:
            pool.shutdown(cancel_futures=True)
