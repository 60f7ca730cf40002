"""Officers: what employers and governments owe, their statements, transfers."""

from datetime import date, datetime

from flask import Blueprint, Response, abort, flash, redirect, request, url_for
from flask_babel import gettext as _

from jkn import clock, law, numbers
from jkn.access import Can, actor, fetch, needs, scope
from jkn.contributions.models import Agreement
from jkn.contributions.words import CORRECTED
from jkn.employers import service as employers
from jkn.errors import N_, Refused
from jkn.ledger import service as ledger
from jkn.members.models import Payer, PayerKind
from jkn.statements import download, service, undoing
from jkn.statements.forms import (
    AgreementForm,
    NumberForm,
    PayerSearchForm,
    TransferDecideForm,
    TransferForm,
    TransferUndoForm,
)
from jkn.statements.models import Transfer
from jkn.statements.service import OTHERS, MonthBilled
from jkn.statements.words import KINDS
from jkn.web import asked_number, page

bp = Blueprint("statements", __name__, cli_group=None)

PAGE, LINES, LATEST = 25, 50, 10


@bp.get("/petugas/pembayar")
@needs(Can.SEE_PAYERS)
def payer_list():
    """Governments by their codes, or with `?jenis=majikan` employers; `?q=` finds employers; each with what it owes."""
    form = PayerSearchForm(request.args)
    found = employers.matching((form.q.data or "")[:60])
    kind = PayerKind.EMPLOYER if request.args.get("jenis") == "majikan" else PayerKind.GOVERNMENT
    rows = scope(Payer).order_by(Payer.code).limit(PAGE + 1)
    if found is not None:
        rows = rows.where(Payer.id.in_(found[:PAGE]))
    else:
        rows = rows.where(Payer.kind == kind, Payer.code > request.args.get("sesudah", "")[:32])
    payers = list(rows)
    return page(
        "statements/payer_list.html",
        form=form,
        kind=kind,
        payers=payers[:PAGE],
        owing=service.owing_of([payer.id for payer in payers[:PAGE]]),
        more=payers[PAGE - 1].code if len(payers) > PAGE else None,
    )


@bp.get("/petugas/pembayar/<int:payer_id>")
@needs(Can.SEE_PAYERS)
def payer_show(payer_id):
    """One payer: its bills, what it paid, where to pay, what was agreed."""
    payer = _other(payer_id)
    bills = service.bills_of(payer, _month(request.args.get("sebelum", "")), PAGE + 1)
    return page(
        "statements/payer_show.html",
        payer=payer,
        bills=bills[:PAGE],
        older=bills[PAGE - 1].bill.month if len(bills) > PAGE else None,
        owing=service.owing_of([payer.id]).get(payer.id, service.Owing()),
        credit=ledger.credit_of(payer.id),
        payments=service.payments_of(payer, LATEST),
        agreement=Agreement.on(payer.id, clock.today()),
        **_where_to_pay(payer),
    )


@bp.route("/petugas/pembayar/<int:payer_id>/nomor", methods=["GET", "POST"])
@needs(Can.RECORD_TRANSFERS)
def number_give(payer_id):
    """Give a payer its virtual account."""
    payer, form = _other(payer_id), NumberForm()
    if form.validate_on_submit():
        service.give_account(payer, by=actor())
        return redirect(url_for(".payer_show", payer_id=payer.id), 303)
    return page("statements/number_give.html", payer=payer, form=form)


@bp.route("/petugas/pembayar/<int:payer_id>/perjanjian", methods=["GET", "POST"])
@needs(Can.RECORD_TRANSFERS)
def agreement_record(payer_id):
    """What was agreed with a local government about months that are not paid in time."""
    payer, form = _other(payer_id), AgreementForm()
    if form.validate_on_submit():
        try:
            service.agree(payer, form.since.data, form.suspends.data == "yes", form.basis.data, by=actor())
        except Refused as refused:
            form.refuse(refused)
        else:
            flash(_("The agreement is noted."))
            return redirect(url_for(".payer_show", payer_id=payer.id), 303)
    return page("statements/agreement_record.html", payer=payer, form=form, rule=law.at(clock.today()).late_payer)


@bp.get("/petugas/pembayar/<int:payer_id>/<month>")
@needs(Can.SEE_PAYERS)
def statement_show(payer_id, month):
    """The monthly statement, to print: totals, payments, where and until when to pay; people page by page."""
    payer = _other(payer_id)
    billed = _billed(payer, month)
    lines, more = service.lines_of(billed.bill, asked_number("sesudah"), LINES)
    return page(
        "statements/statement_show.html",
        payer=payer,
        billed=billed,
        totals=service.totals_of(billed.bill),
        lines=lines,
        more=more,
        masked=numbers.mask_name,
        kinds=KINDS,
        corrections=service.corrections_of(billed.bill) if billed.amount != billed.bill.amount else [],
        why=CORRECTED,
        penalties=service.penalties_of(payer, billed.bill.month),
        numbered=lambda tail: [numbers.group(prefix + tail) for prefix in numbers.VA_PREFIXES],
        payments=service.payments_of(payer, LATEST),
        credit=ledger.credit_of(payer.id),
        bases=_bases(payer, billed.bill.month),
        **_where_to_pay(payer),
    )


@bp.get("/petugas/pembayar/<int:payer_id>/<month>/csv")
@needs(Can.SEE_PAYERS)
def statement_download(payer_id, month):
    """Every line of the bill; sent as it is read."""
    payer = _other(payer_id)
    bill = _billed(payer, month).bill
    response = Response(download.lines(bill), mimetype="text/csv")
    name = f"{payer.code}-{bill.month:%Y-%m}.csv"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@bp.route("/petugas/transfer", methods=["GET", "POST"])
@needs(Can.RECORD_TRANSFERS)
def transfer_record():
    """Record money that the treasury or an employer sent; `?pembayar=35.78` fills the code in."""
    form = TransferForm(code=request.args.get("pembayar", "")[:32])
    if form.validate_on_submit():
        try:
            payer = _by_code(form.code.data)
            transfer = service.record_transfer(
                payer, form.amount.number, form.paid_on.data, form.reference.data, by=actor()
            )
        except Refused as refused:
            form.refuse(refused)
        else:
            flash(_("The transfer is booked. Months paid: %(count)s.", count=len(transfer.payment.months)))
            return redirect(url_for(".payer_show", payer_id=payer.id), 303)
    known = scope(Transfer).select_extend(Payer).join(Payer).order_by(Transfer.id.desc())
    return page(
        "statements/transfer_record.html",
        form=form,
        waiting=list(known.where(Transfer.unmatched() | Transfer.disputed())),
        transfers=list(known.limit(LATEST)),
    )


@bp.route("/petugas/transfer/<int:transfer_id>", methods=["GET", "POST"])
@needs(Can.RECORD_TRANSFERS)
def transfer_show(transfer_id):
    """One officer asks to undo what was matched wrongly, another one decides; then it is matched again."""
    transfer, by = fetch(Transfer, transfer_id), actor()
    form = _form_for(transfer)
    if form and form.validate_on_submit():
        try:
            _act_on(transfer, form)
        except Refused as refused:
            form.refuse(refused)
        else:
            flash(_("Saved."))
            return redirect(url_for(".transfer_show", transfer_id=transfer.id), 303)
    return page("statements/transfer_show.html", transfer=transfer, form=form, me=by.officer_id)


def _form_for(transfer: Transfer):
    """What can be done about it now."""
    if transfer.matched_again:
        return None
    if transfer.undone_on:
        known = {"amount": transfer.amount, "paid_on": transfer.paid_on, "reference": transfer.reference}
        return TransferForm(code=transfer.payer.code, **known)
    return TransferDecideForm() if transfer.undo_asked_by else TransferUndoForm()


def _act_on(transfer: Transfer, form) -> None:
    match form:
        case TransferUndoForm():
            undoing.dispute(transfer, form.reason.data, actor())
        case TransferDecideForm() if form.verdict.data == "undo":
            undoing.undo(transfer, actor())
        case TransferDecideForm():
            undoing.keep(transfer, actor())
        case TransferForm():
            payer = _by_code(form.code.data)
            undoing.match_again(transfer, payer, form.amount.number, form.paid_on.data, form.reference.data, by=actor())


def _other(payer_id: int) -> Payer:
    payer = fetch(Payer, payer_id)
    if payer.kind not in OTHERS:
        abort(404)
    return payer


def _by_code(code: str) -> Payer:
    found = list(scope(Payer).where(Payer.kind.in_(OTHERS), Payer.code == code))
    if len(found) != 1:
        raise Refused(N_("No payer has this code."), field="code")
    return found[0]


def _billed(payer: Payer, month: str) -> MonthBilled:
    day = _month(month)
    billed = service.bill_of(payer, day) if day else None
    if billed is None:
        abort(404)
    return billed


def _month(text: str) -> date | None:
    try:
        return datetime.strptime(text, "%Y-%m").date()
    except ValueError:
        return None


def _where_to_pay(payer: Payer) -> dict:
    tail = service.account_of(payer)
    accounts = [numbers.group(prefix + tail) for prefix in numbers.VA_PREFIXES] if tail else []
    return {"accounts": accounts}


def _bases(payer: Payer, month: date) -> list[str]:
    """The decrees that the bill rests on, each once."""
    book = law.at(month)
    if payer.kind == PayerKind.EMPLOYER:
        rows = (book.ppu, book.ppu_cap, book.ppu_floor)
    else:
        rows = (book.pbi_tariff, book.pemda_tariff, book.class3_aid, book.bp_pn)
    return list(dict.fromkeys(row.basis for row in (*rows, book.due_day)))
