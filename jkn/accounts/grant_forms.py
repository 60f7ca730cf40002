from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectMultipleField, StringField, ValidationError
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length
from wtforms.widgets import CheckboxInput

from jkn.accounts.grant_words import SCOPES
from jkn.forms import DigitsField, Form, KeyField, SecretField, tidy
from jkn.numbers import read_card_or_nik
from jkn.permissions import Scope

MONTHS = (
    SelectChoice(1, _l("One month")),
    SelectChoice(6, _l("Six months")),
    SelectChoice(12, _l("One year")),
    SelectChoice(24, _l("Two years")),
)


class PersonSwitchForm(Form):
    """Who in the family takes over the phone, and their own PIN."""

    person = RadioField(_l("Who are you?"), coerce=int)
    pin = SecretField(_l("Your own PIN, 6 digits"))


class _Right(Form):
    number = DigitsField(
        _l("NIK or card number of the helper"), read=read_card_or_nik, render_kw={"autocomplete": "off"}
    )
    scopes = SelectMultipleField(
        _l("What may they do?"),
        choices=[SelectChoice(scope.value, SCOPES[scope]) for scope in Scope],
        option_widget=CheckboxInput(),
    )
    months = RadioField(_l("For how long?"), choices=list(MONTHS), coerce=int, default=12)
    key = KeyField()

    def validate_scopes(self, field) -> None:
        if not field.data:
            raise ValidationError(gettext("Tick at least one."))


class GrantGiveForm(_Right):
    """A relative or another trusted person, by number."""


class GrantRecordForm(_Right):
    """The same at a branch, for somebody who cannot do it any more."""

    whose = DigitsField(
        _l("NIK or card number of the member"), read=read_card_or_nik, render_kw={"autocomplete": "off"}
    )
    papers = StringField(
        _l("Papers you have seen"),
        filters=[tidy],
        validators=[InputRequired(_l("Fill this in.")), Length(max=100)],
        render_kw={"maxlength": 100, "autocomplete": "off"},
    )


class GrantChildForm(Form):
    """Which child?"""

    child = RadioField(_l("For which child?"), coerce=int)
    key = KeyField()


class HealthHideForm(Form):
    """Shown or hidden."""

    hidden = RadioField(
        _l("Who may see them?"),
        choices=[SelectChoice("0", _l("My family and I")), SelectChoice("1", _l("Only I"))],
    )
