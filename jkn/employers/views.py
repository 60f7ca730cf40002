"""The commands that load minimum wages, employers and their workers; officers' pages are in desk.py."""

from pathlib import Path

import click
from flask import Blueprint

from jkn.employers import imports
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


@bp.cli.command("import-employers")
@click.argument("file", type=click.Path(exists=True, dir_okay=False))
def import_employers(file):
    """Load employers. May be run again: it updates. Load the regions first.

    \b
    FILE is a CSV with the columns
      KODE, NAMA       the employer's code, such as BU00000166, and its name
      SEGMEN           PPU_BU, or PPU_PN for an office of the state
      KABUPATEN_KOTA   the workplace's regency, such as 35.78: its minimum wage counts
      KODE_BU          the eight digits of its virtual account; left out, those of a code such as BU00000166
    """
    report = Report()
    imports.import_employers(file, report)
    report.finish()


@bp.cli.command("import-workers")
@click.argument("file", type=click.Path(exists=True, dir_okay=False))
def import_workers(file):
    """Load who works where at which wage. May be run again: it updates. Load employers and members first.

    \b
    FILE is a CSV with the columns
      NIK, KODE           the worker, and the employer's code; of state pensioners that of their government
      UPAH                rupiah a month that count, or the pension; empty for veterans
      MULAI, SELESAI      first day of this wage, and the day from which it no longer holds; may be empty
      KELUARGA_TAMBAHAN   relatives beyond spouse and three children, paid by the worker; may be empty
    """
    report = Report()
    imports.import_workers(file, report)
    report.finish()


from jkn.employers import desk as desk  # noqa: E402  the officers' pages join the blueprint
