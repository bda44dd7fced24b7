"""Every line that a function prints is in the log of the invocation that printed it.

MiniStack waits some milliseconds for them; on a busy machine they come later, and stand in the log of the
next invocation, or in none. So the worker ends each invocation's output with a mark, and we read up to that.
"""

import queue
import time
from typing import Any

from ministack.core import lambda_runtime

from .rebind import MovedError, rebind

MARK = "\x00end of invocation"
# A worker that died has sent no mark; then its output ends by itself.
LONGEST_WAIT = 5.0
BEFORE = "const _realStdoutWrite = process.stdout.write.bind(process.stdout);"
AFTER = """
const _plainStdoutWrite = process.stdout.write.bind(process.stdout);
const _realStdoutWrite = (text) => {
  if (!text.startsWith('{"status":"ready"')) _stderrWrite("\\0end of invocation\\n");
  return _plainStdoutWrite(text);
};
"""


def extend_lambda_logs() -> None:
    rebind(lambda_runtime, "_NODEJS_WORKER_SCRIPT", with_mark)
    rebind(lambda_runtime.Worker, "_drain_stderr_bounded", reading_to_the_mark)


def with_mark(script: str) -> str:
    if script.count(BEFORE) != 1:
        raise MovedError(
            "the Node worker of this MiniStack writes its answers in another way: adapt local/aws"
        )
    return script.replace(BEFORE, AFTER)


def reading_to_the_mark(drain: Any) -> Any:
    def drain_worker(worker: Any, **options: Any) -> str:
        runs_node = worker.config.get("Runtime", "").startswith("nodejs")
        return read_output(worker) if runs_node else drain(worker, **options)

    return drain_worker


def read_output(worker: Any) -> str:
    lines: list[str] = []
    deadline = time.monotonic() + LONGEST_WAIT
    while time.monotonic() < deadline:
        # Asked before the queue: a thread that ends now has queued everything.
        reading = worker._stderr_thread.is_alive()
        try:
            line = worker._stderr_queue.get(timeout=0.05)
        except queue.Empty:
            if not reading:
                break
            continue
        if line == MARK:
            break
        lines.append(line)
    return "\n".join(lines)
