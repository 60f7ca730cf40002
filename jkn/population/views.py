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
    """Load a civil registry. May be run again: it updates. Load the regions first.

    \b
    FILE is a CSV with Dukcapil's field names as columns:
      NIK, NO_KK, NAMA_LGKP, TMPT_LHR, TGL_LHR (1990-08-17), JENIS_KLMIN (L, P), STAT_HBKEL,
      STATUS_KAWIN, JENIS_PKRJN, ALAMAT, NO_RT, NO_RW, KODE_DESA (35.78.08.1001), STATUS_HIDUP
    """
    report = Report()
    imports.import_population(file, report)
    report.finish()


@bp.cli.command("simulate-dukcapil")
@click.option("--port", default=8900, show_default=True)
@click.option("--fault", "faults", multiple=True, type=click.Choice(simulator.FAULTS), help="Spoil one answer each.")
def simulate_dukcapil(port, faults):
    """Play Dukcapil's gateway.

    Serves the imported registry the way the real one speaks, for DUKCAPIL_URL on this machine.
    """
    if current_app.config["PRODUCTION"]:
        raise click.ClickException("The simulator is refused in production.")
    settings = current_app.config
    gateway = simulator.Gateway(simulator.from_table, settings["DUKCAPIL_USER"], settings["DUKCAPIL_PASSWORD"], faults)
    with simulator.server(gateway, port) as server:
        click.echo(f"DUKCAPIL_URL=http://127.0.0.1:{server.server_port}/dukcapil/get_json")
        server.serve_forever()
