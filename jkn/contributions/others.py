"""Correcting the bills of employers and governments: lines as they are, added to or taken away by corrections."""

from collections.abc import Mapping
from datetime import date

from peewee import Value, fn

from jkn import clock, law
from jkn.access import Actor
from jkn.audit import service as audit
from jkn.audit.models import Act
from jkn.contributions import moving, service, tariffs
from jkn.contributions.issuing_others import OTHERS
from jkn.contributions.models import Bill, BillLine, Correction, How, Issuing, Kind, LateAid, Reason, Settlement
from jkn.employers import relatives
from jkn.members.models import Payer, Person
from jkn.money import Rupiah


def take_off(dead: Person, died_on: date, since: date, by: Actor) -> None:
    """Nobody is billed for the dead from this month on, in the caller's write: by no line of their own (workers, PBI,
    Pemda, pensioners, state aid), nor as a relative for whom a worker pays more.
    """
    Issuing.update(reached=Issuing.reached).where(Issuing.month >= since).execute()  # no bill is made meanwhile
    _forget_unbilled(dead, since)
    changes: dict[int, list[tuple[int, dict[date, int]]]] = {}
    for payer, amounts in _billed(dead.id, since).items():
        changes.setdefault(payer, []).append((dead.id, {month: -amount for month, amount in amounts.items()}))
    for less in relatives.one_less(dead, died_on, since, by):
        changes.setdefault(less.payer_id, []).append((less.person_id, _of_one_relative(less)))
    for payer_id in sorted(changes):
        payer = Payer.get_by_id(payer_id)
        for person, amounts in changes[payer_id]:
            correct_person(payer, person, amounts, Reason.DEATH, by)


def correct_person(payer: Payer, person: int, amounts: Mapping[date, int], reason: Reason, by: Actor) -> list[date]:
    """Add these amounts to what issued bills ask for a person, in the caller's write; which months changed.

    Months that lapsed by law or were waived stay as they are. What was paid too much is the payer's credit.
    """
    service.take_the_book(payer)
    on, waived, done = clock.today(), _waived(payer, list(amounts)), []
    for month, amount in sorted(amounts.items()):
        if not amount or month in waived:
            continue
        mine = Correction.payer == payer, Correction.month == month, Correction.person == person
        turn = Correction.select().where(*mine).count()
        basis = Bill.select(Bill.basis).where(Bill.payer == payer, Bill.month == month).scalar()
        row = {"payer": payer, "month": month, "person": person, "turn": turn, "amount": amount, "reason": reason}
        Correction.create(**row, basis=basis, on=on)
        moving.book(payer, month, Rupiah(amount), on)
        done.append(month)
    if done:
        names = [f"{month:%Y-%m}" for month in done]
        audit.record(Act.BILLS_CORRECTED, payer, by, count=len(done), months=names, reason=reason)
        service.use_credit(payer, on, by)
    return done


def _forget_unbilled(dead: Person, since: date) -> None:
    """Lines that a run has written, and no bill was made of yet."""
    payers = Payer.select(Payer.id).where(Payer.kind.in_(OTHERS))
    bill = Bill.select(Value(1)).where(Bill.payer == BillLine.payer_id, Bill.month == BillLine.month)
    theirs = BillLine.person == dead, BillLine.month >= since, BillLine.payer_id.in_(payers)
    BillLine.delete().where(*theirs, ~fn.EXISTS(bill)).execute()
    its_bill = Bill.select(Value(1)).where(Bill.payer == LateAid.payer, Bill.month == LateAid.billed_in)
    LateAid.delete().where(LateAid.person == dead, LateAid.billed_in >= since, ~fn.EXISTS(its_bill)).execute()


def _billed(person: int, since: date) -> dict[int, dict[date, int]]:
    """What others are billed for a person with all corrections: {payer: {month: rupiah}}."""
    lines = (
        BillLine.select(BillLine.payer_id, BillLine.month, fn.SUM(BillLine.amount))
        .join(Payer, on=(Payer.id == BillLine.payer_id))
        .where(BillLine.person == person, BillLine.month >= since, Payer.kind.in_(OTHERS))
        .where(BillLine.kind != Kind.LATE_AID)
        .group_by(BillLine.payer_id, BillLine.month)
    )
    late = (
        LateAid.select(LateAid.payer, LateAid.billed_in, fn.SUM(LateAid.amount))
        .where(LateAid.person == person, LateAid.month >= since)
        .group_by(LateAid.payer, LateAid.billed_in)
    )
    found: dict[int, dict[date, int]] = {}
    for payer, month, amount in [*lines.tuples(), *late.tuples()]:
        months = found.setdefault(payer, {})
        months[month] = months.get(month, 0) + int(amount)
    for payer, months in found.items():
        for month in months:
            months[month] += _corrected(payer, month, person)
    return found


def _corrected(payer: int, month: date, person: int) -> int:
    mine = Correction.payer == payer, Correction.month == month, Correction.person == person
    return int(Correction.select(fn.COALESCE(fn.SUM(Correction.amount), 0)).where(*mine).scalar())


def _of_one_relative(less: relatives.OneLess) -> dict[date, int]:
    """What the worker's bills asked for one relative too many: the rate of each month on the wage that counted."""
    bill = Bill.select(Value(1)).where(Bill.payer == BillLine.payer_id, Bill.month == BillLine.month)
    lines = BillLine.select(BillLine.month, BillLine.base).where(
        BillLine.payer_id == less.payer_id,
        BillLine.person == less.person_id,
        BillLine.month >= less.since,
        BillLine.base.is_null(False),
        fn.EXISTS(bill),
    )
    lines = lines.where(BillLine.month < less.until) if less.until else lines
    billed = _billed(less.person_id, less.since).get(less.payer_id, {})
    return {month: -min(_rate_of_one(month, base), billed[month]) for month, base in lines.tuples()}


def _rate_of_one(month: date, base: int) -> int:
    row = law.at(month)
    return tariffs.share_of(base, row.ppu.extra_rate, row.ppu_rounding.method)


def _waived(payer: Payer, months: list[date]) -> set[date]:
    rows = Settlement.select(Settlement.month).where(
        Settlement.payer == payer,
        Settlement.month.in_(months),
        Settlement.how == How.WAIVED,
        Settlement.reversed_on.is_null(),
    )
    return {month for (month,) in rows.tuples()}
