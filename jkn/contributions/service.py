"""What a payer owes, how it stands, and settling months. Bills are issued by issuing.py."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime

from peewee import fn

from jkn import clock, law
from jkn.access import SYSTEM, Actor
from jkn.audit import service as audit
from jkn.audit.models import Act
from jkn.calendar import add_months, first_of_month, months_between, next_month
from jkn.contributions import billed, holds, issuing, late, rules, settling
from jkn.contributions.models import BillLine, Correction, How, Settlement
from jkn.contributions.rules import Line, MonthOwed, OpenMonths, Owed, Share
from jkn.contributions.settling import amounts_of as amounts_of
from jkn.contributions.settling import claim as claim
from jkn.contributions.settling import waive as waive
from jkn.contributions.standing import Standing, standing_before_first_payment, standing_on
from jkn.db import writing
from jkn.errors import N_, Refused
from jkn.ledger import service as ledger
from jkn.members import service as members
from jkn.members.models import SELF_PAYING, Payer, Person, Spell
from jkn.money import Rupiah


def issue_bills(month: date, opening: bool = False) -> int:
    """Bill every liable self-paying family for the month; how many bills are new. `opening`: debts from before."""
    return sum(issue_chunk(month, numbers, opening) for numbers in issuing.chunks())


def issue_chunk(month: date, numbers: range, opening: bool = False) -> int:
    """Bill one chunk of payers, and let credit pay where it is enough for everything owed."""
    issued = issuing.issue_range(month, numbers, opening)
    for payer in () if opening else list(_with_credit(numbers)):
        pay_from_credit(payer, max(month, clock.today()))
    return issued


def shares_of(payer: Payer, spells: Iterable[Spell] | None = None) -> list[Share]:
    """Who has been on the family's bill, and when; from spells already read with their people, or from the database.

    Nobody for employers and governments: theirs are what was billed.
    """
    if payer.family_id is None:
        return []
    if spells is None:
        spells = Spell.select(Spell, Person.id, Person.died_on).join(Person).where(Spell.payer == payer)
    mine = (spell for spell in spells if spell.payer_id == payer.id and spell.segment in SELF_PAYING)
    return [
        Share(spell.person_id, spell.care_class, spell.since, spell.until, spell.person.died_on)
        for spell in sorted(mine, key=lambda spell: (spell.since, spell.id))
    ]


def standing(payer: Payer, on: date, shares: Sequence[Share] | None = None) -> Standing:
    """How the payer stands on a day, past or future, by what is settled up to that day."""
    if payer.family_id and payer.liable_from is None:
        return standing_before_first_payment(payer.registered_on, on)
    return _standing(on, open_months(payer, on, shares_of(payer) if shares is None else shares))


def standing_and_owed(payer: Payer, on: date, shares: Sequence[Share] | None = None) -> tuple[Standing, Owed]:
    """Both at once, in fewer queries: for pages."""
    shares = shares_of(payer) if shares is None else shares
    if payer.family_id and payer.liable_from is None:
        return standing(payer, on, shares), owed(payer, on, 0, shares)
    found = open_months(payer, on, shares)
    months = tuple(priced(payer, rules.asked_to_be_active(found.unpaid, found.covered, on), shares, on))
    return _standing(on, found), Owed(months, credit_of(payer, found), False, found.courses)


def _standing(on: date, found: OpenMonths) -> Standing:
    stops = [month for month in found.unpaid if month not in found.covered or month >= first_of_month(on)]
    return standing_on(on, stops, found.lapsed, found.paid_through)


def open_months(payer: Payer, on: date, shares: Sequence[Share] | None = None) -> OpenMonths:
    """Which months are owed up to the day's month. Reads one row where no month lies open behind a settled one."""
    if payer.family_id is None:
        return billed.open_months(payer, on)
    start, last = payer.liable_from, first_of_month(on)
    settled_by_then = (Settlement.payer == payer, Settlement.month >= start, Settlement.held_on(on))
    count, newest = (
        Settlement.select(fn.COUNT(Settlement.id), fn.MAX(Settlement.month))
        .where(*settled_by_then)
        .scalar(as_tuple=True)
    )
    newest = Settlement.month.python_value(newest)
    paid_through = newest or add_months(start, -1)
    settled, first = {}, start
    if count == len(list(months_between(start, next_month(paid_through)))):
        first = next_month(paid_through)
    else:
        settled = dict(Settlement.select(Settlement.month, Settlement.settled_on).where(*settled_by_then).tuples())
    if shares is None:
        shares = shares_of(payer) if first <= last else ()
    months = rules.months_owed(first, last, shares)
    lapsed, covered, courses = rules.lapsed_months(months, settled, on), frozenset(), None
    if months:
        held, covered, courses = holds.held_by(payer, on)
        lapsed = rules.lapsed_months(months, settled, on, held)
    unpaid = [month for month in months if month not in settled and month not in lapsed]
    covered |= rules.relaxed_months(unpaid, settled, on)
    paid_through = min([paid_through, *(add_months(month, -1) for month in unpaid)])
    if settled and paid_through > last:  # up to the first month after this one that is open
        paid_through = rules.paid_until(last, settled)
    ahead = frozenset(month for month in settled if month > max(last, paid_through))
    return OpenMonths(tuple(unpaid), tuple(lapsed), paid_through, covered, courses, ahead)


def credit_of(payer: Payer, found: OpenMonths) -> Rupiah:
    """The payer's credit; not asked for again where the courses of its agreements tell."""
    if found.courses:
        return Rupiah(sum(move.amount for move in found.courses[0].credit))
    return ledger.credit_of(payer.id)


def owed(payer: Payer, on: date, ahead: int = 0, shares: Sequence[Share] | None = None) -> Owed:
    """What makes the payer active on the day: arrears within the cap, the running month, months `ahead`, less credit.

    A family at its first payment owes the running month alone, or the first one not paid ahead in an earlier spell.
    Refused beyond the months that may be paid at once. Employers and governments owe what was billed, nothing ahead.
    """
    if payer.family_id is None:
        months = priced(payer, open_months(payer, on).unpaid)
        return Owed(tuple(months), ledger.credit_of(payer.id), False)
    rule = law.at(on).advance_payment
    if not 0 <= ahead < rule.max_months:
        raise Refused(N_("At most %(count)s months can be paid at once."), basis=rule.basis, count=rule.max_months)
    shares = shares_of(payer) if shares is None else shares
    month = first_of_month(on)
    if payer.liable_from is None:
        newest, paid = _first_open(payer, month)
        months, found = rules.months_owed(newest, newest, shares), OpenMonths((), (), month, paid_ahead=paid)
    else:
        found = open_months(payer, on, shares)
        months, newest = rules.asked_to_be_active(found.unpaid, found.covered, on), max(month, found.paid_through)
    is_first = payer.liable_from is None
    if ahead:
        later = rules.months_owed(next_month(newest), add_months(newest, ahead + len(found.paid_ahead)), shares)
        months += [month for month in later if month not in found.paid_ahead][:ahead]
    return Owed(tuple(priced(payer, months, shares, on)), credit_of(payer, found), is_first, found.courses)


def settle(
    payer: Payer,
    months: Sequence[date],
    paid_on: date,
    at: datetime,
    by: Actor,
    how: How = How.PAID,
    bills: dict[date, Rupiah] | None = None,
    asked_on: date | None = None,
) -> list[date]:
    """Settle months from the payer's credit, in the caller's write, which holds the payer's book; the months that this
    call settled. `bills`: amounts_of() these months, where the caller has asked.

    A month settled before is left alone, so that of many calls exactly one books it. Missing bills are issued first.
    The first payment makes the family liable from its first month, and proves it. When nothing remains open, the months
    that fell outside the cap lapse for good. `asked_on`: the day of owed(), if it was not the day of paying.
    """
    if not months:
        return []
    _begin_liability(payer, min(months))
    amounts = issue_missing(payer, months, by, bills)
    if payer.family_id and late.is_ever_gross():
        late.charge(payer, still_open(payer, months), shares_of(payer), asked_on or paid_on)
        amounts = amounts_of(payer, months)
    done = settling.settle(payer, amounts, paid_on, at, how)
    if done and ledger.credit_of(payer.id) < 0:
        raise Refused(N_("There is not enough money for these months."))
    found = open_months(payer, paid_on)
    back = not any(month < first_of_month(paid_on) for month in found.unpaid)
    waived = waive(payer, found.lapsed, paid_on, at) if back else []
    if done or waived:
        names = [f"{month:%Y-%m}" for month in done]
        audit.record(Act.MONTH_SETTLED, payer, by=by, count=len(done), months=names, how=how, waived=len(waived))
    if payer.family_id:
        members.prove(payer.family_id)
    return done


def use_credit(payer: Payer, on: date, by: Actor) -> list[date]:
    """Settle what is owed on the day from credit, in the caller's write: all of it or nothing.

    For employers and governments the oldest bills, as far as it goes.
    """
    what = owed(payer, on)
    months = [month.month for month in what.months]
    if payer.family_id is None:
        months = billed.affordable(what)
    elif what.total or what.is_first:
        return []
    return settle(payer, months, clock.today(), clock.now(), by, How.CREDIT, asked_on=on)


@writing
def pay_from_credit(payer: Payer, on: date) -> None:
    """use_credit() in a write of its own."""
    take_the_book(payer)
    use_credit(payer, on, SYSTEM)


def _with_credit(numbers: range) -> Iterator[Payer]:
    """The liable payers of these numbers whose money has not settled everything it could."""
    rich = ledger.payers_with_credit(numbers[0], numbers[-1])
    return Payer.select().where(Payer.id.in_(rich), Payer.liable_from.is_null(False)) if rich else iter(())


def _first_open(payer: Payer, month: date) -> tuple[date, frozenset[date]]:
    """This month, or the first after it that is not settled; and the settled ones."""
    held = (Settlement.payer == payer, Settlement.month >= month, Settlement.reversed_on.is_null())
    settled = frozenset(settled for (settled,) in Settlement.select(Settlement.month).where(*held).tuples())
    return next_month(rules.paid_until(add_months(month, -1), settled)), settled


def still_open(payer: Payer, months: Sequence[date]) -> list[date]:
    """Those of the months that are not settled."""
    held = Settlement.payer == payer, Settlement.month.in_(list(months)), Settlement.reversed_on.is_null()
    settled = {month for (month,) in Settlement.select(Settlement.month).where(*held).tuples()}
    return [month for month in months if month not in settled]


def priced(
    payer: Payer, months: Sequence[date], shares: Sequence[Share] | None = None, on: date | None = None
) -> list[MonthOwed]:
    """Each month as it was billed and corrected, or by the rule where no bill is; as asked for on a day (today)."""
    if payer.family_id is None:
        amounts = amounts_of(payer, months) if months else {}
        return [MonthOwed(month, (), amounts[month]) for month in months]
    billed: dict[date, list[Line]] = {}
    corrected = Correction.select(fn.COALESCE(fn.SUM(Correction.amount), 0)).where(
        Correction.payer == BillLine.payer_id,
        Correction.month == BillLine.month,
        Correction.person == BillLine.person,
    )
    rows = (
        BillLine.select(
            BillLine.month, BillLine.person_id, BillLine.care_class, BillLine.amount, BillLine.aid, corrected
        )
        .where(BillLine.payer_id == payer.id, BillLine.month.in_(list(months)))
        .order_by(BillLine.person_id)
        .tuples()
    )
    for month, person, care_class, amount, aid, more in rows if months else ():
        line = Line(person, care_class, Rupiah(amount + int(more)), aid)
        billed.setdefault(month, []).extend([line] if line.amount else [])
    is_gross = late.is_ever_gross()
    if shares is None and (is_gross or not billed.keys() >= set(months)):
        shares = shares_of(payer)
    lines = {month: billed[month] if month in billed else rules.lines_of(month, shares) for month in months}
    if is_gross:
        lines = late.asked_for(payer, lines, shares, on or clock.today())
    return [MonthOwed(month, tuple(lines[month])) for month in months]


def cost_of(payer: Payer, months: Sequence[date], bills: dict[date, Rupiah], on: date) -> Rupiah:
    """What these months come to when they are paid on a day; `bills`: amounts_of() them."""
    asked = months if late.is_ever_gross() else [month for month in months if month not in bills]
    known = sum(bills[month] for month in months if month not in asked)
    return Rupiah(known + sum(item.amount for item in priced(payer, asked, on=on)))


def take_the_book(payer: Payer) -> None:
    """From here to the transaction's end nobody else settles for this payer: a credit cannot be spent twice.

    Since when the payer is liable is read anew.
    """
    held = Payer.update(name=Payer.name).where(Payer.id == payer.id).returning(Payer.liable_from)
    ((payer.liable_from,),) = held.tuples().execute()


def _begin_liability(payer: Payer, month: date) -> None:
    if payer.family_id is None or payer.liable_from:
        return
    Payer.update(liable_from=month).where(Payer.id == payer.id).execute()
    payer.liable_from = month


def issue_missing(
    payer: Payer, months: Sequence[date], by: Actor, bills: dict[date, Rupiah] | None = None
) -> dict[date, Rupiah]:
    """Bill those of the months that have no bill yet, in the caller's write: from then on they are fixed.

    What each of the months then comes to, as amounts_of(); `bills` is what that says now, where it is known.
    """
    amounts = amounts_of(payer, months) if bills is None else bills
    missing = sorted(set(months) - amounts.keys())
    for month in missing:
        issuing.issue_for(payer, month, by=by)
    return amounts | amounts_of(payer, missing) if missing else amounts
