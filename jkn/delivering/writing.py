"""What a message says, in the language of the person it is for."""

from flask import current_app, render_template
from flask_babel import gettext

from jkn import clock
from jkn.delivering import senders
from jkn.delivering.messages import Message
from jkn.delivering.senders import HttpSender
from jkn.delivering.service import Ready
from jkn.delivering.twilio import TwilioSender
from jkn.i18n import day, speaking
from jkn.notices.models import Channel
from jkn.notices.rules import short_name
from jkn.notices.wording import in_short, in_words


def compose(ready: Ready) -> Message:
    """The words, and where the gateway may report what became of them."""
    notice, person = ready.notice, ready.person
    with speaking(person.language):
        if ready.channel is Channel.EMAIL:
            name = short_name(person.name)
            subject = render_template("delivering/subject.txt", name=name).strip()
            text = render_template("delivering/email.txt", name=name, words=in_words(notice)).strip()
            return Message(notice.our_reference, ready.address, text, subject)
        text = in_short(notice, person.name)
    return Message(notice.our_reference, ready.address, text, report_url=_report_url(ready))


def _report_url(ready: Ready) -> str:
    public, sender = current_app.config["PUBLIC_URL"], senders.find(ready.channel)
    if public and isinstance(sender, TwilioSender):
        return f"{public}/laporan-kirim/twilio/{sender.name}/{ready.notice.our_reference}"
    if public and isinstance(sender, HttpSender) and sender.report_secret:
        return f"{public}/laporan-kirim/gerbang/{sender.name}"
    return ""


def letter_lines(person, notices) -> dict:
    """A letter's sentences in the language of the person."""
    with speaking(person.language):
        name = short_name(person.name)
        return {
            "title": gettext("News from JKN"),
            "greeting": gettext("For %(name)s:", name=name),
            "news": [(day(clock.day_of(notice.created_at)), in_words(notice)) for notice in notices],
            "ending": gettext("Do you have a question? Call 165, or come to a branch."),
        }
