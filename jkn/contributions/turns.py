"""A family's months are paid in their order: the oldest first, whatever money was meant for."""

from collections.abc import Sequence
from datetime import date

from jkn.calendar import add_months, months_between, next_month
from jkn.contributions import rules, service
from jkn.contributions.models import Settlement
from jkn.members.models import Payer


def in_turn(payer: Payer, months: Sequence[date], on: date) -> bool:
    """Do these months leave none open before their last one?

    Not so when money for earlier ones was taken back after the bill was asked for. Arrears that a law lets wait may.
    """
    if payer.family_id is None or payer.liable_from is None or not months:
        return True
    last = max(months)
    if _these_and_settled(payer, months, last) == len(list(months_between(payer.liable_from, next_month(last)))):
        return True
    shares = service.shares_of(payer)
    found = service.open_months(payer, on, shares)
    earlier = [month for month in found.unpaid if month < last and month not in found.covered]
    earlier += rules.months_owed(next_month(on), add_months(last, -1), shares)
    missed = [month for month in earlier if month not in months]
    return not missed or not service.still_open(payer, missed)


def _these_and_settled(payer: Payer, months: Sequence[date], last: date) -> int:
    """How many months these and the settled ones up to the last are: one short question, which mostly is enough."""
    held = (Settlement.payer == payer, Settlement.month.between(payer.liable_from, last))
    others = Settlement.select().where(*held, Settlement.month.not_in(list(months)), Settlement.reversed_on.is_null())
    return others.count() + len(months)
