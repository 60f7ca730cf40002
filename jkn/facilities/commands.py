"""The command that loads the facilities."""

from pathlib import Path

import click

from jkn.facilities.imports import import_file
from jkn.facilities.views import bp
from jkn.imports import Report


@bp.cli.command("import-facilities")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def import_facilities(file):
    """Load clinics, hospitals and pharmacies. May be run again: it updates. Load the regions first.

    \b
    FILE is a CSV with the columns
      kode_faskes      8 characters, such as 0301R001
      nama, tipe       tipe: Puskesmas, Klinik Pratama, Dokter Gigi, …
      jenjang          FKTP, FKRTL or PENUNJANG
      kode_kabupaten   such as 35.78
      alamat
    and perhaps telepon, lat, lon, tanda_koordinat (jauh: a wrong pin), kabupaten_sumber.
    """
    report = Report()
    import_file(file, report)
    report.finish()
