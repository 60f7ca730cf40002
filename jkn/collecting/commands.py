"""Commands: the debit days, asking after what is open, and the simulators."""

from datetime import datetime

import click
from flask import current_app

from jkn import clock
from jkn.collecting import demo, providers, running
from jkn.collecting.models import Outcome
from jkn.collecting.simulator.books import Books
from jkn.collecting.simulator.server import FAULTS, Simulator
from jkn.collecting.views import bp


@bp.cli.command("collect-autodebit")
@click.option("--day", metavar="YYYY-MM-DD", type=click.DateTime(["%Y-%m-%d"]), help="Left out: today")
def collect_autodebit(day: datetime | None):
    """Debit the families with auto-debit, on their provider's days.

    Safe to stop and to run again: what was sent is asked about first, and nobody is debited twice.
    """
    day = day.date() if day else clock.today()
    if day > clock.today() and current_app.config["PRODUCTION"]:
        raise click.BadParameter(f"{day} has not come yet")
    if not running.on_day(day):
        click.echo(f"Nobody debits on {day}.")
    with click.progressbar(length=running.steps(day), label=f"{day}") as bar:
        tally = running.collect(day, bar.update)
    _report(tally)


@bp.cli.command("check-charges")
def check_charges():
    """Ask the providers about everything that is not over, and tell them of mandates that ended."""
    with click.progressbar(length=running.steps(), label="asking") as bar:
        tally = running.check_open(bar.update)
    _report(tally)


def _report(tally) -> None:
    words = (Outcome.PAID, Outcome.REFUSED, Outcome.LAPSED, "open", running.RETURNED)
    click.echo(", ".join(f"{tally[word]} {word}" for word in words))


def _simulate(code: str, port: int, notify: str, faults: tuple[str, ...], file: str) -> None:
    if current_app.config["PRODUCTION"]:
        raise click.ClickException("The simulators are refused in production.")
    for fault in faults:
        if fault.partition(":")[2] not in FAULTS:
            raise click.BadParameter(f"{fault}: write SERVICE:KIND, such as 54:drop. Kinds: {', '.join(FAULTS)}")
    provider = next(each for each in demo.providers() if each.code == code)
    simulator = Simulator(provider, demo.their_key(code), Books(file), port, notify, faults)
    known = providers.find(code)
    if known is None or known.base_url != simulator.url:
        click.echo(f"The service expects it at {known.base_url if known else 'no address'}.", err=True)
    click.echo(f"{provider.name}: {simulator.url}")
    simulator.serve_forever()


def _simulator(name: str, code: str, port: int, what: str) -> None:
    """A command that plays one provider of a development machine."""

    @bp.cli.command(name, help=f"Play {what}. Its accounts and what it took are kept in a file of its own.")
    @click.option("--port", default=port, show_default=True)
    @click.option("--notify", default="http://127.0.0.1:5000/snap", show_default=True, help="Where notices go")
    @click.option("--fault", "faults", multiple=True, metavar="SERVICE:KIND", help="Spoil one call each, as 54:drop")
    @click.option("--file", default=f".simulated-{code}.db", show_default=True, type=click.Path(dir_okay=False))
    def command(port, notify, faults, file):
        _simulate(code, port, notify, faults, file)


_simulator("simulate-wallet", "dompet", demo.WALLET_PORT, "an e-wallet")
_simulator("simulate-debit-bank", "bank", demo.BANK_PORT, "a bank that debits accounts")
_simulator("simulate-qris", "qris", demo.QRIS_PORT, "a QRIS payment house")
