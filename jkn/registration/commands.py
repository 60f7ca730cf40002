import click

from jkn.imports import Report
from jkn.registration import imports
from jkn.registration.steps import bp


@bp.cli.command("import-members")
@click.argument("file", type=click.Path(exists=True, dir_okay=False))
def import_members(file):
    """Load who is in the scheme already (CSV), after the civil registry. Safe to run again: rows are updated."""
    report = Report()
    imports.import_members(file, report)
    report.finish()
