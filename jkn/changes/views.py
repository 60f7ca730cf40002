from flask import Blueprint, abort, flash, redirect, url_for
from flask_babel import gettext as _

from jkn import access, clock, i18n, law, numbers
from jkn.access import Can, actor, fetch, needs
from jkn.changes import classes, service
from jkn.changes.forms import (
    AddressChangeForm,
    ClassChangeForm,
    ClassUndoForm,
    EmailChangeForm,
    PhoneChangeForm,
    PhoneConfirmForm,
)
from jkn.changes.words import RELATIONS
from jkn.errors import N_, Refused
from jkn.facilities import service as facilities
from jkn.members import service as members
from jkn.members.models import CareClass, Family, Payer, Person
from jkn.regions import service as regions
from jkn.web import page

bp = Blueprint("changes", __name__, cli_group=None)


@bp.get("/data-saya")
@needs(Can.SEE_PROFILE)
def profile_show():
    who = actor()
    family = fetch(Family, who.family_id)
    people = [person for person in members.people_of(family.id) if who.may_see(person.id)]
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


@bp.get("/data-saya/kelas")
@needs(Can.CHANGE_CLASS)
def class_list():
    """The family's class, what each other one costs, and from when it may be changed."""
    payer, today = _payer(), clock.today()
    standing = classes.look(payer, today)
    others = [one for one in CareClass if standing and one != standing.now]
    return page(
        "changes/class_list.html",
        standing=standing,
        now=classes.monthly(standing, standing.now) if standing else None,
        others=[(one, classes.monthly(standing, one)) for one in others],
        rule=law.at(today).class_change,
    )


@bp.route("/data-saya/kelas/<int:care_class>", methods=["GET", "POST"])
@needs(Can.CHANGE_CLASS)
def class_change(care_class):
    """What it will cost a month; the PIN again, and the family's class changes on the first of next month."""
    if care_class not in list(CareClass):
        abort(404)
    payer, today, form = _payer(), clock.today(), ClassChangeForm()
    care_class, standing = CareClass(care_class), classes.look(payer, clock.today())
    if form.validate_on_submit():
        try:
            if not access.confirm_pin(actor(), form.pin.data):
                raise Refused(N_("That is not your PIN."), field="pin")
            if payer is None:
                classes.check(payer, standing, care_class, today)
            since = classes.change(payer, care_class, actor())
        except Refused as refused:
            form.refuse(refused)
        else:
            flash(_("Changed. The new class holds from %(day)s.", day=i18n.day(since)))
            return redirect(url_for(".class_list"), 303)
    return page(
        "changes/class_change.html",
        form=form,
        care_class=care_class,
        standing=standing,
        now=classes.monthly(standing, standing.now) if standing else None,
        new=classes.monthly(standing, care_class) if standing else None,
        refused=None if form.errors else _why_not(payer, standing, care_class),
        rule=law.at(today).class_change,
    )


@bp.route("/data-saya/kelas/batal", methods=["GET", "POST"])
@needs(Can.CHANGE_CLASS)
def class_undo():
    """Asks, then takes a change back that does not hold yet."""
    payer, form = _payer(), ClassUndoForm()
    standing = classes.look(payer, clock.today())
    if standing is None or standing.coming is None:
        return redirect(url_for(".class_list"), 303)
    if form.validate_on_submit():
        try:
            classes.undo(payer, actor())
        except Refused as refused:
            form.refuse(refused)
        else:
            flash(_("Undone. The class stays as it was."))
            return redirect(url_for(".class_list"), 303)
    return page("changes/class_undo.html", form=form, standing=standing)


def _payer() -> Payer | None:
    who = actor()
    return fetch(Payer, who.payer_id) if who.payer_id else None


def _why_not(payer, standing, care_class) -> tuple[str, str] | None:
    """Why the family may not change to this class today, and by which rule."""
    try:
        classes.check(payer, standing, care_class, clock.today())
    except Refused as refused:
        return refused.say(_), refused.basis
    return None


def _done(changed: bool):
    flash(_("Your data was changed.") if changed else _("Nothing was changed."))
    return redirect(url_for(".profile_show"), 303)
