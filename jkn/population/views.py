import click
from flask import Blueprint, current_app

from jkn.imports import Report
from jkn.population import imports, service, simulator
from jkn.population.dukcapil import DukcapilRegistry
from jkn.population.registry import EmbeddedRegistry

bp = Blueprint("population", __name__, cli_group=None)


@bp.record
def configure(state) -> None:
    """DUKCAPIL_URL chooses the real registry; without it the imported table answers."""
    settings = state.app.config
    registry = DukcapilRegistry(settings) if settings["DUKCAPIL_URL"] else EmbeddedRegistry()
    service.configure(registry, settings["REGISTRY_ASKS_A_DAY"])


@bp.cli.command("import-population")
@click.argument("file", type=click.Path(exists=True, dir_okay=False))
def import_population(file):
    """Load a civil registry (CSV with Dukcapil's field names). Safe to run again: rows are updated."""
    report = Report()
    imports.import_population(file, report)
    report.finish()


@bp.cli.command("simulate-dukcapil")
@click.option("--port", default=8900, show_default=True)
@click.option("--fault", "faults", multiple=True, type=click.Choice(simulator.FAULTS), help="Spoil one answer each.")
def simulate_dukcapil(port, faults):
    """Serve the embedded registry the way Dukcapil's gateway speaks (for DUKCAPIL_URL on this machine)."""
    if current_app.config["PRODUCTION"]:
        raise click.ClickException("The simulator is refused in production.")
    settings = current_app.config
    gateway = simulator.Gateway(simulator.from_table, settings["DUKCAPIL_USER"], settings["DUKCAPIL_PASSWORD"], faults)
    with simulator.server(gateway, port) as server:
        click.echo(f"DUKCAPIL_URL=http://127.0.0.1:{server.server_port}/dukcapil/get_json")
        server.serve_forever()
