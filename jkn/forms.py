"""What every form shares, and the fields of our own."""

from contextlib import suppress
from datetime import date
from secrets import token_urlsafe

from flask import g, request, session
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import HiddenField, PasswordField, StringField, ValidationError
from wtforms.fields import Field
from wtforms.validators import InputRequired, Length

from jkn.access import actor
from jkn.errors import Refused
from jkn.money import parse_rupiah
from jkn.numbers import BadNumber, digits


class ShortToken(FlaskForm.Meta.csrf_class):
    """Flask-WTF's token of 22 signs (128 random bits) instead of 40: every page with a form is shorter by it."""

    def generate_csrf_token(self, csrf_token_field):
        session.setdefault("csrf_token", token_urlsafe(16))
        return super().generate_csrf_token(csrf_token_field)


class Form(FlaskForm):
    """Says first what went wrong, keeps what was typed, and shows a service's refusal beside its field."""

    class Meta:
        csrf_class = ShortToken

    def __init__(self, *args, **kwargs):
        if request.method == "GET" and "held" in g:
            kwargs.setdefault("formdata", g.held)  # typed before the sign-in ran out
        super().__init__(*args, **kwargs)

    def refuse(self, refused: Refused) -> None:
        """Show why a service said no, next to the field it concerns."""
        where = self[refused.field].errors if refused.field in self._fields else self.form_errors
        where.append(refused.say(gettext))

    @property
    def complaints(self) -> list[tuple[str | None, str]]:
        """The first error of each field, and those of the whole form, for the summary on top."""
        fields = [(field.id, field.errors[0]) for field in self if field.errors]
        return [(None, error) for error in self.form_errors] + fields


def tidy(text: str | None) -> str | None:
    """Typed text without signs that cannot be printed (Postgres takes no NUL), ends trimmed; nothing is None."""
    lines = (text or "").replace("\r\n", "\n")
    kept = (sign if sign.isprintable() or sign == "\n" else " " if sign.isspace() else "" for sign in lines)
    return "".join(kept).strip() or None


class KeyField(HiddenField):
    """A one-time key made when the form is shown: sending twice counts once (a unique column of the row it creates)."""

    def __init__(self, **kwargs):
        super().__init__(default=lambda: token_urlsafe(12), validators=[InputRequired(), Length(max=32)], **kwargs)


class DigitsField(StringField):
    """A number typed on a keypad, with spaces, dots or dashes; `read` normalises it or raises BadNumber."""

    def __init__(self, label=None, *, read=digits, optional=False, **kwargs):
        self.read, self.optional = read, optional
        kwargs.setdefault("render_kw", {})
        kwargs["render_kw"] = {"type": "tel", "inputmode": "numeric", "maxlength": 32} | kwargs["render_kw"]
        super().__init__(label, **kwargs)
        self.number = None

    def pre_validate(self, form):
        typed = (self.data or "").strip()
        if not typed:
            if self.optional:
                return
            raise ValidationError(gettext("Fill this in."))
        try:
            self.number = self.read(typed)
        except BadNumber as bad:
            raise ValidationError(gettext(bad.message)) from None


class RupiahTypedField(StringField):
    """An amount as people write it; `rupiah` is the number."""

    def __init__(self, label=None, **kwargs):
        super().__init__(label, render_kw={"inputmode": "numeric", "maxlength": 24, "autocomplete": "off"}, **kwargs)
        self.rupiah = None

    def pre_validate(self, form):
        try:
            self.rupiah = parse_rupiah(self.data or "")
        except BadNumber as bad:
            raise ValidationError(gettext(bad.message)) from None
        if self.rupiah <= 0:
            raise ValidationError(gettext("Type an amount in whole rupiah, such as 150.000."))


class SecretField(PasswordField):
    """A PIN or code of a fixed number of digits, never shown again."""

    def __init__(self, label=None, *, length=6, autocomplete="current-password", **kwargs):
        self.length = length
        kwargs["render_kw"] = {"inputmode": "numeric", "maxlength": 24, "autocomplete": autocomplete}
        super().__init__(label, **kwargs)

    def pre_validate(self, form):
        typed, self.data = self.data or "", ""
        with suppress(BadNumber):  # letters are as wrong as too few digits
            self.data = digits(typed)
        if len(self.data) != self.length:
            raise ValidationError(gettext("Type exactly %(count)s digits.", count=self.length))


class PinAgainField(SecretField):
    """The PIN of who acts, typed again before a change. Never asked on a helper's device: the consent is the proof."""

    def __init__(self, label=None, **kwargs):
        super().__init__(label, **kwargs)
        self.is_waived = actor().is_helper

    def pre_validate(self, form):
        if not self.is_waived:
            super().pre_validate(form)


class BirthField(Field):
    """A date as three small number boxes: day, month, year."""

    parts = (("d", _l("Day"), 2), ("m", _l("Month"), 2), ("y", _l("Year"), 4))

    def __init__(self, label=None, *, optional=False, **kwargs):
        self.optional = optional
        super().__init__(label, **kwargs)

    def process_formdata(self, valuelist):
        pass

    def process(self, formdata, data=None, extra_filters=None):
        formdata = formdata or {}
        self.errors = list(self.errors)
        self.process_errors = []
        known = (data.day, data.month, data.year) if data else ("", "", "")
        self.typed = [
            str(formdata.get(f"{self.name}-{part}", "") if formdata else value).strip()[:4]
            for (part, _label, _size), value in zip(self.parts, known, strict=True)
        ]
        self.raw_data = [text for text in self.typed if text]
        self.data = None
        try:
            day, month, year = (int(text) for text in self.typed)
            self.data = date(year, month, day)
        except ValueError:
            pass

    def pre_validate(self, form):
        if not self.raw_data:
            if self.optional:
                return
            raise ValidationError(gettext("Fill this in."))
        if self.data is None or not 1900 <= self.data.year <= 2100:
            raise ValidationError(gettext("Write the date as three numbers, such as 17 8 1990."))
