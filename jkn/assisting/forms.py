import re

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectMultipleField, StringField, ValidationError
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length
from wtforms.widgets import CheckboxInput

from jkn.accounts.grant_words import SCOPES
from jkn.accounts.rules import CODE_LENGTH
from jkn.assisting.consents import MINUTES
from jkn.forms import DigitsField, Form, KeyField, SecretField, tidy
from jkn.numbers import digits, read_card_or_nik
from jkn.permissions import GIVEN

HIDDEN = {"autocomplete": "off"}


def _member(label) -> DigitsField:
    return DigitsField(label, read=read_card_or_nik, render_kw=HIDDEN)


def _code() -> SecretField:
    return SecretField(_l("One code of their sheet, typed by the member"), length=CODE_LENGTH, autocomplete="off")


class ConsentAskForm(Form):
    """Whom, for what, for how long; the member says yes on a phone of their own."""

    number = _member(_l("NIK or card number of the member"))
    scopes = SelectMultipleField(
        _l("With what does the member want help?"),
        choices=[SelectChoice(scope.value, SCOPES[scope]) for scope in GIVEN],
        option_widget=CheckboxInput(),
    )
    minutes = RadioField(
        _l("For how many minutes?"),
        choices=[SelectChoice(each, _l("%(count)s minutes", count=each)) for each in MINUTES],
        coerce=int,
        default=MINUTES[1],
    )
    key = KeyField()

    def validate_scopes(self, field) -> None:
        if not field.data:
            raise ValidationError(gettext("Tick at least one."))


class ConsentBeginForm(ConsentAskForm):
    """The same; the member types a code."""

    code = _code()


class ConsentJoinForm(Form):
    """Another adult of the same family agrees too."""

    number = _member(_l("NIK or card number of the other adult"))
    code = _code()


class _PinForYes(SecretField):
    """The PIN, where the answer is yes: a no needs none."""

    def pre_validate(self, form):
        if form.answer.data == "no":
            self.data = ""
        else:
            super().pre_validate(form)


class ConsentAnswerForm(Form):
    """The member's own answer, on a device of their own: to which volunteer, yes or no."""

    which = RadioField(_l("Whom do you answer?"), coerce=int)
    answer = RadioField(
        _l("May they help you?"),
        choices=[SelectChoice("yes", _l("Yes")), SelectChoice("no", _l("No, or not any more"))],
    )
    pin = _PinForYes(_l("Your PIN, for a yes"))


class PaperBeginForm(Form):
    """What stands on the signed form."""

    form = DigitsField(_l("Number of the form"), render_kw=HIDDEN | {"maxlength": 12})
    number = _member(_l("NIK or card number of the member"))
    signed_by = RadioField(
        _l("How did the member sign?"),
        choices=[SelectChoice("signature", _l("signature")), SelectChoice("thumb", _l("thumb print"))],
    )
    witness = StringField(
        _l("Name of the witness"),
        filters=[tidy],
        validators=[InputRequired(_l("Fill this in.")), Length(max=100)],
        render_kw=HIDDEN | {"maxlength": 100},
    )
    key = KeyField()


class SlipAskForm(Form):
    """Asking for a first-PIN slip."""

    key = KeyField()


class SheetGiveForm(Form):
    """A sealed sheet for the member of the running consent."""

    serial = DigitsField(_l("Serial number of the sheet"), render_kw=HIDDEN)
    code = _code()


class WordsField(StringField):
    """Several words, a space between two; `data` is their list."""

    def process_data(self, value) -> None:
        self.data = list(value or ())

    def process_formdata(self, valuelist) -> None:
        self.data = " ".join(valuelist).split()

    def _value(self) -> str:
        return " ".join(self.data or ())


class VolunteerAssignForm(Form):
    """Where a volunteer works, and who they are themselves."""

    username = StringField(
        _l("User name of the volunteer"), validators=[InputRequired(_l("Fill this in.")), Length(max=40)]
    )
    number = _member(_l("The volunteer's own NIK or card number"))
    villages = WordsField(_l("Codes of the villages, a space between two"), render_kw={"maxlength": 300})

    def validate_villages(self, field) -> None:
        if len(field.data) > 20 or any(len(code) > 13 for code in field.data):
            raise ValidationError(gettext("At most 20 codes, such as 35.78.08.1001."))


class FormsPrintForm(Form):
    """How many numbered forms?"""

    count = DigitsField(_l("How many forms? At most 100"), read=digits, render_kw={"maxlength": 3})

    def validate_count(self, field) -> None:
        if field.number is not None and not re.fullmatch("0*([1-9][0-9]?|100)", field.number):
            raise ValidationError(gettext("At most 100 at a time."))
