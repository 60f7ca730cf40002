"""Asking a provider for money: first our reference is committed, then the call, then what it said.

A charge is worked on by one caller at a time. Whoever comes back to one that was sent before asks what became of it
(55, 51) before anything else; only when the provider knows nothing of it is it sent again, under the same reference.
"""

import secrets
import string
from datetime import date, datetime, timedelta
from enum import Enum, auto

from jkn import clock
from jkn.access import Actor
from jkn.audit import service as audit
from jkn.audit.models import Act
from jkn.calendar import last_of_month
from jkn.collecting import asking, booking, mandates, providers, rules
from jkn.collecting.booking import Finding
from jkn.collecting.models import Charge, ChargeKind, ChargeReference, Mandate, Outcome, Stage
from jkn.collecting.providers import Provider, ProviderKind
from jkn.db import writing
from jkn.errors import N_, Refused
from jkn.members.models import Payer
from jkn.payments import owing

LINK_LIFE = timedelta(minutes=30)
QRIS_LIFE = timedelta(minutes=5)
ALPHABET = string.ascii_uppercase + string.digits
RANDOM_SIGNS = 24
LATE = timedelta(hours=24)  # unknown for longer: an officer looks at it
QUIET = timedelta(seconds=5)  # a waiting page asks the provider no more often


@writing
def ask_now(payer: Payer, provider: Provider, key: str, by: Actor) -> Charge:
    """What the payer owes now, as a link or a QRIS code; the same form sent twice is one charge. Refused as NotPayable.

    It is sent by work_on().
    """
    is_qris = provider.kind is ProviderKind.QRIS
    life = QRIS_LIFE if is_qris else LINK_LIFE
    kind = ChargeKind.QRIS if is_qris else ChargeKind.LINK
    known = Charge.get_or_none(Charge.payer == payer, Charge.slot == f"link:{key}")
    if known:
        return known
    return _enter(payer, provider, kind, f"link:{key}", owing.due(payer, clock.today()), clock.now() + life, by)


@writing
def ask_by_mandate(mandate: Mandate, day: date, attempt: int, by: Actor) -> Charge | None:
    """What the mandate's payer owes on the day, once for each attempt of a month.

    None when there is nothing to debit, when the mandate rests, or while an earlier debit is not over. One whose giver
    has died or left the family is paused here, and the family told.
    """
    provider, slot = providers.find(mandate.provider), f"debit:{day:%Y-%m}:{attempt}"
    Payer.update(name=Payer.name).where(Payer.id == mandate.payer_id).execute()  # one at a time for this payer
    mandate = Mandate.get_by_id(mandate.id)
    known = Charge.get_or_none(Charge.payer == mandate.payer_id, Charge.slot == slot)
    if known:
        return None if known.outcome else known
    if mandate.stage_on(day) is not Stage.ACTIVE or mandate.stage_on(clock.today()) is not Stage.ACTIVE:
        return None
    if mandates.pause_orphaned(mandate, by):
        return None
    open_debit = Charge.select().where(
        Charge.payer == mandate.payer_id, Charge.kind == ChargeKind.DEBIT, Charge.opened()
    )
    if open_debit.exists():
        return None
    due = _to_debit(mandate.payer, day)
    if due is None:
        return None
    ends = clock.start_of(clock.today() + timedelta(days=1)) - timedelta(seconds=1)
    return _enter(mandate.payer, provider, ChargeKind.DEBIT, slot, due, ends, by, mandate=mandate, day=day)


def _enter(payer, provider, kind, slot, due, valid_until: datetime, by: Actor, mandate=None, day=None) -> Charge:
    reference = "JKN" + "".join(secrets.choice(ALPHABET) for _sign in range(RANDOM_SIGNS))
    charge = Charge.create(
        payer=payer,
        family_id=payer.family_id,
        mandate=mandate,
        provider=provider.code,
        kind=kind,
        slot=slot,
        reference=reference,
        amount=due.amount,
        months=[f"{month:%Y-%m}" for month in due.months],
        day=day or clock.today(),
        valid_until=valid_until,
    )
    ChargeReference.create(reference=reference, charge=charge)
    audit.record(Act.CHARGE_MADE, charge, by, provider=provider.code, kind=kind, amount=charge.amount)
    return charge


def find(reference: str) -> Charge | None:
    """The charge under our reference."""
    row = ChargeReference.get_or_none(ChargeReference.reference == reference)
    return row.charge if row else None


def work_on(charge: Charge, back_url: str = "") -> Charge:
    """Bring an open charge one step further, and say how it stands. Outside a transaction.

    Safe for any number of callers, and after a crash at any point. `back_url`: where the provider's page returns to.
    """
    provider = providers.find(charge.provider)
    if provider is None:
        return charge
    hold = _claim(charge, provider)
    if hold is Hold.NONE:
        return Charge.get_by_id(charge.id)
    try:
        if hold is Hold.FIRST:
            found = _send_if_wanted(provider, charge, back_url)
        else:
            found = asking.status(provider, charge)
            if found is None:  # it never came
                may_send = hold is Hold.TAKEN_OVER
                found = _send_if_wanted(provider, charge, back_url) if may_send else Finding(None, booking.UNHEARD)
    except BaseException:
        if hold is not Hold.SHARED:
            _let_go(charge)
        raise
    return booking.note(charge.id, found, release=hold is not Hold.SHARED)


class Hold(Enum):
    """What a caller may do with a charge."""

    FIRST = auto()  # send it: nobody has
    TAKEN_OVER = auto()  # ask, and send again what never came: whoever sent it has ended
    SHARED = auto()  # only ask: somebody else may be sending it at this moment
    NONE = auto()  # it is over


@writing
def _claim(charge: Charge, provider: Provider) -> Hold:
    now, mine = clock.now(), (Charge.id == charge.id) & Charge.outcome.is_null()
    if Charge.update(sent_at=now, held_at=now).where(mine, Charge.sent_at.is_null()).execute():
        return Hold.FIRST
    free = Charge.held_at.is_null() | (Charge.held_at < now - rules.grows_stale(provider.seconds))
    if Charge.update(held_at=now).where(mine, free).execute():
        return Hold.TAKEN_OVER
    return Hold.SHARED if Charge.select().where(mine).exists() else Hold.NONE


@writing
def _let_go(charge: Charge) -> None:
    Charge.update(held_at=None).where(Charge.id == charge.id).execute()


def _send_if_wanted(provider: Provider, charge: Charge, back_url: str) -> Finding:
    """Send what the provider does not know yet: unless it is too late, the mandate rests, or nothing is owed now."""
    if clock.now() > charge.valid_until:
        return Finding(Outcome.LAPSED, booking.TOO_LATE)
    if not _is_wanted(charge):
        return Finding(Outcome.LAPSED, booking.NOT_WANTED)
    return asking.send(provider, charge, back_url)


def _is_wanted(charge: Charge) -> bool:
    mandate = Mandate.get_by_id(charge.mandate_id) if charge.mandate_id else None
    if mandate and mandate.stage_on(clock.today()) is not Stage.ACTIVE:
        return False
    payer = Payer.get_by_id(charge.payer_id)
    try:
        due = _to_debit(payer, charge.day) if mandate else owing.due(payer, charge.day)
    except owing.NotPayable:
        return False
    return due is not None and due.amount >= charge.amount


def _to_debit(payer: Payer, day: date) -> owing.Due | None:
    """What auto-debit may take on the day: what is owed, or this month's instalment, but never one of a later month."""
    try:
        due = owing.due(payer, day)
    except owing.NotPayable:
        return None
    return None if due.instalment and due.instalment.by > last_of_month(day) else due


def must_wait(charge: Charge) -> bool:
    """Is the charge open, and the provider asked so lately that a page shall not ask again?"""
    last = charge.held_at or charge.answered_at or charge.sent_at
    return charge.outcome is not None or (last is not None and last > clock.now() - QUIET)


def stale():
    """Sent more than a day ago, and still nobody knows what became of it."""
    return Charge.opened() & (Charge.sent_at < clock.now() - LATE)


def is_poor(charge: Charge) -> bool:
    """Was it refused because the money did not reach?"""
    return charge.outcome is Outcome.REFUSED and rules.case_of(charge.code) == rules.INSUFFICIENT


def refuse_stranger(provider: Provider | None, *kinds: ProviderKind) -> Provider:
    """The provider chosen on a page, if it is offered there."""
    if provider is None or provider.kind not in kinds:
        raise Refused(N_("This provider is no longer offered."))
    return provider
