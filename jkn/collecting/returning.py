"""Money that a provider gave back after it was paid (04, 05): asked about once more, then our booking is undone, once.

A notice alone takes nothing from anybody: notices come late and in any order, and a status (55, 51) is of now.
"""

from contextlib import suppress

from jkn import clock
from jkn.access import SYSTEM, Actor
from jkn.audit import service as audit
from jkn.audit.models import Act
from jkn.collecting import asking, providers
from jkn.collecting.models import Charge, Outcome
from jkn.db import writing
from jkn.errors import Refused
from jkn.members import service as members
from jkn.notices import service as notices
from jkn.payments import booking as payments
from jkn.payments.models import Payment

WHY = "provider:returned"


def follow(charge: Charge, by: Actor = SYSTEM) -> Charge:
    """Bring a charge that is said to have gone back one step further. Outside a transaction; any number of times.

    What the account does not hold any more stays on the officers' list as owed to us.
    """
    charge = Charge.get_by_id(charge.id)
    if charge.outcome is not Outcome.PAID or charge.back_said_at is None:
        return charge
    if charge.back_at is None:
        provider = providers.find(charge.provider)
        found = asking.status(provider, charge) if provider else None
        if found and found.outcome:
            _note(charge, found.is_back, found.outcome, by)
    with suppress(Refused):
        undo(charge, by)
    return Charge.get_by_id(charge.id)


@writing
def _note(charge: Charge, is_back: bool, outcome: Outcome, by: Actor) -> None:
    """What the provider said when asked: it went back indeed, or it is ours still and the notice was an old one."""
    unsure = (Charge.id == charge.id) & Charge.back_at.is_null()
    if is_back:
        sure = Charge.update(back_at=clock.now(), back_said_at=charge.back_said_at)
        if sure.where(unsure).execute():
            audit.record(Act.CHARGE_RETURNED, charge, by, family=charge.family_id, amount=charge.amount)
    elif outcome is Outcome.PAID:
        Charge.update(back_said_at=None).where(unsure, Charge.back_said_at == charge.back_said_at).execute()


@writing
def undo(charge: Charge, by: Actor) -> None:
    """Reverse the payment of a charge whose money went back, and tell the family. Twice changes nothing.

    Refused while the payer's account does not hold the money: it is owed to us.
    """
    charge = Charge.get_by_id(charge.id)
    payment = Payment.get_by_id(charge.payment_id)
    if charge.back_at is None or payment.reversed_on:
        return
    if payments.asked_back(payment.id):
        payments.recover(payment, WHY, by)
    else:
        payments.reverse(payment, WHY, by)
    if charge.family_id and (people := members.people_of(charge.family_id)):
        name = providers.name_of(charge.provider)
        notices.tell(people[0], "payment_returned", str(payment.id), provider=name, amount=payment.amount)


def unsettled():
    """Said to have gone back, and our booking stands."""
    stands = Payment.select(Payment.id).where(Payment.id == Charge.payment, Payment.reversed_on.is_null())
    return Charge.gone_back() & Charge.payment.in_(stands)
