"""A bank, payments it told us of, and the list that it sends in the evening."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from jkn import clock
from jkn.access import Actor, Role
from jkn.imports import Report
from jkn.members import service as members
from jkn.payments import booking, owing
from jkn.payments.models import BankNotice, Partner, Payment
from jkn.reconciliation import settling

HEADER = "referensi,va,jumlah,waktu,status"
EVENING = datetime(2026, 1, 15, 2, tzinfo=UTC)  # nine in the morning in Jakarta
PRICE = 105_000
MAKER = Actor(officer_id=1, role=Role.OFFICER)
CHECKER = Actor(officer_id=2, role=Role.OFFICER)


def a_partner(name="Bank Uji", client_id="bank-1") -> Partner:
    return Partner.create(client_id=client_id, name=name, service_id="88888", public_key="-")


@dataclass
class BankList:
    """A settlement file as the bank writes it."""

    folder: Path
    rows: list[str] = field(default_factory=list)
    number: int = 0

    def add(self, reference, va, amount=PRICE, at=EVENING, status="SUKSES"):
        self.rows.append(f"{reference},{va},{amount},{at.astimezone(clock.JAKARTA):%Y-%m-%dT%H:%M:%S},{status}")
        return self

    def write(self, *, ends="\n", header=HEADER, cut=0) -> Path:
        self.number += 1
        path = self.folder / f"list-{self.number}.csv"
        text = ends.join([header, *self.rows, ""])
        path.write_bytes(text.encode()[: len(text) - cut])
        return path


@pytest.fixture
def partner(app):
    return a_partner()


@pytest.fixture
def bank_list(tmp_path):
    return BankList(tmp_path)


def notified(partner, family, reference, amount=PRICE, at=EVENING) -> Payment:
    """A payment of which the bank told us."""
    va = owing.va_of(family if hasattr(family, "family_id") else members.payer_of(family.id))
    payer = members.payer_of(family.id)
    source = f"{partner.client_id}:{reference}"
    payment = booking.take(payer, amount, partner.name, reference, at, Actor(channel="bank"), source=source)
    BankNotice.create(
        partner=partner,
        reference=reference,
        va=va,
        amount=amount,
        trx_at=at,
        received_at=at + timedelta(seconds=1),
        payment=payment,
        answer={},
    )
    return payment


def reconcile(path, partner, day=None):
    """The outcomes as {word: count}, and the report."""
    report = Report()
    found = settling.read_file(path, partner, report, day)
    return (None if found is None else {str(key): count for key, count in found.items() if count}), report
