"""Transfers matched to the wrong payer or with a mistyped amount: undone by two officers, then matched again.

Between the two the money waits in suspense, so that the bank account in our books never loses it.
"""

from datetime import date

from jkn import clock
from jkn.access import Actor
from jkn.audit import service as audit
from jkn.audit.models import Act
from jkn.db import writing
from jkn.errors import N_, Refused
from jkn.ledger import service as ledger
from jkn.ledger.models import Account
from jkn.members.models import Payer, PayerKind
from jkn.money import Rupiah
from jkn.payments import booking
from jkn.statements import service
from jkn.statements.models import Transfer

SUSPENSE = "transfers"
BEFORE = N_("This was decided before. Look at it again.")


@writing
def dispute(transfer: Transfer, reason: str, by: Actor) -> None:
    """An officer says that it was matched wrongly; another one decides."""
    free = Transfer.id == transfer.id, Transfer.undo_asked_by.is_null(), Transfer.undone_on.is_null()
    if not Transfer.update(undo_asked_by=by.officer_id, undo_reason=reason).where(*free).execute():
        raise Refused(BEFORE)
    audit.record(Act.TRANSFER_DISPUTED, transfer, by)


@writing
def keep(transfer: Transfer, by: Actor) -> None:
    """The second officer finds it right: it stands."""
    _other_than_asked(transfer, by)
    if not Transfer.update(undo_asked_by=None, undo_reason=None).where(*_disputed(transfer, by)).execute():
        raise Refused(BEFORE)
    audit.record(Act.TRANSFER_CONFIRMED, transfer, by)


@writing
def undo(transfer: Transfer, by: Actor) -> None:
    """The second officer agrees: the payment is reversed, its months are open again, its money waits in suspense.

    Refused to the officer who asked, and while the payer asks this money back or no longer has it.
    """
    _other_than_asked(transfer, by)
    today = clock.today()
    if not Transfer.update(undone_by=by.officer_id, undone_on=today).where(*_disputed(transfer, by)).execute():
        raise Refused(BEFORE)
    transfer = Transfer.get_by_id(transfer.id)
    if booking.asked_back(transfer.payment_id):
        raise Refused(N_("This money is asked back. Decide about that first."))
    booking.reverse(transfer.payment, f"transfer:{transfer.id}", by)
    source = f"transfer:{transfer.id}"
    ledger.book(_suspense().id, Account.BANK, Account.SUSPENSE, transfer.amount, source, today)
    audit.record(Act.TRANSFER_UNDONE, transfer, by, amount=transfer.amount)


@writing
def match_again(transfer: Transfer, payer: Payer, amount: Rupiah, paid_on: date, reference: str, by: Actor) -> Transfer:
    """Out of suspense, to the payer and with the amount it should have had: a transfer of its own, once.

    Refused under a reference that another transfer has.
    """
    service.check_transfer(payer, paid_on)
    turn = transfer.turn + 1 if reference == transfer.reference else 0
    fresh, is_new = service.enter_transfer(payer, amount, paid_on, reference, turn, by)
    mine = Transfer.update(matched_again=fresh.id).where(Transfer.id == transfer.id, Transfer.unmatched())
    if not mine.execute():
        raise Refused(BEFORE)
    if not is_new:
        raise Refused(N_("This reference was recorded before, for another payment."), field="reference")
    source = f"matched:{transfer.id}"
    ledger.book(_suspense().id, Account.SUSPENSE, Account.BANK, transfer.amount, source, clock.today())
    return fresh


def _suspense() -> Payer:
    """The account of transfers that match nobody; made when first needed."""
    Payer.insert(kind=PayerKind.SUSPENSE, code=SUSPENSE, name=service.VIA).on_conflict_ignore().execute()
    return Payer.get(Payer.kind == PayerKind.SUSPENSE, Payer.code == SUSPENSE)


def _disputed(transfer: Transfer, by: Actor) -> tuple:
    return Transfer.id == transfer.id, Transfer.undone_on.is_null(), Transfer.undo_asked_by != by.officer_id


def _other_than_asked(transfer: Transfer, by: Actor) -> None:
    if by.officer_id is None or Transfer.get_by_id(transfer.id).undo_asked_by == by.officer_id:
        raise Refused(N_("Whoever asks for it may not decide it. Another officer must."))
