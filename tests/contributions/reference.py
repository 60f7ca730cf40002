"""A slow and obvious account of what a family owes, to compare the real one with. It shares no code with it.

Months are walked one by one from the first; prices are looked up in the rows of the law file; nothing is clever.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache


@dataclass
class Member:
    """One person: since which month in which class, and when they died."""

    born_into: date
    classes: dict[date, int]
    died_on: date | None = None

    def class_in(self, month: date) -> int | None:
        """The class in a month; None when the person is on no bill of it."""
        if month < self.born_into or (self.died_on and self.died_on < month):
            return None
        return self.classes[max(since for since in self.classes if since <= month)]


@dataclass
class Household:
    """A family: its people, its first month owed, and the day each month was settled."""

    first: date
    people: dict[int, Member] = field(default_factory=dict)


def after(month: date) -> date:
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def rows_of(path, table: str) -> list[dict]:
    return _read(path, path.stat().st_size)[table]


@lru_cache(maxsize=8)
def _read(path, _size: int) -> dict:
    """The file as it is while it has this size: rows are only ever added."""
    with open(path, "rb") as file:
        return tomllib.load(file)


def in_force(rows: list[dict], day: date) -> dict:
    return [row for row in rows if row["from"] <= day][-1]


def price_of(path, household: Household, month: date) -> int:
    """What the family's month costs by the law file."""
    tariff = in_force(rows_of(path, "pbpu_tariff"), month)
    classes = [person.class_in(month) for person in household.people.values()]
    return sum(tariff[f"class_{each}"] for each in classes if each)


@dataclass
class Kept:
    """Months that may not lapse from a day until another (None: still), because a plan pays them off."""

    months: set[date]
    since: date
    until: date | None = None


def stand(
    path, household: Household, settled: Mapping[date, date], on: date, kept: list[Kept] = ()
) -> tuple[bool, list[date], list[date]]:
    """Is the family covered on the day; which months are open, the running one included; which have lapsed for good."""
    caps = rows_of(path, "arrears_cap")
    running = on.replace(day=1)
    open_months: list[date] = []
    lapsed: list[date] = []
    month = household.first
    while month < running:
        if any(person.class_in(month) for person in household.people.values()):
            open_months.append(month)
        month = after(month)
        # on the first of `month`, what was settled before that day is gone, and the oldest of too many lapse
        open_months = [each for each in open_months if not (each in settled and settled[each] < month)]
        safe = {
            each for one in kept if one.since <= month and not (one.until and one.until <= month) for each in one.months
        }
        for each in list(open_months):
            if len(open_months) > in_force(caps, month)["months"] and each not in safe:
                open_months.remove(each)
                lapsed.append(each)
    open_months = [each for each in open_months if each not in settled]
    lapsed = [each for each in lapsed if each not in settled]
    covered = not open_months
    if running not in settled and any(person.class_in(running) for person in household.people.values()):
        open_months.append(running)
    return covered, open_months, lapsed
