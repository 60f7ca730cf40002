from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, StringField, TextAreaField, ValidationError
from wtforms.validators import Length

from jkn.changes.rules import BadAddress, read_email
from jkn.forms import DigitsField, Form, PinAgainField, tidy
from jkn.numbers import read_phone


class AddressChangeForm(Form):
    """Where letters go."""

    address = TextAreaField(
        _l("Address for letters"),
        description=_l("Empty: the address on your family card."),
        filters=[tidy],
        validators=[Length(max=200, message=_l("Write at most 200 letters."))],
        render_kw={"rows": 4, "autocomplete": "street-address"},
    )


class EmailChangeForm(Form):
    """An e-mail address; empty removes it."""

    email = StringField(
        _l("E-mail address"),
        description=_l("Empty: we keep none."),
        filters=[tidy],
        render_kw={"type": "email", "autocomplete": "email", "maxlength": 200},
    )

    def validate_email(self, field) -> None:
        try:
            self.address = read_email(field.data) if field.data else None
        except BadAddress as bad:
            raise ValidationError(gettext(bad.message)) from None


class PhoneChangeForm(Form):
    """A mobile number, or its removal."""

    phone = DigitsField(
        _l("New phone number"),
        description=_l("Family members may share one number."),
        read=read_phone,
        optional=True,
        render_kw={"inputmode": "tel", "autocomplete": "tel"},
    )
    remove = BooleanField(_l("I have no phone number"))

    def validate_phone(self, field) -> None:
        if bool(field.number) == bool(self.remove.data):
            raise ValidationError(gettext("Type a number, or tick the box."))


class PhoneConfirmForm(Form):
    """Still the same number."""


class ClassChangeForm(Form):
    pin = PinAgainField(_l("Your PIN"))


class ClassUndoForm(Form):
    """A button."""
