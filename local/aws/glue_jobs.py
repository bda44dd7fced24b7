"""Glue jobs that really run: StartJobRun, GetJobRuns and BatchStopJobRun over child processes."""

import contextvars
import copy
import hashlib
import threading
import time
import uuid
from collections.abc import Callable
from typing import Any

from ministack.core.responses import error_response_json, json_response
from ministack.services import glue

from .glue_run import JobRunner
from .glue_state import end_run, is_over, lock
from .rebind import rebind

# Properties of a job that MiniStack drops.
KEPT = (
    "ExecutionClass",
    "ExecutionProperty",
    "JobMode",
    "JobRunQueuingEnabled",
    "LogUri",
    "MaintenanceWindow",
    "NotificationProperty",
    "SourceControlDetails",
)

Request = dict[str, Any]
Response = tuple[int, dict[str, str], bytes]
Operation = Callable[[Request], Response]


def keep_properties(job_name: str, given: Request) -> None:
    glue._jobs[job_name].update({name: given[name] for name in KEPT if name in given})


def extend_glue_jobs(runner: JobRunner) -> None:
    live: set[str] = set()

    def create_job(original: Operation) -> Operation:
        def create(request: Request) -> Response:
            response = original(request)
            if response[0] == 200:
                keep_properties(request["Name"], request)
            return response

        return create

    def update_job(original: Operation) -> Operation:
        def update(request: Request) -> Response:
            response = original(request)
            if response[0] == 200:
                keep_properties(request["JobName"], request.get("JobUpdate") or {})
            return response

        return update

    def start_job_run(request: Request) -> Response:
        name = request.get("JobName")
        job = glue._jobs.get(name)
        if not job:
            message = f"Failed to start job run due to missing metadata. Job {name} not found"
            return error_response_json("EntityNotFoundException", message, 400)
        with lock:
            runs = glue._job_runs.setdefault(name, [])
            end_abandoned(runs)
            limit = int((job.get("ExecutionProperty") or {}).get("MaxConcurrentRuns") or 1)
            if sum(not is_over(run) for run in runs) >= limit:
                return error_response_json(
                    "ConcurrentRunsExceededException", f"Concurrent runs exceeded for {name}", 400
                )
            run = new_run(job, request)
            live.add(run["Id"])
            runs.insert(0, run)
        # The context carries the account and region of the request.
        context = contextvars.copy_context()
        work = (runner.execute, copy.deepcopy(job), run)
        threading.Thread(target=context.run, args=work, daemon=True, name=f"glue-{run['Id'][:12]}").start()
        return json_response({"JobRunId": run["Id"]})

    def end_abandoned(runs: list[dict[str, Any]]) -> None:
        """Runs of an earlier process of the local AWS: that ended them too."""
        for run in runs:
            if not is_over(run) and run["Id"] not in live:
                end_run(run, "FAILED", "The local AWS was stopped while this run was in progress")

    def read_runs(original: Operation) -> Operation:
        def read(request: Request) -> Response:
            with lock:
                end_abandoned(glue._job_runs.get(request.get("JobName"), []))
            return original(request)

        return read

    def batch_stop(request: Request) -> Response:
        name, stopped, errors = request.get("JobName"), [], []
        for run_id in request.get("JobRunIds", []):
            run = next((each for each in glue._job_runs.get(name, []) if each["Id"] == run_id), None)
            if run and end_run(run, "STOPPED"):
                runner.stop(run_id)
                stopped.append({"JobName": name, "JobRunId": run_id})
            else:
                errors.append({"JobName": name, "JobRunId": run_id, "ErrorDetail": stop_error(run, run_id)})
        return json_response({"SuccessfulSubmissions": stopped, "Errors": errors})

    rebind(glue, "_create_job", create_job)
    rebind(glue, "_update_job", update_job)
    rebind(glue, "_start_job_run", lambda _: start_job_run)
    rebind(glue, "_get_job_run", read_runs)
    rebind(glue, "_get_job_runs", read_runs)
    rebind(glue, "_batch_stop_job_run", lambda _: batch_stop)


def new_run(job: dict[str, Any], request: Request) -> dict[str, Any]:
    now = time.time()
    settings = {name: request.get(name) or job.get(name) for name in ("WorkerType", "NumberOfWorkers")}
    return {
        "Id": "jr_" + hashlib.sha256(uuid.uuid4().bytes).hexdigest(),
        "Attempt": 0,
        "JobName": job["Name"],
        "StartedOn": now,
        "LastModifiedOn": now,
        "JobRunState": "STARTING",
        "Arguments": dict(request.get("Arguments") or {}),
        "PredecessorRuns": [],
        "ErrorMessage": "",
        "ExecutionTime": 0,
        "Timeout": int(request.get("Timeout") or job.get("Timeout") or 2880),
        "GlueVersion": job.get("GlueVersion"),
        "LogGroupName": "/aws-glue/jobs",
        **settings,
    }


def stop_error(run: dict[str, Any] | None, run_id: str) -> dict[str, str]:
    if run is None:
        return {"ErrorCode": "EntityNotFoundException", "ErrorMessage": f"Job run {run_id} not found"}
    message = f"Job run {run_id} is {run['JobRunState']} and cannot be stopped"
    return {"ErrorCode": "InvalidInputException", "ErrorMessage": message}
