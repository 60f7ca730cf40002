"""Agents' cash: taking it, the receipt, the deposit; members' receipts; and what officers look into."""

import click
from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext as _
from peewee import JOIN

from jkn import clock, looks
from jkn.access import Can, actor, allowed, fetch, needs, scope
from jkn.accounts.models import Officer
from jkn.cash import service
from jkn.cash.forms import AgentForm, CashDecideForm, CashProposeForm, CashSettleForm, CashTakeForm
from jkn.cash.models import Cash, Ending
from jkn.cash.words import ENDINGS, STATES
from jkn.errors import N_, Refused
from jkn.members.models import Payer, Person
from jkn.money import Rupiah, format_rupiah
from jkn.numbers import VA_PREFIXES, group, mask_name
from jkn.payments import deposits, pot
from jkn.payments.models import Payment, Purpose
from jkn.payments.owing import NotPayable
from jkn.payments.views import in_words
from jkn.web import asked_number, page

bp = Blueprint("cash", __name__, cli_group=None)

PAGE = 20


@bp.route("/kader/tunai/terima", methods=["GET", "POST"])
@needs(Can.HELP_MEMBERS)
def cash_take():
    """Inside a consent for bills: what the member hands over. A form that comes again leads to its receipt."""
    who = actor()
    form = CashTakeForm(whose=who.person_id)
    if request.method == "POST" and (before := service.known(form.key.data or "", who)):
        return redirect(url_for(".cash_show", cash_id=before.id), 303)
    if not who.is_helper or not allowed(who, Can.SEE_BILLS):
        return redirect(url_for("assisting.consent_begin"), 303)
    payer, agent = Payer.get_or_none(Payer.id == who.payer_id), service.agent_of(who.officer_id)
    if payer is None or agent is None:
        return page("cash/cash_take.html", agent=agent, form=None)
    if not pot.has_number(payer):
        del form.purpose
    if form.validate_on_submit():
        purpose = Purpose(form.purpose.data) if form.purpose else Purpose.BILL
        try:
            if form.whose.data not in (None, who.person_id):
                raise Refused(N_("This form was made for somebody else. Begin anew."))
            made = service.take(purpose, form.amount.rupiah, form.key.data, who, form.is_taken.data)
        except Refused as refused:
            form.refuse(in_words(refused))
        else:
            if made.is_over and not service.agent_of(who.officer_id).cap:
                flash(_("Take no more cash. This receipt waits for an officer of your branch."))
            return redirect(url_for(".cash_show", cash_id=made.id), 303)
    due, reason = _bill_of(payer)
    looks.note(payer)
    purse = service.look(agent)
    refusal = "" if due is None or purse.takes(due.amount) else _(purse.refusal) % _in_rupiah(purse)
    return page("cash/cash_take.html", agent=agent, form=form, due=due, reason=reason, purse=purse, refusal=refusal)


@bp.get("/tunai/<int:cash_id>")
@needs(Can.SEE_CASH)
def cash_show(cash_id):
    """The receipt, to print: for who gave the cash, and for who took it."""
    row = fetch(Cash, cash_id)
    return page(
        "cash/cash_show.html",
        cash=row,
        state=row.state,
        word=STATES[row.state],
        number=group(row.number),
        name=mask_name(row.person.name),
        ending=ENDINGS.get(row.ending),
        is_mine=row.officer_id == actor().officer_id,
    )


@bp.get("/tunai")
@needs(Can.SEE_BILLS)
def cash_list():
    """The family's receipts of cash, and which of them are paid."""
    rows = _with_payment(scope(Cash)).order_by(Cash.id.desc()).limit(PAGE)
    return page("cash/cash_list.html", rows=list(rows), words=STATES)


@bp.route("/kader/tunai", methods=["GET", "POST"])
@needs(Can.SETTLE_CASH)
def deposit_show():
    """The agent's deposit and its number, the cash that waits, and one press that pays it."""
    who, form = actor(), CashSettleForm()
    agent = service.agent_of(who.officer_id)
    if agent is None:
        return page("cash/deposit_show.html", agent=agent)
    if form.validate_on_submit():
        done = service.settle_all(who.officer_id, who)
        if done:
            flash(_("Receipts paid now: %(count)s.", count=done))
        else:
            flash(_("The deposit is too small for the oldest receipt."))
        return redirect(url_for(".deposit_show"), 303)
    common, mandiri = (group(prefix + deposits.number_of(agent.payer)) for prefix in VA_PREFIXES)
    return page(
        "cash/deposit_show.html",
        form=form,
        agent=agent,
        purse=service.look(agent),
        rows=service.latest(agent, PAGE),
        words=STATES,
        va=common,
        va_mandiri=mandiri,
    )


@bp.route("/petugas/kader/<int:officer_id>/agen", methods=["GET", "POST"])
@needs(Can.ASSIGN_VOLUNTEERS)
def agent_appoint(officer_id):
    """How much cash a volunteer may hold unpaid; with that they are an agent, and have a deposit."""
    officer, form = fetch(Officer, officer_id), AgentForm()
    if form.validate_on_submit():
        try:
            service.appoint(officer, Rupiah(int(form.cap.number)), actor())
        except Refused as refused:
            form.refuse(refused)
        else:
            flash(_("Saved."))
            return redirect(url_for(".agent_appoint", officer_id=officer.id), 303)
    agent = service.agent_of(officer.id)
    numbers = [group(prefix + deposits.number_of(agent.payer)) for prefix in VA_PREFIXES] if agent else []
    purse = service.look(agent) if agent else None
    return page(
        "cash/agent_appoint.html",
        form=form,
        officer=officer,
        agent=agent,
        numbers=numbers,
        purse=purse,
        most=service.CASH_CAP,
    )


@bp.get("/petugas/kader/tunai")
@needs(Can.RESOLVE_CASH)
def cash_review():
    """Cash that agents have not paid a day after they took it, or hold beyond their cap; the oldest first."""
    rows = scope(Cash).select_extend(Officer).join_from(Cash, Officer, on=Cash.officer)
    late = Cash.to_look_at(clock.now() - service.CASH_WAITS)
    found = list(rows.where(late, Cash.id > asked_number("setelah")).order_by(Cash.id).limit(PAGE + 1))
    more = found[PAGE - 1].id if len(found) > PAGE else None
    return page("cash/cash_review.html", rows=found[:PAGE], more=more, group=group)


@bp.route("/petugas/kader/tunai/<int:cash_id>", methods=["GET", "POST"])
@needs(Can.RESOLVE_CASH)
def cash_resolve(cash_id):
    """One officer says what became of the cash, another one decides."""
    row, who = fetch(Cash, cash_id), actor()
    form = CashProposeForm() if row.proposed_by_id is None else CashDecideForm()
    if row.is_open and form.validate_on_submit():
        try:
            _advance(row, form)
        except Refused as refused:
            form.refuse(refused)
        else:
            flash(_("Saved."))
            return redirect(url_for(".cash_review"), 303)
    return page(
        "cash/cash_resolve.html",
        cash=row,
        form=form,
        number=group(row.number),
        name=mask_name(row.person.name),
        word=STATES[row.state],
        ending=ENDINGS.get(row.ending),
        is_own=row.proposed_by_id == who.officer_id,
    )


@bp.cli.command("settle-cash")
def settle_cash():
    """Pay the cash that agents took, as far as their deposits go by now. Run it every few minutes; twice is safe."""
    done = service.settle_everybody()
    late = Cash.select().where(Cash.to_look_at(clock.now() - service.CASH_WAITS)).count()
    click.echo(f"{done} receipts paid, {late} for officers to look at.")


def _advance(row: Cash, form: CashProposeForm | CashDecideForm) -> None:
    if isinstance(form, CashProposeForm):
        service.propose(row, Ending(form.ending.data), form.note.data, actor())
    elif form.answer.data == "close":
        service.close(row, actor())
    else:
        service.keep(row, actor())


def _bill_of(payer: Payer):
    """What is due, or why nothing can be paid."""
    try:
        return service.asked_of(payer, Purpose.BILL, clock.today()), ""
    except NotPayable as refused:
        return None, in_words(refused).say(_)


def _in_rupiah(purse: service.Purse) -> dict[str, str]:
    return {"held": format_rupiah(purse.held), "cap": format_rupiah(purse.cap)}


def _with_payment(rows):
    """Each with its payment and its agent."""
    rows = rows.select_extend(Payment, Officer, Person)
    return (
        rows.join_from(Cash, Payment, JOIN.LEFT_OUTER)
        .join_from(Cash, Officer, on=Cash.officer)
        .join_from(Cash, Person, on=Cash.person)
    )
