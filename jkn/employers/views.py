"""The command that loads the minimum wages."""

from pathlib import Path

import click
from flask import Blueprint

from jkn.employers.wage_floors import import_file
from jkn.imports import Report

bp = Blueprint("employers", __name__, cli_group=None)


@bp.cli.command("import-wage-floors")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def import_wage_floors(file):
    """Load minimum wages (UMK, UMP). May be run again: it updates. Load the regions first.

    \b
    FILE is a CSV with the columns
      kode_wilayah   the regency (35.78), or the province (35) for its UMP
      tahun          the year, such as 2026
      upah           rupiah a month; what is less than a rupiah is dropped
    """
    report = Report()
    import_file(file, report)
    report.finish()
