"""What a month costs in segments whose payer is an employer or a government (Perpres 82/2018 jo 75/2019, ps 29-32).

Whole rupiah, rates in basis points. Self-paying members (PBPU, BP) pay rules.price(). Pure.
"""

from dataclasses import dataclass
from datetime import date

from jkn import law
from jkn.contributions.rules import Fact
from jkn.errors import N_, Refused
from jkn.law import Row
from jkn.money import Rupiah

WHOLE = 10_000  # basis points


@dataclass(frozen=True)
class WorkerShare:
    """One worker's month. `base` is the wage that counts; `extra` is what the worker pays for relatives beyond five."""

    base: Rupiah
    employer: Rupiah
    own: Rupiah
    extra: Rupiah
    care_class: int
    trace: tuple[Fact, ...]
    basis: str

    @property
    def worker(self) -> Rupiah:
        """All that is deducted from the wage."""
        return Rupiah(self.own + self.extra)

    @property
    def total(self) -> Rupiah:
        return Rupiah(self.employer + self.worker)


@dataclass(frozen=True)
class PensionShare:
    """One pensioner's or veteran's month: what the government pays, and what is deducted from the pension."""

    government: Rupiah
    pensioner: Rupiah
    trace: tuple[Fact, ...]
    basis: str

    @property
    def total(self) -> Rupiah:
        return Rupiah(self.government + self.pensioner)


@dataclass(frozen=True)
class Subsidy:
    """One person's month, paid by a government alone."""

    amount: Rupiah
    trace: tuple[Fact, ...]
    basis: str


@dataclass(frozen=True)
class Aid:
    """State aid to one self-paying member of class III for one month; `regional_payer`: which region pays its share."""

    central: Rupiah
    regional: Rupiah
    regional_payer: str
    basis: str


def share_of(amount: int, rate: int, rounding: str) -> Rupiah:
    """A rate in basis points of an amount, in whole rupiah: rounded half_up, down or up."""
    exact = amount * rate
    if rounding == "half_up":
        return Rupiah((exact + WHOLE // 2) // WHOLE)
    if rounding == "up":
        return Rupiah(-(-exact // WHOLE))
    return Rupiah(exact // WHOLE)


def care_class_of(month: date, wage: Rupiah) -> int:
    """The class that a worker's wage gives: up to Rp4 million class II, above it class I (P06)."""
    return 2 if wage <= law.at(month).ppu.class_split_wage else 1


def wage_base(month: date, segment: str, wage: Rupiah, floor: Rupiah | None = None) -> Rupiah:
    """The wage that counts: at least the place's minimum wage where the segment has one, at most the cap."""
    rules = law.at(month)
    lowest = floor if floor and segment in rules.ppu_floor.segments else 0
    return Rupiah(min(max(wage, lowest), rules.ppu_cap.wage))


def worker_share(
    month: date, segment: str, wage: Rupiah, floor: Rupiah | None = None, extra_people: int = 0
) -> WorkerShare:
    """What one worker (PPU_BU or PPU_PN) and the employer pay for a month.

    `wage` and `floor` (the minimum wage of the workplace) are monthly. `extra_people`: relatives beyond the worker, the
    spouse and three children. Each share of each person is rounded by itself.
    """
    rules = law.at(month)
    rates = rules.ppu_pn if segment == "PPU_PN" else rules.ppu
    rounding, base = rules.ppu_rounding.method, wage_base(month, segment, wage, floor)
    employer, own = share_of(base, rates.rate_employer, rounding), share_of(base, rates.rate_worker, rounding)
    extra = Rupiah(extra_people * share_of(base, rules.ppu.extra_rate, rounding))
    trace = [Fact(N_("Wage"), wage, "rupiah")]
    books = [rates, rules.ppu_cap]
    if floor and segment in rules.ppu_floor.segments:
        trace.append(Fact(N_("Lowest wage that counts (UMK)"), floor, "rupiah"))
        books.append(rules.ppu_floor)
    trace += [
        Fact(N_("Highest wage that counts"), rules.ppu_cap.wage, "rupiah"),
        Fact(N_("Wage that counts"), base, "rupiah"),
        Fact(N_("Employer's rate"), rates.rate_employer, "percent"),
        Fact(N_("The employer pays"), employer, "rupiah"),
        Fact(N_("Worker's rate"), rates.rate_worker, "percent"),
        Fact(N_("For the worker's own family"), own, "rupiah"),
    ]
    if extra_people:
        trace += [
            Fact(N_("People covered by that"), rules.ppu.covered_lives),
            Fact(N_("More relatives"), extra_people),
            Fact(N_("Rate for each of them"), rules.ppu.extra_rate, "percent"),
            Fact(N_("For these relatives"), extra, "rupiah"),
        ]
    trace.append(Fact(N_("Class II up to a wage of"), rules.ppu.class_split_wage, "rupiah"))
    return WorkerShare(base, employer, own, extra, care_class_of(month, wage), tuple(trace), _cited(*books))


def pensioner_share(month: date, pension: Rupiah) -> PensionShare:
    """What the government and a state pensioner pay of a monthly pension."""
    row, rounding = law.at(month).bp_pn, law.at(month).ppu_rounding.method
    government = share_of(pension, row.rate_government, rounding)
    own = share_of(pension, row.rate_pensioner, rounding)
    trace = (
        Fact(N_("Pension"), pension, "rupiah"),
        Fact(N_("Government's rate"), row.rate_government, "percent"),
        Fact(N_("The government pays"), government, "rupiah"),
        Fact(N_("Pensioner's rate"), row.rate_pensioner, "percent"),
        Fact(N_("The pensioner pays"), own, "rupiah"),
    )
    return PensionShare(government, own, trace, row.basis)


def veteran_share(month: date) -> PensionShare:
    """What the government pays for a veteran's, pioneer's or their survivor's month. Refused where nobody knows it."""
    row, rounding = law.at(month).veteran, law.at(month).ppu_rounding.method
    if not row.base_salary:
        raise Refused(N_("We do not know the base salary of that month."), basis=row.basis)
    share = share_of(row.base_salary, row.base_share, rounding)
    amount = share_of(share, row.rate, rounding)
    trace = (
        Fact(N_("Base salary of a civil servant III/a after 14 years"), row.base_salary, "rupiah"),
        Fact(N_("Part of it that counts"), row.base_share, "percent"),
        Fact(N_("That is"), share, "rupiah"),
        Fact(N_("Government's rate"), row.rate, "percent"),
        Fact(N_("The government pays"), amount, "rupiah"),
    )
    return PensionShare(amount, Rupiah(0), trace, row.basis)


def subsidy(month: date, segment: str) -> Subsidy:
    """What the central (PBI_JK) or a local government (PBPU_PEMDA) pays for one person's month."""
    row = law.at(month).pbi_tariff if segment == "PBI_JK" else law.at(month).pemda_tariff
    return Subsidy(Rupiah(row.person), (Fact(N_("One person, one month"), row.person, "rupiah"),), row.basis)


def class3_aid(month: date) -> Aid:
    """Who adds how much to the month of one self-paying member of class III."""
    row = law.at(month).class3_aid
    return Aid(Rupiah(row.central), Rupiah(row.regional), row.regional_payer, row.basis)


def _cited(*rows: Row) -> str:
    """Each decree once, in the order of the steps."""
    return "; ".join(dict.fromkeys(row.basis for row in rows))
