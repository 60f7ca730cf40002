"""A day's work without a signal: the page for it, where what was written arrives, and where members decide."""

from base64 import b64encode
from secrets import token_urlsafe

import click
from flask import Blueprint, after_this_request, current_app, flash, jsonify, redirect, request, url_for
from flask_babel import gettext as _

from jkn import clock, i18n, sealed, web
from jkn.access import Can, actor, allowed, fetch, needs, public, scope
from jkn.accounts.forms import ConfirmForm
from jkn.errors import Refused
from jkn.offline import doing, forms, service
from jkn.offline.models import OfflineForm, State
from jkn.offline.words import CONTENT, KINDS
from jkn.web import OUTBOX, for_outbox, on_kiosk, page

bp = Blueprint("offline", __name__, cli_group=None)

KEPT = 90 * 24 * 3600  # seconds that a browser keeps the half of the key that is its own


@bp.get("/kader/luring")
@public
def offline_write():
    """The forms that can be filled in without a signal. Browsers keep this page as anybody may see it, in a language;
    what is written is read only with a key that the page of a volunteer hands out."""
    with i18n.speaking(request.args.get("b") or i18n.language()):
        return page("offline/offline_write.html", forms=forms.blank(), kinds=KINDS)


@bp.post("/kader/kirim")
@for_outbox
@needs(Can.HELP_MEMBERS)
def offline_receive():
    """One form of the outbox: how it fared, by status and in a sentence. To whoever did not write it: sign in."""
    sent, mine = request.get_json(silent=True), owner_here()
    if isinstance(sent, dict) and (not mine or sent.get("whose") != mine):
        return "", 401
    written = forms.read(sent)
    if isinstance(written, list):
        return jsonify(t=" ".join(written)), 422
    config = current_app.config
    bounds = service.Bounds(config["FORMS_WAIT_DAYS"], config["FORMS_WAIT_MOST"])
    answer = service.receive(written, actor(), bounds)
    return jsonify(t=Refused(answer.message, **answer.values).say(_)), answer.status


@bp.get("/data-saya/menunggu")
@needs(Can.DECIDE_FORMS)
def offline_list():
    """What volunteers wrote for the reader without a consent that fits."""
    waiting = OfflineForm.state == State.WAITS, OfflineForm.expires_at > clock.now()
    return page("offline/offline_list.html", forms=scope(OfflineForm).where(*waiting), kinds=KINDS)


@bp.route("/data-saya/menunggu/<int:offline_form_id>", methods=["GET", "POST"])
@needs(Can.DECIDE_FORMS)
def offline_confirm(offline_form_id):
    return _decide(offline_form_id, "offline/offline_confirm.html", _yes)


@bp.route("/data-saya/menunggu/<int:offline_form_id>/tolak", methods=["GET", "POST"])
@needs(Can.DECIDE_FORMS)
def offline_decline(offline_form_id):
    return _decide(offline_form_id, "offline/offline_decline.html", _no)


def _decide(offline_form_id: int, template: str, decide):
    row, form = fetch(OfflineForm, offline_form_id), ConfirmForm()
    if row.content is None:
        flash(_("This form was decided already, or it is too old."))
        return redirect(url_for(".offline_list"), 303)
    if form.validate_on_submit():
        try:
            flash(decide(row))
        except Refused as refused:
            form.refuse(refused)
        else:
            return redirect(url_for(".offline_list"), 303)
    return page(template, form=form, row=row, kind=KINDS[row.kind], facts=CONTENT[row.kind](row))


def _yes(row: OfflineForm) -> str:
    done = doing.confirm(row, actor())
    return Refused(done.message, **done.values).say(_)


def _no(row: OfflineForm) -> str:
    doing.decline(row, actor())
    return _("Declined. Nothing was done.")


def key_here() -> str | None:
    """The key of this volunteer on this browser, whose half of it goes with the answer, and their mark; none on a
    kiosk."""
    if on_kiosk():
        return None
    token = request.cookies.get(OUTBOX) or token_urlsafe(18)
    _hand_out(token)  # each time: it must outlast every form that needs it
    return f"{_derived('outbox', token)}.{_mark(token)}"


def owner_here() -> str:
    """The mark of the volunteer who is signed in on this browser: their forms carry it, and nobody else sends them."""
    token = request.cookies.get(OUTBOX)
    return _mark(token) if token and not on_kiosk() and allowed(actor(), Can.HELP_MEMBERS) else ""


def _mark(token: str) -> str:
    return _derived("outbox owner", token)[:12]


def _derived(purpose: str, token: str) -> str:
    return b64encode(sealed.key_for(purpose, f"{actor().officer_id}:{token}")).decode()


web.outbox_key, web.outbox_owner = key_here, owner_here


def _hand_out(token: str) -> None:
    """On a volunteer's own browser: its half of the key, in a cookie that no script reads."""

    @after_this_request
    def give(response):
        secure = current_app.config["SESSION_COOKIE_SECURE"]
        response.set_cookie(OUTBOX, token, max_age=KEPT, httponly=True, samesite="Lax", secure=secure)
        return response


@bp.cli.command("forget-forms")
def forget_forms():
    """Forget forms that waited too long for their member. Run it every few minutes; safe to run twice."""
    click.echo(f"{doing.drop_expired()} forms forgotten.")
