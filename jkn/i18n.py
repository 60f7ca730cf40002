"""Languages: which one a reader sees, who says what it lacks, and dates in words."""

import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

from babel import localedata
from babel.dates import format_date
from babel.numbers import format_percent
from babel.support import NullTranslations, Translations
from flask import Flask, g, has_app_context, has_request_context, session
from flask_babel import Babel, Domain
from flask_login import current_user

from jkn.clock import JAKARTA

FOLDER = Path(__file__).parent.parent / "translations"
DEFAULT = "id"


@dataclass(frozen=True)
class Language:
    """A line of languages.toml."""

    name: str
    falls_to: str | None = None


def offered(folder: Path) -> dict[str, Language]:
    """The languages of the table whose catalogue is there, by code."""
    table = tomllib.loads((folder / "languages.toml").read_text())
    return {
        code: Language(row["name"], row.get("falls_to"))
        for code, row in table.items()
        if code != "share" and (folder / code / "LC_MESSAGES/messages.po").exists()
    }


LANGUAGES = offered(FOLDER)
_catalogues: dict[str, NullTranslations] = {}


class _Domain(Domain):
    """Flask-Babel's texts by our own chain of languages: CLDR does not know each of them."""

    def get_translations(self) -> NullTranslations:
        return catalogue(language())


class _Babel(Babel):
    domain_instance = _Domain()


def init_app(app: Flask) -> None:
    _Babel(app, default_locale=DEFAULT, locale_selector=_locale)
    app.jinja_env.install_gettext_callables(
        lambda text: catalogue(language()).gettext(text),
        lambda one, many, count: catalogue(language()).ngettext(one, many, count),
        newstyle=True,
    )
    app.jinja_env.globals["language"] = language
    app.jinja_env.filters.update(day=day, month=month, moment=moment, weekday=weekday, percent=percent)


def catalogue(code: str) -> NullTranslations:
    """A language's texts; what they lack is said by the language that it falls to, and so on."""
    if code not in _catalogues:
        texts = Translations.load(FOLDER, [code])
        if falls_to := LANGUAGES[code].falls_to:
            texts.add_fallback(catalogue(falls_to))
        _catalogues[code] = texts
    return _catalogues[code]


def language() -> str:
    """Spoken to now; else chosen on this device, else by the person signed in, else Indonesian."""
    if has_app_context() and "language" in g:
        return g.language
    if not has_request_context():
        return DEFAULT
    g.language = known(session.get("lang") or getattr(current_user, "language", None))
    return g.language


def known(code: str | None) -> str:
    """This language if we offer it, else Indonesian."""
    return code if code in LANGUAGES else DEFAULT


@contextmanager
def speaking(code: str | None) -> Iterator[None]:
    """Whatever is said inside is said in this language, whoever asks: messages to others, answers to machines."""
    before = g.get("language")
    g.language = known(code)
    try:
        yield
    finally:
        if before is None:
            g.pop("language")
        else:
            g.language = before


def _locale() -> str:
    """Whose dates CLDR writes for the reader: of a language that it does not know, those of the one it falls to."""
    code = language()
    while not localedata.exists(code):
        code = LANGUAGES[code].falls_to
    return code


def day(value: date) -> str:
    """23 November 2026."""
    return format_date(value, "d MMMM y", locale=_locale())


def weekday(value: date) -> str:
    """Senin, 23 November 2026."""
    return format_date(value, "EEEE, d MMMM y", locale=_locale())


def month(value: date) -> str:
    """November 2026."""
    return format_date(value, "MMMM y", locale=_locale())


def percent(basis_points: int) -> str:
    """2,5% for 250."""
    return format_percent(Decimal(basis_points).scaleb(-4), "0.##%", locale=_locale())


def moment(value: datetime) -> str:
    """23 November 2026 09.14 WIB."""
    local = value.astimezone(JAKARTA)
    return f"{day(local.date())} {local:%H.%M} WIB"
