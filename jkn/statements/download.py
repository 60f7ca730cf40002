"""A bill's lines as CSV."""

from collections.abc import Iterator

from jkn import exports
from jkn.contributions.models import Bill, BillLine
from jkn.db import let_go
from jkn.numbers import mask_card, mask_name
from jkn.statements import service

COLUMNS = ("NAMA", "KARTU", "JENIS", "KELAS", "UPAH", "PEMBAYAR", "PEKERJA", "JUMLAH")


def lines(bill: Bill) -> Iterator[str]:
    """The file, line by line, however long. It is read while it is sent, after the request has given back its own."""
    try:
        yield exports.line(COLUMNS)
        for line in service.every_line(bill):
            yield exports.line(_values(line))
    finally:
        let_go()


def _values(line: BillLine) -> tuple:
    return (
        exports.safe(mask_name(line.person.name)),
        exports.safe(mask_card(line.person.card)),
        line.kind.value,
        line.care_class.name,
        line.base or "",
        line.amount - line.by_worker,
        line.by_worker,
        line.amount,
    )
