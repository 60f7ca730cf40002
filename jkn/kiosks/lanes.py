"""The lanes at a kiosk: active or not by card, or NIK and birth date; and signing in on the screen's keypad."""

from datetime import date
from functools import wraps

import segno
from flask import Response, current_app, flash, g, redirect, request, session, url_for
from flask_babel import gettext as _

from jkn import clock
from jkn.access import actor, public
from jkn.accounts import entrance
from jkn.accounts import service as accounts
from jkn.accounts.forms import ConfirmForm
from jkn.eligibility import service as eligibility
from jkn.errors import Refused
from jkn.kiosks import escpos, keypad, service, slips, staff, words
from jkn.kiosks.forms import KeypadForm, ScanForm
from jkn.kiosks.models import KioskSlip, Lane
from jkn.kiosks.views import bp
from jkn.numbers import BadNumber, read_card_or_nik
from jkn.web import page

KEYING, SLIP, ERRAND = "keying", "slip", "errand"


def at_kiosk(view):
    """Only before an enrolled device; elsewhere to where one is set up."""

    @wraps(view)
    def guarded():
        return view() if "kiosk" in g else redirect(url_for(".kiosk_join"), 303)

    return guarded


@bp.route("/kios/aktif", methods=["GET", "POST"])
@public
@at_kiosk
def kiosk_check():
    """Scan a card, or type a number: active or not."""
    return _lane(Lane.CHECK)


@bp.before_app_request
def show_keys_to_sign_in():
    """A kiosk has no keyboard: the sign-in to which every page sends who is not known is the keypad here."""
    if "kiosk" in g and request.endpoint == "accounts.sign_in" and request.method == "GET":
        return redirect(url_for("kiosks.kiosk_enter"), 303)
    return None


@bp.route("/kios/masuk", methods=["GET", "POST"])
@public
@at_kiosk
def kiosk_enter():
    """Scan a card, then the PIN on the screen."""
    return _lane(Lane.SIGN_IN)


def _lane(lane: Lane):
    form = ScanForm()
    if form.validate_on_submit():
        try:
            return _with_number(lane, form.number.number)
        except Refused as refused:
            form.refuse(refused)
    return page(f"kiosks/kiosk_{'check' if lane is Lane.CHECK else 'enter'}.html", form=form)


def _with_number(lane: Lane, number: str | None):
    if lane is Lane.CHECK and number and len(number) == 13:
        return _slip_for(number, None)
    session[KEYING] = keypad.begin(g.kiosk_row, lane, number)
    return redirect(url_for(".kiosk_type"), 303)


@bp.route("/kios/tombol", methods=["GET", "POST"])
@public
@at_kiosk
def kiosk_type():
    """Ten digits on the screen: the number, then the birth date or the PIN. Works without script."""
    keying, form = keypad.find(g.kiosk_row, session.get(KEYING)), KeypadForm()
    if keying is None:
        return redirect(url_for(".kiosk_front"), 303)
    if form.validate_on_submit():
        try:
            if form.k.data != "send":
                keypad.press(keying, form.k.data, form.at.data)
                return redirect(url_for(".kiosk_type"), 303)
            return _sent(keying)
        except Refused as refused:
            keypad.empty(keying)
            keying.length = 0
            form.refuse(refused)
    form.at.data = form.at.raw_data = None
    form.at.process_data(keying.length)
    return page("kiosks/kiosk_type.html", form=form, keying=keying, dots="●" * keying.length)


@bp.route("/kios/petugas", methods=["GET", "POST"])
@public
@at_kiosk
def kiosk_errand():
    """With staff beside the member: the code of their own page, typed here; a password never is."""
    form = ConfirmForm()
    if form.validate_on_submit():
        return _with_number(Lane.STAFF, None)
    return page("kiosks/kiosk_errand.html", form=form)


@bp.route("/kios/petugas/kertas", methods=["GET", "POST"])
@public
@at_kiosk
def kiosk_secret():
    """The sheet or first PIN goes on paper; the screen says only that. "No paper came" makes it worthless."""
    done, form = staff.shown(session.get(ERRAND), g.kiosk_row), ConfirmForm()
    if done is None:
        return redirect(url_for(".kiosk_front"), 303)
    if form.validate_on_submit():
        service.paper_out(g.kiosk_row, actor())
        staff.paper_lost(done, actor())
        flash(_("What did not come out opens nothing. Ask staff for paper, then begin again."))
        session.pop(ERRAND)
        return redirect(url_for(".kiosk_errand"), 303)
    by_page = not g.kiosk_row.printer.takes_bytes
    title, lines = words.secret_of(done, staff.paper_of(done)) if by_page else ("", [])
    return page("kiosks/kiosk_secret.html", form=form, kiosk=g.kiosk_row, title=title, lines=lines)


@bp.get("/kios/petugas/escpos")
@public
@at_kiosk
def kiosk_secret_bytes():
    """The same as ESC/POS bytes for the local print agent."""
    done = staff.shown(session.get(ERRAND), g.kiosk_row)
    if done is None or not g.kiosk_row.printer.takes_bytes:
        return redirect(url_for(".kiosk_front"), 303)
    title, lines = words.secret_of(done, staff.paper_of(done))
    return _bytes(escpos.paper(title, lines, g.kiosk_row.printer.width), f"kertas-{done.id}")


def _sent(keying):
    if keying.lane is Lane.STAFF:
        done = staff.redeem(g.kiosk_row, keying.typed, actor())
        _forget()
        session[ERRAND] = done.id
        return redirect(url_for(".kiosk_secret"), 303)
    if keying.number is None:
        try:
            number = read_card_or_nik(keying.typed)
        except BadNumber as bad:
            raise Refused(bad.message) from None
        if keying.lane is Lane.CHECK and len(number) == 13:
            raise Refused(words.SCAN_THE_CARD)
        keypad.take_number(keying, number)
        return redirect(url_for(".kiosk_type"), 303)
    if keying.lane is Lane.CHECK:
        return _slip_for(keying.number, words.read_birth(keying.typed))
    opened = accounts.sign_in_by_pin(keying.number, keying.typed, None, actor())
    _forget()
    entrance.enter(opened)
    return entrance.back_or("home.front")


def _slip_for(number: str, born: date | None):
    slip = slips.check(g.kiosk_row, number, born, actor())
    _forget()
    session[SLIP] = slip.id
    by_page = g.kiosk_row.prints and not g.kiosk_row.printer.takes_bytes
    return redirect(url_for(".kiosk_slip_print" if by_page else ".kiosk_slip"), 303)


def _forget() -> None:
    session.pop(KEYING, None)
    keypad.forget(g.kiosk_row)


@bp.route("/kios/slip", methods=["GET", "POST"])
@public
@at_kiosk
def kiosk_slip():
    """The number large; verdict and reason stand on paper only. "No slip came" tells staff and sends a message."""
    slip, form = slips.shown(session.get(SLIP), g.kiosk_row), ConfirmForm()
    if slip is None:
        return redirect(url_for(".kiosk_front"), 303)
    if form.validate_on_submit():
        service.paper_out(g.kiosk_row, actor())
        slips.did_not_come(slip, eligibility.verdict(slip.person, slip.day).is_served)
        return redirect(url_for(".kiosk_slip"), 303)
    return page("kiosks/kiosk_slip.html", form=form, label=slips.label(slip), kiosk=g.kiosk_row)


@bp.get("/kios/slip/cetak")
@public
@at_kiosk
def kiosk_slip_print():
    """The slip for the browser to print on paper of a fixed size; the screen shows only the number."""
    slip = slips.shown(session.get(SLIP), g.kiosk_row)
    if slip is None or not g.kiosk_row.printer.width:
        return redirect(url_for(".kiosk_front"), 303)
    word, lines = _words(slip)
    label, code = slips.label(slip), segno.make(_code(slip), micro=False).png_data_uri(scale=4)
    width = g.kiosk_row.printer.width
    return page("kiosks/kiosk_slip_print.html", label=label, word=word, lines=lines, qr=code, width=width)


@bp.get("/kios/slip/escpos")
@public
@at_kiosk
def kiosk_slip_bytes():
    """The slip as ESC/POS bytes: a download that the local print agent takes from its folder."""
    slip = slips.shown(session.get(SLIP), g.kiosk_row)
    if slip is None or not g.kiosk_row.printer.takes_bytes:
        return redirect(url_for(".kiosk_front"), 303)
    word, lines = _words(slip)
    label, width = slips.label(slip), g.kiosk_row.printer.width
    return _bytes(escpos.slip(label, word, lines, _code(slip), width), f"slip-{label}")


def _bytes(data: bytes, name: str) -> Response:
    response = Response(data, mimetype="application/octet-stream")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.escpos"'
    return response


def _words(slip: KioskSlip) -> tuple[str, list[str]]:
    verdict = eligibility.verdict(slip.person, slip.day)
    moment = current_app.jinja_env.filters["moment"](clock.now())
    return words.word_of(verdict), words.lines_of(slip.person, verdict, f"{g.kiosk_row.place}, {moment}")


def _code(slip: KioskSlip) -> str:
    return f"JKN:{slip.facility_code}:{slip.day:%Y%m%d}:{slips.label(slip)}"
