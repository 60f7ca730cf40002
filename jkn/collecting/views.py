"""Members: auto-debit, begun, paused and ended. Officers: charges nobody knows the end of."""

from flask import Blueprint, current_app, flash, redirect, request, url_for
from flask_babel import gettext as _

from jkn import access, clock
from jkn.access import Can, actor, fetch, needs, scope
from jkn.collecting import charging, demo, gate, mandates, providers, returning, rules
from jkn.collecting.forms import ChargeAskForm, MandateBeginForm, MandateChangeForm, MandateFinishForm
from jkn.collecting.models import Charge, Mandate, Stage
from jkn.collecting.providers import ProviderKind
from jkn.errors import N_, Refused
from jkn.members.models import Payer
from jkn.payments import booking as payments
from jkn.payments.models import Payment
from jkn.web import page

bp = Blueprint("collecting", __name__, cli_group=None)
gate.open_door(bp)

SHOWN = 12
DESK = 50
DEEDS = {"pause": mandates.pause, "resume": mandates.resume, "cancel": mandates.cancel}


@bp.record
def configure(state) -> None:
    """JKN_PROVIDERS names whom to ask; a development machine without it has the simulators."""
    tables = state.app.config["PROVIDERS"]
    providers.configure(demo.providers() if tables is None else providers.read(tables))


@bp.route("/autodebit", methods=["GET", "POST"])
@needs(Can.MANAGE_AUTODEBIT)
def mandate_list():
    """What is on, and beginning another: first the PIN again, then over to the provider."""
    form, offered = MandateBeginForm(), providers.offered(ProviderKind.WALLET, ProviderKind.BANK)
    form.offer(offered)
    if actor().payer_id and form.validate_on_submit():
        try:
            _confirm_pin(form)
            payer, provider = fetch(Payer, actor().payer_id), providers.find(form.provider.data)
            mandate = mandates.begin(payer, actor().person_id, provider, form.key.data, actor())
        except Refused as refused:
            form.refuse(refused)
        else:
            return redirect(url_for(".mandate_show", mandate_id=mandate.id), 303)
    rows = list(scope(Mandate).where(Mandate.bound_at.is_null(False)).order_by(Mandate.id.desc()).limit(SHOWN))
    is_on = any(row.ended_at is None for row in rows)
    return page(
        "collecting/mandate_list.html",
        form=form if offered and actor().payer_id and not is_on else None,
        pays=actor().payer_id is not None,
        mandates=[(row, providers.name_of(row.provider), row.stage_on(clock.today())) for row in rows],
    )


@bp.route("/autodebit/<int:mandate_id>", methods=["GET", "POST"])
@needs(Can.MANAGE_AUTODEBIT)
def mandate_show(mandate_id):
    """How one stands, what it debited, and pausing or ending it."""
    mandate, today = fetch(Mandate, mandate_id), clock.today()
    stage, form = mandate.stage_on(today), MandateChangeForm()
    form.offer(stage)
    if form.validate_on_submit():
        try:
            _confirm_pin(form)
        except Refused as refused:
            form.refuse(refused)
        else:
            DEEDS[form.deed.data](mandate, actor())
            flash(_("Done. It holds from now on."))
            return redirect(url_for(".mandate_show", mandate_id=mandate.id), 303)
    provider = providers.find(mandate.provider)
    back = public_address(".mandate_finish")
    return page(
        "collecting/mandate_show.html",
        form=form,
        mandate=mandate,
        stage=stage,
        name=providers.name_of(mandate.provider),
        days=rules.coming_days(today, provider.days_on(today)) if provider and stage is Stage.ACTIVE else [],
        go=provider.authorise_link(mandate.state, back) if provider and stage is Stage.ASKED else None,
        charges=list(scope(Charge).where(Charge.mandate == mandate).order_by(Charge.id.desc()).limit(SHOWN)),
    )


@bp.route("/autodebit/kembali", methods=["GET", "POST"])
@needs(Can.MANAGE_AUTODEBIT)
def mandate_finish():
    """The member comes back from the provider; a button finishes it, because opening a page changes nothing."""
    code, state = request.args.get("authCode", "")[:512], request.args.get("state", "")[:32]
    form = MandateFinishForm(code=code, state=state)
    mandate = mandates.awaited(actor().payer_id, form.state.data or "") if actor().payer_id else None
    if mandate and form.validate_on_submit():
        try:
            mandates.finish(mandate, form.code.data, actor())
        except Refused as refused:
            form.refuse(refused)
        else:
            flash(_("Auto-debit is on."))
            return redirect(url_for(".mandate_show", mandate_id=mandate.id), 303)
    name = providers.name_of(mandate.provider) if mandate else None
    return page("collecting/mandate_finish.html", form=form, name=name, agreed=bool(form.code.data))


@bp.route("/petugas/debit", methods=["GET", "POST"])
@needs(Can.REVIEW_CHARGES)
def charge_list():
    """Charges whose end the provider has not told for a day, and those it gave back; each may be asked about again."""
    if ChargeAskForm().validate_on_submit():
        charge = fetch(Charge, request.form.get("charge", 0, type=int))
        flash(_ask_after(charge))
        return redirect(url_for(".charge_list"), 303)
    rows = scope(Charge).where(charging.stale()).order_by(Charge.sent_at, Charge.id).limit(DESK)
    charges = [(charge, providers.name_of(charge.provider)) for charge in rows]
    back = scope(Charge).select_extend(Payment).join_from(Charge, Payment).where(Charge.gone_back())
    newest = back.order_by(Charge.back_said_at.desc(), Charge.id.desc())
    undone = newest.where(Payment.reversed_on.is_null(False)).limit(DESK)
    shown = [*newest.where(Payment.reversed_on.is_null()), *undone]
    return page(
        "collecting/charge_list.html",
        charges=charges,
        returned=[(charge, providers.name_of(charge.provider)) for charge in shown],
        form=ChargeAskForm(formdata=None),
    )


def _ask_after(charge: Charge) -> str:
    """What an officer reads after asking."""
    if charge.outcome is None:
        is_open = charging.work_on(charge).outcome is None
        return _("There is no answer yet.") if is_open else _("The provider has answered.")
    charge = returning.follow(charge, actor())
    if charge.back_at is None:
        return _("There is no answer yet.") if charge.back_said_at else _("The provider has answered.")
    return _("Our booking is undone.") if charge.payment.reversed_on else str(_(payments.GONE))


def public_address(endpoint: str, **values) -> str:
    """The whole address of a page of ours, for those who come from elsewhere."""
    return (current_app.config["PUBLIC_URL"] or request.url_root.rstrip("/")) + url_for(endpoint, **values)


def _confirm_pin(form) -> None:
    if not access.confirm_pin(actor(), form.pin.data):
        raise Refused(N_("That is not your PIN."), field="pin")


from jkn.collecting import commands as commands  # noqa: E402  the commands join the blueprint
from jkn.collecting import paying as paying  # noqa: E402  the pages for paying once join it too
