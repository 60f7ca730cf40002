"""What class III costs once it is in arrears, where a law says GROSS: the whole contribution (domain: 2.2).

The price is arrears.price_on(), as in the calculators. A bill keeps the price of its month; what it costs more is added
when it is asked for, and is a correction of the bill when the month is settled.
"""

from collections.abc import Mapping, Sequence
from datetime import date

from peewee import fn

from jkn import law
from jkn.calendar import first_of_month
from jkn.contributions import arrears, holds, rules
from jkn.contributions.models import BillLine, Correction, Reason
from jkn.contributions.rules import Line, Share
from jkn.ledger import service as ledger
from jkn.ledger.models import Account
from jkn.members.models import CareClass, Payer
from jkn.money import Rupiah


def is_ever_gross() -> bool:
    """Does any row of the law bill the whole contribution? If none does, nothing here costs a query."""
    return any(row.price == "GROSS" for row in law.history("class3_arrears_basis"))


def both_prices(month: date) -> tuple[Rupiah, Rupiah]:
    """What class III pays for a month in time, and the whole contribution."""
    price = rules.price(month, CareClass.III)
    return price.amount, Rupiah(price.amount + price.aid)


def asked_for(
    payer: Payer, lines: Mapping[date, Sequence[Line]], shares: Sequence[Share], on: date
) -> dict[date, list[Line]]:
    """The lines of these months as they are asked for on a day.

    A month that an agreement holds keeps the price it had when that was made. A line with any other price than the two
    of class III is left as it is.
    """
    kept = holds.held_by(payer, on)[0]
    return {
        month: _as_asked(month, people, shares, day_of_price(month, kept, on)) if month < first_of_month(on) else people
        for month, people in lines.items()
    }


def charge(payer: Payer, months: Sequence[date], shares: Sequence[Share], on: date) -> None:
    """Correct the bills of these open months to what they come to on the day, in the caller's write."""
    before = _billed(payer, months)
    for month, asked in asked_for(payer, before, shares, on).items():
        changes = [
            (line.person_id, Rupiah(line.amount - old.amount))
            for line, old in zip(asked, before[month], strict=True)
            if line.amount != old.amount
        ]
        for person, amount in changes:
            _correct(payer, month, person, amount, on)
        more = sum(amount for _person, amount in changes)
        count = Correction.select().where(Correction.payer == payer, Correction.month == month).count()
        source = f"correct:{month:%Y-%m}.{count}"  # as in corrections: more with each, so never the same twice
        if more > 0:
            ledger.book(payer.id, Account.DUE, Account.INCOME, Rupiah(more), source, on)
        elif more < 0:
            ledger.book(payer.id, Account.INCOME, Account.DUE, Rupiah(-more), source, on)


def day_of_price(month: date, kept: Sequence[rules.Held], on: date) -> date:
    """Whose law prices the month when it is asked for on a day: that day, or the one of the agreement that holds it."""
    return next((hold.since for hold in kept if hold.keeps(month, on)), on)


def _as_asked(month: date, lines: Sequence[Line], shares: Sequence[Share], on: date) -> list[Line]:
    usual, whole = both_prices(month)
    price = arrears.price_on(month, CareClass.III, on)
    of_class3 = {line.person_id for line in rules.lines_of(month, shares) if line.care_class == CareClass.III}
    return [
        line._replace(amount=price.amount, aid=price.aid)
        if line.person_id in of_class3 and line.amount in (usual, whole)
        else line
        for line in lines
    ]


def _billed(payer: Payer, months: Sequence[date]) -> dict[date, list[Line]]:
    """The lines of these bills with their corrections."""
    corrected = Correction.select(fn.COALESCE(fn.SUM(Correction.amount), 0)).where(
        Correction.payer == BillLine.payer_id, Correction.month == BillLine.month, Correction.person == BillLine.person
    )
    rows = BillLine.select(
        BillLine.month, BillLine.person_id, BillLine.care_class, BillLine.amount, BillLine.aid, corrected
    ).where(BillLine.payer_id == payer.id, BillLine.month.in_(list(months)))
    found: dict[date, list[Line]] = {}
    for month, person, care_class, amount, aid, more in rows.tuples():
        found.setdefault(month, []).append(Line(person, care_class, Rupiah(amount + int(more)), aid))
    return found


def _correct(payer: Payer, month: date, person: int, amount: Rupiah, on: date) -> None:
    its = Correction.payer == payer, Correction.month == month, Correction.person == person
    Correction.create(
        payer=payer,
        family_id=payer.family_id,
        month=month,
        person=person,
        turn=Correction.select().where(*its).count(),
        amount=amount,
        reason=Reason.ARREARS,
        basis=law.at(on).class3_arrears_basis.basis[:60],
        on=on,
    )
