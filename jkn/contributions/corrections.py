"""Making good what was billed or settled too early: corrections of issued bills, and settlements taken back.

Nothing is rewritten. A correction is a row of its own with a movement of its own; a settlement taken back keeps its
row, and its money is the payer's credit again.
"""

from datetime import date

from peewee import Case, fn

from jkn import clock, law
from jkn.access import SYSTEM, Actor
from jkn.audit import service as audit
from jkn.audit.models import Act
from jkn.calendar import next_month
from jkn.contributions import arrears, holds, late, moving, others, rules, service
from jkn.contributions.models import BillLine, Correction, How, Reason, Settlement
from jkn.db import writing
from jkn.ledger import service as ledger
from jkn.members.models import CareClass, Payer, PayerKind, Person, Spell
from jkn.money import Rupiah


@writing
def correct(payer: Payer, since: date, reason: Reason, by: Actor = SYSTEM, on: date | None = None) -> dict:
    """Bring the family's bills from this month on in line with the law and the facts; {month: rupiah added}.

    Somebody on a bill who should not be there is taken off, and a price that a decree changed is changed. What was
    paid too much is credit (Perpres 64/2020 ps 34(9)); a month paid too little is open again, its money credit.
    Nobody is put on a bill that was issued without them. Prices that an agreement to pay in instalments fixed stay.
    """
    service.take_the_book(payer)
    on = on or clock.today()
    changes = _differences(payer, since)
    if changes and reason == Reason.TARIFF:
        fixed = holds.fixed_months(payer, on)
        changes = {month: people for month, people in changes.items() if month not in fixed}
    for month, people in changes.items():
        basis = rules.price(month, CareClass.III).basis
        for person, (turn, amount) in people.items():
            Correction.create(
                payer=payer,
                family_id=payer.family_id,
                month=month,
                person=person,
                turn=turn,
                amount=amount,
                reason=reason,
                basis=basis[:60],
                on=on,
            )
        moving.book(payer, month, Rupiah(sum(amount for _turn, amount in people.values())), on)
    if changes:
        names = [f"{month:%Y-%m}" for month in changes]
        audit.record(Act.BILLS_CORRECTED, payer, by, count=len(changes), months=names, reason=reason)
        service.use_credit(payer, on, by)
    return {month: sum(amount for _turn, amount in people.values()) for month, people in changes.items()}


@writing
def report_death(person: Person, died_on: date, by: Actor) -> None:
    """Nothing is owed for a person after the month of death; what was paid for it becomes credit (domain: 4.11).

    By whoever was billed: families, employers (for a relative beyond the five lives too), governments, state aid as
    well. What has lapsed by now stays so, although fewer months are owed than seemed to be.
    """
    payers = list(Payer.select().join(Spell).where(Spell.person == person, Payer.kind == PayerKind.FAMILY).distinct())
    today = clock.today()
    for payer in payers:
        lapse_for_good(payer, today)
    if not Person.update(died_on=died_on).where(Person.id == person.id, Person.died_on.is_null()).execute():
        return
    audit.record(Act.DEATH_REPORTED, person, by, day=died_on.isoformat())
    since = next_month(died_on)
    for payer in payers:
        correct(payer, since, Reason.DEATH, by)
    others.take_off(person, died_on, since, by)


def lapse_for_good(payer: Payer, on: date) -> None:
    """What has lapsed by the day stays so, whatever is changed in who owed what; in the caller's write."""
    service.take_the_book(payer)
    if payer.liable_from:
        service.waive(payer, service.standing(payer, on).lapsed, on, clock.now())


def correct_prices(numbers: range, by: Actor = SYSTEM) -> int:
    """Correct the families of these numbers whose bills the newest tariff prices otherwise; how many bills changed."""
    changed = 0
    for payer_id, month in _priced_otherwise(numbers[0], numbers[-1]).items():
        changed += len(correct(Payer.get_by_id(payer_id), month, Reason.TARIFF, by))
    return changed


def unsettle(payer: Payer, needed: Rupiah, on: date, by: Actor) -> list[date]:
    """Take back settlements, newest month first, until so much is credit; the months that are open again.

    In the caller's write. What lapsed or was waived stays so.
    """
    service.take_the_book(payer)
    undone = []
    while ledger.credit_of(payer.id) < needed:
        held = Settlement.payer == payer, Settlement.reversed_on.is_null(), Settlement.movement.is_null(False)
        newest = (
            Settlement.select().where(*held, Settlement.how != How.WAIVED).order_by(Settlement.month.desc()).first()
        )
        if newest is None:
            break
        moving.reopen(payer, newest, service.amounts_of(payer, [newest.month])[newest.month], on)
        undone.append(newest.month)
    if undone:
        names = [f"{month:%Y-%m}" for month in undone]
        audit.record(Act.MONTH_REOPENED, payer, by, count=len(undone), months=names)
    return undone


def _differences(payer: Payer, since: date) -> dict[date, dict[int, tuple[int, int]]]:
    """What the lines of the bills should come to less what they do, where that is not nothing: {month: {person: …}}."""
    shares = service.shares_of(payer)
    made = Correction.select(Correction.month, Correction.person, fn.COUNT(Correction.id), fn.SUM(Correction.amount))
    rows = made.where(Correction.payer == payer, Correction.month >= since).group_by(
        Correction.month, Correction.person
    )
    before = {(month, person): (turns, int(amount)) for month, person, turns, amount in rows.tuples()}
    waived, paid = _waived(payer, since), _paid_on(payer, since)
    lines = BillLine.select().where(BillLine.payer_id == payer.id, BillLine.month >= since).order_by(BillLine.month)
    changes: dict[date, dict[int, tuple[int, int]]] = {}
    for line in lines:
        if line.month in waived:
            continue
        on = paid.get(line.month, line.month)
        should = {
            item.person_id: arrears.price_on(line.month, item.care_class, on).amount
            for item in rules.lines_of(line.month, shares)
        }
        turns, corrected = before.get((line.month, line.person_id), (0, 0))
        if difference := should.get(line.person_id, 0) - line.amount - corrected:
            changes.setdefault(line.month, {})[line.person_id] = (turns, difference)
    return changes


def _paid_on(payer: Payer, since: date) -> dict[date, date]:
    """On which day each settled month was paid: the law of that day says what it cost in arrears."""
    if not late.is_ever_gross():
        return {}
    rows = Settlement.select(Settlement.month, Settlement.settled_on).where(
        Settlement.payer == payer, Settlement.month >= since, Settlement.reversed_on.is_null()
    )
    kept = holds.held_by(payer, clock.today())[0]
    return {month: late.day_of_price(month, kept, day) for month, day in rows.tuples()}


def _waived(payer: Payer, since: date) -> set[date]:
    rows = Settlement.select(Settlement.month).where(
        Settlement.payer == payer,
        Settlement.month >= since,
        Settlement.reversed_on.is_null(),
        Settlement.how == How.WAIVED,
    )
    return {month for (month,) in rows.tuples()}


def _is_whole(amount, month: date):
    """Is it the whole contribution of class III, as months in arrears may cost? As SQL."""
    _usual, whole = late.both_prices(month)
    return (BillLine.care_class == CareClass.III) & (amount == whole)


def _priced_otherwise(first: int, last: int) -> dict[int, date]:
    """Families with bills since the newest tariff that may not be what it says, each with the first such month."""
    since = law.history("pbpu_tariff")[-1].since
    prices = [(care_class, rules.price(since, care_class).amount) for care_class in CareClass]
    corrected = Correction.select(fn.COALESCE(fn.SUM(Correction.amount), 0)).where(
        Correction.payer == BillLine.payer_id,
        Correction.month == BillLine.month,
        Correction.person == BillLine.person,
    )
    rows = (
        BillLine.select(BillLine.payer_id, fn.MIN(BillLine.month))
        .join(Payer, on=(Payer.id == BillLine.payer_id))
        .where(
            BillLine.payer_id.between(first, last),
            Payer.kind == PayerKind.FAMILY,
            BillLine.month >= since,
            BillLine.amount + corrected != Case(BillLine.care_class, prices),
            *([~_is_whole(BillLine.amount + corrected, since)] if late.is_ever_gross() else []),
        )
        .group_by(BillLine.payer_id)
    )
    return {payer_id: BillLine.month.python_value(month) for payer_id, month in rows.tuples()}
