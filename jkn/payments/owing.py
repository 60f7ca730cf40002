"""What a number owes: whose it is, whether it can be paid today, and how much."""

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from jkn import law, numbers
from jkn.contributions import service as contributions
from jkn.contributions.course import Next
from jkn.contributions.rules import due_on, first_payment_window
from jkn.employers import service as employers
from jkn.errors import N_, Refused
from jkn.members import service as members
from jkn.members.models import Payer, Person
from jkn.money import Rupiah
from jkn.payments.models import AccountNumber, Purpose
from jkn.payments.rules import less_credit
from jkn.penalties.models import Penalty

EVERYTHING = 2  # months chosen at the till by whoever pays in instalments, to pay all at once


class Why(StrEnum):
    """Why a bill cannot be paid."""

    UNKNOWN = "unknown"
    EARLY = "early"
    LAPSED = "lapsed"
    PAID = "paid"
    AMOUNT = "amount"


SENTENCES = {
    Why.UNKNOWN: N_("No bill is known under this number."),
    Why.EARLY: N_("The first payment is possible from %(day)s."),
    Why.LAPSED: N_("The time to pay ended on %(day)s."),
    Why.PAID: N_("Everything due is paid already."),
    Why.AMOUNT: N_("The amount differs from the bill."),
}


class NotPayable(Refused):
    """No money can be taken for this number now; `why` is what a machine wants to know."""

    def __init__(self, why: Why, **values):
        super().__init__(SENTENCES[why], **values)
        self.why = why


@dataclass(frozen=True)
class Target:
    """Where money under a number goes: to whose account, and what for."""

    payer: Payer
    purpose: Purpose = Purpose.BILL
    subject: int = 0


@dataclass(frozen=True)
class Due:
    """What a payer is asked for: each month with what is left to pay for it, in the order they settle.

    `is_open`: any amount will do, and there are no lines. `by_bill`: the oldest of the months alone will do too.
    `penalty`: one of so much, and no months. `instalment`: it is one of a plan, the last line only part of its month.
    """

    lines: list[tuple[date, Rupiah]]
    people: int
    is_open: bool = False
    by_bill: bool = False
    penalty: Rupiah = Rupiah(0)
    instalment: Next | None = None

    @property
    def months(self) -> list[date]:
        return [month for month, _amount in self.lines]

    @property
    def amount(self) -> Rupiah:
        return Rupiah(self.penalty + sum(amount for _month, amount in self.lines))

    def met_by(self, money: Rupiah) -> "Due":
        """What of this so much money is meant for: the oldest months that come to just that; else all of it."""
        for count in range(1, len(self.lines)) if self.by_bill else ():
            oldest = replace(self, lines=self.lines[:count])
            if oldest.amount == money:
                return oldest
        return self


def va_of(row, prefix: str = numbers.VA_PREFIXES[0]) -> str:
    """The virtual account of a family or its payer: made of the head's card."""
    return numbers.va_of(head_of(row.family_id).card, prefix)


def head_of(family_id: int) -> Person:
    """The head, or the eldest of the living when there is none. Refused for a family without any."""
    head = members.head_of(family_id)
    if head is None:
        raise NotPayable(Why.UNKNOWN)
    return head


def name_of(payer: Payer) -> str:
    """The name on a bank's screen: the head of the family, or the employer or government itself.

    A family whose people have all died keeps the name under which it was registered.
    """
    head = members.head_of(payer.family_id) if payer.family_id else None
    return head.name if head else payer.name


def target_of_va(va: str, alive: bool = True) -> Target:
    """What the number is for: the bill of the family in which a card's person lives, or what we gave it out for.

    With `alive` not of who has died: money that has arrived already has an owner all the same. Refused when there is
    none.
    """
    try:
        tail = numbers.card_tail_of_va(va)
    except numbers.BadNumber:
        raise NotPayable(Why.UNKNOWN) from None
    row = AccountNumber.select(AccountNumber, Payer).join(Payer).where(AccountNumber.tail == tail).first()
    if row:
        return Target(row.payer, row.purpose, row.subject)
    if employer := employers.employer_of_number(tail):
        return Target(employer)
    payer = members.payer_of_card(tail, alive)
    if payer is None:
        raise NotPayable(Why.UNKNOWN)
    return Target(payer)


def family_of_va(va: str) -> Payer:
    """The family whose bill the number is for. Refused for a number of another kind."""
    target = target_of_va(va)
    if target.purpose != Purpose.BILL or not target.payer.family_id:
        raise NotPayable(Why.UNKNOWN)
    return target.payer


def due_under(target: Target, on: date, months: int = 1) -> Due:
    """What a number asks for on a day. Refused when nothing can be paid."""
    if target.purpose == Purpose.POT:
        head_of(target.payer.family_id)  # nobody saves for who has died
        return Due([], len(members.people_of(target.payer.family_id, on)), is_open=True)
    if target.purpose == Purpose.DEPOSIT:
        return Due([], 0, is_open=True)
    if target.purpose == Purpose.PENALTY:
        penalty = Penalty.get_by_id(target.subject)
        if not penalty.is_payable:
            raise NotPayable(Why.PAID)
        return Due([], 1, penalty=penalty.amount)
    return due(target.payer, on, months)


def due(payer: Payer, on: date, months: int = 1) -> Due:
    """What is due on a day: 1 month is everything up to that month, more pays ahead. Refused when nothing can be.

    While a plan runs, 1 is its next instalment, and EVERYTHING ends it.
    """
    _check_window(payer, on)
    owed = contributions.owed(payer, on)
    if instalment := owed.instalment(on):
        return _of_plan(instalment, _asked(owed))[:months][-1]
    asked = _asked(contributions.owed(payer, on, ahead=months - 1) if months > 1 else owed)
    if asked.amount <= 0:
        raise NotPayable(Why.PAID)
    return replace(asked, by_bill=payer.family_id is None)


def due_by_months(payer: Payer, on: date) -> list[Due]:
    """due() for 1, 2, … as many months as may be paid at once; the first may be nothing. Refused outside the window."""
    _check_window(payer, on)
    most = law.at(on).advance_payment.max_months
    owed = contributions.owed(payer, on, ahead=most - 1)
    running = [item for item in owed.months if item.month <= on]
    now = replace(owed, months=tuple(running))
    if instalment := now.instalment(on):
        return _of_plan(instalment, _asked(now))
    later = owed.months[len(running) :]
    return [_asked(replace(owed, months=(*running, *later[:ahead]))) for ahead in range(most)]


def pay_by(payer: Payer, asked: Due) -> date | None:
    """The last day to pay in time: of the first window, of the oldest month or the instalment. None for a penalty."""
    if asked.penalty:
        return None
    if asked.instalment:
        return asked.instalment.by
    if payer.liable_from is None and payer.registered_on:
        return first_payment_window(payer.registered_on)[1]
    return due_on(asked.months[0])


def _check_window(payer: Payer, on: date) -> None:
    """A new family's first payment has a first and a last day."""
    if payer.liable_from is None and payer.registered_on:
        first, last = first_payment_window(payer.registered_on)
        if on < first:
            raise NotPayable(Why.EARLY, day=first)
        if on > last:
            raise NotPayable(Why.LAPSED, day=last)


def _of_plan(instalment: Next, whole: Due) -> list[Due]:
    """The instalment to be paid next, and all at once; only the latter where the instalment is all."""
    left, lines = instalment.amount, []
    for month, amount in whole.lines:
        lines.append((month, Rupiah(min(amount, left))))
        left -= lines[-1][1]
        if not left:
            break
    asked = replace(whole, lines=lines, instalment=instalment)
    return [asked, whole] if asked.amount < whole.amount else [replace(whole, instalment=instalment)]


def _asked(owed: contributions.Owed) -> Due:
    return Due(
        less_credit([(item.month, item.amount) for item in owed.months], owed.credit),
        max((len(item.people) for item in owed.months), default=0),
    )
