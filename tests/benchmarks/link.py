"""A slow line, packet by packet: between two network namespaces each packet is handed on as late as it would be.

Real handshakes, real slow start, exact bytes. Needs root and /dev/net/tun; no kernel module.
"""

import array
import ctypes
import fcntl
import heapq
import os
import random
import select
import signal
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

SERVER, CLIENT = "10.77.0.1", "10.77.0.2"
BOOT = 4  # seconds until the server must listen
QUEUE = 64 * 1024  # bytes that wait at most in one direction; more are lost
NEW_NETWORK = 0x40000000
MAKE_TUN, PLAIN_PACKETS = 0x400454CA, 0x0001 | 0x1000
IPV4 = 4


@dataclass(frozen=True)
class Line:
    """Milliseconds there and back, kbit/s towards the phone and from it, packets lost in a hundred."""

    name: str
    rtt: int
    down: int
    up: int
    loss: float = 0

    def __str__(self) -> str:
        lost = f", {self.loss:g} % lost" if self.loss else ""
        return f"{self.name}: {self.rtt} ms, {self.down}/{self.up} kbit/s{lost}"


@dataclass
class Way:
    """One direction: how fast, and what went through it, IP headers included."""

    to: int
    rate: float  # bits a second
    free_at: float = 0
    waiting: int = 0
    packets: int = 0
    bytes: int = 0
    lost: int = 0


@dataclass
class Link:
    """Runs a server at one end and a client at the other until the client has finished."""

    line: Line
    dice: random.Random = field(default_factory=lambda: random.Random(7))

    def run(self, server: Sequence[str], client: Sequence[str]) -> tuple[Way, Way]:
        """The ways down and up, with what they carried. Raises RuntimeError when the client fails."""
        serving, at_server = _end(SERVER, server)
        using = None
        try:
            time.sleep(BOOT)
            using, at_client = _end(CLIENT, client)
            down = Way(at_client, self.line.down * 1000)
            up = Way(at_server, self.line.up * 1000)
            status = self._carry({at_server: down, at_client: up}, using)
            if status:
                raise RuntimeError(f"the client ended with {status}")
            return down, up
        finally:
            for process in filter(None, (serving, using)):
                try:
                    os.killpg(process, signal.SIGKILL)
                except ProcessLookupError:
                    continue

    def _carry(self, ways: dict[int, Way], client: int) -> int:
        travelling, count = [], 0
        while True:
            now = time.monotonic()
            patience = min(0.2, max(0, travelling[0][0] - now) if travelling else 0.2)
            for source in select.select(list(ways), [], [], patience)[0]:
                way = ways[source]
                while packet := _read(source):
                    count += 1
                    arrives = self._arrival(way, packet)
                    if arrives:
                        heapq.heappush(travelling, (arrives, count, way, packet))
            now = time.monotonic()
            while travelling and travelling[0][0] <= now:
                _at, _count, way, packet = heapq.heappop(travelling)
                way.waiting -= len(packet)
                os.write(way.to, packet)
            ended, status = os.waitpid(client, os.WNOHANG)
            if ended:
                return os.waitstatus_to_exitcode(status)

    def _arrival(self, way: Way, packet: bytes) -> float | None:
        """When this packet comes out at the other end; None when it is lost."""
        if packet[0] >> 4 != IPV4:
            return None
        way.packets += 1
        way.bytes += len(packet)
        if way.waiting + len(packet) > QUEUE or self.dice.random() * 100 < self.line.loss:
            way.lost += 1
            return None
        way.free_at = max(time.monotonic(), way.free_at) + len(packet) * 8 / way.rate
        way.waiting += len(packet)
        return way.free_at + self.line.rtt / 2000


def _read(source: int) -> bytes:
    try:
        return os.read(source, 2048)
    except BlockingIOError:
        return b""


def _end(address: str, command: Sequence[str]) -> tuple[int, int]:
    """A process of its own network that runs the command, and the file through which its packets come and go."""
    ours, theirs = socket.socketpair()
    process = os.fork()
    if process == 0:
        try:
            _become(address, command, theirs)
        finally:
            os._exit(99)
    _message, ancillary, _flags, _address = ours.recvmsg(1, socket.CMSG_LEN(4))
    files = array.array("i")
    files.frombytes(ancillary[0][2][:4])
    os.set_blocking(files[0], False)
    return process, files[0]


def _become(address: str, command: Sequence[str], theirs: socket.socket) -> None:
    os.setpgrp()
    if ctypes.CDLL(None, use_errno=True).unshare(NEW_NETWORK):
        sys.exit("only root may make a network")
    device = os.open("/dev/net/tun", os.O_RDWR)
    fcntl.ioctl(device, MAKE_TUN, struct.pack("16sH", b"t0", PLAIN_PACKETS))
    for words in ("link set lo up", f"addr add {address}/24 dev t0", "link set t0 up txqueuelen 1000"):
        subprocess.run(["ip", *words.split()], check=True)
    theirs.sendmsg([b"x"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [device]))])
    os.close(device)
    os.execvp(command[0], command)
