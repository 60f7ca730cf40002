from flask import Blueprint, abort, flash, redirect, url_for
from flask_babel import gettext as _

from jkn import clock, numbers
from jkn.access import Can, actor, fetch, needs
from jkn.changes import service
from jkn.changes.forms import AddressChangeForm, EmailChangeForm, PhoneChangeForm, PhoneConfirmForm
from jkn.changes.words import RELATIONS
from jkn.facilities import service as facilities
from jkn.members import service as members
from jkn.members.models import Family, Person
from jkn.regions import service as regions
from jkn.web import page

bp = Blueprint("changes", __name__, cli_group=None)


@bp.get("/data-saya")
@needs(Can.SEE_PROFILE)
def profile_show():
    who = actor()
    family = fetch(Family, who.family_id)
    people = members.people_of(family.id)
    me = next((person for person in people if person.id == who.person_id), None)
    if me is None:
        abort(404)  # whoever died has no pages any more
    return page(
        "changes/profile_show.html",
        me=me,
        phone=me.phone and numbers.mask_phone(me.phone),
        is_old=me.phone is not None and not members.is_phone_fresh(me),
        family=family,
        people=people,
        shown_name=members.shown_name,
        relations=RELATIONS,
        village=regions.village_label(family.village_code),
        clinic=facilities.clinic_of(who.person_id, clock.today()),
    )


@bp.route("/data-saya/alamat", methods=["GET", "POST"])
@needs(Can.CHANGE_PROFILE)
def address_change():
    family = fetch(Family, actor().family_id)
    form = AddressChangeForm(address=family.mailing_address)
    if form.validate_on_submit():
        return _done(service.change_address(family.id, form.address.data, actor()))
    return page("changes/address_change.html", form=form)


@bp.route("/data-saya/email", methods=["GET", "POST"])
@needs(Can.CHANGE_CONTACT)
def email_change():
    me = fetch(Person, actor().person_id)
    form = EmailChangeForm(email=me.email)
    if form.validate_on_submit():
        return _done(service.change_email(me, form.address, actor()))
    return page("changes/email_change.html", form=form)


@bp.route("/data-saya/hp", methods=["GET", "POST"])
@needs(Can.CHANGE_PHONE)
def phone_change():
    me, form = fetch(Person, actor().person_id), PhoneChangeForm()
    if form.validate_on_submit():
        return _done(service.change_phone(me, form.phone.number, actor()))
    return page("changes/phone_change.html", form=form, phone=me.phone and numbers.mask_phone(me.phone))


@bp.route("/data-saya/hp/benar", methods=["GET", "POST"])
@needs(Can.CHANGE_CONTACT)
def phone_confirm():
    """Still the same number? Asked once a year, because numbers are given to others."""
    me, form = fetch(Person, actor().person_id), PhoneConfirmForm()
    if me.phone is None:
        return redirect(url_for(".phone_change"), 303)
    if form.validate_on_submit():
        service.confirm_phone(me, actor())
        flash(_("Thank you. The number stays."))
        return redirect(url_for(".profile_show"), 303)
    return page("changes/phone_confirm.html", form=form, phone=numbers.mask_phone(me.phone))


def _done(changed: bool):
    flash(_("Your data was changed.") if changed else _("Nothing was changed."))
    return redirect(url_for(".profile_show"), 303)
