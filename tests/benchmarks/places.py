"""A country nobody lives in, of the real one's size and shape: 80,000 villages in 500 regencies, 28,000 facilities."""

import csv
import random
from itertools import product
from pathlib import Path

from jkn.numbers import PROVINCES

REGENCIES = 500
DISTRICTS = 14  # in a regency
VILLAGES = 80_000
FACILITIES = 28_000
PLACE = "kode nama".split()
FACILITY = "kode_faskes nama tipe jenjang kode_kabupaten alamat telepon lat lon".split()
# kind: tier, letter in the fifth place of its code, how many of a thousand
KINDS = {
    "Puskesmas": ("FKTP", "0", 352),
    "Klinik Pratama": ("FKTP", "B", 231),
    "Dokter Praktik Perorangan": ("FKTP", "U", 167),
    "Dokter Gigi": ("FKTP", "G", 38),
    "Apotek": ("PENUNJANG", "A", 103),
    "Rumah Sakit": ("FKRTL", "R", 96),
    "Klinik Utama": ("FKRTL", "S", 13),
}
COMMON = (
    "Suka Karang Tanjung Sumber Sungai Kota Air Muara Batu Pasir Mekar Tanah Bukit Lubuk Teluk Padang Pulau Rantau "
    "Jaya Baru Maju Makmur Sari Mulya Agung Indah Rejo Harjo Asri Utama Barat Timur Selatan Utara Tengah Hilir Hulu"
).split()
HEADS = "Ba Bo Ci Da Ga Gu Ja Ka Ke Ko La Lam Ma Man Me Na Nga Pa Pe Po Ra Sa Se Si Su Ta Te Ti Tu Wa Wo Ya".split()
MIDDLES = "ba da ga ka la ma na nga pa ra sa ta wa bu du gu ku lu mu nu ru su tu wu li ri".split()
TAILS = "bang dong gan kan lang lo man ngan pan rang ro san tan tu wan yang ya".split()
RARE = ["".join(parts) for parts in product(HEADS, MIDDLES, TAILS)]


def write(folder: Path, seed: int = 1) -> None:
    """The four files of `flask import-regions`, and facilities.csv."""
    rng = random.Random(seed)
    regencies = [code for code, _name in write_regions(folder, rng)]
    write_facilities(folder / "facilities.csv", regencies, rng)


def write_regions(folder: Path, rng: random.Random) -> list[tuple[str, str]]:
    provinces = sorted(PROVINCES)
    codes = [f"{provinces[i % len(provinces)]}.{i // len(provinces) + 1:02d}" for i in range(REGENCIES)]
    regencies = [(code, f"{rng.choice(('Kabupaten', 'Kabupaten', 'Kota'))} {rng.choice(RARE)}") for code in codes]
    districts = [(f"{code}.{n:02d}", name(rng)) for code, _name in regencies for n in range(1, DISTRICTS + 1)]
    villages = [
        (f"{code}.{2001 + n}", name(rng), "desa", f"{rng.randrange(10_000, 99_999)}")
        for order, (code, _name) in enumerate(districts)
        for n in range(VILLAGES // len(districts) + (order < VILLAGES % len(districts)))
    ]
    _write(folder / "provinsi.csv", PLACE, ((code, f"Provinsi {rng.choice(RARE)}") for code in provinces))
    _write(folder / "kabupaten_kota.csv", ["kode", "kode_provinsi", "nama"], map(_inside, regencies))
    _write(folder / "kecamatan.csv", ["kode", "kode_kabupaten", "nama"], map(_inside, districts))
    columns = ["kode", "kode_kecamatan", "nama", "jenis", "kodepos"]
    _write(folder / "desa_kelurahan.csv", columns, map(_inside, villages))
    return regencies


def write_facilities(path: Path, regencies: list[str], rng: random.Random) -> None:
    weights = [share for _tier, _letter, share in KINDS.values()]
    centre = {code: (rng.uniform(-9, 4), rng.uniform(96, 139)) for code in regencies}

    def rows():
        for number in range(FACILITIES):
            kind = rng.choices(list(KINDS), weights)[0]
            tier, letter, _share = KINDS[kind]
            regency = rng.choice(regencies)
            lat, lon = (round(rng.gauss(degrees, 0.1), 6) for degrees in centre[regency])
            code = f"{number // 1000:04d}{letter}{number % 1000:03d}"
            address = f"Jl. {name(rng)} No. {rng.randrange(1, 200)}, Kec. {name(rng)}"
            yield code, name(rng), kind, tier, regency, address, f"0{rng.randrange(10**9, 10**10)}", lat, lon

    _write(path, FACILITY, rows())


def name(rng: random.Random) -> str:
    """One to three words; as in life, a few words stand in very many names and most in few."""
    words = [rng.choice(COMMON) if rng.random() < 0.45 else rng.choice(RARE) for _ in range(rng.choice((1, 2, 2, 3)))]
    return " ".join(dict.fromkeys(words))


def _inside(row: tuple) -> tuple:
    """A row with the code of what it lies in behind its own."""
    return row[0], row[0].rpartition(".")[0], *row[1:]


def _write(path: Path, columns: list[str], rows) -> None:
    with open(path, "w", newline="", encoding="utf-8") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(columns)
        out.writerows(rows)
