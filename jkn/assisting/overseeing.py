"""Officers' pages about volunteers, and the commands of this feature."""

from pathlib import Path

import click
from flask import flash, redirect, url_for
from flask_babel import gettext as _
from peewee import JOIN

from jkn import clock
from jkn.access import SYSTEM, Can, actor, fetch, needs, scope
from jkn.accounts import receipts
from jkn.accounts.forms import ConfirmForm
from jkn.accounts.models import Officer
from jkn.assisting import consents, volunteers
from jkn.assisting.forms import FormsPrintForm, VolunteerAssignForm
from jkn.assisting.imports import import_file
from jkn.assisting.models import PaperConsent, SlipRequest
from jkn.assisting.views import bp
from jkn.errors import Refused
from jkn.imports import Report
from jkn.members.models import Person
from jkn.numbers import group, mask_name
from jkn.web import asked_number, page

PAGE = 20


@bp.route("/petugas/kader", methods=["GET", "POST"])
@needs(Can.ASSIGN_VOLUNTEERS)
def volunteer_list():
    """Who works where, what was unusual in the last week; and where a volunteer works from now on."""
    form = VolunteerAssignForm()
    if form.validate_on_submit():
        try:
            volunteers.assign(form.username.data, form.number.number, form.villages.data, actor())
        except Refused as refused:
            form.refuse(refused)
        else:
            flash(_("Saved."))
            return redirect(url_for(".volunteer_list"), 303)
    found = list(volunteers.helpers(asked_number("setelah")).limit(PAGE + 1))
    more = found[PAGE - 1].id if len(found) > PAGE else None
    return page("assisting/volunteer_list.html", form=form, rows=volunteers.worked(found[:PAGE]), more=more)


@bp.route("/petugas/kader/<int:officer_id>", methods=["GET", "POST"])
@needs(Can.ASSIGN_VOLUNTEERS)
def volunteer_resume(officer_id):
    """Asks, then lets a suspended volunteer sign in again."""
    officer, form = fetch(Officer, officer_id), ConfirmForm()
    if form.validate_on_submit():
        volunteers.resume(officer, actor())
        flash(_("Saved."))
        return redirect(url_for(".volunteer_list"), 303)
    return page("assisting/volunteer_resume.html", form=form, officer=officer)


@bp.route("/petugas/kader/formulir", methods=["GET", "POST"])
@needs(Can.ASSIGN_VOLUNTEERS)
def form_print():
    """Numbered consent forms, one on each sheet of paper."""
    form = FormsPrintForm()
    if form.validate_on_submit():
        made = consents.print_forms(int(form.count.number), actor())
        return redirect(url_for(".form_print", dari=made[0].id, sampai=made[-1].id), 303)
    span = PaperConsent.id.between(asked_number("dari"), asked_number("sampai"))
    rows = scope(PaperConsent).where(span).order_by(PaperConsent.id).limit(100)
    return page("assisting/form_print.html", form=form, rows=rows, group=group)


@bp.get("/petugas/kader/slip")
@needs(Can.PRINT_SLIPS)
def slip_request_list():
    """Members who asked, through a helper, for a first-PIN slip; the oldest first."""
    open_ones = scope(SlipRequest).select_extend(Person, Officer).join(Person).switch(SlipRequest)
    rows = open_ones.join(Officer, JOIN.LEFT_OUTER).where(SlipRequest.done_at.is_null()).order_by(SlipRequest.id)
    return page("assisting/slip_request_list.html", rows=list(rows.limit(PAGE)), mask=mask_name)


@bp.route("/petugas/kader/slip/<int:slip_request_id>", methods=["GET", "POST"])
@needs(Can.PRINT_SLIPS)
def slip_request_close(slip_request_id):
    """Print the slip after seeing the KTP; then the request is done."""
    request, form = fetch(SlipRequest, slip_request_id), ConfirmForm()
    if form.validate_on_submit():
        consents.answer_slip(request, actor())
        return redirect(url_for("accounts.slip_print", person_id=request.person_id), 303)
    return page("assisting/slip_request_close.html", name=mask_name(request.person.name), form=form)


@bp.cli.command("import-unregistered")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def import_unregistered(file):
    """Load family cards that are not in the scheme yet, for the work lists. May be run again: it updates.

    \b
    FILE is a CSV with the columns
      kk            the family card, 16 digits
      name          the head of the family; only S*** A***** of it is kept
      village_code  35.78.08.1001
      hamlet        dusun; may be empty
      rt, rw        may be empty
    """
    report = Report()
    import_file(file, report)
    report.finish()


@bp.cli.command("print-consent-forms")
@click.argument("count", type=click.IntRange(1, 1000))
def print_consent_forms(count):
    """Numbers for paper consents: one in each line, to be printed on the forms."""
    for form in consents.print_forms(count, SYSTEM):
        click.echo(form.number)


@bp.cli.command("close-consents")
def close_consents():
    """Send the receipts of consents that ended by themselves. Run it every few minutes; safe to run twice."""
    click.echo(f"{receipts.tell_ended()} receipts sent at {clock.now():%H:%M}.")
