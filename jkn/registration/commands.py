import click

from jkn.imports import Report
from jkn.registration import imports
from jkn.registration.steps import bp


@bp.cli.command("import-members")
@click.argument("file", type=click.Path(exists=True, dir_okay=False))
def import_members(file):
    """Load who is in the scheme already. May be run again: it updates.

    Load the civil registry and the facilities first. Bills for the months not yet paid are issued at the end.

    \b
    FILE is a CSV with the columns
      NIK, NO_KK, NOKA         person, family card, card number (13 digits)
      SEGMEN                   PBPU, BP, PPU_BU, PPU_PN, BP_PN, PBI_JK or PBPU_PEMDA
      KELAS, PEMBAYAR          1 to 3; who pays: for PBPU and BP the family card, else a code such as PUSAT
      MULAI, SELESAI, ALASAN   first and last day of this cover; why it ended
      KELAS_SEJAK              since when in this class
      KODE_FASKES              clinic, and FASKES_SEJAK since when
      LUNAS_SAMPAI             last month paid, as 2026-01
      SALDO_KREDIT, NO_HP      rupiah paid too much; phone; both may be empty
    """
    report = Report()
    imports.import_members(file, report)
    report.finish()
