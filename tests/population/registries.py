"""Small civil registries for tests: files with Dukcapil's field names."""

from datetime import date

from jkn.population.imports import COLUMNS
from tests.builders import a_nik

KK = "3578080405100001"


def a_resident(nik: str | None = None, born: date = date(1980, 8, 17), sex: str = "P", **more) -> dict:
    """A line of a civil registry's file."""
    return {
        "NIK": nik or a_nik(born, sex),
        "NO_KK": KK,
        "NAMA_LGKP": "SITI AMINAH",
        "TMPT_LHR": "SURABAYA",
        "TGL_LHR": born.isoformat(),
        "JENIS_KLMIN": sex,
        "STAT_HBKEL": "KEPALA KELUARGA",
        "STATUS_KAWIN": "KAWIN",
        "JENIS_PKRJN": "PEDAGANG",
        "ALAMAT": "JL. KENANGA NO. 4",
        "NO_RT": "001",
        "NO_RW": "002",
        "KODE_DESA": "35.78.08.1001",
        "STATUS_HIDUP": "HIDUP",
    } | more


def a_household() -> list[dict]:
    """A grandfather who died, a mother as head, and her child."""
    return [
        a_resident(born=date(2010, 3, 3), sex="L", NAMA_LGKP="BUDI SANTOSO", STAT_HBKEL="ANAK"),
        a_resident(),
        a_resident(
            born=date(1950, 1, 2), sex="L", NAMA_LGKP="SLAMET", STAT_HBKEL="ORANG TUA", STATUS_HIDUP="MENINGGAL"
        ),
    ]


def as_file(path, rows: list[dict], columns=COLUMNS):
    """The rows as a CSV file; its path."""
    lines = [",".join(columns), *(",".join(str(row[name]) for name in columns) for row in rows)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path
