"""A bill's lines as CSV, which no spreadsheet can mistake for formulas."""

import csv
import io
from collections.abc import Iterator

from jkn.contributions.models import Bill, BillLine
from jkn.db import let_go
from jkn.numbers import mask_card, mask_name
from jkn.statements import service

COLUMNS = ("NAMA", "KARTU", "JENIS", "KELAS", "UPAH", "PEMBAYAR", "PEKERJA", "JUMLAH")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def safe(text: str) -> str:
    """Text that a spreadsheet shows as it stands: an apostrophe before what would be a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def lines(bill: Bill) -> Iterator[str]:
    """The file, line by line, however long. It is read while it is sent, after the request has given back its own."""
    try:
        yield _line(COLUMNS)
        for line in service.every_line(bill):
            yield _line(_values(line))
    finally:
        let_go()


def _values(line: BillLine) -> tuple:
    return (
        safe(mask_name(line.person.name)),
        safe(mask_card(line.person.card)),
        line.kind.value,
        line.care_class.name,
        line.base or "",
        line.amount - line.by_worker,
        line.by_worker,
        line.amount,
    )


def _line(values: tuple) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerow(values)
    return text.getvalue()
