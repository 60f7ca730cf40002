"""What we tell people when something cannot be done."""

import logging
from datetime import date

from flask import Flask, render_template, request
from werkzeug.exceptions import HTTPException

from jkn import i18n

log = logging.getLogger("jkn")


def N_(text: str) -> str:
    """Mark a sentence for translation; whoever shows it translates it for their reader."""
    return text


class Refused(Exception):
    """A rule said no: an English sentence (the msgid), its values, the field and the legal basis it concerns."""

    def __init__(self, message: str, *, field: str | None = None, basis: str | None = None, **values):
        super().__init__(message)
        self.message, self.field, self.basis, self.values = message, field, basis, values

    def say(self, translate) -> str:
        """The sentence in the reader's language, days in words; a tuple is a list of words to translate."""
        values = {name: _said(value, translate) for name, value in self.values.items()}
        return translate(self.message) % values if values else translate(self.message)


def _said(value, translate):
    if isinstance(value, date):
        return i18n.day(value)
    return ", ".join(translate(word) for word in value) if isinstance(value, tuple) else value


# status: what happened, what to do next
PAGES = {
    400: (N_("We did not understand that request."), N_("Go back and try again.")),
    403: (N_("You may not open this page."), N_("Sign in with the right account.")),
    404: (N_("This page does not exist."), N_("Check the address, or start from the menu.")),
    405: (N_("This page does not exist."), N_("Check the address, or start from the menu.")),
    413: (N_("That was too much text."), N_("Go back and send less.")),
    429: (N_("There were too many tries."), N_("Wait a little, then try again.")),
    500: (N_("Something broke on our side."), N_("Nothing was lost. Try again in a few minutes.")),
    503: (N_("The service cannot answer right now."), N_("Try again in a few minutes.")),
}


def init_app(app: Flask) -> None:
    app.register_error_handler(HTTPException, show)
    app.register_error_handler(Exception, show_fault)


def show(error: HTTPException):
    """A short page for any refusal by status; redirects pass."""
    if error.response is not None or error.code is None or error.code < 400:
        return error
    what, next_step = PAGES.get(error.code, PAGES[400] if error.code < 500 else PAGES[500])
    return render_template("errors/error.html", what=what, next_step=next_step), error.code


def note_fault(error: Exception) -> int:
    """Log a fault of ours by kind and place only, because messages may carry personal data; the status to answer."""
    from jkn import db

    last = error.__traceback__
    while last and last.tb_next:
        last = last.tb_next
    where = f"{last.tb_frame.f_code.co_filename}:{last.tb_lineno}" if last else "?"
    log.error("%s at %s in %s", type(error).__name__, where, request.endpoint)
    return 503 if db.is_unavailable(error) else 500


def show_fault(error: Exception):
    """A short page for a fault of ours."""
    status = note_fault(error)
    what, next_step = PAGES[status]
    return render_template("errors/error.html", what=what, next_step=next_step), status
