"""`python -m aws --port … --home … --node … --glue-python …` runs until SIGTERM, then saves and ends."""

import fcntl
import logging
import os
import shutil
import signal
import stat
import sys
import threading
from pathlib import Path
from typing import IO

from .settings import Settings, prepare_environment, read_settings

logger = logging.getLogger("local-aws")


def main() -> None:
    settings = read_settings(sys.argv[1:])
    settings.home.mkdir(parents=True, exist_ok=True)
    lock = claim(settings.home)
    clean(settings)
    prepare_environment(settings)
    serve(settings)
    lock.close()


def claim(home: Path) -> IO[str]:
    """One local AWS per folder: two would write over each other's state."""
    lock = (home / "lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        sys.exit(f"another local AWS runs in {home}: stop it first, or use another folder")
    return lock


def clean(settings: Settings) -> None:
    """What a run leaves that was cut short, its log, and everything when this run is to begin afresh."""
    for name in ("tmp", "metadata", "objects") if settings.fresh else ("tmp",):
        shutil.rmtree(settings.home / name, ignore_errors=True)
    settings.scratch.mkdir()
    # Node would else take the functions' worker for what the user's own package.json says.
    (settings.scratch / "package.json").write_text("{}\n")
    if stat.S_ISREG(os.fstat(sys.stdout.fileno()).st_mode):
        os.ftruncate(sys.stdout.fileno(), 0)


def serve(settings: Settings) -> None:
    # MiniStack reads the environment when it is imported, so nothing of it may be imported before.
    from ministack import app

    from .alarms import extend_alarms
    from .athena import extend_athena
    from .autosave import Autosave
    from .cloudformation import extend_cloudformation
    from .glue_jobs import extend_glue_jobs
    from .glue_run import JobRunner
    from .invoke_function import extend_event_rules
    from .lambda_logs import extend_lambda_logs
    from .lambda_workers import extend_lambda
    from .metric_filters import extend_metric_filters
    from .processes import Processes
    from .s3_permissions import extend_s3_permissions
    from .scheduler import extend_scheduler
    from .service_permissions import extend_permissions
    from .transport import extend_transport

    extend_lambda(settings)
    extend_lambda_logs()
    extend_glue_jobs(JobRunner(settings, Processes(settings)))
    extend_event_rules()
    extend_permissions()
    extend_transport()
    extend_s3_permissions()
    extend_scheduler(settings.schedule_sweep)
    extend_cloudformation()
    extend_athena()
    extend_metric_filters()
    extend_alarms(settings.alarm_sweep)
    Autosave(settings.home / "metadata", settings.save_every).start()
    if settings.stop_with_stdin:
        threading.Thread(target=stop_when_stdin_ends, daemon=True).start()
    code: int | str | None = 1
    try:
        app.main()
        code = 0
    except SystemExit as exit_:
        code = exit_.code
    except BaseException:
        logger.exception("the local AWS failed")
    finally:
        logging.shutdown()
        # The state is saved, and the guard ends the rest: a request that still runs must not hold up the end.
        os._exit(code if isinstance(code, int) else int(bool(code)))


def stop_when_stdin_ends() -> None:
    """Whoever started us holds the other end, and has ended or let go of it."""
    while os.read(sys.stdin.fileno(), 4096):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    main()
