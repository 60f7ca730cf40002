"""Paying once: by a wallet's page, by a code to scan at a kiosk, or by a link that somebody else opens."""

import segno
from flask import abort, g, redirect, url_for

from jkn import clock, db, numbers
from jkn.access import Can, actor, fetch, needs, public, scope
from jkn.accounts import attempts
from jkn.collecting import charging, links, providers
from jkn.collecting.forms import LinkMakeForm, NumberPayForm, PayForm
from jkn.collecting.models import Charge, PayLink
from jkn.collecting.providers import Provider, ProviderKind
from jkn.collecting.views import bp, public_address
from jkn.errors import Refused
from jkn.members.models import Payer
from jkn.payments import owing
from jkn.payments.owing import NotPayable, Why
from jkn.payments.views import LOOKS, in_words
from jkn.web import on_kiosk, page

LINKS = 5


@bp.route("/bayar/dompet", methods=["GET", "POST"])
@public
def number_pay():
    """Anybody may pay for anybody by wallet: first the number, then the wallet. No number stands in an address."""
    form, found = NumberPayForm(), None
    form.offer(_offered())
    if form.validate_on_submit():
        _count_look(form.number.number)
        try:
            payer = owing.family_of_va(form.number.number)
            found = _named(payer, owing.due(payer, clock.today()).amount)
            if form.provider.data:
                return _ask(payer, form)
        except Refused as refused:
            is_paid = isinstance(refused, NotPayable) and refused.why == Why.PAID
            form.refuse(NotPayable(Why.UNKNOWN) if is_paid else in_words(refused))  # who owes nothing looks like nobody
    return page("collecting/number_pay.html", form=form, found=found)


@bp.route("/bayar/saya/dompet", methods=["GET", "POST"])
@needs(Can.SEE_BILLS)
def own_pay():
    """The signed-in family pays what it owes by wallet or, at a kiosk, by a code to scan."""
    if actor().payer_id is None:
        return redirect(url_for("payments.bill_pay"), 303)
    payer, form, amount = fetch(Payer, actor().payer_id), PayForm(), None
    form.offer(_offered())
    try:
        amount = owing.due(payer, clock.today()).amount
        if form.validate_on_submit():
            return _ask(payer, form)
    except NotPayable:
        return redirect(url_for("payments.bill_pay"), 303)  # which says why, and what else there is
    except Refused as refused:
        form.refuse(refused)
    return page("collecting/own_pay.html", form=form, amount=amount)


@bp.route("/bayar/bagikan", methods=["GET", "POST"])
@needs(Can.SEE_BILLS)
def link_make():
    """An address with which somebody else pays for this family."""
    if actor().payer_id is None:
        return redirect(url_for("payments.bill_pay"), 303)
    payer, form = fetch(Payer, actor().payer_id), LinkMakeForm()
    if form.validate_on_submit():
        links.make(payer, form.key.data, actor())
        return redirect(url_for(".link_make"), 303)
    good = scope(PayLink).where(PayLink.expires_at > clock.now()).order_by(PayLink.id.desc()).limit(LINKS)
    rows = [(link, public_address(".link_show", token=link.token)) for link in good]
    return page("collecting/link_make.html", form=form, links=rows)


@bp.route("/b/<token>", methods=["GET", "POST"])
@public
def link_show(token):
    """Somebody else's bill: a masked name, an amount, and the ways to pay it."""
    link = links.find(token) or abort(404)
    payer, form, found = Payer.get_by_id(link.payer_id), PayForm(), None
    form.offer(_offered())
    try:
        found = _named(payer, owing.due(payer, clock.today()).amount)
        if form.validate_on_submit():
            _count_look(token)
            return _ask(payer, form)
    except Refused as refused:
        form.refuse(refused)
    va = numbers.group(owing.va_of(payer)) if found else None
    return page("collecting/link_show.html", form=form, found=found, va=va)


@bp.get("/bayar/tautan/<token>")
@public
def charge_show(token):
    """Paid, waiting or not paid: what is known of one charge. While it waits the page comes again by itself."""
    charge = charging.find(token[:32]) or abort(404)
    g.untouched = True  # at a kiosk, a page that comes again by itself keeps nobody signed in
    if not charging.must_wait(charge):
        g.charge_to_ask = charge
    return page(
        "collecting/charge_show.html",
        charge=charge,
        provider=providers.name_of(charge.provider),
        name=numbers.mask_name(owing.name_of(charge.payer)),
        is_poor=charging.is_poor(charge),
        is_open=charge.outcome is None,
        in_time=clock.now() <= charge.valid_until,
        qr=_drawn(charge.qr) if charge.qr else None,
    )


@bp.after_request
def ask_meanwhile(response):
    """A waiting page gives the occasion to ask the provider: after the answer is made, so that the next one knows."""
    charge = g.pop("charge_to_ask", None)
    if charge:
        db.stop_reading()
        charging.work_on(charge, _back_url(charge))
    return response


def _ask(payer: Payer, form):
    """Ask the chosen provider, and show how it stands. Refused for one that is not offered here."""
    offered: list[Provider] = _offered()
    chosen = next((provider for provider in offered if provider.code == form.provider.data), None)
    provider = charging.refuse_stranger(chosen, *(each.kind for each in offered))
    charge = charging.ask_now(payer, provider, form.key.data, actor())
    charging.work_on(charge, _back_url(charge))
    return redirect(url_for(".charge_show", token=charge.reference), 303)


def _back_url(charge: Charge) -> str:
    return public_address(".charge_show", token=charge.reference)


def _offered() -> list[Provider]:
    """Wallets; at a kiosk also codes to scan with a phone of one's own."""
    kinds = (ProviderKind.QRIS, ProviderKind.WALLET) if on_kiosk() else (ProviderKind.WALLET,)
    return [provider for kind in kinds for provider in providers.offered(kind)]


def _named(payer: Payer, amount: int) -> tuple[str, int]:
    return numbers.mask_name(owing.head_of(payer.family_id).name), amount


def _count_look(typed: str) -> None:
    if not attempts.take(attempts.key_of("look", None, typed), LOOKS, attempts.PAUSE):
        abort(429)


def _drawn(content: str) -> str:
    """A code as a one-bit PNG in a data URI, four pixels a module."""
    return segno.make(content, error="m", micro=False).png_data_uri(scale=4)
