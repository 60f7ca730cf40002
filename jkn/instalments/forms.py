from flask_babel import lazy_gettext as _l

from jkn.forms import Form, KeyField, PinAgainField


class PlanJoinForm(Form):
    """The PIN again, because a plan binds the family."""

    pin = PinAgainField(_l("Your PIN"))
    key = KeyField()


class PlanCancelForm(Form):
    pin = PinAgainField(_l("Your PIN"))
