"""What people read about cash that an agent took."""

from flask_babel import lazy_gettext as _l

from jkn.cash.models import Ending, State

STATES = {
    State.PAID: _l("PAID"),
    State.SAVED: _l("RECEIVED"),
    State.UNPAID: _l("NOT PAID YET"),
    State.CLOSED: _l("CLOSED"),
    State.TAKEN_BACK: _l("Not valid"),
}
ENDINGS = {
    Ending.GIVEN_BACK: _l("The member has it back."),
    Ending.PAID_OTHERWISE: _l("It was paid in another way."),
    Ending.NEVER_TAKEN: _l("No cash was taken."),
}
