"""Without PIN, phone or codes: the emergency stop, two witnesses, and a number read to an officer."""

from flask import flash, redirect, session, url_for
from flask_babel import gettext as _

from jkn.access import Can, actor, needs, public
from jkn.accounts import entrance, raising, recovery, stopping
from jkn.accounts.back_forms import KnownForm, RecoverForm, WitnessForm
from jkn.accounts.forms import ConfirmForm, SmsCodeForm, SmsWantForm
from jkn.accounts.views import bp, browser, welcome
from jkn.errors import Refused
from jkn.members.models import Person
from jkn.numbers import group, mask_name
from jkn.web import page


@bp.route("/blokir", methods=["GET", "POST"])
@public
def account_stop():
    """Lost the phone or the sheet? Number and birth date shut everything; the answer is the same for strangers."""
    form = KnownForm()
    if form.validate_on_submit():
        try:
            stopping.stop(form.number.number, form.born.data, actor())
        except Refused as refused:
            form.refuse(refused)
        else:
            return redirect(url_for(".account_stopped"), 303)
    return page("accounts/account_stop.html", form=form)


@bp.get("/blokir/selesai")
@public
def account_stopped():
    return page("accounts/account_stopped.html")


@bp.route("/masuk/pulih", methods=["GET", "POST"])
@public
def recovery_begin():
    form = KnownForm()
    if form.validate_on_submit():
        try:
            begun = recovery.begin(form.number.number, form.born.data, actor())
        except Refused as refused:
            form.refuse(refused)
        else:
            session["recovery"] = [begun.token, begun.code]
            return redirect(url_for(".recovery_wait"), 303)
    waits = recovery.of_browser(session.get("recovery", ("",))[0]) is not None
    return page("accounts/recovery_begin.html", form=form, waits=waits)


@bp.route("/masuk/pulih/saksi", methods=["GET", "POST"])
@public
def recovery_wait():
    """The number for the witnesses; when both have vouched, the new PIN."""
    token, code = session.get("recovery", ("", ""))
    if not token:
        return redirect(url_for(".recovery_begin"), 303)
    found, form = recovery.of_browser(token), RecoverForm()
    ready = found is not None and recovery.is_witnessed(found)
    if ready and form.validate_on_submit():
        try:
            opened = recovery.finish(found, form.pin.data, actor(), entrance.device_token(), browser())
        except Refused as refused:
            form.refuse(refused)
        else:
            session.pop("recovery")
            entrance.enter(opened)
            flash(_("Your new PIN works now. Changes of phone or PIN must wait 24 hours."))
            return welcome()
    return page("accounts/recovery_wait.html", form=form, ready=ready, code=group(code, 4))


@bp.route("/saksi", methods=["GET", "POST"])
@needs(Can.BEAR_WITNESS)
def witness_bear():
    """Type the number that the member reads; see who it is; vouch."""
    form, found = WitnessForm(), None
    if form.validate_on_submit():
        try:
            found = recovery.waiting(form.code.number, actor())
            if form.sure.data:
                recovery.vouch(found, actor())
                flash(_("Thank you. The member can now set a PIN when both witnesses have spoken."))
                return redirect(url_for(".witness_bear"), 303)
        except Refused as refused:
            form.refuse(refused)
    return page("accounts/witness_bear.html", form=form, name=found and mask_name(found.person.name))


@bp.route("/masuk/naik/petugas", methods=["GET", "POST"])
@needs(Can.SWITCH_PERSON)
def level_speak():
    """No sheet here: six digits to read to an officer who sees the KTP."""
    who, form, code = actor(), ConfirmForm(), None
    if form.validate_on_submit():
        try:
            code = raising.speak(who.sign_in, who.person_id)
        except Refused as refused:
            form.refuse(refused)
    return page("accounts/level_speak.html", form=form, code=code and group(code, 3))


@bp.route("/masuk/naik/sms", methods=["GET", "POST"])
@needs(Can.SWITCH_PERSON)
def level_text():
    """Send me a code."""
    who, form = actor(), ConfirmForm()
    if form.validate_on_submit():
        try:
            raising.text(who.sign_in, Person.get_by_id(who.person_id))
        except Refused as refused:
            form.refuse(refused)
        else:
            return redirect(url_for(".level_by_sms"), 303)
    return page("accounts/level_text.html", form=form)


@bp.route("/masuk/naik/sms/kode", methods=["GET", "POST"])
@needs(Can.SWITCH_PERSON)
def level_by_sms():
    """Type the code that was sent."""
    who, form = actor(), SmsCodeForm()
    if form.validate_on_submit():
        try:
            raising.raise_by_sms(who.sign_in, who.person_id, form.code.data, who)
        except Refused as refused:
            form.refuse(refused)
        else:
            return entrance.back_or("home.front")
    return page("accounts/level_by_sms.html", form=form)


@bp.route("/data-saya/kode-sms", methods=["GET", "POST"])
@needs(Can.CHANGE_PIN)
def sms_want():
    """Codes by SMS are an extra, and only for who asks for them."""
    me = Person.get_by_id(actor().person_id)
    form = SmsWantForm(wanted=raising.may_text(me))
    if form.validate_on_submit():
        raising.want_codes(me, form.wanted.data, actor())
        flash(_("Saved."))
        return redirect(url_for("changes.profile_show"), 303)
    return page("accounts/sms_want.html", form=form, phone=me.phone)


@bp.get("/masuk/naik/lanjut")
@needs(Can.SWITCH_PERSON)
def level_go_on():
    """Back to what needed the proof; without it, the proof is asked for again there."""
    return entrance.back_or("home.front")
