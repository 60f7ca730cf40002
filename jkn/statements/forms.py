from flask_babel import lazy_gettext as _l
from wtforms import RadioField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length

from jkn.errors import N_
from jkn.forms import BirthField, DigitsField, Form, tidy
from jkn.money import Rupiah, parse_rupiah
from jkn.numbers import BadNumber

NEEDED = DataRequired(_l("Fill this in."))
MOST = 10**14


def read_amount(text: str) -> Rupiah:
    amount = parse_rupiah(text)
    if not 0 < amount < MOST:
        raise BadNumber(N_("Type the amount that arrived."))
    return amount


class PayerSearchForm(Form):
    class Meta:
        csrf = False

    q = StringField(_l("Employer's name or code"), render_kw={"maxlength": 60})


class TransferForm(Form):
    code = StringField(_l("Payer's code"), filters=[tidy], validators=[NEEDED, Length(max=32)])
    amount = DigitsField(_l("Amount"), read=read_amount)
    paid_on = BirthField(_l("Day of the transfer"))
    reference = StringField(
        _l("Treasury's reference"),
        filters=[tidy],
        validators=[NEEDED, Length(max=60, message=_l("Write at most 60 letters."))],
        render_kw={"autocomplete": "off"},
    )


class TransferUndoForm(Form):
    reason = StringField(
        _l("What is wrong?"),
        filters=[tidy],
        validators=[NEEDED, Length(max=200, message=_l("Write at most 200 letters."))],
        render_kw={"autocomplete": "off"},
    )


class TransferDecideForm(Form):
    verdict = RadioField(
        _l("Was it matched wrongly?"),
        choices=[SelectChoice("undo", _l("Yes: undo it")), SelectChoice("keep", _l("No: it stands"))],
        validators=[InputRequired(_l("Choose one."))],
    )


class AgreementForm(Form):
    since = BirthField(_l("From which day?"))
    suspends = RadioField(
        _l("Does cover stop when a month is not paid?"),
        choices=[SelectChoice("no", _l("No, it goes on")), SelectChoice("yes", _l("Yes, from the month after"))],
        validators=[InputRequired(_l("Choose one."))],
    )
    basis = StringField(
        _l("Number of the agreement"),
        filters=[tidy],
        validators=[NEEDED, Length(max=100, message=_l("Write at most 100 letters."))],
    )


class NumberForm(Form):
    """A button."""
