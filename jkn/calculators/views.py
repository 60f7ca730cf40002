"""The calculators: GET pages that anybody may open, whose address holds all that was asked."""

from datetime import date

from flask import Blueprint, request, url_for
from flask_babel import gettext

from jkn import clock
from jkn.access import public
from jkn.calculators import rules
from jkn.calculators.forms import ArrearsComputeForm, ContributionComputeForm, PenaltyComputeForm, PlanCompareForm
from jkn.calendar import add_months, first_of_month
from jkn.contributions import arrears, penalty, rehab
from jkn.contributions.telling import told
from jkn.errors import Refused
from jkn.web import page

bp = Blueprint("calculators", __name__, cli_group=None)


@bp.get("/hitung")
@public
def calculator_list():
    return page("calculators/calculator_list.html")


@bp.get("/hitung/iuran")
@public
def contribution_compute():
    """What a month costs, who pays it, and what it cost a year earlier."""
    form = ContributionComputeForm(request.args)
    answer = before = link = None
    if form.is_asked and form.validate():
        month = form.bulan.value
        try:
            answer = _contribution(form, month)
            if (earlier := add_months(month, -12)) >= rules.FIRST_DAY:
                link = url_for(".contribution_compute", **request.args.to_dict() | {"bulan": f"{earlier:%Y-%m}"})
                before = (earlier, _contribution(form, earlier).total)
        except Refused as refused:
            if answer is None:
                form.refuse(refused)
    return page(
        "calculators/contribution_compute.html",
        form=form,
        answer=answer,
        trace=told(answer.trace) if answer else [],
        before=before,
        link=link,
        is_ahead=bool(answer) and form.bulan.value > first_of_month(clock.today()),
    )


@bp.get("/hitung/tunggakan")
@public
def arrears_compute():
    """What makes a family active again on a day."""
    form = ArrearsComputeForm(request.args)
    answer = None
    if form.is_asked and form.validate():
        try:
            answer = arrears.to_be_active(form.sejak.value, form.tanggal.value, int(form.kelas.data), form.jiwa.value)
        except Refused as refused:
            form.refuse(refused)
    trace = told(answer.trace) if answer else []
    return page("calculators/arrears_compute.html", form=form, answer=answer, people=form.jiwa.value, trace=trace)


@bp.get("/hitung/denda")
@public
def penalty_compute():
    """What inpatient care costs soon after arrears were paid."""
    form = PenaltyComputeForm(request.args)
    answer = None
    if form.is_asked and form.validate():
        answer = penalty.service_penalty(
            form.biaya.value, form.bulan.value, form.tanggal.value, segment=form.segmen.data
        )
    return page(
        "calculators/penalty_compute.html", form=form, answer=answer, trace=told(answer.trace) if answer else []
    )


@bp.get("/hitung/cicilan")
@public
def plan_compare():
    """Paying arrears in instalments: the plan that was asked, beside all that are possible."""
    form = PlanCompareForm(request.args)
    plan, plans, refused, count = None, [], None, 0
    if form.is_asked and form.validate():
        on, moved, count = form.tanggal.value, form.alih.data == "1", form.bulan_tunggakan.value
        family = (on, int(form.kelas.data), form.jiwa.value, count)
        count = rehab.months_that_count(on, count)
        try:
            plans = rehab.family_plans(*family, moved)
            wanted = form.angsuran.value or len(plans)
            plan = rehab.family_plan(*family, wanted, moved)
        except Refused as no:
            refused = no
    return page(
        "calculators/plan_compare.html",
        form=form,
        plan=plan,
        plans=[(_link(each.instalments), each) for each in plans],
        reason=refused.say(gettext) if refused else None,
        basis=refused.basis if refused else None,
        count=count,
        trace=told(plan.trace) if plan else [],
    )


def _contribution(form: ContributionComputeForm, month: date) -> rules.Contribution:
    return rules.contribution(
        form.segmen.data,
        month,
        care_class=int(form.kelas.data),
        people=form.jiwa.value,
        wage=form.upah.value,
        floor=form.batas_bawah.value,
        extra_people=form.keluarga_tambahan.value,
    )


def _link(instalments: int) -> str:
    return url_for(".plan_compare", **request.args.to_dict() | {"angsuran": instalments})
