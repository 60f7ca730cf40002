"""Modules of the tests as processes that can be shot.

Ten starts would import the application ten times: a mother process imports it once, and each process is a fork of it,
as fresh as `python -m MODULE` would be when its code begins. `python -m tests.processes FD` is the mother.
"""

import atexit
import gc
import json
import os
import runpy
import select
import signal
import socket
import subprocess
import sys
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryFile
from threading import Lock

ROOT = Path(__file__).parents[1]
MOST = 1 << 17  # bytes of one message
_lock = Lock()


def flask(*words: str, environ: dict[str, str], folder: Path) -> str:
    """A command of ours in a process of its own, in a folder where it may leave files; what it printed."""
    with TemporaryFile("w+") as said:
        command = ("flask", "--app", str(ROOT / "wsgi.py"), *words)
        status = Process(*command, environ=environ, folder=folder, stdout=said.fileno(), stderr=said.fileno()).wait()
        said.seek(0)
        printed = said.read()
    assert status == 0, printed
    return printed


class Process:
    """`python -m MODULE ARGUMENTS…` with this environment; `stdout` and `stderr` are numbers of open files.

    `group`: with a process group of its own, so that its children can be shot with it.
    """

    def __init__(
        self,
        module: str,
        *arguments: str,
        environ: dict[str, str],
        folder: Path = ROOT,
        stdout: int = 1,
        stderr: int = 2,
        group: bool = False,
    ):
        asked = {"run": [module, *arguments], "environ": environ, "folder": str(folder), "group": group}
        self.pid, self.returncode = _ask(asked, stdout, stderr), None
        self._ended = os.pidfd_open(self.pid)

    def poll(self) -> int | None:
        """The exit status, less than nothing for a signal; None while it runs."""
        return self.returncode if self.returncode is not None else self._look(0)

    def wait(self, seconds: float | None = None) -> int:
        if self.returncode is None and self._look(seconds) is None:
            raise TimeoutError(f"process {self.pid} does not end")
        return self.returncode

    def send(self, number: signal.Signals) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)  # nobody else has its number: the mother has not asked how it ended

    def kill(self) -> None:
        """kill -9, if it still runs."""
        self.send(signal.SIGKILL)
        self.wait()

    def _look(self, seconds: float | None) -> int | None:
        waiting = select.poll()
        waiting.register(self._ended, select.POLLIN)
        if waiting.poll(None if seconds is None else seconds * 1000):
            self.returncode = _ask({"wait": self.pid})
            os.close(self._ended)
        return self.returncode


def _ask(asked: dict, *files: int) -> int:
    with _lock:
        socket.send_fds(_mother(), [json.dumps(asked).encode()], files)
        return json.loads(_mother().recv(MOST))


@cache
def _mother() -> socket.socket:
    """Our end of the line to her; she ends when it is closed."""
    ours, hers = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    command = [sys.executable, "-m", "tests.processes", str(hers.fileno())]
    process = subprocess.Popen(command, cwd=ROOT, pass_fds=[hers.fileno()])
    hers.close()
    atexit.register(lambda: (ours.close(), process.wait()))
    return ours


def main(line: socket.socket) -> None:
    """Fork whenever asked; returns in each child that has become what was asked for."""
    gc.disable()
    _import_everything()
    gc.freeze()
    gc.enable()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for who asks
    while True:
        message, files, _flags, _address = socket.recv_fds(line, MOST, 2)
        if not message:
            return
        asked = json.loads(message)
        if "wait" in asked:
            answer = os.waitstatus_to_exitcode(os.waitpid(asked["wait"], 0)[1])
        else:
            answer = os.fork()
            if answer == 0:
                line.close()
                return _become(asked, files)
        for file in files:
            os.close(file)
        line.send(json.dumps(answer).encode())


def _import_everything() -> None:
    from jkn import FEATURES

    for feature in FEATURES:
        for part in ("models", "service", "views"):
            if find_spec(f"jkn.{feature}.{part}"):
                import_module(f"jkn.{feature}.{part}")


def _become(asked: dict, files: list[int]) -> None:
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for number, file in enumerate(files, 1):
        os.dup2(file, number)
        os.close(file)
    if asked["group"]:
        os.setsid()
    os.chdir(asked["folder"])
    os.environ.clear()
    os.environ.update(asked["environ"])
    module, *arguments = asked["run"]
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main(socket.socket(fileno=int(sys.argv[1])))
