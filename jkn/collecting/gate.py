"""The providers' door: notices 56 (debit) and 52 (QRIS), signed by the provider, in any order, any number of times."""

from datetime import timedelta

from flask import Blueprint, current_app, request

from jkn import clock
from jkn.collecting import asking, booking, charging, providers, returning
from jkn.collecting.models import ChargeKind
from jkn.collecting.providers import Provider
from jkn.collecting.rules import Latest
from jkn.payments.gate import METHODS, answering
from jkn.payments.snap.codes import Code, Service, SnapError
from jkn.payments.snap.fields import Check, one_of, read_body, text
from jkn.payments.snap.headers import Headers, check_clock, read_headers
from jkn.payments.snap.messages import MOST_BYTES
from jkn.payments.snap.signatures import verify_asymmetric, verify_symmetric

KINDS = {Service.DEBIT_NOTICE: (ChargeKind.DEBIT, ChargeKind.LINK), Service.QR_NOTICE: (ChargeKind.QRIS,)}


def open_door(bp: Blueprint) -> None:
    """Hang both notices below SNAP_BASE."""
    views = {
        "/v1.0/debit/notify": answering(Service.DEBIT_NOTICE, answer_debit_notice),
        "/v1.0/qr/qr-mpm-notify": answering(Service.QR_NOTICE, answer_qr_notice),
    }

    def hang(state):
        base = state.app.config["SNAP_BASE"].rstrip("/")
        for path, view in views.items():
            state.add_url_rule(base + path, view.__name__, view, methods=METHODS)

    bp.record(hang)


def answer_debit_notice(raw: bytes, _asked: list) -> dict:
    """Service 56: what became of a debit or a link."""
    return _take_notice(Service.DEBIT_NOTICE, raw)


def answer_qr_notice(raw: bytes, _asked: list) -> dict:
    """Service 52: somebody paid a code, or did not."""
    return _take_notice(Service.QR_NOTICE, raw)


def _take_notice(which: Service, raw: bytes) -> dict:
    body, check = read_body(which, raw, MOST_BYTES), Check(which)
    head = read_headers(check, request.headers)
    reference = check.need(body, "originalPartnerReferenceNo", text(64))
    latest = check.need(body, "latestTransactionStatus", one_of(*Latest))
    check.amount(body, "amount")
    check.done()
    provider = _sender(head, raw, which)
    charge = charging.find(reference)
    if charge is None or charge.provider != provider.code or charge.kind not in KINDS[which]:
        raise SnapError(Code.TRANSACTION_NOT_FOUND, which)
    found = asking.finding_of(charge, latest, body)
    if not found.is_answer:
        raise SnapError(Code.INVALID_AMOUNT, which)
    if found.outcome:
        charge = returning.follow(booking.note(charge.id, found, release=False))
    answer = {"responseCode": Code.SUCCESSFUL.response_code(which), "responseMessage": Code.SUCCESSFUL.message()}
    return answer | ({"approvalCode": str(charge.id)} if which is Service.DEBIT_NOTICE else {})


def _sender(head: Headers, raw: bytes, which: Service) -> Provider:
    """Whose notice this is: X-PARTNER-ID is our client id there, the signature the provider's own."""
    check_clock(head, clock.now(), which, timedelta(seconds=current_app.config["SNAP_SKEW_SECONDS"]))
    for provider in providers.signed_as(head.partner_id):
        if _is_signed(provider, head, raw):
            return provider
    raise SnapError(Code.UNAUTHORIZED, which, "Signature")


def _is_signed(provider: Provider, head: Headers, raw: bytes) -> bool:
    """By its RSA key; or, where it sends a token of ours, by the secret that we share."""
    keys, query = provider.keys(), request.query_string.decode("latin-1")
    path = request.root_path.rstrip("/") + request.path + (f"?{query}" if query else "")
    if not head.token:
        return verify_asymmetric([keys.public], request.method, path, raw, head.timestamp, head.signature)
    secrets = [keys.client_secret] if keys.client_secret else []
    return verify_symmetric(secrets, request.method, path, head.token, raw, head.timestamp, head.signature)
