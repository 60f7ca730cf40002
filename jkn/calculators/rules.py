"""What a month costs in any segment, for one answer of the calculator. Pure."""

from dataclasses import dataclass
from datetime import date

from jkn import law
from jkn.contributions import explaining, rules, tariffs
from jkn.contributions.rules import Fact
from jkn.errors import N_
from jkn.money import Rupiah

FIRST_DAY = date(2014, 1, 1)  # the scheme's
LAST_DAY = date(2099, 12, 31)
SELF_PAYING, PENSIONER, VETERAN = "PBPU", "BP_PN", "VETERAN"
ON_WAGES = ("PPU_BU", "PPU_PN", PENSIONER)
# How people write a segment, and which it is.
SEGMENTS = {
    SELF_PAYING: SELF_PAYING,
    "BP": SELF_PAYING,
    "PPU": "PPU_BU",
    "PPU_BU": "PPU_BU",
    "PPU_PN": "PPU_PN",
    "PBI": "PBI_JK",
    "PBI_JK": "PBI_JK",
    "PEMDA": "PBPU_PEMDA",
    "PBPU_PEMDA": "PBPU_PEMDA",
    PENSIONER: PENSIONER,
    VETERAN: VETERAN,
}


@dataclass(frozen=True)
class Part:
    """Who pays how much of the total; `id` names it for machines that read the page."""

    label: str
    amount: Rupiah
    id: str = ""


@dataclass(frozen=True)
class Contribution:
    """A month's contribution, in parts where more than one pays; `aid` comes on top of the total."""

    total: Rupiah
    parts: tuple[Part, ...]
    aid: Rupiah
    care_class: int | None
    trace: tuple[Fact, ...]
    basis: str


def contribution(
    segment: str,
    month: date,
    care_class: int = 3,
    people: int = 1,
    wage: Rupiah | None = None,
    floor: Rupiah | None = None,
    extra_people: int = 0,
) -> Contribution:
    """What a month costs: a self-paying family, a worker or pensioner by the wage, or those a government pays for."""
    if segment == SELF_PAYING:
        return _self_paying(month, care_class, people)
    if segment in ("PPU_BU", "PPU_PN"):
        return _worker(month, segment, wage, floor, extra_people)
    if segment in (PENSIONER, VETERAN):
        return _pensioner(month, segment, wage, people)
    found = tariffs.subsidy(month, segment)
    payer = N_("The central government pays") if segment == "PBI_JK" else N_("The local government pays")
    total = Rupiah(found.amount * people)
    trace = (Fact(N_("People"), people), *found.trace)
    return Contribution(total, (Part(payer, total),), Rupiah(0), 3, trace, found.basis)


def _self_paying(month: date, care_class: int, people: int) -> Contribution:
    price = rules.price(month, care_class)
    trace = (Fact(N_("People"), people), *explaining.price_steps(month, care_class))
    return Contribution(
        Rupiah(price.amount * people),
        (),
        Rupiah(price.aid * people),
        care_class,
        trace,
        explaining.basis_of(month, care_class),
    )


def _worker(month, segment, wage, floor, extra_people) -> Contribution:
    share = tariffs.worker_share(month, segment, wage, floor, extra_people)
    trace = share.trace
    if segment == "PPU_PN":
        row = law.at(month).pns_class
        trace += (Fact(N_("Civil servants: class II up to grade"), row.class_2_up_to_grade),)
    parts = (
        Part(N_("The employer pays"), share.employer, "pemberi_kerja"),
        Part(N_("The worker pays"), share.worker, "pekerja"),
    )
    return Contribution(share.total, parts, Rupiah(0), share.care_class, trace, share.basis)


def _pensioner(month, segment, pension, people) -> Contribution:
    if segment == VETERAN:
        share = tariffs.veteran_share(month)
    else:
        share = tariffs.pensioner_share(month, pension)
    parts = (
        Part(N_("The government pays"), share.government, "pemerintah"),
        Part(N_("The pensioner pays"), share.pensioner, "pensiunan"),
    )
    return Contribution(share.total, parts[: 1 if segment == VETERAN else 2], Rupiah(0), None, share.trace, share.basis)
