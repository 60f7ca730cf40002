"""Members of a filled database who open pages: self-paying families that owe much, paid often and complained."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby, islice
from pathlib import Path

from flask import Flask

from jkn import clock
from jkn.access import Actor, Level, Role
from jkn.accounts import service as accounts
from jkn.accounts.models import SignIn
from jkn.complaints import service as complaints
from jkn.complaints.models import Category
from jkn.contributions.models import Bill
from jkn.db import db, write
from jkn.facilities.models import Facility, Section
from jkn.members import service as members
from jkn.members.models import Person, Stay
from jkn.notices import service as notices
from jkn.payments.models import Payment

COUNT = 20
FIRST = 1000  # among so many families at the beginning of the file: they are in the small database too
RECEIPTS = 6


@dataclass(frozen=True)
class Visitor:
    """Somebody signed in: their cookie, and the rows of theirs that addresses name."""

    cookie: str
    objects: dict[str, int | str]


def enter(app: Flask, members_file: Path) -> list[Visitor]:
    """Sign in the heads of the first families that pay for themselves, in an application's database."""
    with app.app_context():
        heads = (members.find_by_number(nik) for nik in _heads(members_file))
        visitors = [_visit(app, head) for head in islice(filter(_owes, heads), COUNT)]
    db.close_all()
    return visitors


def _heads(path: Path) -> Iterator[str]:
    """The NIKs of those who stand first of their self-paying family, of families with two people at least."""
    with open(path, newline="", encoding="utf-8") as file:
        for order, (_kk, lines) in enumerate(groupby(csv.DictReader(file), lambda line: line["NO_KK"])):
            lines = list(lines)
            if order >= FIRST * 0.7:
                return
            if lines[0]["SEGMEN"] == "PBPU" and len(lines) > 1:
                yield lines[0]["NIK"]


def _owes(person: Person) -> bool:
    return Bill.select().where(Bill.family_id == members.family_of(person.id).id).exists()


def _visit(app: Flask, person: Person) -> Visitor:
    family = members.family_of(person.id)
    payer, by = members.payer_of(family.id), Actor(person_id=person.id, family_id=family.id, role=Role.MEMBER)
    complaint = complaints.file(key=f"bench-{person.id}", category=Category.CLINIC, text="Antre lama.", by=by)
    with write():
        for number in range(RECEIPTS):
            notices.tell(person, "pin_changed", f"bench-{number}", day=clock.today().isoformat())
            payment = Payment.create(
                payer=payer,
                family_id=family.id,
                number=f"{person.id:08}{number:04}",
                amount=105_000,
                paid_on=clock.today() - timedelta(days=30 * number),
                paid_at=clock.now() - timedelta(days=30 * number),
                via="Bank Contoh",
                reference=f"bench-{number}",
                source=f"bench-{number}",
                months=[f"2026-{number + 1:02}"],
            )
        opened = accounts.open_sign_in(person=person, level=Level.L2)
        SignIn.update(fresh_until=clock.now() + timedelta(hours=10)).where(SignIn.id == opened.row.id).execute()
    objects = {
        "person_id": person.id,
        "stay_id": Stay.get(Stay.person == person).id,
        "bill_id": Bill.get(Bill.family_id == family.id).id,
        "payment_id": payment.id,
        "complaint_id": complaint.id,
        "code": Facility.get(Facility.section == Section.CLINIC).code,
    }
    return Visitor(cookie(app, opened.token), objects)


def cookie(app: Flask, token: str) -> str:
    """What the browser of somebody signed in would send."""
    session = {"_permanent": True, "_user_id": token, "csrf_token": "a" * 22}
    signed = app.session_interface.get_signing_serializer(app).dumps(session)
    return f"{app.config['SESSION_COOKIE_NAME']}={signed}"
