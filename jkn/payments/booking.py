"""Money that arrived, booked once: the payment, its movement, the months it settles, the notice."""

import secrets
from contextlib import suppress
from datetime import date, datetime

from jkn import clock
from jkn.access import Actor
from jkn.audit import service as audit
from jkn.audit.models import Act
from jkn.contributions import service as contributions
from jkn.db import write, writing
from jkn.errors import Refused
from jkn.ledger import service as ledger
from jkn.ledger.models import Account
from jkn.members.models import Payer
from jkn.money import Rupiah
from jkn.notices import service as notices
from jkn.payments.models import Payment
from jkn.payments.owing import head_of


@writing
def take(
    payer: Payer,
    amount: Rupiah,
    via: str,
    reference: str,
    paid_at: datetime,
    by: Actor,
    months: list[date] | None = None,
) -> Payment:
    """Book money for a payer and settle what it covers; the same (payer, via, reference) again is the first payment.

    `months` are those it was asked for; without them, what is owed that day. Where they are settled already, or the
    money does not reach, it stays the payer's credit.
    """
    Payer.update(name=Payer.name).where(Payer.id == payer.id).execute()  # from here on the payer's book is ours
    known = Payment.get_or_none(Payment.payer == payer, Payment.via == via, Payment.reference == reference)
    if known:
        return known
    paid_on = clock.day_of(paid_at)
    payment = Payment.create(
        payer=payer,
        family_id=payer.family_id,
        number=f"{secrets.randbelow(10**12):012}",
        amount=amount,
        paid_on=paid_on,
        paid_at=paid_at,
        received_at=clock.now(),
        via=via,
        reference=reference,
    )
    ledger.book(payer.id, Account.BANK, Account.CREDIT, amount, f"payment:{payment.id}", paid_on)
    wanted = months or [item.month for item in contributions.owed(payer, paid_on).months]
    with suppress(Refused), write():
        settled = contributions.settle(payer, wanted, paid_on, paid_at, by)
        payment.months = [f"{month:%Y-%m}" for month in settled]
        payment.save()
    audit.record(Act.PAYMENT_RECEIVED, payment, by, via=via, amount=amount)
    notices.tell(
        head_of(payer.family_id),
        "payment_received",
        str(payment.id),
        amount=amount,
        day=paid_on.isoformat(),
        months=payment.months,
        payment=payment.id,
    )
    return payment
