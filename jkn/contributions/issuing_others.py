"""Issuing a month's bills of employers and governments: lines in chunks, then the bills over them.

Some bills have a line for each of a hundred million people. Each chunk of lines is one transaction and may be written
twice, and several are written at once; a payer's bill is made when all lines are there, and after that none is added.
`others_sql` and `late_aid` say what the lines are.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from functools import partial

from peewee import Case, Value, fn

from jkn import clock, law
from jkn.access import SYSTEM
from jkn.audit import service as audit
from jkn.audit.models import Act
from jkn.contributions import issuing, late_aid, others_sql, rules, service
from jkn.contributions.at_once import at_once
from jkn.contributions.models import Bill, BillLine, BillTotal, Issuing, IssuingLane
from jkn.contributions.provinces import CENTRAL
from jkn.db import writing
from jkn.ledger import service as ledger
from jkn.members.models import Payer, PayerKind

CHUNK = 20_000  # rows of people that are looked at together
PAYERS = 500  # whose bills are made together
LANES = 16  # chunks of lines that can be written at once
OTHERS = (PayerKind.EMPLOYER, PayerKind.GOVERNMENT)
STEPS = (*others_sql.STEPS, *late_aid.STEPS)


def issue(month: date, chunk: int = CHUNK) -> int:
    """Bill every employer and government for the month; how many bills are new."""
    return sum(issued for _done, issued in run(month, chunk))


def size(month: date) -> int:
    """How many rows a run looks at: the length of its progress bar."""
    rows = sum(len(numbers) for _step, numbers in _left(month))
    return rows + Payer.select().where(Payer.kind.in_(OTHERS)).count()


def run(month: date, chunk: int = CHUNK, workers: int = 1) -> Iterator[tuple[int, int]]:
    """Do what is left of the month, piece by piece: (rows looked at, bills issued). Safe to stop and to run again."""
    for step, numbers in _left(month):
        starts = range(numbers.start, numbers.stop, chunk)
        parts = (range(first, min(first + chunk, numbers.stop)) for first in starts)
        for part, _lines in at_once(partial(write_lines, month, step), parts, workers):
            _note(month, step, part[-1])
            yield len(part), 0
    for kind in OTHERS:
        code = ""
        while payers := _payers_after(kind, code):
            code = payers[-1][1]
            numbers = [number for number, _code in payers]
            yield len(payers), issue_for(month, numbers)
    _note(month, 0, 0)  # all is done; a run later in the month looks at everything again


@writing
def write_lines(month: date, step: int, numbers: range) -> int:
    """The lines that these rows give to bills not yet issued; how many are new."""
    _take_turn(month, [numbers[0] // CHUNK % LANES])
    return STEPS[step].write(month, numbers[0], numbers[-1])


def issue_for(month: date, payers: list[int]) -> int:
    """The bills of these payers over their lines, which must be complete; and what their credit pays of them."""
    issued = _issue_for(month, payers)
    for number in ledger.with_credit_among(payers) if issued else ():
        service.pay_from_credit(Payer.get_by_id(number), max(month, clock.today()))
    return issued


@writing
def _issue_for(month: date, payers: list[int]) -> int:
    _take_turn(month, range(LANES))
    _insert_totals(month, payers)
    issued = _insert_bills(month, payers)
    if issued:
        issuing.insert_movements(month, Bill.payer.in_(payers))
        audit.record(Act.BILLS_ISSUED, f"{month:%Y-%m} employers and governments", SYSTEM, count=issued)
    return issued


def _left(month: date) -> Iterator[tuple[int, range]]:
    """The steps that are not done, each with the rows still to look at."""
    mark = Issuing.get_or_none(Issuing.month == month)
    begun, reached = (mark.step, mark.reached) if mark else (0, 0)
    for step in range(begun, len(STEPS)):
        model = STEPS[step].model
        low, high = model.select(fn.MIN(model.id), fn.MAX(model.id)).scalar(as_tuple=True)
        if low is not None:
            yield step, range(max(low, reached + 1) if step == begun else low, high + 1)


@writing
def _note(month: date, step: int, reached: int) -> None:
    """How far we are: everything before it is written."""
    Issuing.insert(month=month).on_conflict_ignore().execute()
    Issuing.update(step=step, reached=reached).where(Issuing.month == month).execute()


def _take_turn(month: date, lanes: Iterable[int]) -> None:
    """Hold these lanes to the end of the transaction.

    Lines are written in one lane each, bills are made in all: no line joins a bill that is just being made.
    """
    for lane in lanes:
        IssuingLane.insert(month=month, lane=lane).on_conflict_ignore().execute()
        IssuingLane.update(lane=lane).where(IssuingLane.month == month, IssuingLane.lane == lane).execute()


def _payers_after(kind: PayerKind, code: str) -> list[tuple[int, str]]:
    rows = Payer.select(Payer.id, Payer.code).where(Payer.kind == kind, Payer.code > code)
    return list(rows.order_by(Payer.code).limit(PAYERS).tuples())


def _insert_totals(month: date, payers: list[int]) -> None:
    issued = Bill.select(Value(1)).where(Bill.payer == BillLine.payer_id, Bill.month == month)
    keys = (BillLine.payer_id, BillLine.month, BillLine.kind, BillLine.care_class)
    sums = (fn.COUNT(BillLine.id), fn.SUM(BillLine.amount), fn.SUM(BillLine.by_worker))
    totals = (
        BillLine.select(*keys, *sums)
        .where(BillLine.payer_id.in_(payers), BillLine.month == month, ~fn.EXISTS(issued))
        .group_by(*keys)
    )
    into = (
        BillTotal.payer_id,
        BillTotal.month,
        BillTotal.kind,
        BillTotal.care_class,
        BillTotal.people,
        BillTotal.amount,
        BillTotal.by_worker,
    )
    BillTotal.insert_from(totals, into).on_conflict_ignore().execute()


def _insert_bills(month: date, payers: list[int]) -> int:
    issued = Bill.select(Value(1)).where(Bill.payer == BillTotal.payer_id, Bill.month == month)
    bills = (
        BillTotal.select(
            BillTotal.payer_id,
            Value(month),
            fn.SUM(BillTotal.amount),
            Value(rules.due_on(month)),
            _basis(month),
            Value(clock.now(), converter=Bill.issued_at.db_value),
        )
        .join(Payer, on=(Payer.id == BillTotal.payer_id))
        .where(BillTotal.payer_id.in_(payers), BillTotal.month == month, ~fn.EXISTS(issued))
        .group_by(BillTotal.payer_id, Payer.kind, Payer.code)
    )
    fields = (Bill.payer, Bill.month, Bill.amount, Bill.due_on, Bill.basis, Bill.issued_at)
    return Bill.insert_from(bills, fields).on_conflict_ignore().as_rowcount().execute()


def _basis(month: date):
    """The decree that a bill names first: of wages, of the central government, or of local ones."""
    rules = law.at(month)
    first = [
        (Payer.kind == PayerKind.EMPLOYER, rules.ppu.basis[:60]),
        (Payer.code == CENTRAL, rules.pbi_tariff.basis[:60]),
    ]
    return Case(None, first, rules.pemda_tariff.basis[:60])
