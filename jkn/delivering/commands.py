"""Commands: a run of the outbox, and the simulated gateway."""

import click
from flask import current_app

from jkn.delivering import running
from jkn.delivering.messages import Outcome
from jkn.delivering.simulator import FAULTS, Received, Simulator
from jkn.delivering.views import bp

PORT = 8920


@bp.cli.command("send-notices")
@click.option("--threads", default=8, show_default=True, type=click.IntRange(1, 32), help="Calls at the same time")
@click.option("--keep-on", default=0, metavar="SECONDS", type=click.IntRange(0), help="Send what becomes due meanwhile")
def send_notices(threads: int, keep_on: int):
    """Send the notices that are due.

    Safe to stop, to run again and to run twice at once: what was not surely sent goes again under the same reference.
    """
    with click.progressbar(length=0, label="sending") as bar:
        tally = running.run(threads, keep_on, bar.update)
    later = tally[Outcome.UNSURE] + tally[Outcome.LATER]
    waiting = tally["waiting"]
    click.echo(
        f"{tally[Outcome.ACCEPTED]} sent, {tally[Outcome.REFUSED]} refused, {later} to try again, {waiting} other"
    )


@bp.cli.command("simulate-gateway")
@click.option("--port", default=PORT, show_default=True)
@click.option("--fault", "faults", multiple=True, metavar="SHAPE:KIND", help="Spoil one call each, as http:drop")
@click.option("--file", default=".simulated-gateway.db", show_default=True, type=click.Path(dir_okay=False))
@click.option("--key", default="kunci", show_default=True, help="Of both shapes; signs Twilio's reports")
def simulate_gateway(port: int, faults: tuple[str, ...], file: str, key: str):
    """Play an SMS gateway: a plain HTTP one at /send, and Twilio's Messages API. What it took is kept in a file."""
    if current_app.config["PRODUCTION"]:
        raise click.ClickException("The simulators are refused in production.")
    for fault in faults:
        if fault.partition(":")[2] not in FAULTS:
            raise click.BadParameter(f"{fault}: write SHAPE:KIND, such as http:drop. Kinds: {', '.join(FAULTS)}")
    simulator = Simulator(Received(file), key, port, faults)
    click.echo(f"A gateway: {simulator.url}/send and {simulator.url}/2010-04-01; {simulator.url} shows what it took")
    simulator.serve_forever()
