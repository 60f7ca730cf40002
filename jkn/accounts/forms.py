from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, PasswordField, StringField, ValidationError
from wtforms.validators import InputRequired, Length

from jkn.accounts.rules import CODE_LENGTH
from jkn.forms import DigitsField, Form, SecretField
from jkn.numbers import read_card_or_nik


class _NumberForm(Form):
    number = DigitsField(_l("NIK or card number"), read=read_card_or_nik)


class SignInForm(_NumberForm):
    pin = SecretField(_l("PIN, 6 digits"))


class _NewPin(Form):
    pin = SecretField(_l("New PIN, 6 digits"), autocomplete="new-password")
    again = SecretField(_l("The new PIN again"), autocomplete="new-password")

    def validate_again(self, field):
        if field.data != self.pin.data:
            raise ValidationError(_l("The two PINs differ."))


class CodeForm(_NumberForm, _NewPin):
    """A sheet code or a slip, and the PIN it sets."""

    code = SecretField(_l("Code from your sheet or slip, 8 digits"), length=CODE_LENGTH, autocomplete="one-time-code")
    second = DigitsField(_l("A second code from your sheet"), optional=True, render_kw={"autocomplete": "off"})


class PinChangeForm(_NewPin):
    pass


class StepUpForm(Form):
    code = SecretField(_l("The code"), length=CODE_LENGTH, autocomplete="one-time-code")


class SmsCodeForm(Form):
    code = SecretField(_l("The code, 6 digits"), autocomplete="one-time-code")


class SmsWantForm(Form):
    wanted = BooleanField(_l("Also send me codes by SMS"))


class ConfirmForm(Form):
    """A button, for what is asked before it is done."""


class OfficerSignInForm(Form):
    username = StringField(_l("Name"), validators=[InputRequired(_l("Fill this in.")), Length(max=40)])
    password = PasswordField(
        _l("Password"),
        validators=[InputRequired(_l("Fill this in.")), Length(max=200)],
        render_kw={"autocomplete": "current-password"},
    )
    code = SecretField(_l("Code from your authenticator, 6 digits"), autocomplete="one-time-code")


class SlipForm(Form):
    """Somebody else's number, which the officer's browser must not remember."""

    number = DigitsField(_l("NIK or card number"), read=read_card_or_nik, render_kw={"autocomplete": "off"})
