"""What became of a charge, written down once: paid, refused or lapsed; and what the member is told."""

from dataclasses import dataclass
from datetime import datetime

from jkn import clock
from jkn.access import Actor
from jkn.audit import service as audit
from jkn.audit.models import Act
from jkn.collecting import mandates, providers, rules
from jkn.collecting.models import Charge, ChargeKind, Ended, Mandate, Outcome
from jkn.db import writing
from jkn.members.models import Payer
from jkn.notices import service as notices
from jkn.payments import booking

TOO_LATE = "late"  # the provider never got it while it was valid
UNHEARD = "unheard"  # the provider does not know it, and somebody may be sending it now
NOT_WANTED = "moot"  # paid otherwise, paused or ended meanwhile


@dataclass(frozen=True)
class Finding:
    """What a provider said of a charge; `outcome` None: it is not over."""

    outcome: Outcome | None
    code: str
    is_answer: bool = True  # False: silence or nonsense, which says nothing
    provider_reference: str = ""
    paid_at: datetime | None = None
    address: str = ""
    qr: str = ""
    is_back: bool = False  # refunded or cancelled: if it was ever paid, the payer has it again


def by_provider(code: str) -> Actor:
    """A provider as the one who acts."""
    return Actor(name=providers.name_of(code), channel="provider")


@writing
def note(charge_id: int, found: Finding, release: bool = True) -> Charge:
    """Write down what was found. In any order and as often as it comes: money once taken is booked once, and stays.

    `release`: whoever had the charge in hand is done with it.
    """
    charge = Charge.get_by_id(charge_id)
    open_one = (Charge.id == charge.id) & Charge.outcome.is_null()
    news = {"code": found.code[:8]}
    if release:
        news["held_at"] = None
    if found.is_answer:
        news["answered_at"] = clock.now()
    for name in ("provider_reference", "address", "qr"):
        if getattr(found, name):
            news[name] = getattr(found, name)
    Charge.update(**news).where(open_one).execute()
    if found.is_back:
        unsaid = Charge.update(back_said_at=clock.now()).where(Charge.id == charge.id, Charge.back_said_at.is_null())
        unsaid.execute()
    if found.outcome is Outcome.PAID:
        _book(charge, found)
    elif found.outcome is not None:
        close = Charge.update(outcome=found.outcome, closed_at=clock.now()).where(open_one)
        if close.execute():
            _tell_why_not(charge, found)
    return Charge.get_by_id(charge_id)


def _book(charge: Charge, found: Finding) -> None:
    """Also when a no was heard before: a provider that has the money has the last word."""
    unpaid = (Charge.id == charge.id) & (Charge.outcome.is_null() | (Charge.outcome != Outcome.PAID))
    by, paid_at = by_provider(charge.provider), min(found.paid_at or clock.now(), clock.now())
    if not Charge.update(outcome=Outcome.PAID, closed_at=clock.now(), code=found.code[:8]).where(unpaid).execute():
        return
    payer = Payer.get_by_id(charge.payer_id)
    months = charge.covers
    payment = booking.take(payer, charge.amount, by.name, charge.reference, paid_at, by, months)
    Charge.update(payment=payment).where(Charge.id == charge.id).execute()
    audit.record(Act.CHARGE_CLOSED, charge, by, family=charge.family_id, outcome=Outcome.PAID)


def _tell_why_not(charge: Charge, found: Finding) -> None:
    by = by_provider(charge.provider)
    audit.record(Act.CHARGE_CLOSED, charge, by, family=charge.family_id, outcome=found.outcome, code=found.code)
    if charge.kind is not ChargeKind.DEBIT or found.code == NOT_WANTED:
        return  # whoever pays now reads it on the page
    mandate = Mandate.get_by_id(charge.mandate_id)
    why = None
    if rules.case_of(found.code) in rules.BLOCKED:
        why = Ended.BLOCKED
    elif rules.is_customer_token(found.code):
        why = Ended.EXPIRED
    told = {"provider": by.name, "amount": charge.amount, "until": rules.pay_before(charge.day).isoformat()}
    if why:
        mandates.end(mandate, why, by)
        notices.tell(mandate.person, "autodebit_stopped", str(charge.id), **told)
        return
    provider = providers.find(charge.provider)
    again = rules.next_attempt(charge.day, provider.days_on(charge.day)) if provider else None
    told |= {"again": again.isoformat() if again else "", "poor": rules.case_of(found.code) == rules.INSUFFICIENT}
    notices.tell(mandate.person, "autodebit_failed", str(charge.id), **told)
