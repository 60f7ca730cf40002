"""A volunteer asks for a consent, and members answer on pages of their own: for themselves, or beside their family."""

from flask import abort, flash, redirect, url_for
from flask_babel import gettext as _
from wtforms.fields import SelectChoice

from jkn import access
from jkn.access import Can, actor, fetch, needs
from jkn.accounts import receipts, words
from jkn.accounts.forms import ConfirmForm
from jkn.accounts.grant_words import SCOPES
from jkn.accounts.models import Grant, GrantBasis
from jkn.assisting import askings, consents
from jkn.assisting.forms import ConsentAnswerForm, ConsentAskForm
from jkn.assisting.models import Asking
from jkn.assisting.views import bp
from jkn.errors import N_, Refused
from jkn.members.models import Person
from jkn.numbers import mask_name
from jkn.permissions import Scope
from jkn.web import page


@bp.route("/kader/minta", methods=["GET", "POST"])
@needs(Can.HELP_MEMBERS)
def asking_make():
    """For what and how long; the number to read aloud follows."""
    form = ConsentAskForm()
    if form.validate_on_submit():
        scopes = [Scope(each) for each in form.scopes.data]
        try:
            asking = askings.ask(form.number.number, scopes, form.minutes.data, form.key.data, actor())
        except Refused as refused:
            form.refuse(refused)
        else:
            return redirect(url_for(".asking_wait", asking_id=asking.id), 303)
    return page("assisting/asking_make.html", form=form)


@bp.route("/kader/minta/<int:asking_id>", methods=["GET", "POST"])
@needs(Can.HELP_MEMBERS)
def asking_wait(asking_id):
    """The number to read aloud, and whether the member said yes; then their pages."""
    asking, form = fetch(Asking, asking_id), ConfirmForm()
    if asking.officer_id != actor().officer_id:
        abort(404)
    if form.validate_on_submit():
        if askings.take_up(asking, actor()):
            return redirect(url_for("home.front"), 303)
        return redirect(url_for(".asking_wait", asking_id=asking.id), 303)
    grant = Grant.get_or_none(Grant.id == asking.grant_id)
    return page("assisting/asking_wait.html", asking=asking, form=form, may_begin=bool(grant and grant.is_live))


@bp.route("/wakil/izin", methods=["GET", "POST"])
@needs(Can.ANSWER_ASKINGS)
def asking_answer():
    """Who asks to help me; yes with the PIN, on this device of mine."""
    form, waiting = ConsentAnswerForm(), askings.open_for(actor().person_id)
    form.which.choices = [SelectChoice(each.id, f"{each.word}, {each.officer.name}") for each in waiting]
    if form.validate_on_submit():
        try:
            _answer(form, next(each for each in waiting if each.id == form.which.data))
        except Refused as refused:
            form.refuse(refused)
        else:
            return redirect(url_for("accounts.grant_list"), 303)
    return page("assisting/asking_answer.html", form=form, waiting=waiting, scopes=SCOPES)


def _answer(form: ConsentAnswerForm, asking: Asking) -> None:
    if form.answer.data == "no":
        askings.decline(asking, actor())
        flash(_("You said no. Nobody sees your pages."))
        return
    _check_pin(form)
    askings.agree(asking, GrantBasis.PIN, actor())
    flash(_("The volunteer may help you now. You can end it here at any time."))


@bp.route("/wakil/izin/keluarga", methods=["GET", "POST"])
@needs(Can.ANSWER_ASKINGS)
def family_consent():
    """A volunteer helps a relative: an adult says yes for themselves too, ends it, and reads what was done."""
    me = Person.get_by_id(actor().person_id)
    running = [each for each in consents.of_family(me) if each.person_id != me.id]
    form = ConsentAnswerForm()
    form.which.choices = [SelectChoice(each.id, each.held_by) for each in running]
    if form.validate_on_submit():
        try:
            _answer_beside(form, next(each for each in running if each.id == form.which.data), me)
        except Refused as refused:
            form.refuse(refused)
        else:
            return redirect(url_for(".family_consent"), 303)
    return page(
        "assisting/family_consent.html",
        form=form,
        running=[(each, str(me.id) in each.covers.split(), _done(each, me)) for each in running],
        scopes=SCOPES,
        mask=mask_name,
    )


def _done(grant: Grant, me: Person) -> list:
    if str(me.id) not in grant.covers.split():
        return []
    return [(touch.entry.at, *words.of(touch, actor())) for touch in receipts.of(grant, me.id)]


def _answer_beside(form: ConsentAnswerForm, grant: Grant, me: Person) -> None:
    if form.answer.data == "no":
        consents.leave_own(grant, me, actor())
        flash(_("The consent does not hold for you."))
        return
    _check_pin(form)
    consents.join_own(grant, me, actor())
    flash(_("The consent now holds for you too."))


def _check_pin(form: ConsentAnswerForm) -> None:
    if not access.confirm_pin(actor(), form.pin.data):
        raise Refused(N_("That is not your PIN."), field="pin")
