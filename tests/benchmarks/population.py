"""Families of a civil registry that describe nobody, and which of them are in the scheme: two CSV files.

The families at the beginning are the same however many follow, so that a page can be compared in a small and a large
database. The awkward ones are among them: one-word names, apostrophes, twins, newborns, the dead still on their card,
families of one and of twelve, people first registered in another province.
"""

import csv
import random
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

from jkn.population.imports import COLUMNS as PERSON
from jkn.registration.spell_lines import COLUMNS as SPELL

WOMEN = "Siti Sri Dewi Ayu Nur Fitri Rina Kadek Maria Yuliana Aminah Kartini Ratna Lestari Wulan Sumarni Lilis".split()
MEN = "Agus Budi Slamet Joko Hendra Rizki Eko Wahyu Made Wayan Yohanes Asep Teuku Ahmad Yusuf Bayu Petrus".split()
LAST = "Santoso Wijaya Hidayat Nugroho Siregar Lubis Harahap Rahman Tarigan Kogoya Ma'ruf Ar-Rasyid Suryadi".split()
JOBS = "PETANI/PEKEBUN,NELAYAN/PERIKANAN,PEDAGANG,WIRASWASTA,KARYAWAN SWASTA,MENGURUS RUMAH TANGGA,SOPIR".split(",")
SIZES = dict(zip((1, 2, 3, 4, 5, 6, 8, 12), (8, 15, 24, 27, 14, 7, 4, 1), strict=True))
# segment: how many of a hundred families; None stands in no segment and may join
SEGMENTS = {"PBI_JK": 34, "PBPU_PEMDA": 12, "PPU_BU": 12, "PPU_PN": 5, "PBPU": 11, "BP": 1, None: 25}
BEHIND = dict(zip((0, 1, 2, 3, 5, 8, 13, 24, 50), (50, 10, 6, 4, 6, 6, 6, 6, 6), strict=True))  # months not paid


def write(population: Path, members: Path, families: int, places: Path, facilities: Path, today: date) -> int:
    """Write both files; how many people stand in the first."""
    villages = [row["kode"] for row in _read(places / "desa_kelurahan.csv")]
    clinics = defaultdict(list)
    for row in _read(facilities):
        if row["jenjang"] == "FKTP" and row["tipe"] != "Dokter Gigi":
            clinics[row["kode_kabupaten"]].append(row["kode_faskes"])
    registry, scheme, people = Registry(villages, today), Scheme(clinics, today), 0
    with open(population, "w", newline="") as first, open(members, "w", newline="") as second:
        out, spells = csv.DictWriter(first, PERSON), csv.DictWriter(second, SPELL)
        out.writeheader()
        spells.writeheader()
        for number in range(families):
            family = list(registry.family(random.Random(number)))
            people += len(family)
            out.writerows(family)
            spells.writerows(scheme.spells(family, random.Random(-1 - number)))
    return people


class Registry:
    """Family cards. A serial number is counted per place and day, so that every number is somebody's own."""

    def __init__(self, villages: list[str], today: date):
        self.villages, self.today, self.serials = villages, today, Counter()

    def family(self, rng: random.Random) -> Iterator[dict]:
        """The people of one card, head first."""
        village, last = rng.choice(self.villages), rng.choice(LAST)
        issued = self.today - timedelta(days=rng.randrange(1, 3650))
        home = {
            "NO_KK": self._number(_district(village), f"{issued:%d%m%y}"),
            "ALAMAT": f"JL. {rng.choice(LAST).upper()} NO. {rng.randrange(1, 200)}",
            "NO_RT": f"{rng.randrange(1, 20):03d}",
            "NO_RW": f"{rng.randrange(1, 12):03d}",
            "KODE_DESA": village,
        }
        size, head_age = rng.choices(list(SIZES), SIZES.values())[0], rng.uniform(22, 68)
        by_woman = size < 4 and rng.random() < 0.25
        yield home | self._person(rng, village, "KEPALA KELUARGA", by_woman, head_age, last, dead=rng.random() < 0.01)
        left = size - 1
        if left and not by_woman:
            age, left = max(18, head_age - rng.uniform(-2, 8)), left - 1
            yield home | self._person(rng, village, "ISTRI", True, age, rng.choice(LAST))
        if left > 5:
            age, left = head_age + rng.uniform(18, 30), left - 1
            yield home | self._person(rng, village, "MERTUA", rng.random() < 0.6, age, last, dead=rng.random() < 0.05)
        while left > 0:
            age = rng.uniform(0, max(0.01, min(28, head_age - 19)))
            for _twin in range(2 if left > 1 and rng.random() < 0.02 else 1):
                yield home | self._person(rng, village, "ANAK", rng.random() < 0.49, age, last)
                left -= 1

    def _person(self, rng, village, relation, woman, age, last, dead=False) -> dict:
        born = self.today - timedelta(days=int(age * 365.25))
        place = _district(village if rng.random() < 0.875 else rng.choice(self.villages))
        first = rng.choice(WOMEN if woman else MEN)
        return {
            "NIK": self._number(place, f"{born.day + 40 * woman:02d}{born:%m%y}"),
            "NAMA_LGKP": (first if rng.random() < 0.08 else f"{first} {last}").upper(),
            "TMPT_LHR": place,
            "TGL_LHR": born.isoformat(),
            "JENIS_KLMIN": "P" if woman else "L",
            "STAT_HBKEL": relation,
            "STATUS_KAWIN": "BELUM KAWIN" if relation == "ANAK" else "KAWIN",
            "JENIS_PKRJN": rng.choice(JOBS) if age >= 18 else "BELUM/TIDAK BEKERJA",
            "STATUS_HIDUP": "MENINGGAL" if dead else "HIDUP",
        }

    def _number(self, place: str, day: str) -> str:
        self.serials[place + day] += 1
        return f"{place}{day}{self.serials[place + day]:04d}"


class Scheme:
    """Who is covered already: by whom, in which class, since when, paid until when, going to which clinic."""

    def __init__(self, clinics: dict[str, list[str]], today: date):
        self.clinics, self.today, self.card = clinics, today, 0

    def spells(self, family: list[dict], rng: random.Random) -> Iterator[dict]:
        segment = rng.choices(list(SEGMENTS), SEGMENTS.values())[0]
        since = _months_before(self.today, rng.randrange(3, 130))
        paid_to = _months_before(self.today, rng.choices(list(BEHIND), BEHIND.values())[0])
        chosen_on = _months_before(self.today, rng.randrange(0, 40))
        phone = f"08{rng.randrange(10**9, 10**10)}" if rng.random() < 0.7 else ""
        regency = family[0]["KODE_DESA"][:5]
        clinic = rng.choice(self.clinics.get(regency) or [""])
        care_class = rng.choices((1, 2, 3), (8, 12, 80))[0] if segment == "PBPU" else 2 if segment == "BP" else 3
        for order, person in enumerate(family):
            self.card += 1
            if segment is None or person["STATUS_HIDUP"] != "HIDUP" or (segment.startswith("PPU") and order > 4):
                continue
            start = max(since, date.fromisoformat(person["TGL_LHR"]).replace(day=1))
            own = segment in ("PBPU", "BP")
            yield {
                "NIK": person["NIK"],
                "NO_KK": person["NO_KK"],
                "NOKA": f"000{self.card:010d}",
                "SEGMEN": segment,
                "KELAS": care_class,
                "PEMBAYAR": self._payer(segment, person["NO_KK"], regency),
                "MULAI": start.isoformat(),
                "KELAS_SEJAK": start.isoformat(),
                "KODE_FASKES": clinic,
                "FASKES_SEJAK": chosen_on.isoformat() if clinic else "",
                "LUNAS_SAMPAI": f"{max(start, paid_to):%Y-%m}" if own else "",
                "SALDO_KREDIT": 16_500 if own and order == 0 and rng.random() < 0.05 else "",
                "NO_HP": phone,
            }

    def _payer(self, segment: str, kk: str, regency: str) -> str:
        """A family, a company, an office of the state, a regency, or the state itself."""
        return {
            "PBPU": kk,
            "BP": kk,
            "PPU_BU": f"BU{int(kk) % 5000:08d}",
            "PPU_PN": f"SATKER{regency.replace('.', '')}",
            "PBPU_PEMDA": regency,
        }.get(segment, "PUSAT")


def _district(village: str) -> str:
    return village.replace(".", "")[:6]


def _months_before(day: date, months: int) -> date:
    index = day.year * 12 + day.month - 1 - months
    return date(index // 12, index % 12 + 1, 1)


def _read(path: Path) -> Iterator[dict]:
    with open(path, newline="", encoding="utf-8") as file:
        yield from csv.DictReader(file)
