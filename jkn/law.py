"""The dated rules of law: what a decree says on a day, since when, and which decree.

`law.at(day).pbpu_tariff.class_3` is the value in force on the day; its row also knows `basis`, `since`, `until`,
`checked` (when somebody last looked it up) and `note`. The rows stand in law.toml, or in the file that JKN_LAW names.
"""

import os
import tomllib
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

PACKAGED = Path(__file__).with_name("law.toml")

_book: dict[str, tuple["Row", ...]] | None = None


class BadLaw(ValueError):
    """The file is not a book of dated rules; the message names the table and what is wrong."""


class Missing(LookupError):
    """No row of the table was in force that day."""


@dataclass(frozen=True, slots=True)
class Row:
    """What one table says from `since` until the day before `until` (None: still). Its values are attributes."""

    table: str
    since: date
    until: date | None
    basis: str
    checked: date
    note: str | None
    values: Mapping[str, Any] = field(hash=False)

    def __getattr__(self, name: str) -> Any:
        try:
            return object.__getattribute__(self, "values")[name]
        except KeyError:
            raise AttributeError(f"law: {self.table} has no {name}") from None

    def __reduce__(self):
        return _row, (self.table, self.since, self.until, self.basis, self.checked, self.note, dict(self.values))

    @property
    def uncertain(self) -> bool:
        """Whether the sources disagree or are thin, as the note says."""
        return (self.note or "").startswith("uncertain")


class Law:
    """All the law of one day: each table is an attribute that gives its row in force."""

    def __init__(self, day: date, book: Mapping[str, tuple[Row, ...]]):
        self.day, self._book = day, book

    @cached_property
    def _rows(self) -> dict[str, Row]:
        found = {}
        for table, rows in self._book.items():
            place = bisect_right(rows, self.day, key=lambda row: row.since)
            if place:
                found[table] = rows[place - 1]
        return found

    def __getattr__(self, table: str) -> Row:
        if table.startswith("_"):
            raise AttributeError(table)
        if table in self._rows:
            return self._rows[table]
        if table in self._book:
            raise Missing(f"law: {table} has no row in force on {self.day}")
        raise AttributeError(f"law: there is no table {table}")


@lru_cache(maxsize=4096)
def at(day: date) -> Law:
    """The law in force on this day."""
    return Law(day, _loaded())


def history(table: str) -> tuple[Row, ...]:
    """Every row of a table, oldest first. Raises KeyError for a table nobody knows."""
    return _loaded()[table]


def tables() -> tuple[str, ...]:
    """The names of all tables, in the order of the file."""
    return tuple(_loaded())


def load(path: str | Path | None = None) -> None:
    """Use this file from now on (None: the one that comes with the program). Raises BadLaw and keeps the one before.

    A file of one's own must say everything the program asks for: the same tables, the same values.
    """
    global _book
    book = read(path or PACKAGED)
    if path:
        _compare(book, read(PACKAGED))
    _book = book
    at.cache_clear()


def _loaded() -> dict[str, tuple[Row, ...]]:
    if _book is None:
        load(os.environ.get("JKN_LAW"))
    return _book


def read(path: str | Path) -> dict[str, tuple[Row, ...]]:
    """The tables of a file, each checked. Raises BadLaw."""
    try:
        with open(path, "rb") as file:
            content = tomllib.load(file)
    except tomllib.TOMLDecodeError as error:
        raise BadLaw(f"{path}: {error}") from error
    return {table: _rows_of(table, entries) for table, entries in content.items()}


def _rows_of(table: str, entries: Any) -> tuple[Row, ...]:
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise BadLaw(f"{table}: a list of rows is expected")
    days = [_checked(table, entry)["from"] for entry in entries]
    if days != sorted(set(days)):
        raise BadLaw(f"{table}: each row must be later than the one before")
    rows = tuple(
        _row(table, entry.pop("from"), until, entry.pop("basis"), entry.pop("checked"), entry.pop("note", None), entry)
        for entry, until in zip(entries, [*days[1:], None], strict=False)
    )
    if len({frozenset(row.values) for row in rows}) > 1:
        raise BadLaw(f"{table}: every row must give the same values")
    return rows


def _checked(table: str, entry: dict) -> dict:
    """The row, if it says from when, why and when that was looked up. No fractions: money and rates are exact."""
    for name in ("from", "checked"):
        if type(entry.get(name)) is not date:
            raise BadLaw(f"{table}: `{name}` must be a date in every row")
    if not (isinstance(entry.get("basis"), str) and entry["basis"].strip()):
        raise BadLaw(f"{table}, {entry['from']}: the legal basis is missing")
    if not isinstance(entry.get("note", ""), str):
        raise BadLaw(f"{table}, {entry['from']}: the note must be a text")
    for name, value in entry.items():
        if name in Row.__dataclass_fields__ and name not in ("basis", "checked", "note"):
            raise BadLaw(f"{table}, {entry['from']}: a value may not be called {name}")
        items = value if isinstance(value, list) else [value]
        if not all(isinstance(item, (int, str, date)) for item in items):
            raise BadLaw(f"{table}, {entry['from']}: {name} must be a whole number, a text, a date or yes/no")
    return entry


def _row(table, since, until, basis, checked, note, values) -> Row:
    exact = {name: tuple(value) if isinstance(value, list) else value for name, value in values.items()}
    return Row(table, since, until, basis, checked, note, MappingProxyType(exact))


def _compare(book: Mapping, expected: Mapping) -> None:
    for table, rows in expected.items():
        if table not in book or bool(rows) > bool(book[table]):
            raise BadLaw(f"{table}: the table is missing")
        if rows and not set(rows[0].values) <= set(book[table][0].values):
            raise BadLaw(f"{table}: {', '.join(set(rows[0].values) - set(book[table][0].values))} is missing")
