"""The banks' door: SNAP BI over HTTP. Every answer is JSON with a response code, whatever happens."""

import json
from datetime import timedelta

from babel.dates import format_date
from flask import Blueprint, Response, current_app, request
from flask_babel import gettext
from werkzeug.exceptions import HTTPException

from jkn import clock, i18n
from jkn.access import public
from jkn.errors import note_fault
from jkn.money import format_rupiah
from jkn.payments import deposits, owing, partners, pot, service
from jkn.payments.models import Partner, Quote
from jkn.payments.owing import NotPayable, Why
from jkn.payments.snap import answers, messages
from jkn.payments.snap.codes import Code, Service, SnapError
from jkn.payments.snap.headers import Headers, TokenHeaders, check_clock
from jkn.payments.snap.signatures import load_public_key, verify_asymmetric, verify_symmetric, verify_token_request
from jkn.payments.snap.values import format_moment
from jkn.web import for_machines

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
CODES = {
    Why.UNKNOWN: Code.INVALID_BILL,
    Why.EARLY: Code.INVALID_BILL,
    Why.LAPSED: Code.EXPIRED_BILL,
    Why.PAID: Code.PAID_BILL,
    Why.AMOUNT: Code.INVALID_AMOUNT,
}
LONGEST_HMAC = 128  # characters, in hex; an RSA signature has 344 and more


def open_door(bp: Blueprint) -> None:
    """Hang the four services, and an answer for every other path, below SNAP_BASE."""
    views = {
        "/v1.0/access-token/b2b": answering(Service.TOKEN, answer_token),
        "/v1.0/transfer-va/inquiry": answering(Service.INQUIRY, answer_inquiry),
        "/v1.0/transfer-va/payment": answering(Service.PAYMENT, answer_payment),
        "/v1.0/transfer-va/status": answering(Service.STATUS, answer_status),
        "/<path:elsewhere>": refuse_elsewhere,
    }

    def hang(state):
        base = state.app.config["SNAP_BASE"].rstrip("/")
        for path, view in views.items():
            if base or path.startswith("/v1.0"):
                state.add_url_rule(base + path, view.__name__, view, methods=METHODS)

    bp.record(hang)


def answer_token(raw: bytes, _asked: list) -> dict:
    """Service 73: whoever signs with the partner's private key gets a token for fifteen minutes."""
    head = messages.read_token_request(request.headers, raw)
    _check_clock(head, Service.TOKEN)
    partner = partners.find_live(head.client_id)
    keys = [load_public_key(partner.public_key)] if partner else []
    if not verify_token_request(keys, head.client_id, head.timestamp, head.signature):
        raise SnapError(Code.UNAUTHORIZED, Service.TOKEN, "Signature")
    return answers.token_answer(partners.issue_token(partner))


def answer_inquiry(raw: bytes, asked: list) -> dict:
    """Service 24: what the number owes."""
    head, question = messages.read_inquiry(request.headers, raw)
    asked.append(question)
    quote = service.quote(_authenticate(head, raw, Service.INQUIRY), question, head.external_id)
    texts = [(f"{quote.people} family members", f"{quote.people} anggota keluarga")] if quote.payer.family_id else []
    name, lines = owing.name_of(quote.payer), _bill_lines(quote)
    if not quote.amount and not quote.payer.family_id:
        texts = [("Deposit of an agent", "Deposit agen")]
    elif not quote.amount:
        texts += _missing_in(pot.look(quote.payer, clock.today()))
    return answers.inquiry_answer(question, name, lines, texts, is_open=not quote.amount)


def answer_payment(raw: bytes, asked: list) -> dict:
    """Service 25: money was taken."""
    head, question = messages.read_payment(request.headers, raw)
    asked.append(question)
    answer = service.receive(_authenticate(head, raw, Service.PAYMENT), question, head.external_id)
    if deposits.is_number(question.account.number):
        _pay_what_waited(question.account.number)
    return answer


def answer_status(raw: bytes, asked: list) -> dict:
    """Service 26: did it arrive?"""
    head, question = messages.read_status(request.headers, raw)
    asked.append(question)
    partner = _authenticate(head, raw, Service.STATUS)
    service.note_status_asked(partner, head.external_id)
    return service.status(partner, question)


@for_machines
@public
def refuse_elsewhere(elsewhere):
    return reply(404, {"responseCode": "4040000", "responseMessage": "Requested Function Is Not Supported"})


def _pay_what_waited(va: str) -> None:
    """The deposit's money is booked, and the bank is told so whatever happens here: what fails is tried again later."""
    try:
        deposits.filled(owing.target_of_va(va).payer)
    except Exception as error:
        note_fault(error)


def answering(which: Service, answer):
    """A view that turns whatever happens into a SNAP answer; `asked` holds the question once it could be read."""

    @for_machines
    @public
    def view():
        asked = []
        try:
            if request.method != "POST":
                raise SnapError(Code.NOT_SUPPORTED, which)
            return reply(200, answer(request.get_data(), asked))
        except SnapError as error:
            refusal = error
        except NotPayable as error:
            refusal = _in_snap(error, which)
        except HTTPException:  # more than MAX_CONTENT_LENGTH, or the line broke
            refusal = SnapError(Code.BAD_REQUEST, which)
        except Exception as error:
            refusal = SnapError(Code.TIMEOUT if note_fault(error) == 503 else Code.GENERAL_ERROR, which)
        return reply(refusal.http_status, answers.error_answer(refusal, *asked))

    view.__name__ = f"snap_{which.name.lower()}"
    return view


def reply(status: int, body: dict) -> Response:
    response = Response(json.dumps(body, ensure_ascii=False), status, mimetype="application/json")
    response.headers["X-TIMESTAMP"] = format_moment(clock.now())
    if "accessToken" in body:
        response.headers["X-CLIENT-KEY"] = request.headers["X-CLIENT-KEY"]
    return response


def _authenticate(head: Headers, raw: bytes, which: Service) -> Partner:
    """Whose request this is: token, clock, signature, partner id, in this order."""
    partner = partners.find_by_token(head.token) if head.token else partners.find_live(head.partner_id)
    if partner is None or not (head.token or len(head.signature) > LONGEST_HMAC):
        raise SnapError(Code.INVALID_TOKEN if head.token else Code.TOKEN_NOT_FOUND, which)
    _check_clock(head, which)
    if not _is_signed(partner, head, raw):
        raise SnapError(Code.UNAUTHORIZED, which, "Signature")
    if head.partner_id not in (partner.client_id, partner.service_id):
        raise SnapError(Code.UNAUTHORIZED, which, "X-PARTNER-ID")
    return partner


def _is_signed(partner: Partner, head: Headers, raw: bytes) -> bool:
    query = request.query_string.decode("latin-1")
    path = request.root_path.rstrip("/") + request.path + (f"?{query}" if query else "")
    if not head.token:
        keys = [load_public_key(partner.public_key)]
        return verify_asymmetric(keys, request.method, path, raw, head.timestamp, head.signature)
    secrets = partners.secrets_of(partner)
    return verify_symmetric(secrets, request.method, path, head.token, raw, head.timestamp, head.signature)


def _check_clock(head: Headers | TokenHeaders, which: Service) -> None:
    check_clock(head, clock.now(), which, timedelta(seconds=current_app.config["SNAP_SKEW_SECONDS"]))


def _in_snap(error: NotPayable, which: Service) -> SnapError:
    """The same refusal as a bank reads it, its reason in both languages."""
    reasons = []
    for language in ("en", "id"):
        with i18n.speaking(language):
            values = {name: i18n.day(day) for name, day in error.values.items()}
            reasons.append(gettext(error.message, **values))
    return SnapError(CODES[error.why], which, *reasons)


def _missing_in(found: pot.Pot) -> list[tuple[str, str]]:
    """What the pot lacks, in at most 32 letters; nothing when it lacks nothing."""
    if not found.missing:
        return []
    amount = format_rupiah(found.missing)
    if found.instalment:
        return [(f"Next instalment {amount}", f"Angsuran berikut {amount}")]
    if found.reactivates:
        return [(f"Active again at {amount}", f"Aktif lagi kurang {amount}")]
    return [(f"Next month lacks {amount}", f"Bulan berikut kurang {amount}")]


def _bill_lines(quote: Quote) -> list[answers.BillLine]:
    """One line a month; its number is the month and the eleven digits of the account. A penalty is a line by itself."""
    if quote.amount and not quote.lines:
        return [answers.BillLine(quote.va[-11:], "Denda rawat inap JKN", quote.amount)]
    named = zip(quote.months, (amount for _text, amount in quote.lines), strict=True)
    return [
        answers.BillLine(
            f"{month:%Y%m}{quote.va[-11:]}", f"Iuran JKN {format_date(month, 'MMM y', locale='id')}", amount
        )
        for month, amount in named
        if amount
    ]
