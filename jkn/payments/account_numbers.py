"""Virtual accounts that are not made of a card number: given out once, for one purpose each."""

import secrets

from jkn.db import writing
from jkn.payments.models import AccountNumber, Purpose
from jkn.penalties import billing

# Cards give tails that begin with 0, employers with a code 900; governments and other employers get a number for bills.
FIRST_DIGITS = {Purpose.BILL: "91", Purpose.POT: "7", Purpose.PENALTY: "8", Purpose.DEPOSIT: "6"}
DIGITS = 11


def number_of(payer_id: int, purpose: Purpose, subject: int = 0) -> str:
    """The last eleven digits of the virtual account; made when first asked for."""
    if known(payer_id, purpose, subject) is None:
        give_out(payer_id, purpose, subject)
    return known(payer_id, purpose, subject)


@writing
def give_out(payer_id: int, purpose: Purpose, subject: int = 0) -> bool:
    """Make the number; True for exactly one of many calls."""
    first, made = FIRST_DIGITS[purpose], 0
    left = DIGITS - len(first)
    while known(payer_id, purpose, subject) is None:
        tail = f"{first}{secrets.randbelow(10**left):0{left}}"
        row = {"payer": payer_id, "purpose": purpose, "subject": subject, "tail": tail}
        made = AccountNumber.insert(**row).on_conflict_ignore().as_rowcount().execute()
    return bool(made)


def known(payer_id: int, purpose: Purpose, subject: int = 0) -> str | None:
    """The number, if it was given out."""
    subject_is = AccountNumber.payer == payer_id, AccountNumber.purpose == purpose, AccountNumber.subject == subject
    return AccountNumber.select(AccountNumber.tail).where(*subject_is).scalar()


def _of_penalty(payer_id: int, penalty_id: int) -> str:
    return number_of(payer_id, Purpose.PENALTY, penalty_id)


billing.number_of = _of_penalty
