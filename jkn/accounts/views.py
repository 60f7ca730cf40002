"""Signing in, out, and up."""

from flask import Blueprint, flash, g, redirect, request, session, url_for
from flask_babel import gettext as _
from flask_login import current_user

from jkn.access import Can, Level, actor, needs, public, scope
from jkn.accounts import entrance, raising, service, sheets, touches, words
from jkn.accounts.forms import CodeForm, ConfirmForm, PinChangeForm, SignInForm, StepUpForm
from jkn.audit.models import Entry
from jkn.errors import Refused
from jkn.members.models import Person
from jkn.web import asked_number, keeps_outbox, page

bp = Blueprint("accounts", __name__, cli_group=None)
bp.before_app_request(entrance.bring_back_held)
bp.after_app_request(entrance.note_seen)

LEFT = "left"  # in the session: signed out a moment ago


@bp.route("/masuk", methods=["GET", "POST"])
@public
def sign_in():
    form = SignInForm()
    if form.validate_on_submit():
        try:
            opened = service.sign_in_by_pin(
                form.number.number, form.pin.data, entrance.device_token(), actor(), browser()
            )
        except Refused as refused:
            form.refuse(refused)
        else:
            entrance.enter(opened)
            return welcome()
    return page("accounts/sign_in.html", form=form, expired="held" in session)


@bp.route("/masuk/kode", methods=["GET", "POST"])
@public
def code_sign_in():
    """With a code from the sheet, or the slip an officer printed; it sets a new PIN."""
    form = CodeForm()
    if form.validate_on_submit():
        try:
            opened = service.sign_in_by_code(
                form.number.number,
                form.code.data,
                form.pin.data,
                actor(),
                second=form.second.number,
                device=entrance.device_token(),
                agent=browser(),
            )
        except Refused as refused:
            form.refuse(refused)
        else:
            entrance.enter(opened)
            flash(_("Your new PIN works now."))
            return welcome("accounts.sheet_issue" if opened.row.level == Level.L2 else "home.front")
    return page("accounts/code_sign_in.html", form=form)


@bp.route("/masuk/naik", methods=["GET", "POST"])
@needs(Can.SEE_STATUS)
def step_up():
    """One more proof before something risky: the next code of the sheet, good for ten minutes."""
    who, form = actor(), StepUpForm()
    if form.validate_on_submit():
        try:
            raising.step_up(who.sign_in, who.person_id, form.code.data, who)
        except Refused as refused:
            form.refuse(refused)
        else:
            return entrance.back_or("home.front")
    texts = raising.may_text(Person.get_by_id(who.person_id))
    return page("accounts/step_up.html", form=form, number=sheets.next_number(who.person_id), texts=texts)


@bp.route("/keluar", methods=["GET", "POST"])
@needs(Can.SIGN_OUT)
def sign_out():
    """Asks, then ends: a page left by a question and a POST does not come back with the Back button."""
    form = ConfirmForm()
    if form.validate_on_submit():
        service.close_sign_in(actor().sign_in, actor())
        entrance.leave(keep_language="kiosk" not in g)
        session[LEFT] = True
        return redirect(url_for(".goodbye"), 303)
    return page("accounts/sign_out.html", form=form)


@bp.get("/sampai-jumpa")
@public
def goodbye():
    """A volunteer's browser keeps its storage: forms that were not sent yet, which nobody can read now. Whoever did
    not just sign out loses none either: another site may name this address, and its requests bring no cookie."""
    has_left = session.pop(LEFT, False)
    response = page("accounts/goodbye.html")
    response.headers["Clear-Site-Data"] = '"cache","storage"' if has_left and not keeps_outbox() else '"cache"'
    return response


@bp.route("/pin", methods=["GET", "POST"])
@needs(Can.CHANGE_PIN)
def pin_change():
    who, form = actor(), PinChangeForm()
    if form.validate_on_submit():
        try:
            service.change_pin(Person.get_by_id(who.person_id), form.pin.data, who)
        except Refused as refused:
            form.refuse(refused)
        else:
            flash(_("Your new PIN works now. Other phones were signed out."))
            return redirect(url_for(".sign_in_list"), 303)
    return page("accounts/pin_change.html", form=form)


@bp.route("/lembar", methods=["GET", "POST"])
@needs(Can.ISSUE_SHEET)
def sheet_issue():
    """A new sheet of one-time codes; the old one stops working."""
    form = ConfirmForm()
    if form.validate_on_submit():
        service.issue_sheet(Person.get_by_id(actor().person_id), actor())
        return redirect(url_for(".sheet_show"), 303)
    return page("accounts/sheet_issue.html", form=form)


@bp.get("/lembar/baru")
@needs(Can.ISSUE_SHEET)
def sheet_show():
    sheet = sheets.shown(actor().person_id)
    return page("accounts/sheet_show.html", codes=sheets.codes(sheet) if sheet else None)


@bp.get("/akses")
@needs(Can.SEE_TOUCHES)
def touch_list():
    """Who read or changed what of the reader's, the newest first; `?lain=1` leaves out what they did themselves."""
    others = request.args.get("lain") == "1"
    found, more = touches.of(scope(Entry), actor(), asked_number("sebelum"), others)
    told = [(touch.entry, *words.of(touch, actor())) for touch in found]
    return page("accounts/touch_list.html", touches=told, others=others, more=more)


@bp.route("/perangkat", methods=["GET", "POST"])
@needs(Can.SEE_SIGN_INS)
def sign_in_list():
    """Where one is signed in, and "sign out everywhere else"."""
    who, form = actor(), ConfirmForm()
    if form.validate_on_submit():
        service.revoke_all(who.person_id, who, but=who.sign_in)
        flash(_("All other phones were signed out."))
        return redirect(url_for(".sign_in_list"), 303)
    return page("accounts/sign_in_list.html", rows=service.live_sign_ins(who.person_id), here=who.sign_in, form=form)


def welcome(endpoint: str = "home.front"):
    response = entrance.back_or(endpoint)
    return response if current_user.row.channel == "kiosk" else entrance.remember_device(response)


def browser() -> str:
    """A short name of the browser, so that a person can tell their sign-ins apart; never the whole user agent."""
    agent = request.user_agent.string
    names = ("Opera Mini", "KAIOS", "w3m", "Lynx", "UCBrowser", "Firefox", "Chrome", "Safari")
    return next((name for name in names if name in agent), "")


from jkn.accounts import counter, desk, grant_views, ways_back  # noqa: E402, F401  these pages and commands join the blueprint
