"""A row of the law in the reader's words."""

from collections.abc import Iterable
from datetime import date

from flask import current_app
from flask_babel import gettext

from jkn import law
from jkn.calculators.titles import TITLES
from jkn.calculators.words import WORDS, Value
from jkn.law import Row


def said(row: Row, only: Iterable[str] | None = None) -> list[tuple[str, object]]:
    """(name, value) of the row's values, or of some of them."""
    names = TITLES[row.table].values
    return [(names[key].name, _written(names[key], row.values[key])) for key in (row.values if only is None else only)]


def changed(row: Row, other: Row) -> list[tuple[str, object]]:
    """The values in which the row differs from another of its table."""
    return said(row, [key for key, value in row.values.items() if other.values[key] != value])


def note_of(row: Row) -> str:
    return gettext(row.note) if row.note else ""


def around(table: str, day: date) -> tuple[list[Row], Row | None, list[Row]]:
    """The rows before the one in force that day, newest first; that one; those to come, next first."""
    rows = law.history(table)
    past = [row for row in rows if row.since <= day]
    return past[-2::-1], past[-1] if past else None, [row for row in rows if row.since > day]


def _written(value: Value, of_law) -> object:
    if value.shown_as:
        return current_app.jinja_env.filters[value.shown_as](of_law)
    if isinstance(of_law, tuple) and of_law:
        return ", ".join(str(WORDS.get(each, each)) for each in of_law)
    if isinstance(of_law, (bool, str, tuple)):
        return WORDS.get(of_law, of_law)
    return of_law
