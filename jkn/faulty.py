"""A server that misbehaves on demand: the ground of the simulators that stand in for the outside world."""

from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Lock


class FaultyServer(ThreadingHTTPServer):
    """`faults` are `what:kind`, such as `54:drop`; each spoils one call of that kind, in turn. `seconds` is slow."""

    daemon_threads = True

    def __init__(self, handler: type["FaultyHandler"], port: int = 0, faults=()):
        super().__init__(("127.0.0.1", port), handler)
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.faults, self.seconds, self._lock = list(faults), 30, Lock()

    def handle_error(self, request, client_address):
        """A caller who hung up is no news."""

    def next_fault(self, which: str) -> str:
        with self._lock:
            for place, fault in enumerate(self.faults):
                what, _colon, kind = fault.partition(":")
                if what == which:
                    del self.faults[place]
                    return kind
        return ""


class FaultyHandler(BaseHTTPRequestHandler):
    server: FaultyServer

    def log_message(self, format, *args):
        """Nothing: an access log is one more place where a number could end up."""

    def reply(self, status: int, content: bytes, kind: str = "application/json", slowly: bool = False) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        with suppress(OSError):
            for byte in content if slowly else ():
                self.wfile.write(bytes([byte]))
                self.wfile.flush()
                Event().wait(self.server.seconds // 10 or 1)
            if not slowly:
                self.wfile.write(content)

    def hang_up(self) -> None:
        self.close_connection = True
        with suppress(OSError):
            self.connection.close()
