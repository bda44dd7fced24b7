"""What this run of the local AWS was told, and the environment that MiniStack reads when it is imported."""

import argparse
import os
import sys
from dataclasses import dataclass
from pathlib import Path

# All that MiniStack and its children see of the developer's own environment: no keys, no tokens, no proxies.
KEPT = ("PATH", "LANG", "LC_ALL", "TZ", "JAVA_HOME", "SYSTEMROOT")
HOST = "127.0.0.1"


@dataclass(frozen=True)
class Settings:
    port: int
    home: Path
    region: str
    node: str
    glue_python: Path
    schedule_sweep: float
    alarm_sweep: float
    save_every: float
    glue_minute: float
    stop_with_stdin: bool
    fresh: bool

    @property
    def endpoint(self) -> str:
        return f"http://{HOST}:{self.port}"

    @property
    def scratch(self) -> Path:
        """Everything temporary, of the functions and jobs too; emptied at start and at the end."""
        return self.home / "tmp"


def read_settings(argv: list[str]) -> Settings:
    parser = argparse.ArgumentParser(
        prog="aws", description="The local AWS of Catchwater.", allow_abbrev=False
    )
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--home", type=Path, required=True, help="folder of its state")
    parser.add_argument("--region", default="eu-central-1")
    parser.add_argument("--node", required=True, help="Node binary that runs the functions")
    parser.add_argument("--glue-python", type=Path, required=True, help="Python of the Glue environment")
    parser.add_argument(
        "--schedule-sweep", type=float, default=1, help="seconds between looks at the schedules"
    )
    parser.add_argument(
        "--alarm-sweep", type=float, default=5, help="seconds between evaluations of the alarms"
    )
    parser.add_argument("--save-every", type=float, default=3, help="seconds between saves of the metadata")
    parser.add_argument("--glue-minute", type=float, default=60, help="seconds in a minute of a Glue timeout")
    parser.add_argument("--stop-with-stdin", action="store_true", help="stop when standard input ends")
    parser.add_argument("--fresh", action="store_true", help="forget the state of earlier runs")
    given = vars(parser.parse_args(argv))
    given["home"] = given["home"].resolve()
    # Not resolved: a virtual environment is found through the link that its python is.
    given["glue_python"] = given["glue_python"].absolute()
    return Settings(**given)


def prepare_environment(settings: Settings) -> None:
    """Leaves in os.environ what MiniStack needs, and nothing of the developer's that could leak."""
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    os.environ.clear()
    os.environ.update(kept)
    os.environ.update(
        {
            "GATEWAY_PORT": str(settings.port),
            "BIND_HOST": HOST,
            "MINISTACK_HOST": HOST,
            "MINISTACK_REGION": settings.region,
            "AUTH": "true",
            "PERSIST_STATE": "1",
            "STATE_DIR": str(settings.home / "metadata"),
            "S3_PERSIST": "1",
            "S3_DATA_DIR": str(settings.home / "objects"),
            "IOT_MTLS_ENABLED": "0",
            "SFTP_ENABLED": "0",
            # Never a container: a daemon that happens to run here is not ours to use or to clean.
            "DOCKER_HOST": f"unix://{settings.scratch}/no-docker",
            "LAMBDA_EXECUTOR": "local",
            "TMPDIR": str(settings.scratch),
            "HOME": str(settings.scratch),
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_EC2_METADATA_DISABLED": "true",
        }
    )
    # MiniStack reads its own command line; ours is already read.
    sys.argv[1:] = []
