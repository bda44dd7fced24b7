"""Functions run on the chosen Node binary, in an environment without anything of ours, and to their end."""

import os
import subprocess
from types import SimpleNamespace
from typing import Any

from ministack.core import lambda_runtime, node_pool

from .rebind import rebind
from .settings import KEPT, Settings

INHERITED = {*KEPT, "TMPDIR", "HOME", "AWS_EC2_METADATA_DISABLED"}
# A warning about MiniStack's own wrapper, which would stand in the function's log.
NODE_OPTIONS = "--disable-warning=DEP0169"


def extend_lambda(settings: Settings) -> None:
    def detect(original_detect: Any) -> Any:
        def detect_runtime_binary(runtime: str) -> tuple[str, str]:
            binary, script = original_detect(runtime)
            return (settings.node if runtime.startswith("nodejs") else binary), script

        return detect_runtime_binary

    rebind(lambda_runtime, "_detect_runtime_binary", detect)
    rebind(node_pool, "_NODE_BINARY", lambda _: settings.node)
    rebind(
        lambda_runtime, "subprocess", lambda module: SimpleNamespace(**vars(module) | {"Popen": start_worker})
    )
    rebind(lambda_runtime, "kill_workers", sparing_the_busy)
    rebind(lambda_runtime, "release_worker", ending_the_retired)


def start_worker(command: list[str], *, env: dict[str, str], **options: Any) -> subprocess.Popen:
    return subprocess.Popen(command, env=function_environment(env), **options)


def function_environment(environment: dict[str, str]) -> dict[str, str]:
    """MiniStack hands on its whole environment: drops what is only inherited, but for the search path."""
    inherited = {name for name, value in os.environ.items() if environment.get(name) == value}
    own = {
        name: value
        for name, value in environment.items()
        if name not in inherited or name in INHERITED or name.startswith("AWS_")
    }
    return {"NODE_OPTIONS": NODE_OPTIONS, **own}


_retired: set[Any] = set()


def sparing_the_busy(kill: Any) -> Any:
    """New code ends the workers of the old; on AWS an invocation that runs is not cut short by it."""

    def kill_idle(workers: list[Any]) -> None:
        busy = {worker for worker in workers if worker and worker.in_use}
        _retired.update(busy)
        kill([worker for worker in workers if worker not in busy])

    return kill_idle


def ending_the_retired(release: Any) -> Any:
    def release_or_end(worker: Any) -> None:
        release(worker)
        if worker in _retired:
            _retired.discard(worker)
            lambda_runtime.kill_workers([worker])

    return release_or_end
