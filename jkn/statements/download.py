"""A bill's lines as CSV."""

from collections.abc import Iterator

from jkn import exports
from jkn.contributions.models import Bill, BillLine
from jkn.db import let_go
from jkn.members.models import Person
from jkn.numbers import VA_PREFIXES, mask_card, mask_name
from jkn.statements import service
from jkn.statements.service import PenaltyBilled

COLUMNS = ("NAMA", "KARTU", "JENIS", "KELAS", "UPAH", "PEMBAYAR", "PEKERJA", "JUMLAH", "NOMOR", "JATUH_TEMPO")


def lines(bill: Bill) -> Iterator[str]:
    """The file, line by line, however long. It is read while it is sent, after the request has given back its own."""
    try:
        yield exports.line(COLUMNS)
        for line in service.every_line(bill):
            yield exports.line(_values(line))
        for correction in service.corrections_of(bill):
            cells = (*_who(correction.person), "correction", "", "", "", "", correction.amount, "", "")
            yield exports.line(cells)
        for billed in service.penalties_of(bill.payer, bill.month):
            if billed.penalty.is_payable:
                yield exports.line(_of_penalty(billed))
    finally:
        let_go()


def _values(line: BillLine) -> tuple:
    return (
        *_who(line.person),
        line.kind.value,
        line.care_class.name,
        line.base or "",
        line.amount - line.by_worker,
        line.by_worker,
        line.amount,
        "",
        "",
    )


def _of_penalty(billed: PenaltyBilled) -> tuple:
    """Payable apart from the bill: its number at every bank but Mandiri, and its last day."""
    amount, number = billed.penalty.amount, VA_PREFIXES[0] + billed.tail
    return (*_who(billed.penalty.person), "penalty", "", "", amount, "", amount, number, billed.due_on.isoformat())


def _who(person: Person) -> tuple[str, str]:
    return exports.safe(mask_name(person.name)), exports.safe(mask_card(person.card))
