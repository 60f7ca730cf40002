"""Commands for partners, and the bank at the till."""

import json
from pathlib import Path

import click
import httpx
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from flask import current_app

from jkn.access import SYSTEM
from jkn.contributions import issuing, released
from jkn.errors import Refused
from jkn.money import format_rupiah
from jkn.numbers import BadNumber, group
from jkn.payments import booking, partners
from jkn.payments.bank import Bank, BankRefused
from jkn.payments.forms import read_card_or_va
from jkn.payments.views import bp

CREDENTIALS = ".bank-demo.json"


@bp.cli.command("create-partner")
@click.argument("name")
@click.option("--service-id", required=True, help="88888, or 89888 for Mandiri")
@click.option(
    "--public-key", required=True, type=click.File(), help="PEM: an RSA key or certificate, 2048 bits or more"
)
def create_partner(name, service_id, public_key):
    """Let a bank in. Prints its client id and its secret, this once."""
    try:
        partner, secret = partners.create(name, service_id, public_key.read())
    except (Refused, UnicodeDecodeError) as error:
        raise click.ClickException(_said(error)) from None
    click.echo(f"client id      {partner.client_id}\nclient secret  {secret}\nservice id     {partner.service_id}")
    click.echo("X-PARTNER-ID is the client id. The secret is not shown again.")


@bp.cli.command("rotate-partner-secret")
@click.argument("client_id")
def rotate_partner_secret(client_id):
    """Make a new secret for a bank.

    The one before keeps working for seven days.
    """
    try:
        click.echo(f"client secret  {partners.rotate_secret(client_id)}")
    except Refused as refused:
        raise click.ClickException(_said(refused)) from None


@bp.cli.command("suspend-partner")
@click.argument("client_id")
@click.option("--end", is_flag=True, help="End the suspension.")
def suspend_partner(client_id, end):
    """Refuse everything this bank sends from now on."""
    try:
        (partners.resume if end else partners.suspend)(client_id)
    except Refused as refused:
        raise click.ClickException(_said(refused)) from None
    click.echo("The suspension has ended." if end else "Suspended.")


@bp.cli.command("bank-pay")
@click.argument("number", metavar="VA")
@click.option("--months", type=click.IntRange(1, 12), default=1, help="1: all that is due; more: ahead")
@click.option("--amount", type=click.IntRange(1), help="Rupiah: for a pot, or all of a plan; left out, as billed")
@click.option("--url", default="http://127.0.0.1:5000", help="Where the service runs")
@click.option("--service-id", help="88888 or 89888; left out, as the number begins")
@click.option("--credentials", type=Path, help=f"The bank's own file; left out, a demo bank's in {CREDENTIALS}")
def bank_pay(number, months, amount, url, service_id, credentials):
    """Play the bank and pay what VA owes, or any --amount into an open account.

    Token, inquiry and payment go over real HTTP, with real signatures. VA may also be a card number.
    """
    try:
        va = read_card_or_va(number)
        va = (service_id or va[:5]) + va[5:]
        with httpx.Client(base_url=url, timeout=30) as http:
            _visit(_bank(http, va[:5], credentials), va, months, amount)
    except BadNumber as bad:
        raise click.BadParameter(bad.message) from None
    except BankRefused as refused:
        raise click.ClickException(_refusal(refused)) from None
    except httpx.TransportError as error:
        raise click.ClickException(f"Nobody answers at {url} ({error}). Where does it run? --url says it.") from None
    except (KeyError, ValueError) as error:
        raise click.ClickException(f"The answer or the credentials cannot be read: {error}") from None


@bp.cli.command("use-credit")
def use_credit():
    """Settle what families' waiting money has become enough for.

    First months paid ahead become such money, where an employer has paid for the same people by now. For every day;
    safe to stop and to run again.
    """
    chunks, used = list(issuing.chunks()), 0
    with click.progressbar(length=2 * sum(map(len, chunks)), label="credit") as bar:
        for numbers in chunks:
            released.release(numbers)
            bar.update(len(numbers))
        for numbers in chunks:
            for payer in booking.families_with_credit(numbers):
                used += bool(booking.use_waiting(payer, SYSTEM))
            bar.update(len(numbers))
    click.echo(f"{used} families' credit used")


def _visit(bank: Bank, va: str, months: int, amount: int | None) -> None:
    """What stands on the bank's screen, line by line."""
    bank.read_clock()
    bank.ask_token()
    bill = bank.inquire(va, months)
    is_open = bill["virtualAccountTrxType"] == "O"
    if is_open and not amount:
        raise click.ClickException("This account takes any amount: say which with --amount.")
    rupiah = amount or int(bill["totalAmount"]["value"].removesuffix(".00"))
    click.echo(f"{bank.now():%d-%m-%Y}  BPJS Kesehatan Keluarga  {group(va)}")
    click.echo(f"Name    {bill['virtualAccountName']}, {bill['freeTexts'][0]['english']}")
    for line in bill["billDetails"]:
        click.echo(f"        {line['billName']}  {format_rupiah(int(line['billAmount']['value'][:-3]))}")
    for text in bill["freeTexts"][1:]:
        click.echo(f"        {text['english']}")
    click.echo(f"Total   {'open' if is_open else format_rupiah(rupiah)}")
    paid = bank.pay(va, bill["inquiryRequestId"], rupiah, months)
    click.echo(f"PAID    {format_rupiah(rupiah)}, reference {paid['paymentRequestId']}")


def _bank(http: httpx.Client, service_id: str, credentials: Path | None) -> Bank:
    """The bank of a credentials file; without one, the demo bank, which the database here gets to know."""
    if credentials:
        banks = json.loads(credentials.read_text())
    elif current_app.config["PRODUCTION"]:
        raise click.ClickException("In production a bank brings its own --credentials.")
    else:
        banks = partners.demo_bank(CREDENTIALS)
    if service_id not in banks:
        raise click.ClickException(f"The credentials know no bank for {service_id}.")
    known = banks[service_id]
    return Bank(
        http=http,
        client_id=known["client_id"],
        client_secret=known["client_secret"],
        key=load_pem_private_key(known["private_key"].encode(), None),
        partner_id=known["client_id"],
        service_id=service_id,
        prefix=current_app.config["SNAP_BASE"].rstrip("/"),
    )


def _refusal(refused: BankRefused) -> str:
    """The answer's code and message, and what the till shows to Indonesian eyes."""
    data = refused.answer.get("virtualAccountData", {})
    reason = data.get("inquiryReason") or data.get("paymentFlagReason") or {}
    return " / ".join(filter(None, (f"{refused.code} {refused.message}", reason.get("indonesia"))))


def _said(error: Exception) -> str:
    return error.say(str) if isinstance(error, Refused) else "The public key is not a text."
