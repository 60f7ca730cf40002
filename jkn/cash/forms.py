import re

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, IntegerField, RadioField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length, Optional, ValidationError
from wtforms.widgets import HiddenInput

from jkn.cash.words import ENDINGS
from jkn.forms import DigitsField, Form, KeyField, RupiahTypedField, tidy
from jkn.numbers import digits
from jkn.payments.models import Purpose


class CashTakeForm(Form):
    """What the member hands over, and for what."""

    purpose = RadioField(
        _l("What is it for?"),
        choices=[
            SelectChoice(Purpose.BILL.value, _l("Their bill")),
            SelectChoice(Purpose.POT.value, _l("Their pot")),
        ],
        default=Purpose.BILL.value,
    )
    amount = RupiahTypedField(_l("Cash that you received"))
    is_taken = BooleanField(_l("I took it where there was no line, and cannot give it back."))
    whose = IntegerField(widget=HiddenInput(), validators=[Optional()])  # for whom the form was made
    key = KeyField()


class CashSettleForm(Form):
    """A button: pay what waits from the deposit."""


class AgentForm(Form):
    """How much cash may this volunteer hold unpaid?"""

    cap = DigitsField(
        _l("Most unpaid cash, in rupiah"),
        read=digits,
        description=_l("0: takes no cash any more."),
        render_kw={"maxlength": 12},
    )

    def validate_cap(self, field) -> None:
        if field.number is not None and not re.fullmatch("[0-9]{1,12}", field.number):
            raise ValidationError(gettext("Type an amount in whole rupiah, such as 150.000."))


class CashProposeForm(Form):
    """What became of the cash, as the first officer found out."""

    ending = RadioField(
        _l("What became of the cash?"),
        choices=[SelectChoice(ending.value, text) for ending, text in ENDINGS.items()],
    )
    note = TextAreaField(
        _l("How do you know?"),
        filters=[tidy],
        validators=[InputRequired(_l("Fill this in.")), Length(max=300, message=_l("This is too long."))],
        render_kw={"rows": 3, "maxlength": 300},
    )


class CashDecideForm(Form):
    """The second officer's answer."""

    answer = RadioField(
        _l("Do you agree?"),
        choices=[
            SelectChoice("close", _l("Yes, close the receipt")),
            SelectChoice("keep", _l("No, it stays open")),
        ],
    )
