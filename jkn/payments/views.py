"""Members: what to pay and how, what was paid. Officers: payments to look at."""

from flask import Blueprint, abort, redirect, request, url_for
from flask_babel import gettext

from jkn import clock, i18n, numbers
from jkn.access import Can, actor, fetch, needs, public, scope
from jkn.accounts import attempts
from jkn.calendar import first_of_month
from jkn.contributions import rehab
from jkn.errors import Refused
from jkn.members.models import Payer
from jkn.payments import gate, owing, pot, service
from jkn.payments.forms import BillFindForm, NoticeForm, PotOpenForm
from jkn.payments.models import BankNotice, Partner, Payment, Purpose
from jkn.payments.owing import Due, NotPayable, Why
from jkn.penalties.models import Penalty
from jkn.web import asked_number, page

bp = Blueprint("payments", __name__, cli_group=None)
gate.open_door(bp)

PAGE = 10
LOOKS = 30  # at one number, in a quarter of an hour


@bp.route("/bayar", methods=["GET", "POST"])
@public
def bill_find():
    """Anybody may pay for anybody: a number gives a masked name and an amount, and no more.

    The answer comes without a redirect, because the number may not stand in an address.
    """
    form = BillFindForm()
    if not form.validate_on_submit():
        return page("payments/bill_find.html", form=form)
    number = form.number.number
    if not attempts.take(attempts.key_of("look", None, number), LOOKS, attempts.PAUSE):
        abort(429)
    try:
        target = owing.target_of_va(number)
        due = owing.due_under(target, clock.today())
    except NotPayable as refused:
        # who is unknown and who owes nothing look alike
        form.refuse(in_words(NotPayable(Why.UNKNOWN) if refused.why == Why.PAID else refused))
        return page("payments/bill_find.html", form=form)
    name, is_family = owing.name_of(target.payer), target.payer.family_id is not None
    return page(
        "payments/bill_found.html",
        form=form,
        name=numbers.mask_name(name) if is_family or due.is_open else name,
        is_family=is_family,
        due=due,
        whole=owing.due_under(target, clock.today(), owing.EVERYTHING) if due.instalment else due,
        all_of_it=owing.EVERYTHING,
        **how_to_pay(target.payer, due, number),
    )


@bp.get("/bayar/saya")
@needs(Can.SEE_BILLS)
def bill_pay():
    """The signed-in family: its amount, its number, and the words to say; `bulan` pays so many months at once."""
    if actor().payer_id is None:
        return page(
            "payments/bill_closed.html", why="elsewhere", reason=gettext("Your family pays no contribution itself.")
        )
    payer = fetch(Payer, actor().payer_id)
    try:
        choices = owing.due_by_months(payer, clock.today())
    except NotPayable as refused:
        return page("payments/bill_closed.html", why=refused.why, reason=in_words(refused).say(gettext))
    months = min(max(request.args.get("bulan", 1, type=int), 1), len(choices))
    due = choices[months - 1]
    how = how_to_pay(payer, due, owing.va_of(payer)) if due.amount else {}
    others = [(count, choice) for count, choice in enumerate(choices, 1) if choice.amount and count != months]
    arrears = sum(month < first_of_month(clock.today()) for month in due.months)
    return page(
        "payments/bill_pay.html",
        due=due,
        months=months,
        choices=others,
        plan=choices[0].instalment,
        may_split=choices[0].instalment or rehab.is_eligible(clock.today(), arrears),
        **how,
    )


@bp.route("/celengan", methods=["GET", "POST"])
@needs(Can.OPEN_POT)
def pot_show():
    """What is in the pot and what is missing; the number of its own, once asked for; what it has bought."""
    payer, form = pot.with_number(scope(Payer)).first(), PotOpenForm()
    if payer is None:
        return page("payments/pot_show.html", pot=None)
    found = pot.look(payer, clock.today())
    if not found.is_too_late and form.validate_on_submit():
        pot.number_of(payer)
        return redirect(url_for(".pot_show"), 303)
    tail = payer.tail
    bought = scope(Payment).where(Payment.purpose == Purpose.POT).order_by(Payment.id.desc()).limit(PAGE)
    common, mandiri = (numbers.group(prefix + tail) if tail else "" for prefix in numbers.VA_PREFIXES)
    return page(
        "payments/pot_show.html", pot=found, form=form, va=common, va_mandiri=mandiri, payments=list(bought), tail=tail
    )


@bp.get("/riwayat")
@needs(Can.SEE_BILLS)
def payment_list():
    query = scope(Payment).order_by(Payment.id.desc()).limit(PAGE + 1)
    if before := asked_number("sebelum"):
        query = query.where(Payment.id < before)
    rows = list(query)
    more = rows[PAGE - 1].id if len(rows) > PAGE else None
    return page("payments/payment_list.html", payments=rows[:PAGE], more=more)


@bp.get("/kuitansi/<int:payment_id>")
@needs(Can.SEE_BILLS)
def receipt_show(payment_id):
    """A page that prints."""
    payment = fetch(Payment, payment_id)
    name = owing.name_of(payment.payer)
    is_penalty = payment.purpose == Purpose.PENALTY and Penalty.is_paid_by(payment.subject, payment.id)
    number = numbers.group(payment.number)
    return page("payments/receipt_show.html", payment=payment, number=number, name=name, is_penalty=is_penalty)


@bp.route("/petugas/pembayaran", methods=["GET", "POST"])
@needs(Can.REVIEW_PAYMENTS)
def notice_list():
    """Payments whose bank told us more than a day late, or from the future: booked all the same."""
    if NoticeForm().validate_on_submit():
        service.mark_seen(fetch(BankNotice, request.form.get("notice", 0, type=int)), actor())
        return redirect(url_for(".notice_list"), 303)
    rows = scope(BankNotice).where(BankNotice.to_look_at()).order_by(BankNotice.id).limit(50)
    shown = list(rows.select_extend(Partner, Payment).join_from(BankNotice, Partner).join_from(BankNotice, Payment))
    return page("payments/notice_list.html", notices=shown, form=NoticeForm(formdata=None))


def how_to_pay(payer: Payer, due: Due, va: str) -> dict:
    """Until when, and the account under each bank's prefix."""
    until, tail = None if due.is_open else owing.pay_by(payer, due), numbers.card_tail_of_va(va)
    common, mandiri = (numbers.group(prefix + tail) for prefix in numbers.VA_PREFIXES)
    is_past = until is not None and until < clock.today()
    return {"until": until, "is_past": is_past, "va": common, "va_mandiri": mandiri}


def in_words(refused: Refused) -> Refused:
    """The same refusal, its date as people write it."""
    if not isinstance(refused, NotPayable):
        return refused
    return NotPayable(refused.why, **{name: i18n.day(day) for name, day in refused.values.items()})


from jkn.payments import commands as commands  # noqa: E402  the commands and the penalty's page join the blueprint
from jkn.payments import penalty as penalty  # noqa: E402
