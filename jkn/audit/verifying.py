"""Verifying: is every sealed entry, and every block, as it was?"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice

from jkn import clock
from jkn.audit import rules
from jkn.audit.models import Block, Entry
from jkn.audit.sealing import moment, plain_rows

PAGE = 50  # blocks read at once


@dataclass(frozen=True)
class Finding:
    """What is wrong with a block, or with entries in its range."""

    block: int
    what: str
    entries: tuple[int, ...] = ()

    def __str__(self) -> str:
        if not self.entries:
            return f"block {self.block} {self.what}"
        shown = ", ".join(str(id) for id in self.entries[:10]) + (", …" if len(self.entries) > 10 else "")
        return f"block {self.block}: {self.what}: {shown}"


@dataclass(frozen=True)
class Sealed:
    """A block that says what it was sealed with."""

    number: int
    at: datetime
    reach: int
    ids: list[int]
    digests: list[str]
    previous: str
    hash: str

    @property
    def is_late(self) -> bool:
        """Does it hold only entries that an earlier block has passed?"""
        return self.ids[-1] < self.reach


@dataclass
class Verification:
    """One walk along the chain. Memory is that of a few blocks, however long the log."""

    blocks: int = 0
    entries: int = 0
    number: int = 0  # of the last block in its place
    reach: int = 0
    strays: dict[int, tuple[int, datetime]] = field(default_factory=dict)  # entry: block that passed it, and when

    def run(self, noted: str | None = None) -> Iterator[Finding]:
        """Everything that was changed since it was sealed. `noted` is a head printed earlier: "number:hash"."""
        noted_number, _colon, noted_hash = (noted or "0:").partition(":")
        before = None  # the block in front, where it is sound
        for row in _every_block():
            self.blocks += 1
            block, follows = _sealed(row), row["number"] == self.number + 1
            if not follows and block:
                yield _missing(self.number + 1, block.number - 1)
            if not block:
                yield Finding(row["number"], "was changed")
                before, self.number = None, self.number + follows
                continue
            before = before if follows else None
            if block.previous != (before.hash if before else rules.FIRST) and (before or block.number == 1):
                yield Finding(block.number - 1 if before else 1, "is not the one that the next block follows")
            if str(block.number) == noted_number and block.hash != noted_hash:
                yield Finding(block.number, "is not the one that was noted")
            yield from self._look_into(block, before)
            before, self.number, self.reach = block, block.number, block.reach
        if int(noted_number) > self.number:
            yield _missing(self.number + 1, int(noted_number))
        yield from self._inserted()

    @property
    def waiting(self) -> int:
        """Entries that no block holds yet."""
        return Entry.select().where(Entry.id > self.reach).count() + len(self.strays)

    def _look_into(self, block: Sealed, before: Sealed | None) -> Iterator[Finding]:
        """Compare each entry with its digest; those between that the block does not hold are strays."""
        sealed, changed = dict(zip(block.ids, block.digests, strict=True)), []
        if block.is_late:
            yield from self._came_too_late(block)
            where = Entry.id.in_(block.ids)
        elif before or block.number > 1:
            where = Entry.id.between((before.reach if before else block.ids[0] - 1) + 1, block.reach)
        else:
            where = Entry.id <= block.reach
        for row in plain_rows(Entry.select().where(where).order_by(Entry.id)):
            digest = sealed.pop(row["id"], None)
            if digest is None:
                self.strays[row["id"]] = (block.number, block.at)
            elif digest == rules.fingerprint(row).hex():
                self.entries += 1
            else:
                changed.append(row["id"])
        if changed:
            yield Finding(block.number, "entries were changed", tuple(changed))
        if sealed:
            yield Finding(block.number, "entries are missing", tuple(sealed))

    def _came_too_late(self, block: Sealed) -> Iterator[Finding]:
        """A late entry fills a gap that was still open when it was sealed."""
        passed = {id: self.strays.pop(id) for id in block.ids if id in self.strays}
        late = tuple(id for id, (_number, at) in passed.items() if not rules.is_open(at, block.at))
        if late:
            yield Finding(block.number, "entries came too late", late)

    def _inserted(self) -> Iterator[Finding]:
        """Entries within the chain's reach that no block holds, and that have had their time."""
        now, inserted = clock.now(), {}
        for id, (number, at) in list(self.strays.items()):
            if not rules.is_open(at, now):
                inserted.setdefault(number, []).append(id)
                del self.strays[id]
        for number, ids in inserted.items():
            yield Finding(number, "entries were inserted", tuple(ids))


def _sealed(row: dict) -> Sealed | None:
    """The block, if it is as it was sealed."""
    if rules.block_hash(row) != row["hash"]:
        return None
    text, size = row["digests"], 2 * rules.LENGTH
    digests = [text[place : place + size] for place in range(0, len(text), size)]
    ids = list(islice(rules.ids_of(row["runs"]), len(digests) + 1))
    if len(ids) != len(digests):
        return None
    return Sealed(row["number"], moment(row["sealed_at"]), row["reach"], ids, digests, row["previous"], row["hash"])


def _missing(first: int, last: int) -> Finding:
    return Finding(first, "is missing" if first == last else f"and all up to block {last} are missing")


def _every_block() -> Iterator[dict]:
    query, last = Block.select().order_by(Block.number).limit(PAGE), -(2**63)
    while page := list(plain_rows(query.where(Block.number > last))):
        yield from page
        last = page[-1]["number"]
