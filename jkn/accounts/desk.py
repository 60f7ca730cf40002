"""Officers: signing in, their desk, first-PIN slips, and the command that creates them."""

from dataclasses import replace

import click
from flask import abort, current_app, flash, g, redirect, url_for
from flask_babel import gettext as _

from jkn import exports
from jkn.access import Actor, Can, Level, Role, actor, allowed, fetch, needs, public
from jkn.accounts import breach, entrance, grants, officers, service, sheets
from jkn.accounts.forms import ConfirmForm, OfficerSignInForm, SlipForm
from jkn.accounts.models import Slip
from jkn.accounts.views import bp
from jkn.clock import JAKARTA
from jkn.errors import Refused
from jkn.members import service as members
from jkn.members.models import Person
from jkn.web import page

MOMENT = click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M"])


@bp.route("/petugas/masuk", methods=["GET", "POST"])
@public
def officer_sign_in():
    """Never at a kiosk: whoever stands there later would find the desk open, and a camera above it the password."""
    if "kiosk" in g:
        abort(403)
    form = OfficerSignInForm()
    if form.validate_on_submit():
        try:
            officer = officers.check(form.username.data, form.password.data, form.code.data)
        except Refused as refused:
            form.refuse(refused)
        else:
            by = Actor(officer_id=officer.id, role=officer.role, office=officer.office, channel="desk")
            if allowed(by, Can.HELP_MEMBERS):
                by = replace(by, channel="volunteer")  # their own phone
            former, opened = entrance.ran_out(), service.open_sign_in(officer=officer, level=Level.L1, by=by)
            grants.resume(former, opened.row, by)
            entrance.enter(opened)
            return entrance.back_or(".desk")
    return page("accounts/officer_sign_in.html", form=form)


@bp.get("/petugas")
@needs(Can.WORK)
def desk():
    """What there is to do; and for who watches over sign-ins, whether a wave of them was refused."""
    who, most = actor(), current_app.config["REFUSALS_AN_HOUR"]
    refused = service.refused_lately() if allowed(who, Can.READ_AUDIT) else 0
    return page("accounts/desk.html", who=who, refused=refused if refused > most else 0)


@bp.route("/petugas/slip", methods=["GET", "POST"])
@needs(Can.PRINT_SLIPS)
def slip_find():
    """Whose KTP is on the counter? The number travels in the body, never in the address."""
    form = SlipForm()
    if form.validate_on_submit():
        person = members.find_by_number(form.number.number)
        if person:
            return redirect(url_for(".slip_print", person_id=person.id), 303)
        form.number.errors = [_("Nobody in the scheme has this number.")]
    return page("accounts/slip_find.html", form=form)


@bp.route("/petugas/slip/<int:person_id>", methods=["GET", "POST"])
@needs(Can.PRINT_SLIPS)
def slip_print(person_id):
    """Compare with the KTP, then print."""
    person, form = fetch(Person, person_id), ConfirmForm()
    if form.validate_on_submit():
        slip = sheets.print_slip(person, actor())
        return redirect(url_for(".slip_show", slip_id=slip.id), 303)
    return page("accounts/slip_print.html", person=person, form=form)


@bp.get("/petugas/slip/cetak/<int:slip_id>")
@needs(Can.PRINT_SLIPS)
def slip_show(slip_id):
    slip = fetch(Slip, slip_id)
    if not sheets.may_show(slip, actor()):
        flash(_("This slip was shown already. Print a new one."))
        return redirect(url_for(".slip_find"), 303)
    return page("accounts/slip_show.html", slip=slip, code=sheets.slip_code(slip))


@bp.cli.command("create-officer")
@click.argument("username")
@click.option("--name", required=True, help="Full name")
@click.option("--role", required=True, type=click.Choice([role.value for role in Role if role != Role.MEMBER]))
@click.option("--office", help="Branch code")
@click.option("--facility", help="Facility code, for clerks")
@click.password_option(help="At least 15 characters; asked for when left out")
def create_officer(username, name, role, office, facility, password):
    """Create an officer.

    Prints the address for their authenticator (TOTP), this once.
    """
    try:
        _officer, uri = officers.create_officer(username, name, Role(role), office, facility, password=password)
    except Refused as refused:
        raise click.ClickException(refused.say(str)) from None
    click.echo(uri)


@bp.cli.command("list-touched")
@click.option("--officer", help="whose acts: a username, or the number that the audit log shows")
@click.option("--person", type=int, help="or a member's or volunteer's number")
@click.option("--since", type=MOMENT, required=True, help="2026-01-15, or 2026-01-15T10:00, in Jakarta")
@click.option("--until", type=MOMENT, required=True, help="likewise; this moment is not included")
def list_touched(officer, person, since, until):
    """After a breach: the members whose data somebody read or changed, as CSV.

    With names and addresses, for the letters that are due within 3 x 24 hours.
    """
    if (officer is None) == (person is None):
        raise click.UsageError("Say whose acts: --officer or --person.")
    number = officers.number_of(officer) if officer else None
    if officer and number is None:
        raise click.BadParameter("no such officer", param_hint="--officer")
    click.echo(exports.line(breach.COLUMNS), nl=False)
    for row in breach.touched(since.replace(tzinfo=JAKARTA), until.replace(tzinfo=JAKARTA), number, person):
        click.echo(exports.line(row), nl=False)
