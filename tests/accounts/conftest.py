"""Counting the work of a sign-in."""

import threading

import pytest

from jkn.accounts import hashing


class CountingHasher:
    """The real hasher, which notes how often it was asked."""

    def __init__(self, real):
        self.real, self.asked, self._lock = real, 0, threading.Lock()

    def verify(self, *args):
        with self._lock:
            self.asked += 1
        return self.real.verify(*args)

    def hash(self, *args):
        return self.real.hash(*args)


@pytest.fixture
def counted(monkeypatch):
    hashing.matches("pin", "0", None)  # the stand-in for nobody is hashed once per process
    hashing.matches("password", "0", None)
    counter = CountingHasher(hashing._hasher)
    monkeypatch.setattr(hashing, "_hasher", counter)
    return counter
