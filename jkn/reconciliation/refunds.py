"""Pages about refunds: a member asks and follows, officers complete, propose, decide and pay out."""

from flask import abort, flash, redirect, request, url_for
from flask_babel import gettext as _

from jkn import access, clock, i18n, law
from jkn.access import Can, actor, fetch, needs, scope
from jkn.accounts import attempts
from jkn.errors import N_, Refused
from jkn.members import service as members
from jkn.members.models import Payer
from jkn.money import format_rupiah
from jkn.payments import owing
from jkn.payments.models import Payment
from jkn.payments.owing import NotPayable
from jkn.reconciliation import refunding, rules
from jkn.reconciliation.forms import (
    DecideForm,
    RefundAskForm,
    RefundEnterForm,
    RefundPapersForm,
    RefundPayForm,
    RefundProposeForm,
)
from jkn.reconciliation.models import RUNNING, Refund, RefundStage
from jkn.reconciliation.rules import BY_EVENT, BY_PAYMENT, FROM_CREDIT, Ground
from jkn.reconciliation.views import bp
from jkn.reconciliation.words import GROUNDS, PAPERS, REFUND_STAGES
from jkn.web import asked_number, page

PAGE = 50
FOR_MEMBERS = [ground for ground in Ground if ground != Ground.OVERPAID_PEMDA]
TRIES = 5  # to name a payment under a wrong number, in a quarter of an hour


@bp.get("/pengembalian")
@needs(Can.ASK_REFUND)
def refund_list():
    """The family's requests, and the grounds on which one may ask."""
    rows = list(scope(Refund).order_by(Refund.id.desc()).limit(PAGE))
    grounds = [(ground, GROUNDS[ground]) for ground in FOR_MEMBERS]
    return page("reconciliation/refund_list.html", refunds=rows, grounds=grounds, words=GROUNDS, stages=REFUND_STAGES)


@bp.route("/pengembalian/baru", methods=["GET", "POST"])
@needs(Can.ASK_REFUND)
def refund_ask():
    """Asks for what the ground in `alasan` needs; the PIN is typed again, because money leaves."""
    ground = next((one for one in FOR_MEMBERS if one == request.args.get("alasan")), Ground.OVERPAID)
    if actor().payer_id is None:
        return redirect(url_for(".refund_list"), 303)
    payer = fetch(Payer, actor().payer_id)
    form = RefundAskForm()
    people = {str(person.id): person for person in refunding.people_of(payer)}
    payments = {str(payment.id): payment for payment in refunding.payments_of(payer)} if ground in BY_PAYMENT else {}
    form.fit(
        ground,
        [(id, person.name) for id, person in people.items()],
        [(id, f"{i18n.day(row.paid_on)}, {format_rupiah(row.amount)}") for id, row in payments.items()],
    )
    if form.validate_on_submit():
        try:
            refund = _ask(form, payer, ground, people, payments)
        except Refused as refused:
            form.refuse(refused)
        else:
            return redirect(url_for(".refund_show", refund_id=refund.id), 303)
    return page(
        "reconciliation/refund_ask.html",
        form=form,
        ground=ground,
        words=GROUNDS,
        papers=[PAPERS[paper] for paper in rules.PAPERS[ground]],
        most=refunding.most(payer, ground) if ground in FROM_CREDIT else None,
        rule=law.at(clock.today()).refund,
    )


def _ask(form: RefundAskForm, payer: Payer, ground: Ground, people: dict, payments: dict) -> Refund:
    by = actor()
    if not access.confirm_pin(by, form.pin.data):
        raise Refused(N_("That is not your PIN."), field="pin")
    if form.reference and not attempts.reserve(
        attempts.key_of("refund", by.person_id, ""), failures=TRIES, in_a_row=None
    ):
        abort(429)
    return refunding.ask(
        payer,
        key=form.key.data,
        ground=ground,
        amount=form.amount.rupiah,
        by=by,
        payment=payments[form.payment.data] if form.payment else None,
        person=people[form.person.data] if form.person else None,
        event_on=form.event_on.data if form.event_on else None,
        reference=form.reference.data if form.reference else None,
        bank=form.bank.data if form.bank else "",
        account=form.account.number if form.account else None,
        holder=form.holder.data if form.holder else None,
    )


@bp.get("/pengembalian/<int:refund_id>")
@needs(Can.ASK_REFUND)
def refund_show(refund_id):
    refund = fetch(Refund, refund_id)
    missing = [PAPERS[paper] for paper in rules.PAPERS[refund.ground] if paper not in refund.papers]
    return page("reconciliation/refund_show.html", refund=refund, missing=missing, words=GROUNDS, stages=REFUND_STAGES)


@bp.get("/petugas/pengembalian")
@needs(Can.DECIDE_REFUNDS)
def refund_desk():
    """Those not finished, whose decision is due soonest first; then those whose papers are missing."""
    start = asked_number("mulai")
    query = scope(Refund).where(Refund.stage.in_(RUNNING))
    rows = list(query.order_by(Refund.due_on.is_null(), Refund.due_on, Refund.id).offset(start).limit(PAGE))
    more = start + PAGE if len(rows) == PAGE else None
    return page("reconciliation/refund_desk.html", refunds=rows, more=more, words=GROUNDS, stages=REFUND_STAGES)


@bp.route("/petugas/pengembalian/baru", methods=["GET", "POST"])
@needs(Can.DECIDE_REFUNDS)
def refund_enter():
    """What an employer, a local government or a family asks on paper; or the heirs of who was alone."""
    form = RefundEnterForm()
    if form.validate_on_submit():
        try:
            refund = _enter(form)
        except Refused as refused:
            form.refuse(refused)
        else:
            return redirect(url_for(".refund_decide", refund_id=refund.id), 303)
    return page("reconciliation/refund_enter.html", form=form)


def _enter(form: RefundEnterForm) -> Refund:
    try:
        payer = owing.target_of_va(form.number.number, alive=False).payer
    except NotPayable:
        raise Refused(N_("Nobody has this number."), field="number") from None
    ground, payment, died = Ground(form.ground.data), None, {}
    if ground in BY_EVENT:
        died = {"person": members.find_by_va(form.number.number), "event_on": form.event_on.data}
    if ground in BY_PAYMENT:
        named = scope(Payment).where(Payment.payer == payer, Payment.reference == form.reference.data)
        payment = named.where(Payment.reversed_on.is_null()).first()
        if payment is None:
            raise Refused(refunding.NO_PAYMENT, field="reference")
    return refunding.ask(
        payer,
        key=form.key.data,
        ground=ground,
        amount=form.amount.rupiah,
        by=actor(),
        payment=payment,
        bank=form.bank.data,
        account=form.account.number,
        holder=form.holder.data,
        **died,
    )


@bp.route("/petugas/pengembalian/<int:refund_id>", methods=["GET", "POST"])
@needs(Can.DECIDE_REFUNDS)
def refund_decide(refund_id):
    refund = fetch(Refund, refund_id)
    form = _form_for(refund)
    if form and form.validate_on_submit():
        try:
            _advance(refund, form)
        except Refused as refused:
            form.refuse(refused)
        else:
            flash(_("Noted."))
            return redirect(url_for(".refund_decide", refund_id=refund.id), 303)
    return page(
        "reconciliation/refund_decide.html",
        refund=refund,
        form=form,
        name=owing.name_of(refund.payer),
        here=[PAPERS[paper] for paper in rules.PAPERS[refund.ground] if paper in refund.papers],
        words=GROUNDS,
        stages=REFUND_STAGES,
    )


def _form_for(refund: Refund):
    """What the next step asks; nothing when there is none."""
    match refund.stage:
        case RefundStage.ASKED:
            form = RefundPapersForm(seen=refund.steps, papers=refund.papers)
            form.offer(rules.PAPERS[refund.ground])
            return form
        case RefundStage.COMPLETE:
            return RefundProposeForm(seen=refund.steps)
        case RefundStage.PROPOSED:
            return DecideForm(seen=refund.steps)
        case RefundStage.GRANTED:
            return RefundPayForm(seen=refund.steps)
    return None


def _advance(refund: Refund, form) -> None:
    seen, by = form.seen.data, actor()
    match form:
        case RefundPapersForm():
            refunding.note_papers(refund, form.papers.data or [], seen=seen, by=by)
        case RefundProposeForm():
            refunding.propose(refund, seen=seen, by=by)
        case RefundPayForm() if form.verdict.data == "no":
            refunding.bring_back(refund, form.note.data, seen=seen, by=by)
        case RefundPayForm():
            refunding.pay_out(refund, form.reference.data, seen=seen, by=by)
        case DecideForm() if form.verdict.data == "yes":
            refunding.grant(refund, seen=seen, by=by)
        case _:
            refunding.refuse(refund, form.note.data, seen=seen, by=by)
