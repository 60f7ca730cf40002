"""What we say to a provider about a charge (54, 47, 55, 51), and what its words mean."""

from datetime import datetime

from jkn import clock
from jkn.collecting import mandates, qris, rules
from jkn.collecting.booking import Finding
from jkn.collecting.models import Charge, ChargeKind, Mandate, Outcome
from jkn.collecting.providers import Provider
from jkn.collecting.rules import Latest, Verdict
from jkn.collecting.snap_client import Answer, client_of
from jkn.money import Rupiah
from jkn.payments.snap.codes import Service
from jkn.payments.snap.values import format_amount, format_moment, parse_amount, parse_moment

NOT_FOUND = ("404", "01")


def send(provider: Provider, charge: Charge, back_url: str) -> Finding:
    """Ask for the money, each kind of charge in its own way."""
    return _SENDERS[charge.kind](provider, charge, back_url)


def _debit(provider: Provider, charge: Charge, _back_url: str) -> Finding:
    """54 with the member's token. A token that ended is renewed once: nothing was debited with the old one."""
    mandate = mandates.with_fresh_token(Mandate.get_by_id(charge.mandate_id))
    answer = _send_debit(provider, charge, mandate)
    if rules.is_customer_token(answer.code):
        renewed = mandates.renew(mandate)
        if renewed not in (Verdict.DONE, Verdict.REFUSED):
            return Finding(None, answer.code, is_answer=False)  # nobody said that the permission has ended
        if renewed is Verdict.DONE:
            answer = _send_debit(provider, charge, Mandate.get_by_id(mandate.id))
    if answer.verdict is Verdict.DONE and not answer.text("webRedirectUrl", 2048):
        return _finding(answer, Outcome.PAID, paid_at=clock.now())
    return _finding(answer, Outcome.REFUSED if answer.verdict is Verdict.REFUSED else None)


def _send_debit(provider: Provider, charge: Charge, mandate: Mandate) -> Answer:
    body = _debit_body(provider, charge) | {"chargeToken": mandate.charge_token or ""}
    return client_of(provider).ask(Service.DEBIT, body, mandates.customer_of(mandate))


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


def _debit_body(provider: Provider, charge: Charge) -> dict:
    return {
        "partnerReferenceNo": charge.reference,
        "merchantId": provider.merchant_id,
        "amount": format_amount(charge.amount),
        "validUpTo": format_moment(charge.valid_until),
        "additionalInfo": {},
    }


def status(provider: Provider, charge: Charge) -> Finding | None:
    """55 or 51: what became of it; None when the provider says that it never came."""
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
        return None
    return finding_of(charge, latest, answer.body) if answer.verdict is Verdict.DONE else _finding(answer, None)


def finding_of(charge: Charge, latest: str, said) -> Finding:
    """What a status or a notice means. About another amount, or in words the standard has not, it means nothing."""
    told = Answer(Verdict.DONE, "", said)
    if not _is_about(charge.amount, said.get("amount")):
        return Finding(None, "amount", is_answer=False)
    reference = told.text("originalReferenceNo") or told.text("referenceNo")
    if latest == Latest.SUCCESS:
        return Finding(Outcome.PAID, latest, True, reference, _paid_at(said))
    if latest in (Latest.REFUNDED, Latest.CANCELED, Latest.FAILED):
        is_back, code = latest != Latest.FAILED, told.text("originalResponseCode", 8) or latest
        return Finding(Outcome.REFUSED, code, True, reference, is_back=is_back)
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


_SENDERS = {ChargeKind.DEBIT: _debit, ChargeKind.LINK: _open_link, ChargeKind.QRIS: _make_code}
