"""The bank's list, and whether the books agree."""

from pathlib import Path

import click

from jkn.collecting import providers
from jkn.errors import N_, Refused
from jkn.imports import Report
from jkn.money import format_rupiah
from jkn.payments import partners
from jkn.payments.models import Partner
from jkn.reconciliation import checking, claiming, settling
from jkn.reconciliation.rules import Outcome
from jkn.reconciliation.views import bp


@bp.cli.command("reconcile")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--partner", metavar="CLIENT_ID", help="Which bank's list it is, as create-partner printed it")
@click.option(
    "--provider", metavar="CODE", help="Which wallet's, debiting bank's or QRIS house's, as JKN_PROVIDERS has it"
)
@click.option(
    "--day", type=click.DateTime(["%Y-%m-%d"]), help="The one day it speaks for; left out, those of its lines"
)
def reconcile(file, partner, provider, day):
    """Lay a bank's or a provider's settlement list beside our books. May be run again: a line counts once for ever.

    What differs is on the officers' list, /petugas/rekonsiliasi. Claims that waited for this list are answered.

    \b
    FILE is a CSV with the columns
      referensi   the payment's paymentRequestId
      va          16 digits, as text: a spreadsheet makes 8.88888E+15 of them
      jumlah      whole rupiah: 150000
      waktu       2026-01-15T10:00:00, Jakarta's time if it has no offset
    and perhaps status (SUKSES, or BATAL for money that the bank took back).
    A provider's has no va: its referensi is our partnerReferenceNo, its jumlah what the payer paid, before fees.
    """
    if (partner is None) == (provider is None):
        raise click.UsageError("Say whose list it is: --partner CLIENT_ID or --provider CODE.")
    report = Report()
    try:
        bank = partners.find(partner) if partner else _of_provider(provider)
        found = settling.read_file(file, bank, report, day and day.date())
    except Refused as refused:
        raise click.ClickException(refused.say(str)) from None
    if found is None:
        click.echo("This file was read before; nothing changes.")
        return
    for outcome in Outcome:
        click.echo(f"{outcome:18} {found[outcome]}")
    click.echo(f"{'read before':18} {found['repeated']}")
    answered = claiming.answer_waiting()
    click.echo(f"{'claims answered':18} {answered}")
    report.finish()


def _of_provider(code: str) -> Partner:
    if providers.find(code) is None:
        raise Refused(N_("No provider has this code."))
    return partners.of_provider(code, providers.name_of(code))


@bp.cli.command("check-books")
def check_books():
    """Compare the banks' lists with the ledger, and the ledger with itself. Exits with 1 when anything is wrong.

    A day with unresolved differences may disagree by them; a resolved one may not.
    """
    wrong = 0
    for day in checking.days():
        sums = f"bank {format_rupiah(day.theirs)}  ledger {format_rupiah(day.ours)}"
        is_wrong = not day.agrees and not day.unresolved
        wrong += is_wrong
        verdict = "WRONG" if is_wrong else f"{day.unresolved} unresolved" if day.unresolved else "agrees"
        click.echo(f"{day.day}  {day.partner}  {sums}  {verdict}")
    balances = checking.balances()
    for account, balance in balances.items():
        click.echo(f"{account:12} {format_rupiah(balance)}")
    faults = {
        "the movements do not sum to nothing": sum(balances.values()),
        "months are settled twice": len(checking.settled_twice()),
        "payers whose payments are not what came to the bank": len(checking.astray()),
        "payers who have used more than they paid": len(checking.overspent()),
    }
    for what, count in faults.items():
        if count:
            click.echo(f"WRONG: {what}: {count}")
    if wrong or any(faults.values()):
        raise SystemExit(1)
    click.echo("The books agree.")
