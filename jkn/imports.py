"""Reading files of millions of lines: one physical line at a time, every bad one named with its number and reason."""

import csv
import re
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import islice
from os import PathLike
from pathlib import Path

import click

from jkn.db import db, on_sqlite

LONGEST = 64 * 1024  # bytes; no honest line is longer
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")


class Report:
    """What an import did, for whoever runs it. Reasons never hold what stood in the file: it may be personal."""

    def __init__(self):
        self.file = ""  # named before each line where an import reads several
        self.good = self.bad_lines = self.warnings = 0

    def bad(self, line: int, reason: str, **values) -> None:
        """A line that was left out. `reason` is a sentence with %(name)s for its values."""
        self.bad_lines += 1
        self._say(line, reason, values)

    def warn(self, line: int, reason: str, **values) -> None:
        """A line that was kept although something is odd."""
        self.warnings += 1
        self._say(line, f"warning: {reason}", values)

    def finish(self) -> None:
        """The totals; the command ends with 1 if any line was bad."""
        click.echo(f"{self.good} good, {self.bad_lines} bad, {self.warnings} warnings.")
        if self.bad_lines:
            sys.exit(1)

    def _say(self, line: int, reason: str, values: dict) -> None:
        if sys.stderr.isatty():
            click.echo("\r\033[K", nl=False, err=True)  # the progress bar is drawn anew below the line
        where = f"{self.file} line {line}".strip() if line else self.file
        click.echo(f"{where}: {reason % values if values else reason}")


def read(
    path: str | PathLike, columns: tuple[str, ...], report: Report, *, optional: tuple[str, ...] = ()
) -> Iterator[tuple[int, dict[str, str]]]:
    """(line number, values by column) for each good line of a CSV file with a header; the rest goes to the report.

    Strict UTF-8, a BOM and CRLF are fine. Each physical line is parsed alone: an open quote spoils no other line.
    A value never spans lines. Optional columns that the file lacks are empty.
    """
    with open(path, "rb") as file, _bar(path) as bar:
        lines = _lines(file, bar)
        header = _header(next(lines, (1, b""))[1], columns, report)
        if header is None:
            return
        absent = len(header)
        places = [(name, header.index(name) if name in header else absent) for name in (*columns, *optional)]
        for line, raw in lines:
            fields = _fields(line, raw, report)
            if fields is None:
                continue
            if len(fields) != absent:
                report.bad(line, "it has %(found)s values, the header %(expected)s", found=len(fields), expected=absent)
                continue
            fields.append("")  # what an absent optional column reads
            yield line, {name: fields[place] for name, place in places}


def chunks(items: Iterable, size: int = 5000) -> Iterator[list]:
    """Lists of at most `size`, so that memory does not grow with the file."""
    rest = iter(items)
    while chunk := list(islice(rest, size)):
        yield chunk


def execute_many(sql: str, rows: list[tuple]) -> int:
    """One statement with `?` for each value, for many rows, in the caller's transaction; how many rows it touched."""
    if not rows:
        return 0
    cursor = db.cursor()
    cursor.executemany(sql if on_sqlite() else sql.replace("?", "%s"), rows)
    return cursor.rowcount


def _bar(path: str | PathLike):
    size = 0
    with suppress(OSError):
        size = Path(path).stat().st_size
    return click.progressbar(length=max(size, 1), label=Path(path).name, file=sys.stderr, update_min_steps=256 * 1024)


def _lines(file, bar) -> Iterator[tuple[int, bytes]]:
    """Physical lines with their numbers. Of one that is too long only the beginning is kept, so that it is refused."""
    line = 0
    while raw := file.readline(LONGEST):
        line += 1
        bar.update(len(raw))
        while not raw.endswith(b"\n") and len(raw) >= LONGEST:
            more = file.readline(LONGEST)
            bar.update(len(more))
            if len(more) < LONGEST or more.endswith(b"\n"):
                break
        yield line, raw


def _header(raw: bytes, columns: tuple[str, ...], report: Report) -> list[str] | None:
    """The names in the first line, or None and one clear sentence when they will not do."""
    names = _fields(1, raw.removeprefix(b"\xef\xbb\xbf"), report)
    if names is None:
        return None
    if missing := [name for name in columns if name not in names]:
        hint = "; separate the values by commas" if len(names) == 1 and ";" in names[0] else ""
        report.bad(1, "the header lacks: %(names)s%(hint)s", names=", ".join(missing), hint=hint)
        return None
    if twice := sorted({name for name in names if names.count(name) > 1}):
        report.bad(1, "the header has twice: %(names)s", names=", ".join(twice))
        return None
    return names


def _fields(line: int, raw: bytes, report: Report) -> list[str] | None:
    """The values of one line without spaces around them, or None and a reason."""
    if len(raw) >= LONGEST:
        report.bad(line, "it is longer than %(limit)s bytes", limit=LONGEST)
        return None
    try:
        text = raw.decode()
    except UnicodeDecodeError as error:
        report.bad(line, "it is not UTF-8 (byte %(place)s)", place=error.start + 1)
        return None
    text = text.rstrip("\r\n")
    if not text.strip():
        report.bad(line, "it is empty")
        return None
    if _CONTROL.search(text):
        report.bad(line, "it holds a control character")
        return None
    if '"' not in text:
        return [value.strip() for value in text.split(",")]
    try:
        return [value.strip() for value in next(csv.reader([text], strict=True))]
    except csv.Error:
        report.bad(line, "a quotation mark is not closed")
        return None


def upsert(model, key: str, rows: list[dict]) -> None:
    """Insert rows, or replace what the row with the same key held; one prepared statement, no model objects.

    `key` is a unique column, or several with commas between. All rows name the same fields. Call it inside a write.
    """
    fields = [model._meta.fields[name] for name in rows[0]]
    columns = [field.column_name for field in fields]
    changes = ", ".join(f"{column} = excluded.{column}" for column in columns if column not in key.split(", "))
    statement = (
        f"INSERT INTO {model._meta.table_name} ({', '.join(columns)}) VALUES ({', '.join([db.param] * len(columns))})"
        f" ON CONFLICT ({key}) DO UPDATE SET {changes}"
    )
    values = [tuple(field.db_value(row[field.name]) for field in fields) for row in rows]
    db.cursor().executemany(statement, values)


def settle(*models) -> None:
    """Let the engine look at tables that have changed much, so that it goes on choosing the right index."""
    for model in models:
        db.execute_sql(f"ANALYZE {model._meta.table_name}")
