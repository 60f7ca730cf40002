"""Members: which plans there are, joining one, how it goes, its agreement on paper, leaving it."""

import click
from flask import Blueprint, flash, redirect, url_for
from flask_babel import gettext as _

from jkn import access, clock, numbers
from jkn.access import Can, actor, fetch, needs, scope
from jkn.calendar import last_of_month
from jkn.contributions.course import End
from jkn.contributions.telling import told
from jkn.errors import N_, Refused
from jkn.instalments import service
from jkn.instalments.forms import PlanCancelForm, PlanJoinForm
from jkn.instalments.models import Plan, Variant
from jkn.members import service as members
from jkn.members.models import Payer
from jkn.web import page

bp = Blueprint("instalments", __name__, cli_group=None)


@bp.get("/cicilan")
@needs(Can.SEE_BILLS)
def plan_list():
    """The plan that runs, or those that may be joined; and the ones before."""
    rows = list(Plan.beside(scope(Payer)))
    if not rows:
        return page("instalments/plan_list.html", offer=None, found=None, plans=[])
    payer, today = rows[0], clock.today()
    plans = [row.plan for row in rows if row.plan]
    for plan in plans:
        plan.payer = payer
    looked = service.look(payer, today)
    newest = service.progress(plans[0], today, looked) if plans else None
    if newest and newest.is_running:
        return page("instalments/plan_list.html", offer=None, **_progress(newest), plans=plans[1:])
    offered = service.offer(payer, today, looked)
    return page(
        "instalments/plan_list.html",
        offer=offered,
        found=None,
        plans=plans,
        missed=newest.ended[0] if newest and newest.ended[1] == End.MISSED else None,
        moved=offered.variant == Variant.ALIH,
        reason=offered.refused.say(_) if offered.refused else None,
        trace=told(offered.plans[-1].trace) if offered.plans else [],
        number=None if offered.plans else numbers.group(numbers.va_of(members.people_of(payer.family_id)[0].card)),
    )


@bp.route("/cicilan/<int:number>/ikut", methods=["GET", "POST"])
@needs(Can.JOIN_PLAN)
def plan_join(number):
    """The PIN again, and the family pays in so many instalments."""
    payer, today = actor().payer_id and fetch(Payer, actor().payer_id), clock.today()
    if payer is None:
        return redirect(url_for(".plan_list"), 303)
    form = PlanJoinForm()
    if form.validate_on_submit():
        try:
            if not access.confirm_pin(actor(), form.pin.data):
                raise Refused(N_("That is not your PIN."), field="pin")
            service.join(payer, number, actor(), form.key.data)
        except Refused as refused:
            form.refuse(refused)
        else:
            flash(_("Your family now pays in instalments."))
            return redirect(url_for(".plan_list"), 303)
    offered = service.offer(payer, today)
    plan = next((plan for plan in offered.plans if plan.instalments == number), None)
    return page(
        "instalments/plan_join.html",
        form=form,
        plan=plan,
        moved=offered.variant == Variant.ALIH,
        first_by=last_of_month(today),
        trace=told(plan.trace) if plan else [],
    )


@bp.get("/cicilan/<int:plan_id>/perjanjian")
@needs(Can.SEE_BILLS)
def plan_show(plan_id):
    """The agreement, to print: what was agreed on, and how it went."""
    plan = fetch(Plan, plan_id)
    head = next(iter(members.people_of(plan.family_id)), None)
    found = service.so_far(plan, clock.today())
    return page("instalments/plan_show.html", **_progress(found), name=head.name if head else "")


@bp.route("/cicilan/<int:plan_id>/batal", methods=["GET", "POST"])
@needs(Can.JOIN_PLAN)
def plan_cancel(plan_id):
    """The PIN again, and the plan ends: the rest is owed like any arrears."""
    plan = fetch(Plan, plan_id)
    found, form = service.so_far(plan, clock.today()), PlanCancelForm()
    if found.is_running and form.validate_on_submit():
        if access.confirm_pin(actor(), form.pin.data):
            service.cancel(plan, actor())
            flash(_("The plan has ended. What you paid stays paid."))
            return redirect(url_for(".plan_list"), 303)
        form.refuse(Refused(N_("That is not your PIN."), field="pin"))
    return page("instalments/plan_cancel.html", form=form, **_progress(found))


@bp.cli.command("check-instalments")
def check_instalments():
    """Remind families of their instalments, and tell them when a plan has ended.

    For every day; safe to run twice.
    """
    count = sum(service.check(plans, clock.today()) for plans in service.to_check(clock.today()))
    click.echo(f"{count} plans looked at")


def _progress(found: service.Progress) -> dict:
    """What the pages about one plan show: its instalments, each with what it comes to and whether it is paid."""
    before, lines = 0, []
    for step in found.course.steps:
        lines.append((step.month, step.total - before, found.paid >= step.total))
        before = step.total
    settled = found.course.settled_on(found.on)
    return {"found": found, "plan": found.plan, "lines": lines, "settled": len(settled)}
