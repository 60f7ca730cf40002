"""What members and officers read for each outcome, step, answer, ground, paper and stage."""

from flask_babel import lazy_gettext as _l

from jkn.reconciliation.models import Answer, RefundStage, Stage
from jkn.reconciliation.rules import Ground, Outcome, Paper, Step

OUTCOMES = {
    Outcome.MATCHED: _l("Agrees"),
    Outcome.MISSING_HERE: _l("The bank has it, we do not"),
    Outcome.MISSING_THERE: _l("We have it, the bank does not"),
    Outcome.UNKNOWN_NUMBER: _l("Nobody has this number"),
    Outcome.DIFFERENT_AMOUNT: _l("The amounts differ"),
    Outcome.DIFFERENT_NUMBER: _l("The numbers differ"),
    Outcome.REVERSED: _l("Taken back on both sides"),
    Outcome.TAKEN_BACK: _l("The bank took it back"),
}
STEPS = {
    Step.BOOK: _l("Book it"),
    Step.SUSPEND: _l("To the suspense account"),
    Step.ASSIGN: _l("Assign it to a family"),
    Step.TAKE_BACK: _l("Take our booking back"),
    Step.BOOK_REST: _l("Book the difference"),
    Step.REBOOK: _l("Take it back and book it anew"),
    Step.ASK: _l("Ask the bank"),
    Step.CLOSE: _l("Close: the books agree"),
    Step.PROPOSE: _l("Proposed"),
    Step.REFUSE: _l("Sent back"),
    Step.FOUND: _l("Found"),
}
STAGES = {
    Stage.OPEN: _l("Open"),
    Stage.PROPOSED: _l("Waits for a second officer"),
    Stage.PARKED: _l("In the suspense account"),
    Stage.OWED: _l("The payer owes it to us"),
    Stage.CLOSED: _l("Closed"),
}
ANSWERS = {
    Answer.FOUND: _l("Arrived"),
    Answer.BOOKED: _l("Arrived and booked"),
    Answer.OFFICER: _l("An officer is looking"),
    Answer.WAITING: _l("Not here yet"),
    Answer.NOT_THERE: _l("The bank does not have it"),
    Answer.ANSWERED: _l("Answered"),
}
GROUNDS = {
    Ground.OVERPAID: _l("Paid too much"),
    Ground.OVERPAID_PEMDA: _l("Paid too much by a local government"),
    Ground.DEATH: _l("Somebody died"),
    Ground.DOUBLE_COVER: _l("Somebody was covered twice"),
    Ground.WRONG_ACCOUNT: _l("Paid by mistake"),
    Ground.BANK_ERROR: _l("The bank or shop made a mistake"),
    Ground.WRONG_VA: _l("Paid under somebody else's number"),
}
PAPERS = {
    Paper.IDENTITY: _l("Identity card (KTP)"),
    Paper.BANK_BOOK: _l("First page of the bank book"),
    Paper.SLIP: _l("Proof of payment"),
    Paper.DEATH_CERTIFICATE: _l("Death certificate"),
    Paper.OTHER_COVER: _l("Proof of the other cover"),
    Paper.BANK_LETTER: _l("Letter from the bank or shop"),
    Paper.LETTER: _l("Letter from the local government"),
}
REFUND_STAGES = {
    RefundStage.ASKED: _l("Papers are missing"),
    RefundStage.COMPLETE: _l("Being looked at"),
    RefundStage.PROPOSED: _l("Waits for a second officer"),
    RefundStage.GRANTED: _l("Granted"),
    RefundStage.PAID_OUT: _l("Paid out"),
    RefundStage.MOVED: _l("Moved to your number"),
    RefundStage.REFUSED: _l("Refused"),
}
