from flask_babel import lazy_gettext as _l

from jkn.forms import Form, KeyField, SecretField


class PlanJoinForm(Form):
    """The PIN again, because a plan binds the family."""

    pin = SecretField(_l("Your PIN"))
    key = KeyField()


class PlanCancelForm(Form):
    pin = SecretField(_l("Your PIN"))
