from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, IntegerField, RadioField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import AnyOf, InputRequired, Length, NumberRange
from wtforms.widgets import HiddenInput

from jkn.forms import DigitsField, Form
from jkn.kiosks.models import Errand, Printer
from jkn.numbers import read_card_or_nik, read_facility


class KioskJoinForm(Form):
    code = DigitsField(_l("Enrolment code, 12 digits"), render_kw={"autocomplete": "off"})


class KioskPrepareForm(Form):
    facility = StringField(
        _l("Facility code"),
        validators=[InputRequired(_l("Fill this in.")), Length(max=8)],
        filters=[lambda text: (text or "").strip().upper()],
    )
    place = StringField(_l("Where it stands"), validators=[InputRequired(_l("Fill this in.")), Length(max=60)])
    printer = RadioField(
        _l("Printer for slips"),
        choices=[
            SelectChoice(Printer.NONE.value, _l("No printer")),
            SelectChoice(Printer.ESCPOS_58.value, _l("Print agent (ESC/POS), paper of 58 mm")),
            SelectChoice(Printer.ESCPOS_80.value, _l("Print agent (ESC/POS), paper of 80 mm")),
            SelectChoice(Printer.PAGE_58.value, _l("The browser prints, paper of 58 mm")),
            SelectChoice(Printer.PAGE_80.value, _l("The browser prints, paper of 80 mm")),
        ],
        default=Printer.NONE.value,
    )


class PaperForm(Form):
    facility = DigitsField(_l("Facility code"), read=read_facility, render_kw={"type": "text", "inputmode": "text"})
    count = IntegerField(_l("How many slips, at most 200"), validators=[NumberRange(1, 200)], default=50)


class ScanForm(Form):
    """One field for a scanner that types like a keyboard and ends with Enter; left empty it leads to the keypad."""

    number = DigitsField(
        _l("Hold your card before the scanner"),
        read=read_card_or_nik,
        optional=True,
        render_kw={"autofocus": True, "autocomplete": "off", "maxlength": 64},
    )


class KeypadForm(Form):
    """One press of the keypad; `at`: how many digits the page showed, so that a press sent twice counts once."""

    at = IntegerField(widget=HiddenInput(), validators=[NumberRange(0, 16)])
    k = StringField(validators=[AnyOf([*"0123456789", "erase", "send"])])


class VouchForm(Form):
    """Whose KTP lies on the counter, and what they fetch at the kiosk."""

    number = DigitsField(_l("NIK or card number"), read=read_card_or_nik, render_kw={"autocomplete": "off"})
    errand = RadioField(
        _l("What the member needs"),
        choices=[
            SelectChoice(Errand.SHEET.value, _l("New code sheet")),
            SelectChoice(Errand.FIRST_PIN.value, _l("First PIN")),
        ],
        default=Errand.SHEET.value,
    )
    sure = BooleanField(_l("I have compared the KTP with the person."))


class CallForm(Form):
    """The number that somebody at the counter holds."""

    number = IntegerField(
        _l("Number on the slip"), validators=[NumberRange(1, 99_999)], render_kw={"inputmode": "numeric"}
    )
