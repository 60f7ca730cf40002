"""Languages: which one a reader sees, and dates in words."""

from datetime import date, datetime
from decimal import Decimal

from babel.dates import format_date
from babel.numbers import format_percent
from flask import Flask, g, has_request_context, session
from flask_babel import Babel, get_locale, get_translations
from flask_login import current_user

from jkn.clock import JAKARTA

LANGUAGES = {"id": "Bahasa Indonesia", "en": "English"}
DEFAULT = "id"


def init_app(app: Flask) -> None:
    app.config.setdefault("BABEL_TRANSLATION_DIRECTORIES", "../translations")
    Babel(app, default_locale=DEFAULT, locale_selector=language)
    app.jinja_env.install_gettext_callables(
        lambda text: _catalogue().ugettext(text),
        lambda one, many, count: _catalogue().ungettext(one, many, count),
        newstyle=True,
    )
    app.jinja_env.globals["language"] = language
    app.jinja_env.globals["languages"] = LANGUAGES
    app.jinja_env.filters.update(day=day, month=month, moment=moment, weekday=weekday, percent=percent)


_catalogues = {}


def _catalogue():
    """The reader's translations; a page asks for them forty times, and Flask-Babel looks them up anew each time."""
    locale = get_locale()
    if locale is None:  # outside a request
        return get_translations()
    if locale.language not in _catalogues:
        _catalogues[locale.language] = get_translations()
    return _catalogues[locale.language]


def language() -> str:
    """Chosen on this device, else by the person signed in, else Indonesian."""
    if not has_request_context():
        return DEFAULT
    if "language" not in g:
        chosen = session.get("lang") or getattr(current_user, "language", None)
        g.language = chosen if chosen in LANGUAGES else DEFAULT
    return g.language


def day(value: date) -> str:
    """23 November 2026."""
    return format_date(value, "d MMMM y", locale=get_locale() or DEFAULT)


def weekday(value: date) -> str:
    """Senin, 23 November 2026."""
    return format_date(value, "EEEE, d MMMM y", locale=get_locale() or DEFAULT)


def month(value: date) -> str:
    """November 2026."""
    return format_date(value, "MMMM y", locale=get_locale() or DEFAULT)


def percent(basis_points: int) -> str:
    """2,5% for 250."""
    return format_percent(Decimal(basis_points).scaleb(-4), "0.##%", locale=get_locale() or DEFAULT)


def moment(value: datetime) -> str:
    """23 November 2026 09.14 WIB."""
    local = value.astimezone(JAKARTA)
    return f"{day(local.date())} {local:%H.%M} WIB"
