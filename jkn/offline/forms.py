"""Forms that are filled in without a signal and judged when they arrive: the same fields, on the page and here."""

import re
from datetime import timedelta

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict
from wtforms import IntegerField, RadioField, StringField, TextAreaField, ValidationError
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional, Regexp

from jkn import clock
from jkn.accounts.rules import CODE_LENGTH
from jkn.complaints.forms import CATEGORIES, LONGEST
from jkn.forms import BirthField, DigitsField, Form, SecretField, tidy
from jkn.numbers import read_card_or_nik, read_kk, read_nik
from jkn.offline.models import Kind
from jkn.offline.service import Consent, Written

HIDDEN = {"autocomplete": "off"}
NEEDED = InputRequired(_l("Fill this in."))
MONTH = 31 * 24 * 3600


class CodeField(SecretField):
    """A code of the sheet, typed masked; it may be left empty."""

    def pre_validate(self, form):
        if self.data:
            super().pre_validate(form)


class EnvelopeForm(Form):
    """What the browser says of a form: its number, its kind, how many seconds ago it was written, what it replaces."""

    class Meta:
        csrf = False

    rid = StringField(validators=[Regexp(r"[A-Za-z0-9_-]{16,32}\Z")])
    kind = RadioField(choices=[SelectChoice(kind.value, kind.value) for kind in Kind])
    age = IntegerField(validators=[InputRequired(), NumberRange(0)])
    mends = StringField(validators=[Optional(), Regexp(r"[A-Za-z0-9_-]{16,32}\Z")])


class _OfflineForm(Form):
    class Meta:
        csrf = False

    def content(self) -> dict:
        raise NotImplementedError

    def consent(self) -> Consent:
        raise NotImplementedError


def _member():
    return DigitsField(_l("NIK or card number of the member"), read=read_card_or_nik, render_kw=HIDDEN)


def _paper(optional: bool):
    label = _l("Number of the signed form (if there is no sheet)") if optional else _l("Number of the signed form")
    return DigitsField(label, optional=optional, render_kw=HIDDEN | {"maxlength": 12})


def _signed_by():
    choices = [SelectChoice("signature", _l("signature")), SelectChoice("thumb", _l("thumb print"))]
    return RadioField(_l("How did the member sign?"), choices=choices, default="signature")


def _witness(*validators):
    too_long = Length(max=100, message=_l("Write at most 100 letters."))
    render = HIDDEN | {"maxlength": 100}
    return StringField(_l("Name of the witness"), filters=[tidy], validators=[*validators, too_long], render_kw=render)


def _code():
    return CodeField(_l("One code of their sheet, typed by the member"), length=CODE_LENGTH, autocomplete="off")


class OfflineComplaintForm(_OfflineForm):
    number = _member()
    category = RadioField(_l("What is it about?"), choices=[SelectChoice(*row) for row in CATEGORIES.items()])
    text = TextAreaField(
        _l("What happened?"),
        filters=[tidy],
        validators=[NEEDED, Length(max=LONGEST, message=_l("Write at most 2000 letters."))],
        render_kw={"rows": 4},
    )
    place = StringField(
        _l("Which facility? (optional)"),
        filters=[tidy],
        validators=[Length(max=100, message=_l("Write at most 100 letters."))],
        render_kw=HIDDEN,
    )
    code = _code()
    form = _paper(optional=True)
    signed_by = _signed_by()
    witness = _witness()

    def validate_form(self, field) -> None:
        if bool(field.number) == bool(self.code.data):
            raise ValidationError(gettext("Type a code, or the number of a form."))

    def validate_witness(self, field) -> None:
        if self.form.number and not field.data:
            raise ValidationError(gettext("Fill this in."))

    def content(self) -> dict:
        return {"category": self.category.data, "text": self.text.data, "place": self.place.data}

    def consent(self) -> Consent:
        return Consent(
            self.number.number, self.code.data or None, self.form.number, self.signed_by.data, self.witness.data or ""
        )


class OfflineDataForm(_OfflineForm):
    number = _member()
    address = TextAreaField(
        _l("Address for letters"),
        description=_l("Empty: the address on your family card."),
        filters=[tidy],
        validators=[Length(max=200, message=_l("Write at most 200 letters."))],
        render_kw={"rows": 3},
    )
    code = SecretField(_l("One code of their sheet, typed by the member"), length=CODE_LENGTH, autocomplete="off")

    def content(self) -> dict:
        return {"address": self.address.data}

    def consent(self) -> Consent:
        return Consent(self.number.number, self.code.data)


class OfflineRegistrationForm(_OfflineForm):
    kk = DigitsField(_l("Family card number, 16 digits"), read=read_kk, render_kw=HIDDEN)
    nik = DigitsField(
        _l("NIK of an adult on the card"),
        read=lambda typed: read_nik(typed, clock.today()).digits,
        render_kw=HIDDEN,
    )
    born = BirthField(_l("Their birth date"))
    form = _paper(optional=False)
    signed_by = _signed_by()
    witness = _witness(NEEDED)

    def content(self) -> dict:
        return {"kk": self.kk.number, "nik": self.nik.number, "born": self.born.data.isoformat()}

    def consent(self) -> Consent:
        return Consent(self.nik.number, None, self.form.number, self.signed_by.data, self.witness.data)


# Each kind's form, and the first letter of its fields' names, for three of them stand on one page.
FORMS = {
    Kind.REGISTRATION: (OfflineRegistrationForm, "r"),
    Kind.COMPLAINT: (OfflineComplaintForm, "c"),
    Kind.DATA: (OfflineDataForm, "d"),
}


def blank() -> dict[Kind, _OfflineForm]:
    """The forms of the page."""
    return {kind: made(formdata=None, prefix=prefix) for kind, (made, prefix) in FORMS.items()}


def read(sent) -> Written | list[str]:
    """What the browser sent, or what is wrong with it, in the reader's language."""
    typed = [(str(name), text) for name, text in sent.items()] if isinstance(sent, dict) else []
    typed = MultiDict([(name, re.sub("[\0\ud800-\udfff]", "", str(text))) for name, text in typed])
    envelope = EnvelopeForm(formdata=typed)
    if not envelope.validate():
        return [gettext("We did not understand that request.")]
    kind = Kind(envelope.kind.data)
    made, prefix = FORMS[kind]
    form = made(formdata=typed, prefix=prefix)
    if not form.validate():
        return [f"{form[name.removeprefix(form._prefix)].label.text}: {errors[0]}" for name, errors in _errors(form)]
    written_at = clock.now() - timedelta(seconds=min(envelope.age.data, MONTH))  # a phone's clock may have jumped
    return Written(envelope.rid.data, kind, form.content(), form.consent(), written_at, envelope.mends.data or "")


def _errors(form) -> list:
    return [(field.name, field.errors) for field in form if field.errors]
