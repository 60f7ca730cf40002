"""G16: of 100,000 lines with 500 planted differences all are found, none besides, in 30 seconds."""

import random
import time

import pytest
from peewee import JOIN

from jkn import clock
from jkn.imports import chunks
from jkn.members import service as members
from jkn.payments.models import BankNotice, Payment
from jkn.reconciliation.models import Difference, SettlementLine
from tests.builders import a_family, people
from tests.reconciliation.conftest import EVENING, reconcile

SECONDS = 30


def plant(partner, bank_list, lines, planted):
    """So many payments on both sides, but for what was planted: {(kind, reference)}."""
    payer = members.payer_of((family := a_family(size=1)).id)
    va = "88888" + people(family)[0].card[-11:]
    odd = random.Random(16).sample(range(lines), planted)
    kinds = ("missing-here", "missing-there", "different-amount", "unknown-number", "different-number")
    kind_of = {number: kinds[place % 5] for place, number in enumerate(odd)}
    at, expected = EVENING, set()
    base = {"payer": payer, "family_id": payer.family_id, "via": partner.name, "paid_on": clock.day_of(at)}
    payments, notices = [], []
    for number in range(lines):
        reference, kind = f"r{number:06}", kind_of.get(number)
        expected |= {(kind, reference)} if kind else set()
        if kind not in ("missing-here", "unknown-number"):
            payments.append(
                base
                | {
                    "number": reference,
                    "amount": 35_000,
                    "paid_at": at,
                    "reference": reference,
                    "source": reference,
                    "received_at": at,
                }
            )
            notices.append(reference)
        match kind:
            case "missing-there":
                continue
            case "different-amount":
                bank_list.add(reference, va, 34_000, at)
            case "unknown-number" | "different-number":
                bank_list.add(reference, "8888899999999999", 35_000, at)
            case _:
                bank_list.add(reference, va, 35_000, at)
    for chunk in chunks(payments, 500):
        Payment.insert_many(chunk).execute()
    ids = dict(Payment.select(Payment.reference, Payment.id).where(Payment.payer == payer).tuples())
    rows = [
        {
            "partner": partner,
            "reference": name,
            "va": va,
            "amount": 35_000,
            "trx_at": at,
            "received_at": at,
            "payment": ids[name],
            "answer": {},
        }
        for name in notices
    ]
    for chunk in chunks(rows, 500):
        BankNotice.insert_many(chunk).execute()
    return expected


def found():
    rows = Difference.select(Difference, SettlementLine, Payment)
    rows = rows.join(SettlementLine, JOIN.LEFT_OUTER).switch(Difference).join(Payment, JOIN.LEFT_OUTER)
    return {(row.kind.value, (row.line or row.payment).reference) for row in rows}


def prove(partner, bank_list, lines, planted):
    expected = plant(partner, bank_list, lines, planted)
    path = bank_list.write()
    began = time.monotonic()
    outcomes, report = reconcile(path, partner)
    took = time.monotonic() - began
    print(f"{lines} lines, {planted} planted: {took:.1f} s")
    assert found() == expected and len(expected) == planted
    assert outcomes["matched"] == lines - planted and report.bad_lines == 0
    assert took <= SECONDS


def test_fifty_planted_in_five_thousand_are_found_and_none_besides(partner, bank_list):
    prove(partner, bank_list, 5_000, 50)


@pytest.mark.slow
def test_five_hundred_planted_in_a_hundred_thousand_are_found_and_none_besides(partner, bank_list):
    prove(partner, bank_list, 100_000, 500)
