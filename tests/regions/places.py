"""A handful of real places, as files and loaded."""

from pathlib import Path
from tempfile import TemporaryDirectory

from jkn.imports import Report
from jkn.regions.imports import import_folder

FILES = {
    "provinsi.csv": "kode,nama\n35,Jawa Timur\n33,Jawa Tengah\n",
    "kabupaten_kota.csv": (
        "kode,kode_provinsi,nama\n35.78,35,Kota Surabaya\n35.15,35,Kabupaten Sidoarjo\n33.10,33,Kabupaten Klaten\n"
    ),
    "kecamatan.csv": (
        "kode,kode_kabupaten,nama\n"
        "35.78.08,35.78,Gubeng\n35.78.10,35.78,Tambaksari\n35.15.17,35.15,Waru\n33.10.19,33.10,Delanggu\n"
    ),
    "desa_kelurahan.csv": (
        "kode,kode_kecamatan,nama,jenis,kodepos\n"
        "35.78.08.1001,35.78.08,Airlangga,kelurahan,60286\n"
        "35.78.08.1003,35.78.08,Gubeng,kelurahan,60281\n"
        "35.78.10.1005,35.78.10,Pacar Keling,kelurahan,60131\n"
        "35.15.17.2001,35.15.17,Tambak Rejo,desa,61256\n"
        "33.10.19.2010,33.10.19,Sidomulyo,desa,57471\n"
    ),
}


def write_regions(folder: Path, **changed: str) -> Path:
    """The four files in a folder; `changed` by the file's name without .csv."""
    for name, text in FILES.items():
        (folder / name).write_text(changed.get(name.removesuffix(".csv"), text))
    return folder


def load_regions() -> None:
    with TemporaryDirectory() as folder:
        import_folder(write_regions(Path(folder)), Report())
