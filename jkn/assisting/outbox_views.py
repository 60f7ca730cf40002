"""A day's work without a signal: the page for it, where what was written arrives, and where members decide."""

from base64 import b64encode
from secrets import token_urlsafe

from flask import current_app, flash, jsonify, redirect, request, url_for
from flask_babel import gettext as _

from jkn import clock, i18n, sealed
from jkn.access import Can, actor, fetch, needs, public, scope
from jkn.accounts.forms import ConfirmForm
from jkn.assisting import outbox, outbox_doing, outbox_forms
from jkn.assisting.outbox_models import OfflineForm, State
from jkn.assisting.outbox_words import CONTENT, KINDS
from jkn.assisting.views import bp
from jkn.errors import Refused
from jkn.web import OUTBOX, for_outbox, on_kiosk, page

KEPT = 90 * 24 * 3600  # seconds that a browser keeps the half of the key that is its own


@bp.get("/kader/luring")
@public
def offline_write():
    """The forms that can be filled in without a signal. Browsers keep this page as anybody may see it, in a language;
    what is written is read only with a key that the page of a volunteer hands out."""
    with i18n.speaking(request.args.get("b") or i18n.language()):
        return page("assisting/offline_write.html", forms=outbox_forms.blank(), kinds=KINDS)


@bp.post("/kader/kirim")
@for_outbox
@needs(Can.HELP_MEMBERS)
def offline_receive():
    """One form of the outbox: how it fared, by status and in a sentence."""
    written = outbox_forms.read(request.get_json(silent=True))
    if isinstance(written, list):
        return jsonify(t=" ".join(written)), 422
    config = current_app.config
    bounds = outbox.Bounds(config["FORMS_WAIT_DAYS"], config["FORMS_WAIT_MOST"])
    answer = outbox.receive(written, actor(), bounds)
    return jsonify(t=Refused(answer.message, **answer.values).say(_)), answer.status


@bp.get("/data-saya/menunggu")
@needs(Can.DECIDE_FORMS)
def offline_list():
    """What volunteers wrote for the reader without a consent that fits."""
    waiting = OfflineForm.state == State.WAITS, OfflineForm.expires_at > clock.now()
    return page("assisting/offline_list.html", forms=scope(OfflineForm).where(*waiting), kinds=KINDS)


@bp.route("/data-saya/menunggu/<int:offline_form_id>", methods=["GET", "POST"])
@needs(Can.DECIDE_FORMS)
def offline_confirm(offline_form_id):
    return _decide(offline_form_id, "assisting/offline_confirm.html", _yes)


@bp.route("/data-saya/menunggu/<int:offline_form_id>/tolak", methods=["GET", "POST"])
@needs(Can.DECIDE_FORMS)
def offline_decline(offline_form_id):
    return _decide(offline_form_id, "assisting/offline_decline.html", _no)


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
    done = outbox_doing.confirm(row, actor())
    return Refused(done.message, **done.values).say(_)


def _no(row: OfflineForm) -> str:
    outbox_doing.decline(row, actor())
    return _("Declined. Nothing was done.")


def hand_out(response, token: str | None):
    """On a volunteer's own browser: its half of the key, in a cookie that no script reads."""
    if token:
        secure = current_app.config["SESSION_COOKIE_SECURE"]
        response.set_cookie(OUTBOX, token, max_age=KEPT, httponly=True, samesite="Lax", secure=secure)
    return response


def key_here() -> tuple[str | None, str | None]:
    """The key of this volunteer on this browser, and the browser's half of it where it is new; none on a kiosk."""
    if on_kiosk():
        return None, None
    known = request.cookies.get(OUTBOX)
    token = known or token_urlsafe(18)
    key = sealed.key_for("outbox", f"{actor().officer_id}:{token}")
    return b64encode(key).decode(), None if known else token
