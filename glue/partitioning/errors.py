"""One family of errors. Glue shows the last line of a failed run, so it says what failed and what to do."""


class JobError(Exception):
    """The load cannot go on. Nothing that was written is wrong: the next load merges again."""


class ConflictError(JobError):
    """Somebody else replaced the file since it was read: read it again, merge again."""


class BrokenGzipError(Exception):
    """The stream is no gzip to its end; `reason` is the code under which its rest goes to quarantine."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason
