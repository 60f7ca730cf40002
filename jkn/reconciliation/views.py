"""Officers: what differs between banks' lists and our books. Everybody: I paid but it does not show."""

from contextlib import suppress
from datetime import timedelta
from secrets import token_urlsafe

from flask import Blueprint, abort, flash, redirect, request, session, url_for
from flask_babel import gettext as _

from jkn import clock, numbers
from jkn.access import Actor, Can, actor, fetch, for_member, needs, public, scope
from jkn.accounts import attempts
from jkn.errors import N_, Refused
from jkn.payments import owing
from jkn.payments.models import Partner
from jkn.reconciliation import claiming, service
from jkn.reconciliation.forms import (
    OTHER,
    ClaimAnswerForm,
    ClaimFollowForm,
    ClaimMakeForm,
    DecideForm,
    DifferenceStepForm,
)
from jkn.reconciliation.models import Answer, Claim, Difference, Stage
from jkn.reconciliation.rules import Outcome, Step
from jkn.reconciliation.words import ANSWERS, OUTCOMES, STAGES, STEPS
from jkn.web import asked_number, page

bp = Blueprint("reconciliation", __name__, cli_group=None)

PAGE = 50
REPORTS = 5  # about one number, in a quarter of an hour
FOLLOWED = timedelta(minutes=15)  # how long a browser remembers a report, for it may be another's phone


@bp.get("/petugas/rekonsiliasi")
@needs(Can.RECONCILE)
def difference_list():
    """The open ones, the oldest first; `jenis` shows one kind."""
    kind, after = request.args.get("jenis", ""), asked_number("mulai")
    query = scope(Difference).where(Difference.stage != Stage.CLOSED)
    if kind in list(Outcome):
        query = query.where(Difference.kind == kind)
    rows = list(query.order_by(Difference.found_at, Difference.id).offset(after).limit(PAGE))
    claims = list(scope(Claim).where(Claim.answer == Answer.OFFICER).order_by(Claim.id).limit(PAGE))
    return page(
        "reconciliation/difference_list.html",
        differences=sorted(rows, key=lambda row: not row.is_alarming),
        claims=claims,
        more=after + PAGE if len(rows) == PAGE else None,
        kind=kind if kind in list(Outcome) else None,
        outcomes=OUTCOMES,
        stages=STAGES,
    )


@bp.route("/petugas/rekonsiliasi/<int:difference_id>", methods=["GET", "POST"])
@needs(Can.RECONCILE)
def difference_show(difference_id):
    difference = fetch(Difference, difference_id)
    waits = difference.stage == Stage.PROPOSED
    form = DecideForm(seen=difference.steps) if waits else DifferenceStepForm(seen=difference.steps)
    steps = service.steps_of(difference)
    if not waits:
        form.offer(steps)
        if Step.ASSIGN not in steps:
            del form.number
    if form.validate_on_submit():
        try:
            _act_on(difference, form)
        except Refused as refused:
            form.refuse(refused)
        else:
            flash(_("Noted."))
            return redirect(url_for(".difference_show", difference_id=difference.id), 303)
    return page(
        "reconciliation/difference_show.html",
        difference=difference,
        form=form if difference.stage != Stage.CLOSED else None,
        proposed_for=_proposed_for(difference),
        history=list(difference.step_set.order_by("number")),
        outcomes=OUTCOMES,
        stages=STAGES,
        steps=STEPS,
    )


def _proposed_for(difference: Difference) -> tuple[str, str] | None:
    """Whom suspense money shall go to: a masked name, and how the number ends."""
    if not (difference.proposed == Step.ASSIGN and difference.proposed_va):
        return None
    with suppress(Refused):  # a number that was closed meanwhile leads to nobody
        target = service.target_of(difference.proposed_va)
        return numbers.mask_name(owing.name_of(target.payer)), difference.proposed_va[-4:]
    return None


def _act_on(difference: Difference, form) -> None:
    seen, note = form.seen.data, form.note.data
    if isinstance(form, DecideForm):
        service.decide(difference, form.verdict.data == "yes", seen=seen, by=actor(), note=note)
        return
    number = form.number.number if form.number else None
    service.take_step(difference, Step(form.step.data), seen=seen, by=actor(), note=note, va=number or "")


@bp.route("/petugas/lapor/<int:claim_id>", methods=["GET", "POST"])
@needs(Can.RECONCILE)
def claim_answer(claim_id):
    """A report that the machine could not answer, with what it found."""
    claim = fetch(Claim, claim_id)
    form = ClaimAnswerForm(seen=claim.steps)
    if form.validate_on_submit():
        try:
            claiming.write_back(claim, form.text.data, seen=form.seen.data, by=actor())
        except Refused as refused:
            form.refuse(refused)
        else:
            flash(_("The answer was sent."))
            return redirect(url_for(".difference_list"), 303)
    return page(
        "reconciliation/claim_answer.html",
        claim=claim,
        form=form,
        differences=claiming.candidates(claim),
        answers=ANSWERS,
        outcomes=OUTCOMES,
    )


@bp.route("/bayar/lapor", methods=["GET", "POST"])
@public
def claim_make():
    by = for_member(Can.CLAIM_PAYMENT)
    is_member = by.family_id is not None
    form = ClaimMakeForm()
    form.offer(Partner.select(Partner.id, Partner.name).order_by(Partner.name), is_member)
    if form.validate_on_submit():
        try:
            claim = _make(form, by, is_member)
        except Refused as refused:
            form.key.data = token_urlsafe(12)
            form.refuse(refused)
        else:
            if is_member:
                return redirect(url_for(".claim_show", claim_id=claim.id), 303)
            follow(claim)
            return redirect(url_for(".claim_status"), 303)
    return page("reconciliation/claim_make.html", form=form, is_member=is_member)


def _make(form: ClaimMakeForm, by: Actor, is_member: bool) -> Claim:
    if is_member:
        number = owing.va_of(by)
    else:
        number = form.number.number
        if not attempts.reserve(attempts.key_of("claim", None, number), failures=REPORTS, in_a_row=None):
            abort(429)
    bank = None if form.bank.data == OTHER else Partner.get_or_none(Partner.id == int(form.bank.data))
    return claiming.make(
        key=form.key.data,
        va=number,
        amount=form.amount.rupiah,
        paid_on=form.paid_on.data,
        partner=bank,
        reference=form.reference.data,
        by=by if is_member else Actor(channel=by.channel, device=by.device),
    )


@bp.get("/bayar/lapor/<int:claim_id>")
@needs(Can.CLAIM_PAYMENT)
def claim_show(claim_id):
    claim = fetch(Claim, claim_id)
    return page("reconciliation/claim_show.html", claim=claim, answers=ANSWERS, today=clock.today())


@bp.route("/bayar/lapor/lacak", methods=["GET", "POST"])
@public
def claim_follow():
    form = ClaimFollowForm()
    if form.validate_on_submit():
        claim = claiming.find(form.code.number)
        if claim:
            follow(claim)
            return redirect(url_for(".claim_status"), 303)
        form.refuse(Refused(N_("No report has this code. Compare it once more."), field="code"))
    return page("reconciliation/claim_follow.html", form=form)


@bp.get("/bayar/lapor/kode")
@public
def claim_status():
    """What the holder of a code sees: only what became of the report, nothing of whose payment it is."""
    claim_id, until = session.get("claim", (0, 0))
    claim = claiming.followed(claim_id) if clock.now().timestamp() < until else None
    if claim is None:
        return redirect(url_for(".claim_follow"), 303)
    return page("reconciliation/claim_status.html", claim=claim, answers=ANSWERS, today=clock.today())


def follow(claim: Claim) -> None:
    """Let this browser look at the report for a while; its code never stands in an address."""
    session["claim"] = (claim.id, int((clock.now() + FOLLOWED).timestamp()))


from jkn.reconciliation import commands, refunds  # noqa: E402, F401
