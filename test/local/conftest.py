"""One local AWS for all tests of a session, with short periods; tests use names of their own."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from running_aws import LocalAws

# What needs no MiniStack is tested in this process.
sys.path.insert(0, str(Path(__file__).parents[2] / "local"))


@pytest.fixture(scope="session")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAws]:
    started = LocalAws(
        tmp_path_factory.mktemp("local-aws") / "home",
        *("--schedule-sweep", "0.2", "--alarm-sweep", "0.5", "--glue-minute", "1.5", "--save-every", "1"),
    )
    yield started
    if started.process.poll() is None:
        started.stop()
