"""What our books hold for the lines of a bank's or a provider's list: lines read before, payments, known numbers."""

from collections.abc import Callable
from datetime import date, datetime
from typing import NamedTuple

from jkn.db import db
from jkn.employers.models import Employer
from jkn.members.models import Card, Payer, Stay
from jkn.money import Rupiah
from jkn.numbers import EMPLOYER_TAIL, VA_PREFIXES
from jkn.payments.models import AccountNumber, Partner
from jkn.reconciliation.rules import Booked


class Row(NamedTuple):
    """One good line of a list; `paid_on` is the day in Jakarta."""

    line: int
    reference: str
    va: str
    amount: Rupiah
    paid_at: datetime
    paid_on: date
    is_taken_back: bool

    @property
    def tail(self) -> str:
        return self.va[5:]


class Known(NamedTuple):
    """A line that was read before, in this run or another."""

    file_id: int
    line: int
    tail: str
    amount: Rupiah
    outcome: str


def lines_of(partner: int, references: list[str]) -> dict[tuple[str, bool], Known]:
    """The lines of these references that were read before."""
    rows = _look_up(
        "SELECT reference, is_taken_back, file_id, line, tail, amount, outcome FROM settlement_line"
        " WHERE partner_id = ? AND reference IN",
        partner,
        references,
    )
    return {(reference, bool(is_back)): Known(*line) for reference, is_back, *line in rows}


def booked_for(partner: Partner, references: list[str]) -> dict[str, tuple[int, Booked]]:
    """The payments that stand under the references of a list's lines, by reference."""
    return _charged(partner, references) if partner.provider else _booked(partner.id, references)


def _booked(partner: int, references: list[str]) -> dict[str, tuple[int, Booked]]:
    """The payments that we hold under these references, and have not taken back."""
    rows = _look_up(
        "SELECT notice.reference, notice.va, payment.id, payment.amount FROM bank_notice AS notice"
        " JOIN payment ON payment.id = notice.payment_id"
        " WHERE payment.reversed_on IS NULL AND notice.partner_id = ? AND notice.reference IN",
        partner,
        references,
    )
    return {reference: (payment, Booked(amount, va[5:])) for reference, va, payment, amount in rows}


def _charged(partner: Partner, references: list[str]) -> dict[str, tuple[int, Booked]]:
    """The payments that stand of a provider's charges, and of lines that officers gave to somebody."""
    given = _look_up(
        "SELECT line.reference, payment.id, payment.amount FROM settlement_line AS line"
        " JOIN payment ON payment.id = line.payment_id"
        " WHERE payment.reversed_on IS NULL AND NOT line.is_taken_back AND line.partner_id = ? AND line.reference IN",
        partner.id,
        references,
    )
    asked = _look_up(
        "SELECT named.reference, payment.id, payment.amount FROM charge_reference AS named"
        " JOIN charge ON charge.id = named.charge_id JOIN payment ON payment.id = charge.payment_id"
        " WHERE payment.reversed_on IS NULL AND charge.provider = ? AND named.reference IN",
        partner.provider,
        references,
    )
    return {reference: (payment, Booked(amount, "")) for reference, payment, amount in [*given, *asked]}


def who_is_known(partner: Partner, rows: list[Row]) -> Callable[[Row], bool]:
    """Of these lines: does one lead to somebody who pays, by its number or, at a provider, by our own reference?"""
    if not rows:
        return bool
    if not partner.provider:
        numbers = _numbers({row.tail for row in rows})
        return lambda row: row.tail in numbers and row.va[:5] in VA_PREFIXES
    asked = _look_up(
        "SELECT named.reference FROM charge_reference AS named JOIN charge ON charge.id = named.charge_id"
        " WHERE charge.provider = ? AND named.reference IN",
        partner.provider,
        [row.reference for row in rows],
    )
    ours = {reference for (reference,) in asked}
    return lambda row: row.reference in ours


def _look_up(sql: str, partner: int | str, references: list[str]) -> list[tuple]:
    """Written out: to build a statement of two thousand values costs peewee more than the engine needs for it."""
    marks = ", ".join([db.param] * len(references))
    return db.execute_sql(f"{sql.replace('?', db.param)} ({marks})", (partner, *references)).fetchall()


def _numbers(tails: set[str]) -> set[str]:
    """Which of these last eleven digits lead to somebody who pays: ours by number, an employer's, a person's card.

    Also the card of who has died: the money belongs to the family.
    """
    if not tails:
        return set()
    given_out = AccountNumber.select(AccountNumber.tail).where(AccountNumber.tail.in_(tails))
    cards = (
        Card.select(Card.tail)
        .join(Stay, on=(Stay.person == Card.person))
        .join(Payer, on=(Payer.family == Stay.family))
        .where(Card.tail.in_(tails), Stay.until.is_null())
    )
    codes = {tail[len(EMPLOYER_TAIL) :] for tail in tails if tail.startswith(EMPLOYER_TAIL)}
    employers = Employer.select(Employer.bu_code).where(Employer.bu_code.in_(codes))
    ours = {tail for (tail,) in given_out.tuples()} | {tail for (tail,) in cards.tuples()}
    return ours | {EMPLOYER_TAIL + code for (code,) in employers.tuples()}
