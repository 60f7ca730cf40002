from collections.abc import Mapping

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, RadioField, StringField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional, Regexp

from jkn import clock
from jkn.accounts.rules import CODE_LENGTH
from jkn.forms import BirthField, DigitsField, Form, KeyField, SecretField, tidy
from jkn.numbers import read_kk, read_nik, read_phone
from jkn.web import in_words, rupiah

CHOOSE = InputRequired(_l("Choose one."))


class StartForm(Form):
    agree = BooleanField(_l("I have read this and I agree"), validators=[InputRequired(_l("Tick this to go on."))])


class ResumeForm(Form):
    code = StringField(
        _l("Continue code"),
        description=_l("Ten letters, such as ABCDE FGHJK."),
        validators=[InputRequired(_l("Fill this in.")), Length(max=40, message=_l("A continue code has ten letters."))],
        render_kw={"autocomplete": "off"},
    )


class FamilyForm(Form):
    """What the registry needs to find a family: two numbers and a birth date."""

    kk = DigitsField(_l("Family card number, 16 digits"), read=read_kk, render_kw={"autocomplete": "off"})
    nik = DigitsField(
        _l("Your NIK, 16 digits"),
        read=lambda typed: read_nik(typed, clock.today()).digits,
        render_kw={"autocomplete": "off"},
    )
    born = BirthField(_l("Your birth date"))

    def typed(self) -> dict[str, str]:
        """As the browser sent it, to be shown again."""
        parts = zip(self.born.parts, self.born.typed, strict=True)
        born = {f"{self.born.name}-{part}": text for (part, _label, _size), text in parts}
        return {"kk": self.kk.data, "nik": self.nik.data} | born


class EmployerForm(Form):
    employer = RadioField(
        _l("Does the employer cover these people?"),
        choices=[
            SelectChoice("yes", _l("Yes, or we will ask for it")),
            SelectChoice("no", _l("No, nobody there works for an employer now")),
        ],
        validators=[CHOOSE],
    )


class MembersForm(Form):
    """A button: the people shown are those who join."""


class ClassForm(Form):
    care_class = RadioField(
        _l("Ward class for the whole family"),
        choices=[
            SelectChoice("1", _l("Class I")),
            SelectChoice("2", _l("Class II")),
            SelectChoice("3", _l("Class III")),
        ],
        validators=[CHOOSE],
    )

    def show_prices(self, monthly: Mapping[str, int], count: int) -> None:
        """Beside each class what it costs a month: for one person, and for everybody who joins."""
        words = gettext("%(price)s a person, %(total)s for %(count)s people, a month")
        prices = {
            value: {"price": rupiah(amount), "total": rupiah(amount * count), "count": count}
            for value, amount in monthly.items()
        }
        self.care_class.choices = [
            SelectChoice(choice.value, in_words(f"{choice.label}: {words}", **prices[choice.value]))
            for choice in self.care_class.choices
        ]


class AutodebitForm(Form):
    """Consent to auto-debit; which answers there are depends on class and law."""

    autodebit = RadioField(_l("Paying by auto-debit"), validators=[CHOOSE])

    def offer(self, rule: str) -> None:
        choices = [SelectChoice("agreed", _l("I agree. I name the bank later."))]
        if rule == "offered":
            choices.append(SelectChoice("later", _l("Not now. I pay by myself.")))
        self.autodebit.choices = choices


class ClinicFindForm(Form):
    class Meta:
        csrf = False

    q = StringField(_l("Name, village, district or regency"), render_kw={"autocomplete": "off", "maxlength": 100})


class ClinicForm(Form):
    """One of the clinics on the page."""

    clinic = RadioField(_l("Choose a clinic"), choices=[], validate_choice=False, validators=[CHOOSE])


class ContactForm(Form):
    phone = DigitsField(
        _l("Mobile phone (optional)"), read=read_phone, optional=True, render_kw={"autocomplete": "tel"}
    )
    email = StringField(
        _l("E-mail (optional)"),
        filters=[tidy],
        validators=[
            Optional(),
            Length(max=100, message=_l("Write at most 100 letters.")),
            Regexp(r"^[^@\s]+@[^@\s]+\.[^@\s]+$", message=_l("An e-mail address looks like name@example.com.")),
        ],
        render_kw={"type": "email", "autocomplete": "email"},
    )


class PinForm(Form):
    pin = SecretField(_l("New PIN, 6 digits"), autocomplete="new-password")
    again = SecretField(_l("The new PIN again"), autocomplete="new-password")

    def validate_again(self, field):
        if field.data != self.pin.data:
            raise ValidationError(_l("The two PINs differ."))


class SummaryForm(Form):
    key = KeyField()


class SheetForm(Form):
    code = SecretField(_l("Code number 3, 8 digits"), length=CODE_LENGTH, autocomplete="off")
