"""A sealed log, and a hundred ways to tamper with it."""

import json
import random
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest

from jkn import clock
from jkn.audit import rules, sealing
from jkn.audit.models import Act, Block, Entry
from jkn.audit.verifying import Verification
from jkn.db import db, on_sqlite

IN_BLOCK = 10


@contextmanager
def small_blocks() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sealing, "SIZE", IN_BLOCK)
        yield


def write_entries(ids, at=None, **values) -> None:
    """Entries with these ids, as several people would have written them."""
    at = at or clock.now()
    rows = [
        {
            "id": id,
            "act": Act.DATA_SEEN if id % 3 else Act.PHONE_CHANGED,
            "at": at + timedelta(microseconds=id % 9),
            "family_id": id % 7,
            "person_id": id % 11,
            "subject": f"person:{id % 11}",
            "by_person": None if id % 2 else id % 11,
            "by_officer": id % 5 if id % 2 else None,
            "role": "officer" if id % 2 else "member",
            "level": id % 3,
            "channel": "web",
            "office": "1301" if id % 2 else None,
            "request_id": f"{id:x}",
            "count": 1,
            "details": {"page": "accounts.slip_print", "n": id},
        }
        | values
        for id in ids
    ]
    Entry.insert_many(rows).execute()


def seal_all() -> list[Block]:
    return list(sealing.seal())


def findings(noted: str | None = None) -> list:
    return list(Verification().run(noted))


def a_chain(blocks: int = 12) -> str:
    """Blocks of ten entries, with gaps between the ids; one entry came late. Its head, once everything is settled."""
    Entry.delete().execute()
    start = clock.now()
    gap, ids = IN_BLOCK // 2, list(range(1, 2 * blocks * IN_BLOCK))
    ids = [id for id in ids if id % gap][: blocks * IN_BLOCK - 1]
    with small_blocks():
        write_entries(ids[:35], start)
        with clock.frozen(start + timedelta(minutes=2)):
            seal_all()
        write_entries([gap], start)  # was on its way when the first block was sealed
        with clock.frozen(start + timedelta(minutes=3)):
            seal_all()
        write_entries(ids[35:], start)
        with clock.frozen(start + timedelta(minutes=5)):
            seal_all()
    return Block.last().head


def later():
    """When nothing that is missing can come any more."""
    return clock.frozen(clock.now() + timedelta(hours=3))


class Tampering:
    """Somebody at the database itself, with a seed."""

    def __init__(self, seed: int):
        self.dice = random.Random(seed)
        self.kind = self.dice.choice([name for name in dir(self) if name.startswith("do_")])

    def __repr__(self) -> str:
        return self.kind

    def do(self) -> set[int]:
        """Tamper; the numbers of the blocks that must be named."""
        return getattr(self, self.kind)()

    def do_edit_an_entry(self):
        id, block = self._entry()
        names = [name for name in Entry._meta.columns if name != "id"]
        self._edit("entry", self.dice.choice(names), id)
        return {block}

    def do_renumber_an_entry(self):
        id, block = self._entry()
        _run('UPDATE "entry" SET id = ? WHERE id = ?', 1_000_000, id)
        return {block}

    def do_delete_an_entry(self):
        id, block = self._entry()
        _run('DELETE FROM "entry" WHERE id = ?', id)
        return {block}

    def do_insert_an_entry(self):
        free = sorted(set(range(1, Block.last().reach)) - set(_home()))
        id = self.dice.choice(free)
        write_entries([id])
        return {min(number for number, _first, last in _normal() if last > id)}

    def do_swap_two_entries(self):
        (one, first), (other, second) = self._entry(), self._entry()
        while one == other:
            other, second = self._entry()
        for old, new in ((one, -1), (other, one), (-1, other)):
            _run('UPDATE "entry" SET id = ? WHERE id = ?', new, old)
        return {first, second}

    def do_edit_a_block(self):
        number = self._block()
        columns = [name for name in Block._meta.columns if name not in ("id", "number")]
        self._edit("block", self.dice.choice(columns), Block.get(Block.number == number).id)
        return {number}

    def do_delete_a_block(self):
        number = self._block()
        _run('DELETE FROM "block" WHERE number = ?', number)
        return {number}

    def do_swap_two_blocks(self):
        one, other = self.dice.sample([block.number for block in Block.select()], 2)
        for old, new in ((one, -1), (other, one), (-1, other)):
            _run('UPDATE "block" SET number = ? WHERE number = ?', new, old)
        return {one, other}

    def do_edit_and_seal_anew(self):
        """Whoever knows how blocks are hashed hides an edit in its own block."""
        id, number = self._entry()
        self._edit("entry", "act", id)
        self._seal_anew(number)
        return {number}

    def do_cut_the_tail_and_seal_anew(self):
        last = Block.select().order_by(Block.number.desc()).get()
        _run('DELETE FROM "entry" WHERE id = ?', last.runs[0][0])
        _run('DELETE FROM "block" WHERE number = ?', last.number)
        if self.dice.random() < 0.5:
            with small_blocks():
                seal_all()
        return {last.number}

    def _seal_anew(self, number: int) -> None:
        block = Block.get(Block.number == number)
        rows = list(sealing.plain_rows(Entry.select().where(Entry.id.in_(list(rules.ids_of(block.runs))))))
        block.digests = b"".join(rules.fingerprint(row) for row in sorted(rows, key=lambda row: row["id"]))
        block.save()
        [plain] = sealing.plain_rows(Block.select().where(Block.number == number))
        Block.update(hash=rules.block_hash(plain)).where(Block.number == number).execute()

    def _edit(self, table: str, column: str, id: int) -> None:
        [(old,)] = db.execute_sql(f'SELECT "{column}" FROM "{table}" WHERE id = {id}').fetchall()
        new = self._other(column, old)
        _run(f'UPDATE "{table}" SET "{column}" = ? WHERE id = ?', new, id)

    def _other(self, column: str, old):
        if column in ("at", "sealed_at"):
            return f"2020-01-{self.dice.randint(1, 28):02d} 00:00:00"
        if column in ("details", "runs"):
            value = json.loads(old) if isinstance(old, str) else old
            return json.dumps(value | {"page": "other"} if isinstance(value, dict) else [*value, [9_000, 9_001]])
        if column == "digests":
            changed = bytearray(bytes(old))
            changed[self.dice.randrange(len(changed))] ^= 1
            return bytes(changed)
        if column in ("level", "count", "family_id", "person_id", "by_person", "by_officer", "reach") or column in (
            "on_behalf_of",
            "device",
            "grant",
        ):
            return self.dice.choice(
                [value for value in (None, 3, 77) if value != old and (value or column not in FULL)]
            )
        return self.dice.choice([value for value in ("x", "member", "other") if value != old])

    def _entry(self) -> tuple[int, int]:
        home = _home()
        id = self.dice.choice(sorted(home))
        return id, home[id]

    def _block(self) -> int:
        return self.dice.randint(1, Block.select().count())


FULL = ("level", "count", "reach")


def _home() -> dict[int, int]:
    """Which block holds an entry."""
    return {id: block.number for block in Block.select() for id in rules.ids_of(block.runs)}


def _normal() -> list[tuple[int, int, int]]:
    rows = [(block.number, block.runs[0][0], block.runs[-1][1], block.reach) for block in Block.select()]
    return [(number, first, last) for number, first, last, reach in rows if last == reach]


def _run(sql: str, *values) -> None:
    db.execute_sql(sql if on_sqlite() else sql.replace("?", "%s"), values)


def named_by(seed: int, head: str) -> tuple[Tampering, set[int], set[int]]:
    """Tamper, verify, undo: what was done, which blocks it concerned, which were named."""
    tampering = Tampering(seed)
    with db.atomic() as transaction, later():
        concerned = tampering.do()
        named = {finding.block for finding in findings(head)}
        transaction.rollback()
    return tampering, concerned, named


def missed(seeds, head: str) -> list[tuple]:
    """The tamperings after which other blocks were named than those concerned.

    Without the block that sealed the late entry, that entry looks inserted into the first one.
    """
    late = {block.number for block in Block.select() if block.runs[-1][1] < block.reach}
    return [
        (seed, tampering, concerned, named)
        for seed in seeds
        for tampering, concerned, named in [named_by(seed, head)]
        if concerned != (named - {1} if late & concerned and 1 not in concerned else named)
    ]
