"""Finding villages and the regions around them."""

import re
from collections.abc import Iterable

from jkn import search
from jkn.regions.models import Level, Region

ASKED_AT_ONCE = 500


def find(text: str, limit: int = 8, level: Level | None = None) -> list[Region]:
    """The villages (or regions of another level) that the words mean, best first; two queries."""
    kind = kind_of(level or Level.VILLAGE)
    rarest = search.rare_first({kind: search.typed(text)})[kind]
    return find_rarest(text, rarest, limit, level)


def find_rarest(text: str, rarest: list[tuple[int, str]], limit: int = 8, level: Level | None = None) -> list[Region]:
    """find(), when the caller has asked already which of the words is the rarest; one query."""
    if not rarest or not rarest[0][0]:
        return []
    found = search.refs(kind_of(level or Level.VILLAGE), [word for _count, word in rarest])
    rows = Region.select().where(Region.code.in_(found))
    asked = search.telling(text)
    return sorted(rows, key=lambda region: (search.fit(asked, region.name), region.label))[:limit]


def kind_of(level: Level) -> str:
    """Under which kind the words of this level are entered."""
    return level.name.lower()


def get(code: str | None) -> Region | None:
    """The region with this code, which may come from an address; None for anything else."""
    return Region.get_or_none(Region.code == code) if code and re.fullmatch("[0-9.]{2,13}", code) else None


def village_label(code: str | None) -> str:
    """Gubeng, Kec. Gubeng, Kota Surabaya; empty when nobody knows the code."""
    region = get(code)
    return region.label if region else ""


def labels(codes: Iterable[str]) -> dict[str, str]:
    """The labels of the codes that are known."""
    return dict(Region.select(Region.code, Region.label).where(Region.code.in_(list(codes))).tuples())


def known_villages(codes: Iterable[str]) -> set[str]:
    """Those of the codes that are villages, asked in parts of one size: SQLite keeps a plan for each size in memory."""
    codes, known = list(codes), set()
    for start in range(0, len(codes), ASKED_AT_ONCE):
        part = codes[start : start + ASKED_AT_ONCE]
        part += part[:1] * (ASKED_AT_ONCE - len(part))
        rows = Region.select(Region.code).where(Region.code.in_(part), Region.level == Level.VILLAGE)
        known.update(code for (code,) in rows.tuples())
    return known
