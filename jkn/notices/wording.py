"""A notice in words, in the language of its reader."""

from datetime import date
from re import compile

from flask import render_template

from jkn.notices.models import Notice
from jkn.notices.rules import plain_sms, short_name

DATE = compile(r"\d{4}-\d{2}-\d{2}")


def in_words(notice: Notice) -> str:
    """As /kabar, e-mail and letters say it; a value that is a date is written out by its template."""
    return render_template(f"notices/{notice.name}.txt", **_values(notice)).strip()


def in_short(notice: Notice, name: str) -> str:
    """For SMS and WhatsApp: who is meant, then <name>.sms.txt where the page's text is too long for one SMS."""
    choices = [f"notices/{notice.name}.sms.txt", f"notices/{notice.name}.txt"]
    words = render_template(choices, **_values(notice), code=notice.secret).strip()
    return plain_sms(f"JKN {short_name(name)}: {words}")


def _values(notice: Notice) -> dict:
    return {name: _read(value) for name, value in notice.values.items()}


def _read(value):
    return date.fromisoformat(value) if isinstance(value, str) and DATE.fullmatch(value) else value
