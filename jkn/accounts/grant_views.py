"""Several people and one phone: another person's turn, rights to act, and what is hidden from the family."""

from flask import abort, flash, redirect, session, url_for
from flask_babel import gettext as _
from wtforms.fields import SelectChoice

from jkn import clock, i18n
from jkn.access import Can, actor, fetch, needs
from jkn.accounts import entrance, grants, service
from jkn.accounts.forms import ConfirmForm
from jkn.accounts.grant_forms import (
    GrantChildForm,
    GrantGiveForm,
    GrantRecordForm,
    HealthHideForm,
    PersonSwitchForm,
)
from jkn.accounts.grant_words import BASES, SCOPES
from jkn.accounts.models import Grant
from jkn.accounts.views import bp, browser, welcome
from jkn.calendar import add_months
from jkn.errors import N_, Refused
from jkn.members import service as members
from jkn.members.models import Family, Person
from jkn.numbers import mask_name
from jkn.permissions import Scope
from jkn.web import page


@bp.route("/ganti-orang", methods=["GET", "POST"])
@needs(Can.SWITCH_PERSON)
def person_switch():
    """Another member of the family goes on in this browser, with a PIN of their own."""
    who = actor()
    if who.on_behalf_of or who.family_id is None:
        return redirect(url_for(".acting_leave" if who.on_behalf_of else "home.front"), 303)
    family = Family.get_by_id(who.family_id)
    others = grants.family_with_pins(family.id, but=who.person_id)
    form = PersonSwitchForm()
    form.person.choices = [SelectChoice(each.id, members.shown_name(each, family)) for each in others]
    if form.validate_on_submit():
        person = next(each for each in others if each.id == form.person.data)
        try:
            opened = service.switch_person(person, form.pin.data, entrance.device_token(), who, browser())
        except Refused as refused:
            form.refuse(refused)
        else:
            session.pop("back", None)
            entrance.enter(opened)
            return welcome()
    return page("accounts/person_switch.html", form=form, others=others)


@bp.get("/wakil")
@needs(Can.SEE_RIGHTS)
def grant_list():
    """Who may act for me, and for whom I may act."""
    me = actor().person_id
    return page(
        "accounts/grant_list.html",
        given=grants.given_by(me),
        held=grants.held_by(me),
        scopes=SCOPES,
        mask=mask_name,
        has_children=bool(grants.children_of(Person.get_by_id(me))),
    )


@bp.route("/wakil/beri", methods=["GET", "POST"])
@needs(Can.GIVE_RIGHTS)
def grant_give():
    form = GrantGiveForm()
    if form.validate_on_submit():
        who = actor()
        until = add_months(clock.today(), form.months.data)
        scopes = [Scope(each) for each in form.scopes.data]
        try:
            grants.name_holder(Person.get_by_id(who.person_id), form.number.number, scopes, until, form.key.data, who)
        except Refused as refused:
            form.refuse(refused)
        else:
            flash(_("The right is given. You can withdraw it at any time."))
            return redirect(url_for(".grant_list"), 303)
    return page("accounts/grant_give.html", form=form)


@bp.route("/wakil/anak", methods=["GET", "POST"])
@needs(Can.GIVE_RIGHTS)
def grant_child():
    """A parent takes up acting for a child on the family card."""
    who = actor()
    me = Person.get_by_id(who.person_id)
    children, family = grants.children_of(me), members.family_of(me.id)
    form = GrantChildForm()
    form.child.choices = [SelectChoice(each.id, members.shown_name(each, family)) for each in children]
    if form.validate_on_submit():
        child = next(each for each in children if each.id == form.child.data)
        grants.take_up_child(me, child, form.key.data, who)
        flash(_("You may now act for this child."))
        return redirect(url_for(".grant_list"), 303)
    return page("accounts/grant_child.html", form=form, children=children)


@bp.route("/wakil/<int:grant_id>", methods=["GET", "POST"])
@needs(Can.END_RIGHTS)
def grant_end(grant_id):
    """Asks, then ends it: the person withdraws, or the holder lays it down."""
    grant, form = fetch(Grant, grant_id), ConfirmForm()
    if form.validate_on_submit():
        grants.end(grant, actor())
        flash(_("The right has ended."))
        return redirect(url_for(".grant_list"), 303)
    mine = grant.person_id == actor().person_id
    scopes = [SCOPES[each] for each in grant.scopes.split()]
    return page(
        "accounts/grant_end.html",
        grant=grant,
        form=form,
        mine=mine,
        scopes=scopes,
        basis=BASES[grant.basis],
        mask=mask_name,
    )


@bp.route("/wakil/<int:grant_id>/mulai", methods=["GET", "POST"])
@needs(Can.USE_RIGHTS)
def acting_start(grant_id):
    """Asks, then shows the pages of the person for whom one may act."""
    grant, form = fetch(Grant, grant_id), ConfirmForm()
    if grant.holder_id != actor().person_id:
        abort(404)
    if form.validate_on_submit():
        session["lang"] = i18n.language()
        try:
            grants.use(grant, actor())
        except Refused as refused:
            form.refuse(refused)
        else:
            return redirect(url_for("home.front"), 303)
    return page("accounts/acting_start.html", grant=grant, form=form, name=mask_name(grant.person.name))


@bp.route("/wakil/selesai", methods=["GET", "POST"])
@needs(Can.STOP_ACTING)
def acting_leave():
    who, form = actor(), ConfirmForm()
    if form.validate_on_submit():
        grants.leave(who)
        return redirect(url_for("assisting.volunteer_front" if who.is_helper else "home.front"), 303)
    return page("accounts/acting_leave.html", form=form)


@bp.route("/data-saya/rahasia", methods=["GET", "POST"])
@needs(Can.HIDE_HEALTH)
def health_hide():
    """Hospital stays and whatever concerns health: seen by the family, or by oneself only."""
    me = Person.get_by_id(actor().person_id)
    form = HealthHideForm(hidden="1" if me.hides_health else "0")
    if form.validate_on_submit():
        service.hide_health(me, form.hidden.data == "1", actor())
        flash(_("Saved."))
        return redirect(url_for(".health_hide"), 303)
    return page("accounts/health_hide.html", form=form)


@bp.route("/petugas/wakil", methods=["GET", "POST"])
@needs(Can.RECORD_RIGHTS)
def grant_record():
    """For an elder or a disabled person who cannot do it any more; an officer has seen the papers."""
    form = GrantRecordForm()
    if form.validate_on_submit():
        try:
            _record(form)
        except Refused as refused:
            form.refuse(refused)
        else:
            flash(_("The right is recorded. It holds in 24 hours, unless the member says no."))
            return redirect(url_for(".grant_record"), 303)
    return page("accounts/grant_record.html", form=form)


def _record(form: GrantRecordForm) -> None:
    person = members.find_by_number(form.whose.number)
    if person is None:
        raise Refused(N_("Nobody in the scheme has this number."), field="whose")
    until = add_months(clock.today(), form.months.data)
    scopes = [Scope(each) for each in form.scopes.data]
    grants.record_papers(person, form.number.number, scopes, until, form.papers.data, form.key.data, actor())
