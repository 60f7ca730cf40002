"""The chain over the audit log: what is hashed, and how blocks hang together."""

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from hashlib import sha256

FIRST = "0" * 64  # what the first block follows
LENGTH = 16  # bytes of SHA-256 kept of each entry
SETTLES = timedelta(minutes=1)  # an entry younger than this waits: one before it may still be on its way
LATEST = timedelta(hours=1)  # so long may a transaction last whose entries come out of order

Runs = list[list[int]]  # first and last id of each row of ids without a gap


def fingerprint(row: Mapping) -> bytes:
    """Of one entry, by column. Empty columns do not count, so that a column added later changes no old entry."""
    return sha256(_canonical({name: value for name, value in row.items() if value is not None})).digest()[:LENGTH]


def block_hash(block: Mapping) -> str:
    """Of a block, by column: everything it says of itself and its entries, and the hash of the block before."""
    return sha256(_canonical({name: value for name, value in block.items() if name not in ("id", "hash")})).hexdigest()


def runs_of(ids: Iterable[int]) -> Runs:
    """Ascending ids, as runs."""
    runs: Runs = []
    for id in ids:
        if runs and runs[-1][1] == id - 1:
            runs[-1][1] = id
        else:
            runs.append([id, id])
    return runs


def ids_of(runs: Runs) -> Iterator[int]:
    for first, last in runs:
        yield from range(first, last + 1)


def gaps(runs: Runs, low: int, high: int) -> Runs:
    """The ids above `low`, up to `high`, that stand in none of the runs."""
    found, next_id = [], low + 1
    for first, last in sorted(runs):
        if first > next_id:
            found.append([next_id, min(first - 1, high)])
        next_id = max(next_id, last + 1)
    return found + ([[next_id, high]] if next_id <= high else [])


def is_settled(at: datetime, now: datetime) -> bool:
    """May an entry of that moment be sealed? One from the future is somebody's mistake and holds nobody up."""
    return not now - SETTLES < at <= now + SETTLES


def is_open(passed_at: datetime, now: datetime) -> bool:
    """May an entry still come late into a gap that was passed then?"""
    return passed_at > now - LATEST


def _canonical(value) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
