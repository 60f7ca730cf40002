"""The doors of gateways: USSD in the form of Africa's Talking, SMS in Twilio's, and from any gateway over HTTP."""

from hmac import compare_digest
from html import escape
from secrets import token_urlsafe

from flask import Blueprint, Response, abort, current_app, request

from jkn.access import public
from jkn.notices.twilio import is_signed
from jkn.numbers import BadNumber, read_phone
from jkn.texting import service, talking
from jkn.texting.forms import SimulatorForm
from jkn.web import for_machines, page

bp = Blueprint("texting", __name__, cli_group=None)


@bp.post("/ussd")
@for_machines
@public
def ussd():
    """sessionId, phoneNumber, and in text all that was typed so far, stars between."""
    if not (_knows_secret("USSD_SECRET") or request.remote_addr in current_app.config["USSD_ADDRESSES"]):
        return _plain("signature", 403)
    form = request.form
    session, text = form.get("sessionId", "")[:200], form.get("text", "")[:500]
    try:
        phone = read_phone(form.get("phoneNumber", ""))
    except BadNumber:
        return _plain(talking.stale())
    if not session or not service.is_dialogue_of(session, phone):
        return _plain(talking.stale())
    return _plain(
        service.once(f"ussd:{session}:{text}", phone, lambda: talking.answer_ussd(session, phone, text))
        or talking.stale()
    )


@bp.post("/sms/twilio")
@for_machines
@public
def sms_from_twilio():
    """A message signed by Twilio; the answer is TwiML."""
    url = current_app.config["PUBLIC_URL"] + request.full_path.rstrip("?")
    form = list(request.form.items(multi=True))
    if not is_signed(current_app.config["SMS_TWILIO_TOKEN"], url, form, request.headers.get("X-Twilio-Signature", "")):
        return _plain("signature", 403)
    said = _answered("twilio", request.form, {"id": "MessageSid", "from": "From", "text": "Body"})
    message = f"<Message>{escape(said, quote=False)}</Message>" if said else ""
    body = f'<?xml version="1.0" encoding="UTF-8"?><Response>{message}</Response>'
    return Response(body, mimetype="text/xml")


@bp.post("/sms/gerbang")
@for_machines
@public
def sms_from_gateway():
    """A form or JSON with the fields that the configuration names; the answer is the body, empty where none goes."""
    if not _knows_secret("SMS_SECRET"):
        return _plain("signature", 403)
    said = request.get_json(silent=True) if request.is_json else request.form
    return _plain(_answered("gerbang", said if hasattr(said, "get") else {}, current_app.config["SMS_FIELDS"]))


@bp.route("/simulator", methods=["GET", "POST"])
@public
def simulator():
    """A phone on the screen, to try USSD and SMS without a gateway; in production there is none."""
    if current_app.config["PRODUCTION"]:
        abort(404)
    form, answer = SimulatorForm(), None
    if form.validate_on_submit():
        phone, typed = form.phone.number, (form.typed.data or "").strip()
        if form.way.data == "sms":
            reference = f"simulator:{token_urlsafe(12)}"
            answer = service.once(reference, phone, lambda: talking.answer_sms(reference, phone, typed))
        else:
            answer = _dialled(form, phone, typed)
        form.typed.data = ""
    return page("texting/simulator.html", form=form, answer=answer)


def _dialled(form: SimulatorForm, phone: str, typed: str) -> str:
    """One more screen of the dialogue that the form carries; after its end a new one begins."""
    session = form.session.data or token_urlsafe(12)
    text = f"{form.before.data}*{typed}" if form.before.data else typed
    if not service.is_dialogue_of(f"simulator:{session}", phone):
        answer = talking.stale()
    else:
        reference = f"ussd:simulator:{session}:{text}"
        answer = service.once(reference, phone, lambda: talking.answer_ussd(session, phone, text))
    goes_on = answer.startswith(talking.GO_ON)
    form.session.data, form.before.data = (session, text) if goes_on else ("", "")
    return answer


def _answered(gateway: str, said, names: dict[str, str]) -> str:
    """What goes back; nothing to numbers that are no Indonesian mobile's, nor beyond what one may cost."""
    reference, sender, text = (str(said.get(names[name], "")) for name in ("id", "from", "text"))
    try:
        phone = read_phone(sender)
    except BadNumber:
        return ""
    if not reference:
        return ""
    reference = f"{gateway}:{reference[:200]}"

    def answer() -> str:
        if not service.may_answer(phone, current_app.config["NOTICE_BUDGET"]):
            return ""
        return talking.answer_sms(reference, phone, text[:1000])

    return service.once(reference, phone, answer)


def _knows_secret(name: str) -> bool:
    """Does the caller know the configured secret? Where none is configured nobody does."""
    secret, told = current_app.config[name], request.headers.get("X-Gateway-Secret", "")
    return bool(secret) and compare_digest(secret.encode(), told.encode())


def _plain(text: str, status: int = 200) -> Response:
    return Response(text, status, mimetype="text/plain")
