"""A volunteer's own pages: the work list, and help inside a consent."""

from flask import Blueprint, current_app, flash, g, redirect, request, session, url_for
from flask_babel import gettext as _
from flask_login import current_user

from jkn import looks, web
from jkn.access import Can, actor, fetch, needs, public
from jkn.accounts import receipts, words
from jkn.accounts.models import Grant
from jkn.assisting import consents, worklist
from jkn.assisting.forms import (
    ConsentBeginForm,
    ConsentJoinForm,
    PaperBeginForm,
    SheetGiveForm,
    SlipAskForm,
)
from jkn.assisting.words import TASKS
from jkn.errors import Refused
from jkn.numbers import mask_name
from jkn.permissions import Scope
from jkn.regions import service as regions
from jkn.web import asked_number, page

bp = Blueprint("assisting", __name__, cli_group=None)


@bp.get("/kader")
@needs(Can.HELP_MEMBERS)
def volunteer_front():
    """The villages with their work, and the ways to help somebody."""
    who = actor()
    villages = [(code, regions.village_label(code) or code) for code in worklist.villages_of(who.officer_id)]
    return page("assisting/volunteer_front.html", villages=villages, tasks=TASKS, who=who, key=web.outbox_key())


@bp.get("/kader/tetap")
@public
def volunteer_stay():
    """ "I am still here", said from a page with a form: no content, so that every browser keeps the page and what was
    typed. It answers alike when the sign-in is over: the form, sent, is then kept until the next one."""
    actor()  # whoever is signed in is noted as being here
    return current_app.response_class(status=204, mimetype="text/plain")


@bp.get("/kader/usai")
@public
def volunteer_end():
    """Where a page without a form goes by itself when the time is over. It ends no sign-in, and keeps none alive: two
    pages left open would else wake each other for ever."""
    g.untouched = True
    if not current_user.is_authenticated:
        session["back"] = url_for(".volunteer_front")  # a cookie that changes also shuts the Back button's cache
    return page("assisting/volunteer_end.html")


@bp.get("/kader/daftar")
@needs(Can.HELP_MEMBERS)
def work_list():
    """What to do in one village; nothing where the volunteer does not work."""
    mine = worklist.villages_of(actor().officer_id)
    village = request.args.get("desa") or next(iter(mine), "")
    asked = request.args.get("tugas")
    task = next((each for each in worklist.Task if each == asked), worklist.Task.ARREARS)
    rows, families, more = worklist.page(village, task, asked_number("setelah")) if village in mine else ([], [], None)
    looks.note(*families)
    return page(
        "assisting/work_list.html",
        rows=rows,
        more=more,
        village=village,
        label=regions.village_label(village) if village in mine else "",
        task=task,
        tasks=TASKS,
    )


@bp.route("/kader/bantu", methods=["GET", "POST"])
@needs(Can.HELP_MEMBERS)
def consent_begin():
    """The member says for what and types one code; their pages follow."""
    form = ConsentBeginForm()
    if form.validate_on_submit():
        scopes = [Scope(each) for each in form.scopes.data]
        try:
            consents.begin(form.number.number, form.code.data, scopes, form.minutes.data, form.key.data, actor())
        except Refused as refused:
            form.refuse(refused)
        else:
            return redirect(url_for("home.front"), 303)
    return page("assisting/consent_begin.html", form=form)


@bp.route("/kader/ikut", methods=["GET", "POST"])
@needs(Can.HELP_MEMBERS)
def consent_join():
    form = ConsentJoinForm()
    if not actor().is_helper:
        return redirect(url_for(".consent_begin"), 303)
    if form.validate_on_submit():
        try:
            consents.join(form.number.number, form.code.data, actor())
        except Refused as refused:
            form.refuse(refused)
        else:
            flash(_("The consent now holds for this person too."))
            return redirect(url_for("home.front"), 303)
    return page("assisting/consent_join.html", form=form)


@bp.route("/kader/kertas", methods=["GET", "POST"])
@needs(Can.HELP_MEMBERS)
def paper_begin():
    """Without PIN, sheet and phone: what stands on the signed form."""
    form = PaperBeginForm()
    if form.validate_on_submit():
        typed = (form.form.number, form.number.number, form.signed_by.data, form.witness.data, form.key.data)
        try:
            consents.begin_on_paper(*typed, actor())
        except Refused as refused:
            form.refuse(refused)
        else:
            return redirect(url_for(".volunteer_front"), 303)
    return page("assisting/paper_begin.html", form=form)


@bp.route("/kader/slip", methods=["GET", "POST"])
@needs(Can.HELP_MEMBERS)
def slip_ask():
    form = SlipAskForm()
    if not actor().is_helper:
        return redirect(url_for(".volunteer_front"), 303)
    if form.validate_on_submit():
        consents.ask_slip(form.key.data, actor())
        flash(_("Asked for. An officer will bring the slip, or call the member."))
        return redirect(url_for(".volunteer_front"), 303)
    return page("assisting/slip_ask.html", form=form)


@bp.route("/kader/lembar", methods=["GET", "POST"])
@needs(Can.HELP_MEMBERS)
def sheet_give():
    """A sealed sheet becomes the member's; its codes stay unseen."""
    form = SheetGiveForm()
    if not actor().is_helper:
        return redirect(url_for(".volunteer_front"), 303)
    if form.validate_on_submit():
        try:
            consents.bind_sheet(form.serial.number, form.code.data, actor())
        except Refused as refused:
            form.refuse(refused)
        else:
            flash(_("The sheet is the member's now. With it they set a PIN at home."))
            return redirect(url_for(".volunteer_front"), 303)
    return page("assisting/sheet_give.html", form=form)


@bp.get("/wakil/<int:grant_id>/tanda-terima")
@needs(Can.SEE_RECEIPTS)
def receipt_show(grant_id):
    """Everything done under a right to act, to print; a helper sees it while the consent lasts."""
    grant, who = fetch(Grant, grant_id), actor()
    done = [(touch.entry.at, *words.of(touch, who)) for touch in receipts.of(grant)]
    return page("assisting/receipt_show.html", grant=grant, done=done, name=mask_name(grant.person.name))


from jkn.assisting import asking_views, overseeing  # noqa: E402, F401  their pages and commands join the blueprint
