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
from jkn.collecting import booking, mandates, providers, qris, rules
from jkn.collecting.booking import Finding
from jkn.collecting.models import Charge, ChargeKind, ChargeReference, Mandate, Outcome, Stage
from jkn.collecting.providers import Provider, ProviderKind
from jkn.collecting.rules import Latest, Verdict
from jkn.collecting.snap_client import Answer, client_of
from jkn.db import writing
from jkn.errors import N_, Refused
from jkn.members.models import Payer
from jkn.money import Rupiah
from jkn.payments import owing
from jkn.payments.snap.codes import Service
from jkn.payments.snap.values import format_amount, format_moment, parse_amount, parse_moment

LINK_LIFE = timedelta(minutes=30)
QRIS_LIFE = timedelta(minutes=5)
ALPHABET = string.ascii_uppercase + string.digits
RANDOM_SIGNS = 24
LATE = timedelta(hours=24)  # unknown for longer: an officer looks at it
NOT_FOUND = ("404", "01")
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

    None when there is nothing to debit, when the mandate rests, or while an earlier debit is not over.
    """
    provider, slot = providers.find(mandate.provider), f"debit:{day:%Y-%m}:{attempt}"
    Payer.update(name=Payer.name).where(Payer.id == mandate.payer_id).execute()  # one at a time for this payer
    mandate = Mandate.get_by_id(mandate.id)
    known = Charge.get_or_none(Charge.payer == mandate.payer_id, Charge.slot == slot)
    if known:
        return None if known.outcome else known
    if mandate.stage_on(day) is not Stage.ACTIVE or mandate.stage_on(clock.today()) is not Stage.ACTIVE:
        return None
    open_debit = Charge.select().where(
        Charge.payer == mandate.payer_id, Charge.kind == ChargeKind.DEBIT, Charge.opened()
    )
    if open_debit.exists():
        return None
    try:
        due = owing.due(mandate.payer, day)
    except owing.NotPayable:
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
            found = _ask(provider, charge, back_url, may_send=hold is Hold.TAKEN_OVER)
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
    return _SENDERS[charge.kind](provider, charge, back_url)


def _is_wanted(charge: Charge) -> bool:
    mandate = Mandate.get_by_id(charge.mandate_id) if charge.mandate_id else None
    if mandate and mandate.stage_on(clock.today()) is not Stage.ACTIVE:
        return False
    try:
        return owing.due(Payer.get_by_id(charge.payer_id), charge.day).amount >= charge.amount
    except owing.NotPayable:
        return False


def _debit(provider: Provider, charge: Charge, _back_url: str) -> Finding:
    """54 with the member's token. A token that ended is renewed once: nothing was debited with the old one."""
    mandate = mandates.with_fresh_token(Mandate.get_by_id(charge.mandate_id))
    for is_last in (False, True):
        body = _debit_body(provider, charge) | {"chargeToken": mandate.charge_token or ""}
        answer = client_of(provider).ask(Service.DEBIT, body, mandates.customer_of(mandate))
        if is_last or not rules.is_customer_token(answer.code):
            break
        mandate = mandates.with_fresh_token(mandate, force=True)
    if answer.verdict is Verdict.DONE and not answer.text("webRedirectUrl", 2048):
        return _finding(answer, Outcome.PAID, paid_at=clock.now())
    return _finding(answer, Outcome.REFUSED if answer.verdict is Verdict.REFUSED else None)


def _open_link(provider: Provider, charge: Charge, back_url: str) -> Finding:
    """54 without a mandate: the answer is the page on which the payer says yes."""
    body = _debit_body(provider, charge)
    if back_url:
        body["urlParams"] = [{"url": back_url, "type": "PAY_RETURN", "isDeeplink": "N"}]
    answer = client_of(provider).ask(Service.DEBIT, body)
    address = answer.text("webRedirectUrl", 2048)
    if answer.verdict is Verdict.REFUSED:
        return _finding(answer, Outcome.REFUSED)
    return _finding(answer, None, address=address if address.startswith(("https://", "http://")) else "")


def _make_code(provider: Provider, charge: Charge, _back_url: str) -> Finding:
    """47: a code that is broken or for another amount is not shown, and not paid."""
    body = {
        "partnerReferenceNo": charge.reference,
        "amount": format_amount(charge.amount),
        "merchantId": provider.merchant_id,
        "validityPeriod": format_moment(charge.valid_until),
        "additionalInfo": {},
    }
    answer = client_of(provider).ask(Service.QR, body)
    if answer.verdict is Verdict.REFUSED:
        return _finding(answer, Outcome.REFUSED)
    content = answer.text("qrContent", qris.LONGEST)
    try:
        qris.check(content, charge.amount)
    except qris.BadQris:
        return _finding(answer, None)
    return _finding(answer, None, qr=content)


_SENDERS = {ChargeKind.DEBIT: _debit, ChargeKind.LINK: _open_link, ChargeKind.QRIS: _make_code}


def _debit_body(provider: Provider, charge: Charge) -> dict:
    return {
        "partnerReferenceNo": charge.reference,
        "merchantId": provider.merchant_id,
        "amount": format_amount(charge.amount),
        "validUpTo": format_moment(charge.valid_until),
        "additionalInfo": {},
    }


def _ask(provider: Provider, charge: Charge, back_url: str, may_send: bool) -> Finding:
    """55 or 51: what became of it; sent again when the provider says that it never came."""
    is_qris = charge.kind is ChargeKind.QRIS
    which, asked = (Service.QR_STATUS, Service.QR) if is_qris else (Service.DEBIT_STATUS, Service.DEBIT)
    body = {
        "originalPartnerReferenceNo": charge.reference,
        "serviceCode": asked.value,
        "merchantId": provider.merchant_id,
        "amount": format_amount(charge.amount),
        "additionalInfo": {},
    }
    if charge.provider_reference:
        body["originalReferenceNo"] = charge.provider_reference
    answer = client_of(provider).ask(which, body)
    latest = answer.text("latestTransactionStatus") if answer.verdict is Verdict.DONE else ""
    never_came = answer.verdict is Verdict.REFUSED and (answer.code[:3], answer.code[5:]) == NOT_FOUND
    if never_came or latest == Latest.NOT_FOUND:
        return _send_if_wanted(provider, charge, back_url) if may_send else _finding(answer, None)
    if answer.verdict is not Verdict.DONE:
        return _finding(answer, None)
    return finding_of(charge, latest, answer.body)


def finding_of(charge: Charge, latest: str, said) -> Finding:
    """What a status or a notice means. About another amount, or in words the standard has not, it means nothing."""
    told = Answer(Verdict.DONE, "", said)
    if not _is_about(charge.amount, said.get("amount")):
        return Finding(None, "amount", is_answer=False)
    reference = told.text("originalReferenceNo") or told.text("referenceNo")
    if latest == Latest.SUCCESS:
        return Finding(Outcome.PAID, latest, True, reference, _paid_at(said))
    if latest in (Latest.REFUNDED, Latest.CANCELED, Latest.FAILED):
        return Finding(Outcome.REFUSED, told.text("originalResponseCode", 8) or latest, True, reference)
    if latest not in (Latest.INITIATED, Latest.PAYING, Latest.PENDING):
        return Finding(None, "garbage", is_answer=False)
    is_over = charge.kind is not ChargeKind.DEBIT and clock.now() > charge.valid_until
    return Finding(Outcome.LAPSED if is_over else None, latest, True, reference)


def _is_about(amount: Rupiah, told) -> bool:
    """A provider that names the amount names ours."""
    if told is None:
        return True
    try:
        value = parse_amount(told["value"])
    except (ValueError, TypeError, KeyError):
        return False
    return (value.rupiah, value.cents, told.get("currency")) == (amount, 0, "IDR")


def _paid_at(said) -> datetime | None:
    for name in ("paidTime", "finishedTime"):
        try:
            return parse_moment(said.get(name))
        except ValueError:
            continue
    return None


def _finding(answer: Answer, outcome: Outcome | None, **more) -> Finding:
    is_answer = answer.verdict is not Verdict.UNKNOWN
    return Finding(outcome, answer.code, is_answer, answer.text("referenceNo"), **more)


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
