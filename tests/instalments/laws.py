"""The book of law with one row more: what a decree of the future, or of a test, would say."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from types import MappingProxyType

from jkn import law


@contextmanager
def changed(table: str, since: date, **values) -> Iterator[None]:
    """Inside, the newest row of the table is followed by one with these values."""
    before = law._loaded()
    last = before[table][-1]
    since = max(since, date.fromordinal(last.since.toordinal() + 1))
    row = replace(last, since=since, until=None, values=MappingProxyType(last.values | values))
    law._book = before | {table: (*before[table][:-1], replace(last, until=since), row)}
    law.at.cache_clear()
    try:
        yield
    finally:
        law._book = before
        law.at.cache_clear()
