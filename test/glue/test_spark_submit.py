"""The script as Glue and EMR Serverless start it: a process of its own, a zip, the job's role."""

import os
import signal
import subprocess
import sys
import threading
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyspark
import pytest
from faulty_proxy import Answer, Forward, Request, faulty_proxy
from project import GLUE, REGION
from role import assume_role
from world import World, raw_line

ROWS = [{"station": "a", "time": f"2026-11-21T0{hour}:00:00Z", "value": hour} for hour in range(6)]
SPARK_HOME = Path(pyspark.__file__).parent


@pytest.fixture
def submit(world: World, tmp_path: Path) -> Any:
    """Starts the job; its process leads a group, so that it can be killed with all it has started."""
    archive = tmp_path / "partitioning.zip"
    with zipfile.ZipFile(archive, "w") as zipped:
        for path in sorted((GLUE / "partitioning").rglob("*.py")):
            zipped.write(path, path.relative_to(GLUE))
    conf = {
        "spark.ui.enabled": "false",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
    }
    java = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"

    def start(manifest: str, endpoint: str) -> subprocess.Popen[str]:
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(tmp_path),
            "TMPDIR": str(tmp_path),
            "SPARK_HOME": str(SPARK_HOME),
            "PYSPARK_PYTHON": sys.executable,
            "AWS_EC2_METADATA_DISABLED": "true",
            # The endpoint comes from here, as on the local AWS.
            "AWS_ENDPOINT_URL": endpoint,
            **{name: os.environ[name] for name in ("JAVA_HOME",) if name in os.environ},
            **assume_role(world),
        }
        command = [
            str(SPARK_HOME / "bin/spark-submit"),
            "--master",
            "local[2]",
            "--driver-java-options",
            java,
        ]
        command += [word for name, value in conf.items() for word in ("--conf", f"{name}={value}")]
        # Glue adds arguments of its own, and some begin like ours.
        command += ["--py-files", str(archive), str(GLUE / "partition_job.py"), "--JOB_NAME", "weather"]
        command += ["--manifest", manifest, "--region", REGION, "--man", "s3://other/manifest"]
        return subprocess.Popen(
            command,
            cwd=tmp_path,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    return start


def test_runs_a_load_from_its_zip_under_its_role(
    world: World, submit: Callable[..., subprocess.Popen[str]], readings: dict[str, Any]
) -> None:
    objects = [world.land("readings", "one", raw_line(ROWS), b"no JSON")]
    process = submit(world.prepare("load-1", [readings], objects), world.aws.endpoint)
    printed, _ = process.communicate(timeout=300)
    assert process.returncode == 0, printed
    assert '"event": "report written"' in printed
    sums = world.report("load-1").sums()
    assert (sums["inserted"], sums["quarantined"], sums["rows_after"]) == (6, 1, 6)
    assert len(world.files()) == 6


def test_killed_between_two_puts_the_next_load_ends_with_the_bytes_of_a_clean_one(
    world: World,
    aws: Any,
    submit: Callable[..., subprocess.Popen[str]],
    run: Callable[..., None],
    readings: dict[str, Any],
) -> None:
    first = [world.land("readings", "one", raw_line(ROWS[:4]))]
    run(world.prepare("load-1", [readings], first))
    committed = world.listing(world.curated)
    later = [{**row, "value": -row["value"]} for row in ROWS] + [{**row, "station": "b"} for row in ROWS]
    more = [world.land("readings", "two", raw_line(later, fetched_at="2026-11-21T11:00:00.000Z"))]
    written: list[str] = []
    lock = threading.Lock()

    def rule(request: Request, forward: Forward) -> Answer | None:
        with lock:
            if len(written) == 2:
                # Whatever outlives the kill for a moment reaches nobody any more.
                return None
            answer = forward()
            if request.is_put(world.curated):
                written.append(request.path)
                if len(written) == 2:
                    os.killpg(process.pid, signal.SIGKILL)
            return answer

    with faulty_proxy(aws.endpoint, rule) as endpoint:
        process = submit(world.prepare("load-2", [readings], more, token=2), endpoint)
        process.communicate(timeout=300)
    assert process.returncode == -signal.SIGKILL
    dead = world.listing(world.curated)
    assert len([key for key in dead if dead[key] != committed.get(key)]) == 2
    assert "loads/load-2/report.ndjson.gz" not in world.keys(world.staging)

    run(world.prepare("load-3", [readings], more, recovers=("load-2",), token=3))
    sums = world.report("load-3").sums()
    assert (sums["rows_before"], sums["rows_after"]) == (4, 12)
    # Every row of the dead load is in one of the two, and none in both.
    assert sums["recovered"] + sums["inserted"] == 8
    assert sums["recovered"] > 0
    clean = World.create(aws)
    objects = [clean.land("readings", "one", raw_line(ROWS[:4]))]
    objects.append(clean.land("readings", "two", raw_line(later, fetched_at="2026-11-21T11:00:00.000Z")))
    run(clean.prepare("load-1", [readings], objects))
    assert world.files() == clean.files()


def test_the_last_line_of_a_failed_run_says_why(
    world: World, submit: Callable[..., subprocess.Popen[str]], readings: dict[str, Any]
) -> None:
    manifest = world.prepare("load-1", [readings], [world.land("readings", "one", raw_line(ROWS))])
    world.lease("load-2", 2)
    process = submit(manifest, world.aws.endpoint)
    printed, _ = process.communicate(timeout=300)
    assert process.returncode == 1
    errors = [line for line in printed.splitlines() if line.startswith("partitioning.errors.JobError: ")]
    assert errors[-1].startswith(
        "partitioning.errors.JobError: the lease is load-2's (token 2), not load-1's"
    )
