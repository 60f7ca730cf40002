"""The command that loads the regions; villages are searched for on the pages of those who need one."""

from pathlib import Path

import click
from flask import Blueprint

from jkn.imports import Report
from jkn.regions.imports import import_folder

bp = Blueprint("regions", __name__, cli_group=None)


@bp.cli.command("import-regions")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
def import_regions(folder):
    """Load provinces, regencies, districts and villages.

    FOLDER holds provinsi.csv, kabupaten_kota.csv, kecamatan.csv and desa_kelurahan.csv. May be run again: it updates.
    """
    report = Report()
    import_folder(folder, report)
    report.finish()
