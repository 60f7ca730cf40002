from hashlib import sha256

import click
from flask import Blueprint, abort, flash, redirect, url_for
from flask_babel import gettext as _
from peewee import JOIN

from jkn import clock, law, numbers
from jkn.access import Can, actor, allowed, fetch, needs, scope
from jkn.accounts import grants
from jkn.contributions import service as contributions
from jkn.contributions.telling import told
from jkn.errors import Refused
from jkn.members import service as members
from jkn.members.models import Family, Person
from jkn.penalties import billing, judging, rules, service
from jkn.penalties.forms import (
    CARES,
    AdmissionChangeForm,
    AdmissionRecordForm,
    PenaltyAskForm,
    PenaltyDecideForm,
    PenaltyDisputeForm,
)
from jkn.penalties.judging import Judgement
from jkn.penalties.models import Admission, Penalty
from jkn.web import asked_number, page

bp = Blueprint("penalties", __name__, cli_group=None)

PAGE = 50


@bp.get("/denda")
@needs(Can.SEE_BILLS)
def penalty_list():
    """The family's penalties, and what a hospital stay may cost in the days after arrears were paid."""
    today, payer = clock.today(), members.payer_of(actor().family_id)
    window = None
    if payer:
        shares = contributions.shares_of(payer)
        window = judging.window_if_paid(payer, today, shares) or judging.window_of(payer, today, shares)
    form = PenaltyAskForm(formdata=None, bulan=window and window.months, tanggal=today.isoformat())
    return page(
        "penalties/penalty_list.html",
        penalties=list(Penalty.shown(scope(Penalty)).limit(PAGE)),
        family=Family.get_by_id(actor().family_id),
        shown_name=members.shown_name,
        keeps_private=lambda person: grants.keeps_private(person, actor()),
        window=window,
        trace=told(window.trace) if window else [],
        form=form,
        emergency=law.at(today).emergency,
        sep=law.at(today).sep,
    )


@bp.get("/petugas/rawat-inap")
@needs(Can.RECORD_ADMISSIONS)
def admission_list():
    """The newest first, with what each one cost."""
    query = scope(Admission).order_by(Admission.id.desc()).limit(PAGE)
    if before := asked_number("sebelum"):
        query = query.where(Admission.id < before)
    is_its = (Penalty.person == Admission.person) & (Penalty.admission == Admission.id)
    rows = query.select_extend(Person.id, Person.name, Penalty.amount).join_from(Admission, Person)
    rows = rows.join_from(Admission, Penalty, JOIN.LEFT_OUTER, on=is_its, attr="bill")
    admissions = list(rows)
    more = admissions[-1].id if len(admissions) == PAGE else None
    return page("penalties/admission_list.html", admissions=admissions, more=more, cares=CARES)


@bp.route("/petugas/rawat-inap/baru", methods=["GET", "POST"])
@needs(Can.RECORD_ADMISSIONS)
def admission_record():
    """First what it costs and why, then, sent again, the record. The number travels in the body, never in the address.

    What is recorded is what was seen: with anything changed since, it is shown again.
    """
    by, form, seen = actor(), AdmissionRecordForm(), {"judgement": None}
    if by.facility:
        del form.facility
    if form.validate_on_submit():
        try:
            person = service.find_person(form.number.number, by)
            admission = _drafted(form, person, by.facility)
            judgement = judging.judge(admission, clock.today())
            mark = _mark(admission, judgement)
            if form.seen.data == mark:
                recorded = service.record(admission, form.key.data, by)
                flash(_("Recorded."))
                return redirect(url_for(".admission_show", admission_id=recorded.id), 303)
        except Refused as refused:
            form.refuse(refused)
        else:
            form.seen.data = mark
            seen = {"person": person, **_judged(judgement)}
    return page("penalties/admission_record.html", form=form, **seen)


@bp.route("/petugas/rawat-inap/<int:admission_id>", methods=["GET", "POST"])
@needs(Can.RECORD_ADMISSIONS)
def admission_show(admission_id):
    """What it costs and why; the estimate until it is billed, and the day of discharge."""
    admission = fetch(Admission, admission_id)
    form = AdmissionChangeForm(estimate=admission.estimate, discharged=admission.discharged_on)
    if form.validate_on_submit():
        try:
            service.change(admission, form.estimate.number, form.discharged.data, actor())
        except Refused as refused:
            form.refuse(refused)
        else:
            flash(_("Saved."))
            return redirect(url_for(".admission_show", admission_id=admission.id), 303)
    penalty = admission.penalty
    if penalty:
        seen = {"judgement": None, "trace": told(rules.steps(penalty)), "va": _va_of(penalty)}
    else:
        seen = _judged(judging.judge(admission, clock.today()))
    return page("penalties/admission_show.html", admission=admission, penalty=penalty, form=form, cares=CARES, **seen)


@bp.get("/petugas/denda")
@needs(Can.CANCEL_PENALTIES)
def penalty_desk():
    """Those that another officer should look at, then the newest."""
    before = asked_number("sebelum")
    query = Penalty.shown(scope(Penalty)).limit(PAGE)
    newest = list(query.where(Penalty.id < before) if before else query)
    more = newest[-1].id if len(newest) == PAGE else None
    first = [] if before else list(query.where(Penalty.to_decide()))
    return page("penalties/penalty_desk.html", penalties=first + [row for row in newest if row not in first], more=more)


@bp.route("/petugas/denda/<int:penalty_id>", methods=["GET", "POST"])
@needs(Can.CANCEL_PENALTIES)
def penalty_decide(penalty_id):
    """One officer asks to cancel a penalty recorded wrongly, another one decides."""
    penalty, by = fetch(Penalty, penalty_id), actor()
    form = PenaltyDecideForm() if penalty.cancel_asked_by else PenaltyDisputeForm()
    if form.validate_on_submit():
        try:
            if not penalty.cancel_asked_by:
                billing.dispute(penalty, form.reason.data, by)
            elif form.verdict.data == "cancel":
                billing.cancel(penalty, by)
            else:
                billing.confirm(penalty, by)
        except Refused as refused:
            form.refuse(refused)
        else:
            flash(_("Saved."))
            return redirect(url_for(".penalty_decide", penalty_id=penalty.id), 303)
    trace, va = told(rules.steps(penalty)), _va_of(penalty)
    reason = _(penalty.cancel_reason) if penalty.cancel_reason else None
    seen = {"penalty": penalty, "form": form, "me": by.officer_id, "trace": trace, "va": va, "reason": reason}
    return page("penalties/penalty_decide.html", **seen)


@bp.cli.command("bill-penalties")
def bill_penalties():
    """Bill the penalties that have become due.

    For every day. Safe to stop and to run again: it bills nobody twice.
    """
    click.echo(f"{billing.bill_all(clock.today())} penalties billed")


def _drafted(form: AdmissionRecordForm, person: Person, facility: str | None) -> Admission:
    """The admission that was typed, if this officer may record it there."""
    admission = service.drafted(
        person,
        facility_code=facility or form.facility.number,
        care=form.care.data,
        admitted_on=form.admitted.data,
        discharged_on=form.discharged.data,
        estimate=form.estimate.number,
        poverty_letter=form.letter.data,
    )
    if not allowed(actor(), Can.RECORD_ADMISSIONS, admission):
        abort(403)
    return admission


def _mark(admission: Admission, judgement: Judgement) -> str:
    """Says what was shown, in a few signs."""
    shown = sorted((name, str(value)) for name, value in admission.__data__.items() if name != "recorded_at")
    return sha256(repr((shown, judgement.amount, judgement.on, judgement.is_due)).encode()).hexdigest()[:24]


def _judged(judgement: Judgement) -> dict:
    rules_of_today = law.at(clock.today())
    seen = {"judgement": judgement, "trace": told(judgement.trace)}
    return seen | {"emergency": rules_of_today.emergency, "sep": rules_of_today.sep}


def _va_of(penalty: Penalty) -> str | None:
    """The number under which it is paid, if it is to be."""
    if not penalty.is_payable:
        return None
    return numbers.group(numbers.VA_PREFIXES[0] + billing.number_of(penalty.payer_id, penalty.id))
