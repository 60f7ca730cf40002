"""At a counter: raising a sign-in, binding a sealed sheet, looking over recoveries; and printing sealed sheets."""

import click
from flask import flash, redirect, url_for
from flask_babel import gettext as _

from jkn.access import SYSTEM, Can, actor, needs, scope
from jkn.accounts import raising, recovery, sheets
from jkn.accounts.back_forms import LevelRaiseForm, SheetBindForm
from jkn.accounts.models import Recovery
from jkn.accounts.views import bp
from jkn.errors import N_, Refused
from jkn.members import service as members
from jkn.members.models import Person
from jkn.numbers import group, mask_name
from jkn.web import page

PAGE = 50


@bp.route("/petugas/naik", methods=["GET", "POST"])
@needs(Can.RAISE_LEVELS)
def level_raise():
    """The member reads six digits; the officer compares the KTP, and that sign-in may do what is risky."""
    form, person = LevelRaiseForm(), None
    if form.validate_on_submit():
        try:
            spoken = raising.heard(form.code.number, actor())
            person = Person.get_by_id(spoken.person_id)
            if form.sure.data:
                raising.raise_by_staff(spoken, actor())
                flash(_("Done. The member can go on for ten minutes."))
                return redirect(url_for(".level_raise"), 303)
        except Refused as refused:
            form.refuse(refused)
    return page("accounts/level_raise.html", form=form, person=person)


@bp.route("/petugas/lembar", methods=["GET", "POST"])
@needs(Can.BIND_SHEETS)
def sheet_bind():
    form = SheetBindForm()
    if form.validate_on_submit():
        try:
            _bind(form)
        except Refused as refused:
            form.refuse(refused)
        else:
            flash(_("The sheet is the member's now. They set a PIN with any other code."))
            return redirect(url_for(".sheet_bind"), 303)
    return page("accounts/sheet_bind.html", form=form)


@bp.get("/petugas/pemulihan")
@needs(Can.SEE_RECOVERIES)
def recovery_list():
    """Who came back by witnesses, and who vouched."""
    rows = recovery.with_witnesses(scope(Recovery).order_by(Recovery.id.desc()).limit(PAGE))
    return page("accounts/recovery_list.html", rows=rows, mask=mask_name)


@bp.cli.command("print-code-sheets")
@click.argument("count", type=click.IntRange(1, 10_000))
def print_code_sheets(count):
    """Print sealed, numbered code sheets, one a page.

    They belong to nobody yet: a counter or a helper binds each to a person by its serial and one of its codes.
    The codes are shown this once; the database cannot tell them.
    """
    for serial, codes in sheets.print_sealed(count, SYSTEM):
        click.echo(f"JKN  {group(serial, 5)}\n")
        for number, code in enumerate(codes, 1):
            click.echo(f"{number:2d}  {code[:4]} {code[4:]}")
        click.echo("\f", nl=False)


def _bind(form: SheetBindForm) -> None:
    if not form.sure.data:
        raise Refused(N_("Compare the KTP first."), field="sure")
    person = members.find_by_number(form.number.number)
    if person is None:
        raise Refused(N_("Nobody in the scheme has this number."), field="number")
    sheets.bind(form.serial.number, form.code.data, person, actor())
