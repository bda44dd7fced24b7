"""Stands between the job and the local AWS and lets a test decide what happens to a request."""

import http.client
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote, urlsplit


@dataclass(frozen=True)
class Request:
    method: str
    #: As sent; its path is `/<bucket>/<key>`.
    url: str
    headers: dict[str, str]
    body: bytes

    def is_put(self, bucket: str) -> bool:
        return self.method == "PUT" and self.path.startswith(f"/{bucket}/")

    @property
    def path(self) -> str:
        return unquote(urlsplit(self.url).path)


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes


Forward = Callable[[], Answer]
#: Gives the answer, by forwarding or without; None: the connection breaks.
Rule = Callable[[Request, Forward], Answer | None]


def refusal(status: int, code: str) -> Answer:
    body = f"<Error><Code>{code}</Code><Message>so says the test</Message></Error>".encode()
    return Answer(status, {"Content-Type": "application/xml"}, body)


@contextmanager
def faulty_proxy(endpoint: str, rule: Rule) -> Iterator[str]:
    """Gives the endpoint to use instead."""
    host = urlsplit(endpoint).netloc

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def pass_on(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            request = Request(self.command, self.path, dict(self.headers), body)
            answer = rule(request, lambda: forward(request))
            if answer is None:
                self.close_connection = True
                return
            self.send_response_only(answer.status)
            # The answer to a HEAD says how long the body would be.
            headers = {"Content-Length": str(len(answer.body)), **answer.headers}
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answer.body)

        do_GET = do_PUT = do_HEAD = do_POST = pass_on

        def log_message(self, format: str, *args: object) -> None:
            pass

    def forward(request: Request) -> Answer:
        connection = http.client.HTTPConnection(host, timeout=30)
        try:
            # The host stays as it was signed.
            headers = {name: value for name, value in request.headers.items() if name.lower() != "expect"}
            connection.request(request.method, request.url, body=request.body, headers=headers)
            given = connection.getresponse()
            dropped = ("transfer-encoding", "connection", "content-length")
            kept = {name: value for name, value in given.getheaders() if name.lower() not in dropped}
            if request.method == "HEAD":
                kept["Content-Length"] = given.getheader("Content-Length", "0")
            return Answer(given.status, kept, given.read())
        finally:
            connection.close()

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
