"""Sealing: a job binds the entries written since into blocks, each chained to the one before.

Payments never wait for it. On Postgres entries may be committed in another order than their ids were given out: the ids
that a block found missing stay open for an hour, and who comes late is sealed in a block of its own.
"""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import reduce
from itertools import takewhile
from operator import or_

from jkn import clock
from jkn.audit import rules
from jkn.audit.models import Block, Entry
from jkn.db import db, writing

SIZE = 1000  # entries in a block
JSON = ("details", "runs")
AT_ONCE = 100  # gaps asked about in one query


def seal() -> Iterator[Block]:
    """Seal what is settled and not sealed yet. Safe to run twice and at once: who comes second stops."""
    now = clock.now()
    for next_rows in (_late, _fresh):
        while rows := next_rows(before := Block.last(), now):
            block = _append(before, rows, now)
            if block is None:
                return
            yield block


def plain_rows(query) -> Iterator[dict]:
    """Rows as the columns of the database hold them, in plain values that are alike on both engines.

    Whatever was written there reads, also what no field of ours would take.
    """
    cursor = db.execute(query)
    names = [column[0] for column in cursor.description]
    for values in cursor:
        yield {name: _plain(value, name in JSON) for name, value in zip(names, values, strict=True)}


def _fresh(before: Block | None, now: datetime) -> list[dict]:
    """The next entries, up to the first one that is too young."""
    query = Entry.select().order_by(Entry.id).limit(SIZE)
    rows = plain_rows(query.where(Entry.id > before.reach) if before else query)
    return list(takewhile(lambda row: rules.is_settled(moment(row["at"]), now), rows))


def moment(text: str) -> datetime:
    """A plain value of a moment, aware again."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def _late(before: Block | None, now: datetime) -> list[dict]:
    """Entries that were committed after a block had passed their ids, up to a block's size."""
    gaps = _open_gaps(now) if before else []
    for start in range(0, len(gaps), AT_ONCE):
        some = reduce(or_, (Entry.id.between(*gap) for gap in gaps[start : start + AT_ONCE]))
        if rows := list(plain_rows(Entry.select().where(some).order_by(Entry.id).limit(SIZE))):
            return rows
    return []


def _open_gaps(now: datetime) -> rules.Runs:
    """The ids that blocks passed within the last hour and that no block holds."""
    query = Block.select(Block.number, Block.runs, Block.reach).where(Block.sealed_at > now - rules.LATEST)
    recent = list(query.order_by(Block.number))
    if not recent:
        return []
    earlier = Block.select(Block.reach).where(Block.number == recent[0].number - 1).first()
    runs = [run for block in recent for run in block.runs]
    return rules.gaps(runs, earlier.reach if earlier else 0, recent[-1].reach)


@writing
def _append(before: Block | None, rows: list[dict], now: datetime) -> Block | None:
    """The next block, or None when another job has written it."""
    ids = [row["id"] for row in rows]
    block = Block(
        number=before.number + 1 if before else 1,
        sealed_at=now,
        reach=max(ids[-1], before.reach) if before else ids[-1],
        runs=rules.runs_of(ids),
        digests=b"".join(rules.fingerprint(row) for row in rows),
        previous=before.hash if before else rules.FIRST,
    )
    naive = now.astimezone(UTC).replace(tzinfo=None)
    block.hash = rules.block_hash(
        {name: _plain(value) for name, value in (block.__data__ | {"sealed_at": naive}).items()}
    )
    is_new = Block.insert(**block.__data__).on_conflict_ignore().as_rowcount().execute()
    return block if is_new else None


def _plain(value, is_json: bool = False):
    if isinstance(value, datetime):
        return str(value)
    if isinstance(value, (bytes, memoryview)):
        return bytes(value).hex()
    if is_json and isinstance(value, str):
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value
