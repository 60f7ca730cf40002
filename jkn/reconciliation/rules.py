"""What a bank's line is worth beside our own booking, which steps end a difference, and what a refund needs. Pure."""

import re
from collections.abc import Collection
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from jkn import calendar, law
from jkn.money import Rupiah
from jkn.numbers import BadNumber

ANSWER_DAYS = 2  # working days in which a bank's list reaches us


class Outcome(StrEnum):
    """What a line of a bank's list is beside our own booking when it is read."""

    MATCHED = "matched"
    MISSING_HERE = "missing-here"  # the bank has it, we do not
    UNKNOWN_NUMBER = "unknown-number"  # likewise, and nobody has that number
    DIFFERENT_AMOUNT = "different-amount"
    DIFFERENT_NUMBER = "different-number"
    REVERSED = "reversed"  # the bank took it back, and so did we, or we never had it
    TAKEN_BACK = "taken-back"  # the bank took it back, we still have it
    MISSING_THERE = "missing-there"  # we booked it, the bank's list of that day does not have it


AGREED = (Outcome.MATCHED, Outcome.REVERSED)


class Step(StrEnum):
    """What is done about a difference."""

    BOOK = "book"  # to the account of the number
    SUSPEND = "suspend"  # to the suspense account
    ASSIGN = "assign"  # out of it, to a family
    TAKE_BACK = "take-back"  # our booking is undone
    BOOK_REST = "book-rest"  # what the bank has more
    REBOOK = "rebook"  # undone, and booked as the bank has it
    ASK = "ask"  # the bank, outside; the note says what
    CLOSE = "close"  # the books agree
    PROPOSE = "propose"  # for the second pair of eyes
    REFUSE = "refuse"  # what was proposed
    FOUND = "found"  # a later list had it


FOUR_EYES = (Step.TAKE_BACK, Step.REBOOK, Step.ASSIGN)


class Booked(NamedTuple):
    """Our own booking under the bank's reference: amount in rupiah, the number's last eleven digits."""

    amount: Rupiah
    tail: str


def judge(amount: Rupiah, tail: str, is_taken_back: bool, ours: Booked | None, is_known: bool) -> Outcome:
    """A bank's line beside our booking under its reference, if there is one that stands; `is_known`: the number."""
    if is_taken_back:
        return Outcome.TAKEN_BACK if ours else Outcome.REVERSED
    if ours is None:
        return Outcome.MISSING_HERE if is_known else Outcome.UNKNOWN_NUMBER
    if ours.amount != amount:
        return Outcome.DIFFERENT_AMOUNT
    return Outcome.MATCHED if ours.tail == tail else Outcome.DIFFERENT_NUMBER


def steps_for(kind: Outcome, theirs: Rupiah, ours: Rupiah, is_parked: bool) -> tuple[Step, ...]:
    """What an officer may do about an open difference; `theirs` and `ours` are the two amounts in rupiah."""
    if is_parked:
        return Step.ASSIGN, Step.ASK
    match kind:
        case Outcome.MISSING_HERE:
            return Step.BOOK, Step.ASK
        case Outcome.UNKNOWN_NUMBER:
            return Step.SUSPEND, Step.ASK
        case Outcome.MISSING_THERE | Outcome.TAKEN_BACK:
            return Step.TAKE_BACK, Step.ASK
        case Outcome.DIFFERENT_NUMBER:
            return Step.REBOOK, Step.CLOSE, Step.ASK
        case Outcome.DIFFERENT_AMOUNT if theirs > ours:
            return Step.BOOK_REST, Step.REBOOK, Step.ASK
        case _:
            return Step.REBOOK, Step.ASK


PAID_WORDS = {"", "SUKSES", "SUCCESS", "BERHASIL", "00"}
BACK_WORDS = {"BATAL", "REVERSAL", "REVERSED", "DIBATALKAN", "REFUND", "REFUNDED"}


def is_mangled(text: str) -> bool:
    """Did a spreadsheet write a long number as 8.88888E+15, or with a comma?"""
    return re.fullmatch(r"[0-9][.,][0-9]+E\+[0-9]+", text, re.IGNORECASE) is not None


def read_va(text: str) -> str:
    """The digits of a virtual account; what a spreadsheet made of a long number is a BadNumber of its own."""
    if is_mangled(text):
        raise BadNumber("a spreadsheet has rounded the number; export the column as text")
    number = text.replace(" ", "")
    if not (number.isascii() and number.isdigit() and len(number) == 16):
        raise BadNumber("va must have 16 digits")
    return number


def read_amount(text: str) -> Rupiah:
    """Whole rupiah: 150000 or 150000.00. A comma or a group of thousands could mean two things, and is refused."""
    whole = text[:-3] if text.endswith(".00") else text
    if not (whole.isascii() and whole.isdigit() and len(whole) <= 15 and int(whole) > 0):
        raise BadNumber("jumlah must be whole rupiah, such as 150000")
    return Rupiah(int(whole))


def read_moment(text: str, zone) -> datetime:
    """2026-01-15T10:00:00, with an offset or in Jakarta's time."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise BadNumber("waktu must be such as 2026-01-15T10:00:00") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)


def read_status(text: str) -> bool:
    """Did the bank take the money back?"""
    word = text.upper()
    if word in BACK_WORDS:
        return True
    if word not in PAID_WORDS:
        raise BadNumber("status must be SUKSES or BATAL")
    return False


def answer_by(paid_on: date, today: date) -> date:
    """The day by which the bank's list of that day should be here."""
    return calendar.add_working_days(max(paid_on, today), ANSWER_DAYS)


class Ground(StrEnum):
    """Why money is given back: the seven grounds."""

    OVERPAID = "overpaid"  # by a member or an employer
    OVERPAID_PEMDA = "overpaid-pemda"
    DEATH = "death"
    DOUBLE_COVER = "double-cover"
    WRONG_ACCOUNT = "wrong-account"
    BANK_ERROR = "bank-error"
    WRONG_VA = "wrong-va"


FROM_CREDIT = (Ground.OVERPAID, Ground.OVERPAID_PEMDA)
BY_EVENT = (Ground.DEATH, Ground.DOUBLE_COVER)
BY_PAYMENT = (Ground.WRONG_ACCOUNT, Ground.BANK_ERROR)


class Paper(StrEnum):
    """What has to lie before us before the clock starts."""

    IDENTITY = "identity"
    BANK_BOOK = "bank-book"
    SLIP = "slip"
    DEATH_CERTIFICATE = "death-certificate"
    OTHER_COVER = "other-cover"
    BANK_LETTER = "bank-letter"
    LETTER = "letter"


PAPERS = {
    Ground.OVERPAID: (Paper.IDENTITY, Paper.BANK_BOOK, Paper.SLIP),
    Ground.OVERPAID_PEMDA: (Paper.LETTER, Paper.BANK_BOOK, Paper.SLIP),
    Ground.DEATH: (Paper.IDENTITY, Paper.BANK_BOOK, Paper.DEATH_CERTIFICATE),
    Ground.DOUBLE_COVER: (Paper.IDENTITY, Paper.BANK_BOOK, Paper.OTHER_COVER),
    Ground.WRONG_ACCOUNT: (Paper.IDENTITY, Paper.BANK_BOOK, Paper.SLIP),
    Ground.BANK_ERROR: (Paper.IDENTITY, Paper.BANK_BOOK, Paper.BANK_LETTER),
    Ground.WRONG_VA: (Paper.IDENTITY, Paper.SLIP),
}


def is_complete(ground: Ground, papers: Collection[str]) -> bool:
    """Are all the papers of this ground here?"""
    return set(PAPERS[ground]) <= set(papers)


def decide_by(complete_on: date) -> date:
    """The last day for the decision, by the law of the day on which the file was complete."""
    return complete_on + timedelta(days=law.at(complete_on).refund.decision_days)
