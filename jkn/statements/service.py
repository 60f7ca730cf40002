"""What an employer or a government is asked for and has paid; recording transfers; giving out account numbers."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from operator import itemgetter

from peewee import JOIN, fn

from jkn import clock, numbers
from jkn.access import Actor
from jkn.audit import service as audit
from jkn.audit.models import Act
from jkn.calendar import next_month
from jkn.contributions import rules
from jkn.contributions.models import Agreement, Bill, BillLine, BillTotal, Correction, Settlement
from jkn.db import writing
from jkn.employers.models import Employer
from jkn.errors import N_, Refused
from jkn.members.models import Payer, PayerKind, Person
from jkn.money import Rupiah
from jkn.payments import account_numbers, booking
from jkn.payments.models import AccountNumber, Payment, Purpose
from jkn.penalties.models import Penalty
from jkn.penalties.rules import due_of_employer
from jkn.statements.models import Transfer

OTHERS = (PayerKind.EMPLOYER, PayerKind.GOVERNMENT)
VIA = "Treasury"
CHUNK = 2_000
MOST = 1_000  # corrections or penalties on one statement


@dataclass(frozen=True)
class Owing:
    """What one payer has not paid: how many bills, and what they come to."""

    bills: int = 0
    amount: Rupiah = Rupiah(0)


@dataclass(frozen=True)
class MonthBilled:
    """One bill and what became of it."""

    bill: Bill
    amount: Rupiah  # with its corrections
    settled_on: date | None


@dataclass(frozen=True)
class PenaltyBilled:
    """A service penalty that an employer pays: under the last eleven digits of a number of its own, until a day."""

    penalty: Penalty
    tail: str
    due_on: date


def owing_of(payers: Sequence[int]) -> dict[int, Owing]:
    """What each of these payers has not paid of what was billed, corrections included; not what has lapsed."""
    rows = (
        Bill.select(Payer.id, Payer.kind, Bill.month, Bill.amount + _corrections(), Settlement.settled_on)
        .join(Payer)
        .join(Settlement, JOIN.LEFT_OUTER, on=_held())
        .where(Bill.payer.in_(list(payers)))
        .order_by(Payer.id, Bill.month)
    )
    return {payer: owing for payer, bills in groupby(rows.tuples(), itemgetter(0)) if (owing := _owing(list(bills)))}


def _owing(bills: list[tuple]) -> Owing | None:
    """Of one payer's bills, oldest first, what is not paid; None when nothing is."""
    amounts = {month: amount for _payer, _kind, month, amount, _day in bills}
    settled = {month: day for _payer, _kind, month, _amount, day in bills if day}
    capped = bills[0][1] == PayerKind.EMPLOYER
    lapsed = rules.lapsed_months(list(amounts), settled, clock.today()) if capped else []
    open_still = [int(amount) for month, amount in amounts.items() if month not in settled and month not in lapsed]
    return Owing(len(open_still), Rupiah(sum(open_still))) if open_still else None


def bills_of(payer: Payer, before: date | None, limit: int) -> list[MonthBilled]:
    """The payer's bills, newest first."""
    rows = (
        Bill.select(Bill, (Bill.amount + _corrections()).alias("total"), Settlement.settled_on)
        .join(Settlement, JOIN.LEFT_OUTER, on=_held())
        .where(Bill.payer == payer)
        .order_by(Bill.month.desc())
        .limit(limit)
        .objects()
    )
    rows = rows.where(Bill.month < before) if before else rows
    return [MonthBilled(row, Rupiah(int(row.total)), row.settled_on) for row in rows]


def bill_of(payer: Payer, month: date) -> MonthBilled | None:
    found = bills_of(payer, next_month(month), 1)
    return found[0] if found and found[0].bill.month == month else None


def totals_of(bill: Bill) -> list[BillTotal]:
    """By kind and class, as they were billed."""
    rows = BillTotal.select().where(BillTotal.payer_id == bill.payer_id, BillTotal.month == bill.month)
    return list(rows.order_by(BillTotal.kind.desc(), BillTotal.care_class))


def lines_of(bill: Bill, after: int, limit: int) -> tuple[list[BillLine], int | None]:
    """Lines with their people, in the order of the people's numbers, from the one after; and where to go on.

    A person may have two lines, one of each kind; they are never parted.
    """
    lines = list(
        BillLine.select(BillLine, Person.id, Person.name, Person.card)
        .join(Person)
        .where(BillLine.payer_id == bill.payer_id, BillLine.month == bill.month, BillLine.person > after)
        .order_by(BillLine.person, BillLine.kind)
        .limit(limit + 2)
    )
    if len(lines) <= limit:
        return lines, None
    cut = limit if lines[limit - 1].person_id != lines[limit].person_id else limit + 1
    return lines[:cut], lines[cut - 1].person_id if len(lines) > cut else None


def every_line(bill: Bill) -> Iterator[BillLine]:
    """All of them, however many, without growing in memory."""
    after = 0
    while after is not None:
        lines, after = lines_of(bill, after, CHUNK)
        yield from lines


def corrections_of(bill: Bill) -> list[Correction]:
    """What was added to the bill after it was issued, or taken away, with the people."""
    rows = Correction.select(Correction, Person.id, Person.name, Person.card).join(Person)
    return list(
        rows.where(Correction.payer == bill.payer_id, Correction.month == bill.month)
        .order_by(Correction.id)
        .limit(MOST)
    )


def penalties_of(payer: Payer, month: date) -> list[PenaltyBilled]:
    """The service penalties on an employer's statement of a month: made in it, or before and not paid yet.

    An employer pays those of its workers and their families (domain: 4.4); governments pay none.
    """
    if payer.kind != PayerKind.EMPLOYER:
        return []
    is_its = (
        (AccountNumber.payer == Penalty.payer)
        & (AccountNumber.purpose == Purpose.PENALTY)
        & (AccountNumber.subject == Penalty.id)
    )
    open_still = Penalty.paid_by.is_null() & Penalty.cancelled_on.is_null()
    asked = Penalty.select(Penalty, Person.card, AccountNumber.tail).where(
        Penalty.payer == payer, Penalty.billed_on < next_month(month), (Penalty.billed_on >= month) | open_still
    )
    rows = Penalty.shown(asked).join_from(Penalty, AccountNumber, on=is_its).limit(MOST)
    return [PenaltyBilled(row, row.accountnumber.tail, due_of_employer(row.billed_on)) for row in rows]


def payments_of(payer: Payer, limit: int) -> list[Payment]:
    """The last ones, those taken back included."""
    return list(Payment.select().where(Payment.payer == payer).order_by(Payment.id.desc()).limit(limit))


def account_of(payer: Payer) -> str | None:
    """The last eleven digits of the payer's virtual account: an employer's by its code, else as given out."""
    employer = Employer.get_or_none(Employer.payer == payer) if payer.kind == PayerKind.EMPLOYER else None
    if employer and employer.bu_code:
        return numbers.EMPLOYER_TAIL + employer.bu_code
    return account_numbers.known(payer.id, Purpose.BILL)


@writing
def give_account(payer: Payer, by: Actor) -> str:
    """The payer's virtual account, made when first asked for."""
    if account_of(payer) is None and account_numbers.give_out(payer.id, Purpose.BILL):
        audit.record(Act.NUMBER_GIVEN, payer, by)
    return account_of(payer)


@writing
def record_transfer(payer: Payer, amount: Rupiah, paid_on: date, reference: str, by: Actor) -> Transfer:
    """Money found on our account: it settles the oldest bills as far as it goes, and the rest is the payer's credit.

    A reference counts once for ever. The same again is the same transfer; with another payer or amount it is refused,
    and so is one that was undone: it is matched again by match_again().
    """
    check_transfer(payer, paid_on)
    if Transfer.select().where(Transfer.reference == reference, Transfer.unmatched()).exists():
        raise Refused(N_("This transfer was undone. Match it again on its own page."), field="reference")
    last = Transfer.select(fn.MAX(Transfer.turn)).where(Transfer.reference == reference).scalar()
    transfer, _is_new = enter_transfer(payer, amount, paid_on, reference, last or 0, by)
    return transfer


def check_transfer(payer: Payer, paid_on: date) -> None:
    """Refused for who pays otherwise, and for a day to come."""
    if payer.kind not in OTHERS:
        raise Refused(N_("Only employers and governments pay by transfer."), field="code")
    if paid_on > clock.today():
        raise Refused(N_("This day has not come yet."), field="paid_on")


def enter_transfer(
    payer: Payer, amount: Rupiah, paid_on: date, reference: str, turn: int, by: Actor
) -> tuple[Transfer, bool]:
    """The row and its payment, and whether it is new; refused for another one that is there. In the caller's write."""
    row = {"payer": payer, "amount": amount, "paid_on": paid_on, "reference": reference, "turn": turn}
    made = Transfer.insert(**row, recorded_at=clock.now(), recorded_by=by.officer_id or 0).on_conflict_ignore()
    is_new = made.as_rowcount().execute()
    transfer = Transfer.get(Transfer.reference == reference, Transfer.turn == turn)
    if not is_new:
        if (transfer.payer_id, transfer.amount, transfer.paid_on) != (payer.id, amount, paid_on):
            raise Refused(N_("This reference was recorded before, for another payment."), field="reference")
        return transfer, False
    source = f"transfer:{transfer.id}"
    paid_at = clock.now() if paid_on == clock.today() else clock.start_of(paid_on)
    transfer.payment = booking.take(payer, amount, VIA, reference, paid_at, by, source=source)
    transfer.save(only=[Transfer.payment])
    audit.record(Act.TRANSFER_RECORDED, transfer, by, amount=amount)
    return transfer, True


@writing
def agree(payer: Payer, since: date, suspends: bool, basis: str, by: Actor) -> Agreement:
    """What was agreed with a local government about being late, from a day on; of one day the last word counts."""
    if payer.kind != PayerKind.GOVERNMENT:
        raise Refused(N_("Only with governments this can be agreed."))
    row = {"payer": payer, "since": since, "suspends": suspends, "basis": basis}
    kept = [Agreement.suspends, Agreement.basis]
    Agreement.insert(**row).on_conflict(conflict_target=[Agreement.payer, Agreement.since], preserve=kept).execute()
    agreement = Agreement.get(Agreement.payer == payer, Agreement.since == since)
    audit.record(Act.AGREEMENT_RECORDED, agreement, by, suspends=suspends, since=since.isoformat())
    return agreement


def _held():
    return (Settlement.payer == Bill.payer) & (Settlement.month == Bill.month) & Settlement.reversed_on.is_null()


def _corrections():
    """What corrections add to a bill."""
    rows = Correction.select(fn.SUM(Correction.amount))
    return fn.COALESCE(rows.where(Correction.payer == Bill.payer, Correction.month == Bill.month), 0)
