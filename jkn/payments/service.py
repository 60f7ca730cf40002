"""Money coming in for a number: quoted, booked once, settled, told."""

from contextlib import suppress
from datetime import date, datetime, timedelta

from jkn import clock, law
from jkn.access import Actor
from jkn.audit import service as audit
from jkn.audit.models import Act
from jkn.contributions.models import Settlement
from jkn.db import writing
from jkn.money import Rupiah
from jkn.payments import booking
from jkn.payments.models import BankNotice, Partner, Payment, Purpose, Quote
from jkn.payments.owing import EVERYTHING, Due, NotPayable, Target, Why, due_under, name_of, target_of_va
from jkn.payments.partners import claim_external_id
from jkn.payments.partners import demo_bank as demo_bank
from jkn.payments.rules import QUOTE_GRACE, counts_at
from jkn.payments.snap import answers
from jkn.payments.snap.codes import Code, Service, SnapError
from jkn.payments.snap.messages import InquiryRequest, PaymentRequest, StatusRequest
from jkn.penalties.models import Penalty


@writing
def quote(partner: Partner, request: InquiryRequest, external_id: str) -> Quote:
    """What the number owes now. The same inquiry again gets the same quote until a quarter past midnight.

    An open account asks for nothing: its quote has no amount and is not kept.
    """
    claim_external_id(partner, external_id, Service.INQUIRY)
    now, number = clock.now(), request.account.number
    target = _target_for(partner, request)
    known = _quote_of(partner, request.request_id)
    if known and (known.va, known.asked) != (number, request.months):
        raise SnapError(Code.CONFLICT, Service.INQUIRY)
    if known and now <= known.valid_until and not _is_touched(target, known.months):
        return known
    asked = due_under(target, clock.day_of(now), request.months)
    if asked.is_open:
        return Quote(payer=target.payer, va=number, amount=0, lines=[], people=asked.people)
    values = {
        "payer": target.payer,
        "va": number,
        "asked": request.months,
        "amount": asked.amount,
        "lines": [(f"{month:%Y-%m}", amount) for month, amount in asked.lines],
        "people": asked.people,
        "quoted_at": now,
        "valid_until": clock.start_of(clock.day_of(now) + timedelta(days=1)) + QUOTE_GRACE,
    }
    Quote.insert(partner=partner, inquiry_id=request.request_id, **values).on_conflict(
        conflict_target=[Quote.partner, Quote.inquiry_id], preserve=[getattr(Quote, name) for name in values]
    ).execute()
    return _quote_of(partner, request.request_id)


@writing
def receive(partner: Partner, request: PaymentRequest, external_id: str) -> dict:
    """Book a bank's payment once, for ever, and answer; sent again, the same answer again, whatever became of it since.

    Raises SnapError or NotPayable, and then nothing is booked.
    """
    amount, now = Rupiah(request.rupiah()), clock.now()
    paid_at, is_late = counts_at(request.paid_at, now)
    if not _enter_notice(partner, request, amount, is_late):
        return _repeat(partner, request, amount)
    claim_external_id(partner, external_id, Service.PAYMENT)
    target = _target_for(partner, request)
    months, expected = _bill_for(partner, target, request, paid_at, is_late)
    if amount != expected:
        raise NotPayable(Why.AMOUNT)
    payment = _book(partner, target, request, months, paid_at, is_late)
    answer = answers.payment_answer(request, name_of(target.payer), expected)
    BankNotice.update(payment=payment, answer=answer).where(
        BankNotice.partner == partner, BankNotice.reference == request.request_id
    ).execute()
    return answer


def status(partner: Partner, request: StatusRequest) -> dict:
    """The payment as we hold it. Raises SnapError 404/01 for one we do not."""
    reference = request.payment_request_id or request.inquiry_request_id
    notice = _notice_of(partner, reference)
    if notice is None or notice.va != request.account.number:
        raise SnapError(Code.TRANSACTION_NOT_FOUND, Service.STATUS)
    payment, booked = notice.payment, notice.answer["virtualAccountData"]
    return answers.status_answer(
        request,
        booked["virtualAccountName"],
        reference,
        notice.amount,
        notice.amount,
        payment.paid_at,
        booked.get("referenceNo", ""),
        is_reversed=payment.reversed_on is not None,
    )


@writing
def note_status_asked(partner: Partner, external_id: str) -> None:
    """A status question uses up its X-EXTERNAL-ID like every other request."""
    claim_external_id(partner, external_id, Service.STATUS)


@writing
def mark_seen(notice: BankNotice, by: Actor) -> None:
    """An officer looked at a late notice; a second look changes nothing."""
    seen = BankNotice.update(seen_by_officer_at=clock.now())
    if seen.where(BankNotice.id == notice.id, BankNotice.seen_by_officer_at.is_null()).execute():
        audit.record(Act.PAYMENT_REVIEWED, notice, by, family=notice.payment.family_id)


def _target_for(partner: Partner, request: InquiryRequest | PaymentRequest) -> Target:
    """Employers' numbers come with a longer prefix too, 88888900, as banks have them in their lists."""
    if not request.account.service_id.startswith(partner.service_id):
        raise NotPayable(Why.UNKNOWN)
    return target_of_va(request.account.number)


def _quote_of(partner: Partner, inquiry_id: str) -> Quote | None:
    return Quote.get_or_none(Quote.partner == partner, Quote.inquiry_id == inquiry_id)


def _notice_of(partner: Partner, reference: str) -> BankNotice | None:
    return BankNotice.get_or_none(BankNotice.partner == partner, BankNotice.reference == reference)


def _is_touched(target: Target, months: list[date]) -> bool:
    """Is one of these months settled, on whatever day; or the penalty paid or cancelled?"""
    if target.purpose == Purpose.PENALTY:
        return not Penalty.get_by_id(target.subject).is_payable
    held = Settlement.payer == target.payer, Settlement.month.in_(months), Settlement.reversed_on.is_null()
    return Settlement.select().where(*held).exists()


def _enter_notice(partner: Partner, request: PaymentRequest, amount: Rupiah, is_late: bool) -> bool:
    """First of all: one row for (partner, reference), for ever. False when it is there already."""
    row = BankNotice.insert(
        partner=partner,
        reference=request.request_id,
        va=request.account.number,
        amount=amount,
        trx_at=request.paid_at,
        received_at=clock.now(),
        is_late=is_late,
        answer={},
    )
    return bool(row.on_conflict_ignore().as_rowcount().execute())


def _repeat(partner: Partner, request: PaymentRequest, amount: Rupiah) -> dict:
    """The stored answer. Another number or amount under the same reference is another payment, and refused."""
    notice = _notice_of(partner, request.request_id)
    if notice.va != request.account.number:
        raise SnapError(Code.CONFLICT, Service.PAYMENT)
    if notice.amount != amount:
        raise NotPayable(Why.AMOUNT)
    return notice.answer


def _bill_for(
    partner: Partner, target: Target, request: PaymentRequest, paid_at: datetime, is_late: bool
) -> tuple[list[date], Rupiah]:
    """The months this payment is for and what they cost: as quoted, or as of the day it counts from. A late one is
    taken as it was quoted, however old the quote; without one, as the bill was when the bank took the money."""
    payer = target.payer
    known = _quote_of(partner, request.request_id)
    holds = known and known.payer_id == payer.id and (is_late or paid_at <= known.valid_until)
    if holds and known.va == request.account.number and not _is_touched(target, known.months):
        if target.purpose != Purpose.BILL or known.amount == request.rupiah():
            return known.months, known.amount
        if payer.family_id is None:
            lines = list(zip(known.months, (amount for _month, amount in known.lines), strict=True))
            return _months_of(Due(lines, known.people, by_bill=True), request)
    if is_late and request.paid_at < paid_at:
        with suppress(NotPayable, law.Missing):  # a clock that stopped may say 1970
            then = due_under(target, clock.day_of(request.paid_at), request.months).met_by(request.rupiah())
            if then.amount == request.rupiah() and not _is_touched(target, then.months):
                return then.months, then.amount
    asked = due_under(target, clock.day_of(paid_at), request.months)
    if asked.is_open:
        return [], request.rupiah()
    if asked.instalment and asked.amount != request.rupiah():
        asked = due_under(target, clock.day_of(paid_at), EVERYTHING)
    if _is_touched(target, asked.months):  # by somebody who paid after the moment this one counts from
        asked = due_under(target, clock.today(), request.months)
    return _months_of(asked, request)


def _months_of(asked: Due, request: PaymentRequest) -> tuple[list[date], Rupiah]:
    meant = asked.met_by(request.rupiah())
    return meant.months, meant.amount


def _book(
    partner: Partner, target: Target, request: PaymentRequest, months: list[date], paid_at: datetime, is_late: bool
) -> Payment:
    """Book it. Raises NotPayable, and everything is taken back, where its bill has changed since it was quoted.

    Inside a plan any amount is of use: what is no whole month yet counts for the next one. A late one may be for a plan
    that has ended meanwhile.
    """
    taken_on = clock.day_of(min(request.paid_at, paid_at) if is_late else paid_at)
    payment = booking.take(
        target.payer,
        request.rupiah(),
        partner.name,
        request.request_id,
        paid_at,
        Actor(name=partner.name, channel="bank"),
        months,
        source=f"{partner.client_id}:{request.request_id}",
        purpose=target.purpose,
        subject=target.subject,
        asked_on=taken_on if target.purpose == Purpose.BILL else None,
    )
    if target.purpose == Purpose.PENALTY and not Penalty.is_paid_by(target.subject, payment.id):
        raise NotPayable(Why.PAID)
    return payment
