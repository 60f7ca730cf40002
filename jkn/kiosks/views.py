"""A kiosk's door: an enrolled device on which a visitor leaves nothing behind."""

from urllib.parse import urlsplit

from flask import Blueprint, current_app, flash, g, redirect, request, session, url_for
from flask_babel import gettext as _
from flask_login import current_user

from jkn import clock, db
from jkn.access import Can, actor, fetch, needs, public, scope
from jkn.accounts import entrance
from jkn.accounts import service as accounts
from jkn.accounts.forms import ConfirmForm
from jkn.errors import Refused
from jkn.facilities import service as facilities
from jkn.kiosks import locking, service, tokens
from jkn.kiosks.forms import KioskJoinForm, KioskPrepareForm, PaperForm
from jkn.kiosks.models import Kiosk, Printer
from jkn.numbers import group
from jkn.web import page

bp = Blueprint("kiosks", __name__, cli_group=None)

COOKIE = "k"


def recognise() -> None:
    """Is this request from an enrolled kiosk?"""
    if COOKIE in request.cookies and request.endpoint != "static":
        kiosk, g.kiosk_token = tokens.find(request.cookies[COOKIE])
        if kiosk:
            g.kiosk, g.kiosk_row = kiosk.id, kiosk


def renew(response):
    """After the answer is made: a token that is used settles, one that is old is followed by another."""
    late_or_new = g.pop("kiosk_token", None)
    if late_or_new is not None:
        with db.bookkeeping():
            tokens.settle(late_or_new) if "kiosk" in g else tokens.report(late_or_new)
    elif request.endpoint == "kiosks.kiosk_front" and "kiosk" in g and tokens.is_old(g.kiosk_row):
        with db.bookkeeping():
            hand_over(response, tokens.offer(g.kiosk_row))
    return response


def hand_over(response, token: str) -> None:
    """Put the device's token into its own cookie, which outlives every visitor's session."""
    secure = current_app.config["SESSION_COOKIE_SECURE"]
    response.set_cookie(COOKIE, token, max_age=400 * 86400, httponly=True, samesite="Strict", secure=secure)


@bp.record_once
def recognise_first(state) -> None:
    """Before accounts ask who is signed in: a sign-in lives only where it was made."""
    hooks = state.app.before_request_funcs[None]
    hooks.insert(hooks.index(entrance.bring_back_held), recognise)


bp.after_app_request(renew)


@bp.get("/kios")
@public
def kiosk_front():
    """Where every visit to a kiosk begins and ends."""
    if "kiosk" not in g:
        return redirect(url_for(".kiosk_join"), 303)
    if session and not current_user.is_authenticated:
        entrance.leave()  # a registration half done, an answer not read
    return page("kiosks/kiosk_front.html", kiosk=g.kiosk_row)


@bp.route("/kios/pasang", methods=["GET", "POST"])
@public
def kiosk_join():
    """Staff type the enrolment code once; the device is then known by a cookie of its own.

    Whoever is signed in there is signed out: an officer may have made the code on the device itself."""
    form, who = KioskJoinForm(), actor()
    if form.validate_on_submit():
        try:
            token = service.join(form.code.number)
        except Refused as refused:
            form.refuse(refused)
        else:
            if who.sign_in:
                accounts.close_sign_in(who.sign_in, who)
            entrance.leave()
            response = redirect(url_for(".kiosk_front"), 303)
            hand_over(response, token)
            return response
    return page("kiosks/kiosk_join.html", form=form)


@bp.get("/kios/masih")
@public
def kiosk_still_there():
    """After forty seconds without a touch: twenty more to say "I am still here". Works without script."""
    g.untouched = True  # being asked is not being there: the sign-in's own minute runs on
    return page("kiosks/kiosk_still_there.html", back=_came_from())


@bp.get("/kios/selesai")
@public
def kiosk_end():
    """Nobody answered, or the visitor is done: the sign-in ends here, and not only in the cookie, which some keep."""
    who = actor()
    if "kiosk" not in g and who.sign_in:
        return redirect(url_for("accounts.sign_out"), 303)  # elsewhere a link ends no sign-in
    g.untouched = True
    entrance.leave(keep_language=False)
    response = page("kiosks/kiosk_end.html")
    if who.sign_in:
        with db.bookkeeping():
            accounts.close_sign_in(who.sign_in, who)
    # on any other device storage may hold a volunteer's forms, and another site may name this address
    response.headers["Clear-Site-Data"] = '"cache","storage"' if "kiosk" in g else '"cache"'
    return response


@bp.route("/petugas/kios", methods=["GET", "POST"])
@needs(Can.ENROL_KIOSKS)
def kiosk_list():
    """The kiosks there are; prepare a new one."""
    form = KioskPrepareForm()
    if form.validate_on_submit():
        try:
            code = service.prepare(form.facility.data, form.place.data, actor(), Printer(form.printer.data))
        except Refused as refused:
            form.refuse(refused)
        else:
            flash(_("Type this code on the kiosk at /kios/pasang within one hour: %(code)s", code=group(code, 4)))
            return redirect(url_for(".kiosk_list"), 303)
    kiosks = list(scope(Kiosk).order_by(Kiosk.id.desc()).limit(50))
    return page("kiosks/kiosk_list.html", form=form, kiosks=kiosks, names=names_of(kiosks))


@bp.route("/petugas/kios/<int:kiosk_id>", methods=["GET", "POST"])
@needs(Can.ENROL_KIOSKS)
def kiosk_revoke(kiosk_id):
    kiosk, form = fetch(Kiosk, kiosk_id), ConfirmForm()
    if form.validate_on_submit():
        tokens.revoke(kiosk, actor())
        flash(_("The kiosk is revoked."))
        return redirect(url_for(".kiosk_list"), 303)
    return page("kiosks/kiosk_revoke.html", kiosk=kiosk, form=form, names=names_of([kiosk]))


@bp.route("/petugas/kios/<int:kiosk_id>/kertas", methods=["GET", "POST"])
@needs(Can.SERVE_KIOSKS)
def kiosk_refill(kiosk_id):
    """The printer was filled: slips come on paper again."""
    kiosk, form = fetch(Kiosk, kiosk_id), ConfirmForm()
    if form.validate_on_submit():
        service.paper_in(kiosk, actor())
        return redirect(url_for(".kiosk_board"), 303)
    return page("kiosks/kiosk_refill.html", kiosk=kiosk, form=form, names=names_of([kiosk]))


@bp.get("/petugas/kios/kunci")
@needs(Can.ENROL_KIOSKS)
def kiosk_lock():
    """How staff lock the device down, with this server's own address in it."""
    policies, command = locking.policies(request.host), locking.command(request.host_url)
    return page("kiosks/kiosk_lock.html", policies=policies, command=command)


@bp.route("/petugas/kios/kertas", methods=["GET", "POST"])
@needs(Can.SERVE_KIOSKS)
def kiosk_paper():
    """Numbered slips for a day without a line; kiosks go on counting after them."""
    form = PaperForm()
    if form.validate_on_submit():
        try:
            last = service.take_paper(form.facility.number, form.count.data, actor())
        except Refused as refused:
            form.refuse(refused)
        else:
            session["paper"] = [form.facility.number, clock.today().isoformat(), last - form.count.data + 1, last]
            return redirect(url_for(".kiosk_paper"), 303)
    paper = session.pop("paper", None) if request.method == "GET" else None
    facility = facilities.get(paper[0]) if paper else None
    return page("kiosks/kiosk_paper.html", form=form, paper=paper, name=facility.name if facility else "")


def names_of(kiosks: list[Kiosk]) -> dict[str, str]:
    """The names of the facilities where they stand, by code."""
    return {code: row.name for code, row in facilities.by_codes({kiosk.facility_code for kiosk in kiosks}).items()}


def _came_from() -> str:
    """The page before this one, if it can be one of ours."""
    try:
        path = urlsplit(request.referrer or "").path
    except ValueError:
        return "/"
    return path if path.startswith("/") and not path.startswith("//") else "/"


from jkn.kiosks import counter, guarding, lanes  # noqa: E402, F401  their pages join the blueprint
