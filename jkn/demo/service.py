"""Loading the demo by the same importers as real data, and the ways to sign in to it. All of it may run twice."""

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from jkn import clock
from jkn.access import SYSTEM, Role
from jkn.accounts import officers, sheets
from jkn.accounts import service as accounts
from jkn.accounts.models import Account, Officer
from jkn.assisting import volunteers
from jkn.assisting.imports import import_file as import_unregistered
from jkn.calendar import add_months, first_of_month
from jkn.cash import service as cash
from jkn.contributions import issuing_others
from jkn.contributions import service as contributions
from jkn.db import writing
from jkn.employers.imports import import_employers, import_workers
from jkn.employers.wage_floors import import_file as import_wage_floors
from jkn.facilities.imports import import_file as import_facilities
from jkn.imports import Report
from jkn.kiosks import service as kiosks
from jkn.members import service as members
from jkn.members.models import Payer, PayerKind, Person
from jkn.money import Rupiah
from jkn.numbers import VA_PREFIXES
from jkn.offices.imports import import_file as import_offices
from jkn.payments import deposits, partners
from jkn.population.imports import import_population
from jkn.regions.imports import import_folder as import_regions
from jkn.registration.imports import import_members
from jkn.statements import service as statements

DATA = Path(__file__).parent
WRITTEN_FOR = date(2026, 1, 1)

PIN = "739264"
MEMBERS = {
    "3578085708809001": "paid up",
    "3507136501909001": "one month late, still covered",
    "5371011402859001": "suspended for arrears, with some credit",
}
# who asks, of families that nobody has registered
STRANGERS = {
    "nobody on the card is covered": "9501011004829001",
    "the father is employed": "3578260505759001",
}
PASSWORD = "kopi tubruk tiga gelas"
TOTP = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
OFFICERS = {
    "dewi": ("Dewi Ratna", "officer", "1301", None),
    "agus": ("Agus Salim", "agent", None, None),
    "rahmat": ("Rahmat Hakim", "auditor", None, None),
    "clara": ("Clara Bria", "clerk", None, "99010001"),
    "tini": ("Tini Hartini", "volunteer", "1301", None),
}
CASH_CAP = Rupiah(250_000)
VOLUNTEER = "tini", "5371011909229001"  # who she is herself: she may not serve that family
LATE_EMPLOYER = "BU00003587"
KIOSK = ("99010001", "Ruang tunggu")


class NotLoaded(Exception):
    """The demo's own files did not load without fault."""


def load() -> bool:
    """Bring in the country once, and always the running month's bills. Was there anything to bring in?"""
    is_new = not _is_loaded()
    if is_new:
        report = Report()
        import_regions(DATA, report)
        import_offices(DATA / "offices.csv", report)
        import_facilities(DATA / "faskes.csv", report)
        import_population(DATA / "population.csv", report)
        with _members_of_this_month() as path:
            import_members(path, report)
        import_wage_floors(DATA / "wage_floors.csv", report)
        import_employers(DATA / "employers.csv", report)
        import_workers(DATA / "workers.csv", report)
        import_unregistered(DATA / "unregistered.csv", report)
        if report.bad_lines:
            raise NotLoaded
        _pay_last_month()
    this_month = first_of_month(clock.today())
    contributions.issue_bills(this_month)
    issuing_others.issue(this_month)
    return is_new


@writing
def _pay_last_month() -> None:
    """Employers and governments have paid the month before, but one."""
    month = add_months(first_of_month(clock.today()), -1)
    issuing_others.issue(month)
    for payer in list(Payer.select().where(Payer.kind.in_(statements.OTHERS), Payer.code != LATE_EMPLOYER)):
        if bill := statements.bill_of(payer, month):
            statements.record_transfer(payer, bill.amount, bill.bill.due_on, f"DEMO {payer.code} {month:%Y-%m}", SYSTEM)


def _is_loaded() -> bool:
    """Is the last person of the last file in?"""
    with open(DATA / "members.csv", newline="", encoding="utf-8") as file:
        *_, last = csv.DictReader(file)
    return members.find_by_nik(last["NIK"]) is not None


@contextmanager
def _members_of_this_month() -> Iterator[Path]:
    """The members' file with its paid-through months moved as far as today is from when it was written for."""
    today = clock.today()
    months = (today.year - WRITTEN_FOR.year) * 12 + today.month - WRITTEN_FOR.month
    with TemporaryDirectory() as folder, open(DATA / "members.csv", newline="", encoding="utf-8") as source:
        rows = csv.DictReader(source)
        path = Path(folder, "members.csv")
        with open(path, "w", newline="", encoding="utf-8") as file:
            target = csv.DictWriter(file, rows.fieldnames, lineterminator="\n")
            target.writeheader()
            for row in rows:
                if paid := row["LUNAS_SAMPAI"]:
                    row["LUNAS_SAMPAI"] = f"{add_months(date.fromisoformat(f'{paid}-01'), months):%Y-%m}"
                target.writerow(row)
        yield path


def ready_members() -> list[tuple[Person, str, list[str]]]:
    """Members who can sign in with PIN: each with how they stand and the codes of their sheet."""
    found = []
    for nik, story in MEMBERS.items():
        person = members.find_by_nik(nik)
        if not Account.select().where(Account.person == person, Account.pin_hash.is_null(False)).exists():
            accounts.store_pin(person, accounts.hash_pin(PIN), SYSTEM, in_person=True)
        sheet = sheets.live_sheet(person.id) or sheets.issue(person, SYSTEM)
        found.append((person, story, sheets.codes(sheet)))
    return found


def ready_officers() -> list[Officer]:
    """Officers of each role, with the password and authenticator secret above."""
    for username, (name, role, office, facility) in OFFICERS.items():
        if not Officer.select().where(Officer.username == username).exists():
            officers.create_officer(username, name, Role(role), office, facility, password=PASSWORD, totp=TOTP)
            if username == VOLUNTEER[0]:
                homes = [members.family_of(members.find_by_nik(nik).id) for nik in MEMBERS]
                volunteers.assign(*VOLUNTEER, [home.village_code for home in homes], SYSTEM)
    return list(Officer.select().where(Officer.username.in_(list(OFFICERS))).order_by(Officer.id))


def ready_kiosk() -> str:
    """A fresh enrolment code; it holds for an hour."""
    return kiosks.prepare(*KIOSK, SYSTEM)


def ready_deposit() -> str:
    """The volunteer takes cash; the virtual account of her deposit."""
    officer = Officer.get(Officer.username == VOLUNTEER[0])
    agent = cash.agent_of(officer.id) or cash.appoint(officer, CASH_CAP, SYSTEM)
    return VA_PREFIXES[0] + deposits.number_of(agent.payer)


def ready_bank(path: Path) -> None:
    """The demo bank that `flask bank-pay` plays; its credentials are in the file."""
    partners.demo_bank(path)


def strangers() -> list[tuple[str, dict]]:
    """Families of the civil registry that can still join, as the registry's file has the one who asks."""
    with open(DATA / "population.csv", newline="", encoding="utf-8") as file:
        people = {row["NIK"]: row for row in csv.DictReader(file) if row["NIK"] in STRANGERS.values()}
    return [(story, people[nik]) for story, nik in STRANGERS.items() if members.find_by_nik(nik) is None]


def late_number() -> str:
    """The virtual account of the employer that is late."""
    payer = Payer.get(Payer.kind == PayerKind.EMPLOYER, Payer.code == LATE_EMPLOYER)
    return VA_PREFIXES[0] + statements.account_of(payer)
