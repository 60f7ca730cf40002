"""Finding facilities by words, by nearness, or both: at most four queries, each by an index."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from peewee import Select

from jkn import search
from jkn.db import db
from jkn.facilities import rules
from jkn.facilities.models import Facility, Section
from jkn.regions import service as regions
from jkn.regions.models import Level, Region

PAGE = 8
FAR = 0.5  # degrees around the centre within which other regencies' clinics are shown: some 55 km


class Row(NamedTuple):
    """What is needed to sort a facility and to show it in a list."""

    code: str
    name: str
    kind: str
    address: str
    regency: str
    regency_code: str
    words: str
    lat: float | None
    lon: float | None


@dataclass(frozen=True)
class Found:
    """One page of facilities; `near` is the village they are sorted by, `villages` those the words may have meant."""

    facilities: list[Facility]
    more: int | None = None  # where the next page begins
    near: Region | None = None
    villages: tuple[Region, ...] = ()

    def __iter__(self) -> Iterator[Facility]:
        return iter(self.facilities)


def search_facilities(text: str = "", village_code: str | None = None, offset: int = 0, *sections: Section) -> Found:
    """Eight facilities for what somebody typed, the nearest to the village first; without one, the best match.

    Clinics that can be chosen, unless other sections are named.
    """
    sections = sections or (Section.CLINIC,)
    village = regions.get(village_code)
    asked = search.typed(text)
    if village and village.level == Level.VILLAGE:
        return _near(village, asked, offset, sections)
    return _by_words(text, asked, offset, sections) if asked else Found([])


def near(village_code: str, offset: int = 0, *sections: Section) -> Found:
    """The facilities around a village, nearest first."""
    return search_facilities("", village_code, offset, *sections)


def _by_words(text: str, asked: list[str], offset: int, sections: tuple[Section, ...]) -> Found:
    village_kind = regions.kind_of(Level.VILLAGE)
    rarest = search.rare_first(dict.fromkeys((*sections, village_kind), asked))
    rows = []
    if (codes := _codes(sections, rarest)) is not None:
        words = search.telling(text)
        rows = sorted(
            _rows(_query(Facility.code.in_(codes))),
            key=lambda row: (search.fit(words, f"{row.kind} {row.name}"), row.name, row.code),
        )
    page = _page(rows[offset : offset + PAGE + 1], offset)
    if len(rows) >= PAGE:
        return page
    villages = regions.find_rarest(text, rarest[village_kind], limit=4)
    if not rows and len(villages) == 1:
        return _near(villages[0], [], offset, sections)
    return Found(page.facilities, page.more, villages=tuple(villages))


def _codes(sections: tuple[Section, ...], rarest: dict) -> Select | None:
    """A query for the codes of facilities that have all the words; at most COMMON of each section."""
    queries = [
        search.refs(section, [word for _count, word in rarest[section]])
        for section in sections
        if rarest[section][0][0]
    ]
    if len(queries) < 2:
        return queries[0] if queries else None
    # a limit belongs to one query only when that is wrapped in another
    first, *others = [Select([query], [query.c.ref]) for query in (query.alias("found") for query in queries)]
    for query in others:
        first = first.union_all(query)
    return first


def _near(village: Region, asked: list[str], offset: int, sections: tuple[Section, ...]) -> Found:
    regency = village.code[:5]
    around = _rows(_query(Facility.regency_code == regency, Facility.section.in_(sections)))
    district = " ".join(search.words(village.label.split(", Kec. ")[-1].rpartition(", ")[0]))
    vicinity = rules.Vicinity.among(regency, district, around)
    rows = sorted((row for row in around if _answers(row, asked)), key=vicinity.rank)
    wanted = rows[offset : offset + PAGE + 1]
    if len(wanted) <= PAGE:
        start = max(0, offset - len(rows))
        wanted += _beyond(vicinity, asked, sections, start, PAGE + 1 - len(wanted))
    page = _page(wanted, offset)
    return Found(page.facilities, page.more, near=village)


def _answers(row: Row, asked: list[str]) -> bool:
    """Does the row have, for each word asked, a word that begins so? The index says the same."""
    own = f" {row.kind} {row.words} {row.regency}".lower()
    return all(f" {word}" in own for word in asked)


def entered_under(row: Row | Facility) -> list[str]:
    """The words by which a facility is found: kind, name, address, regency."""
    return search.telling(f"{row.kind} {row.words} {row.regency}")


def _beyond(vicinity: rules.Vicinity, asked: list[str], sections: tuple, start: int, count: int) -> list[Row]:
    """Facilities of other regencies by distance: all within reach, or those that have words few others have."""
    rarest = search.rare_first(dict.fromkeys(sections, asked)) if asked else {}
    query = _query(Facility.regency_code != vicinity.regency)
    centre = vicinity.centre
    if asked and all(found[0][0] <= search.COMMON for found in rarest.values()):
        if (codes := _codes(sections, rarest)) is None:
            return []
        query = query.where(Facility.code.in_(codes))
    elif centre:
        query = query.where(
            Facility.section.in_(sections),
            Facility.lat.between(centre.lat - FAR, centre.lat + FAR),
            Facility.lon.between(centre.lon - FAR, centre.lon + FAR),
            *(search.has(Facility.section, Facility.code, word) for word in asked),
        )
    else:
        return []
    order = [Facility.name, Facility.code]
    if centre:
        north, east = Facility.lat - centre.lat, Facility.lon - centre.lon
        # near the equator a degree east is nearly as long as one north
        order = [Facility.lat.is_null(), north * north + east * east, *order]
    return _rows(query.order_by(*order).limit(count).offset(start))


def _query(*where) -> Select:
    return Facility.select(*(getattr(Facility, name) for name in Row._fields)).where(*where)


def _rows(query: Select) -> list[Row]:
    """Plain rows, many times cheaper than models: hundreds are sorted to show eight."""
    return [Row(*values) for values in db.execute(query)]


def _page(rows: list[Row], offset: int) -> Found:
    shown = [Facility(**row._asdict()) for row in rows[:PAGE]]
    return Found(shown, offset + PAGE if len(rows) > PAGE else None)
