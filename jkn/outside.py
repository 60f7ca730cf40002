"""Calling out: one HTTP call, over within its time however slowly the answer drips, and never endless."""

from collections.abc import Mapping
from contextlib import suppress
from functools import lru_cache
from socket import SHUT_RDWR, socket
from threading import Timer

import httpx

LARGEST = 64 * 1024  # bytes of an answer


class Caller:
    """A client for one outside party. A connection for each call: one that was kept may be closed by now, and what is
    sent on it would be in doubt."""

    def __init__(self, seconds: int):
        self.seconds = seconds
        each_its_own = httpx.Limits(max_keepalive_connections=0)
        self._http = httpx.Client(timeout=seconds, limits=each_its_own, follow_redirects=False, trust_env=False)

    def call(self, method: str, url: str, **what) -> tuple[int, bytes]:
        """Status and body. Raises httpx.HTTPError when the line fails, ValueError when the answer is too long."""
        body = b""
        watch = _Watch(self.seconds)
        with watch, self._http.stream(method, url, extensions={"trace": watch.note}, **what) as response:
            for part in response.iter_bytes():
                body += part
                if len(body) > LARGEST:
                    raise ValueError("the answer is too long")
            return response.status_code, body


@lru_cache
def caller(seconds: int) -> Caller:
    """One for all calls that may take so long: making a client costs more than a call on it."""
    return Caller(seconds)


class _Watch:
    """Cuts a call's line after so many seconds: head and body together."""

    def __init__(self, seconds: int):
        self._timer, self._stream, self._is_over = Timer(seconds, self._cut), None, False
        self._timer.daemon = True

    def note(self, event: str, info: Mapping) -> None:
        """What httpx traces: the line, when there is one."""
        if event in ("connection.connect_tcp.complete", "connection.start_tls.complete"):
            self._stream = info["return_value"]

    def __enter__(self):
        self._timer.start()
        return self

    def __exit__(self, kind, *_rest):
        self._timer.cancel()
        if self._is_over:
            raise httpx.ReadTimeout("the answer takes too long")

    def _cut(self) -> None:
        self._is_over = True
        if self._stream is not None:
            with suppress(OSError):  # the plain socket's own, because under TLS the reader still holds the other
                socket.shutdown(self._stream.get_extra_info("socket"), SHUT_RDWR)
