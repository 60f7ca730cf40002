"""People, families and sign-ins for tests, made by the services themselves."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

from jkn.access import Level, Role
from jkn.accounts import service as accounts
from jkn.ledger import service as ledger
from jkn.members import service as members
from jkn.members.models import CareClass, Family, Person, Relation, Segment

PASSWORD = "a long enough password"
PIN = "483920"
NIKS = iter(range(1, 9999))


def a_nik(born: date = date(1980, 8, 17), sex: str = "L", district: str = "357808") -> str:
    """A valid NIK nobody else has in this run."""
    day = born.day + (40 if sex == "P" else 0)
    return f"{district}{day:02d}{born.month:02d}{born.year % 100:02d}{next(NIKS):04d}"


def a_family(
    size: int = 3,
    care_class: CareClass = CareClass.III,
    *,
    liable_from: date | None = date(2026, 1, 1),
    registered_on: date | None = None,
    since: date = date(2025, 1, 1),
    segment: Segment = Segment.PBPU,
    names: tuple[str, ...] = ("SITI AMINAH", "BUDI SANTOSO", "AYU LESTARI"),
    proven: bool = True,
) -> Family:
    """A self-paying family: a mother (head), and others; liable from a month, or waiting for its first payment."""
    kk = a_nik(date(2010, 5, 4))
    family = members.enter_family(kk, village_code="35.78.08.1001", address="JL. KENANGA NO. 4", rt="001", rw="002")
    payer = members.family_payer(family, names[0])
    payer.liable_from, payer.registered_on = liable_from, registered_on
    payer.save()
    for order in range(size):
        born, sex = (date(1980, 8, 17), "P") if order == 0 else (date(2000 + order, 3, 3), "L")
        person = members.enter_person(nik=a_nik(born, sex), name=names[order % len(names)], born=born, sex=sex)
        members.settle_in(person, family, Relation.HEAD if order == 0 else Relation.CHILD, since)
        members.cover(person, payer, segment, care_class, since)
        if order == 0:
            family.head_id = person.id
    family.save()
    if proven:
        members.prove(family.id)
    return Family.get_by_id(family.id)


def people(family: Family) -> list[Person]:
    return members.people_of(family.id)


def sign_in(app, person: Person, level: Level = Level.L1):
    """A client of a member who signed in (without the work of hashing a PIN)."""
    client = app.test_client()
    token = accounts.open_sign_in(person=person, level=level).token
    with client.session_transaction() as session:
        session["_user_id"] = token
    return client


def an_officer(role: Role = Role.OFFICER, username: str = "dewi"):
    officer, _totp = accounts.create_officer(username, "Dewi Ratna", role, office="1301", password=PASSWORD)
    return officer


def officer_client(app, role: Role = Role.OFFICER, username: str = "dewi"):
    client = app.test_client()
    token = accounts.open_sign_in(officer=an_officer(role, username), level=Level.L1).token
    with client.session_transaction() as session:
        session["_user_id"] = token
    return client


def post(client, url: str, **data):
    """Send a form the way a browser does: get the page, take its hidden fields, post."""
    import re

    page = client.get(url).text
    hidden = dict(re.findall(r'<input[^>]*name="([^"]+)"[^>]*type="hidden"[^>]*value="([^"]*)"', page))
    hidden |= dict(re.findall(r'<input[^>]*type="hidden"[^>]*name="([^"]+)"[^>]*value="([^"]*)"', page))
    return client.post(url, data=hidden | data)


def pay_in(payer, amount: int, on: date, source: str = "") -> None:
    """Money arrives from a bank and is the payer's credit."""
    if amount:
        source = f"payment:{source or next(NIKS)}"
        ledger.book(payer.id, ledger.Account.BANK, ledger.Account.CREDIT, amount, source, on)


@contextmanager
def counted() -> Iterator[list[str]]:
    """The SELECTs that run inside."""
    found = []
    handler = logging.Handler()
    handler.emit = lambda record: found.append(str(record.msg[0])) if "SELECT" in str(record.msg[0]) else None
    logger = logging.getLogger("peewee")
    level = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)
    try:
        yield found
    finally:
        logger.removeHandler(handler)
        logger.setLevel(level)
