"""Virtual accounts that are not made of a card number: given out once, for one purpose each."""

import secrets

from jkn.db import writing
from jkn.payments.models import AccountNumber, Purpose
from jkn.penalties import billing

FIRST_DIGITS = {Purpose.POT: "7", Purpose.PENALTY: "8"}  # cards give tails that begin with 0


def number_of(payer_id: int, purpose: Purpose, subject: int = 0) -> str:
    """The last eleven digits of the virtual account; made when first asked for."""
    return _known(payer_id, purpose, subject) or _give_out(payer_id, purpose, subject)


@writing
def _give_out(payer_id: int, purpose: Purpose, subject: int) -> str:
    while (tail := _known(payer_id, purpose, subject)) is None:
        tail = f"{FIRST_DIGITS[purpose]}{secrets.randbelow(10**10):010}"
        row = {"payer": payer_id, "purpose": purpose, "subject": subject, "tail": tail}
        AccountNumber.insert(**row).on_conflict_ignore().execute()
    return tail


def _known(payer_id: int, purpose: Purpose, subject: int) -> str | None:
    subject_is = AccountNumber.payer == payer_id, AccountNumber.purpose == purpose, AccountNumber.subject == subject
    return AccountNumber.select(AccountNumber.tail).where(*subject_is).scalar()


def _of_penalty(payer_id: int, penalty_id: int) -> str:
    return number_of(payer_id, Purpose.PENALTY, penalty_id)


billing.number_of = _of_penalty
