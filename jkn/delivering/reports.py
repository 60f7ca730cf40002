"""What gateways say later, at /laporan-kirim: signed by Twilio, with a shared secret from others; else refused."""

from hmac import compare_digest

from flask import Blueprint, current_app, request

from jkn.access import public
from jkn.delivering import senders, service
from jkn.delivering.senders import HttpSender
from jkn.delivering.twilio import LOST, TwilioSender
from jkn.notices.models import Notice, State
from jkn.notices.twilio import is_signed
from jkn.web import for_machines

TWILIO = {"sent": State.SENT, "delivered": State.ARRIVED, "read": State.ARRIVED, **dict.fromkeys(LOST, State.FAILED)}
DONE, REFUSED, UNKNOWN = ({}, 200), ({"error": "signature"}, 403), ({"error": "reference"}, 404)


def open_door(bp: Blueprint) -> None:
    rules = {
        "/laporan-kirim/twilio/<gateway>/<reference>": report_from_twilio,
        "/laporan-kirim/gerbang/<gateway>": report_from_gateway,
    }
    for path, view in rules.items():
        bp.add_url_rule(path, view.__name__, view, methods=["POST"])


@for_machines
@public
def report_from_twilio(gateway, reference):
    """MessageStatus of one message, under the address we gave with it."""
    sender = senders.named(gateway, TwilioSender)
    url = current_app.config["PUBLIC_URL"] + request.full_path.rstrip("?")
    form = list(request.form.items(multi=True))
    if sender is None or not is_signed(sender.key, url, form, request.headers.get("X-Twilio-Signature", "")):
        return REFUSED
    state = TWILIO.get(request.form.get("MessageStatus", ""))
    return _take(sender, reference, state, f"twilio {request.form.get('ErrorCode', '')[:12]}")


@for_machines
@public
def report_from_gateway(gateway):
    """A form or JSON with the fields that the configuration names; the secret in it, or in X-Report-Secret."""
    sender = senders.named(gateway, HttpSender)
    said = request.get_json(silent=True) if request.is_json else request.form
    said = said if hasattr(said, "get") else {}
    secret = request.headers.get("X-Report-Secret") or str(said.get("secret", ""))
    if sender is None or not sender.report_secret or not compare_digest(sender.report_secret.encode(), secret.encode()):
        return REFUSED
    word = str(said.get(sender.report_state, ""))
    state = State.ARRIVED if word in sender.report_arrived else State.FAILED if word in sender.report_failed else None
    return _take(sender, str(said.get(sender.report_reference, "")), state, word)


def _take(sender, reference: str, state: State | None, error: str):
    """Only about what we handed to this gateway; a word we do not know changes nothing."""
    head, _dash, tail = reference.removeprefix("jkn-").partition("-")
    if not (head.isascii() and head.isdigit() and len(head) <= 18):
        return UNKNOWN
    notice = Notice.get_or_none(Notice.id == int(head))
    if notice is None or notice.channel is not sender.channel or not notice.tries or tail != str(notice.round):
        return UNKNOWN
    if state:
        service.take_report(notice, state, "" if state is State.ARRIVED else error if error.isprintable() else "")
    return DONE
