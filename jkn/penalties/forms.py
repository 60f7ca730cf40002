from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, RadioField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length

from jkn.errors import N_
from jkn.forms import BirthField, DigitsField, Form, KeyField, tidy
from jkn.money import Rupiah, parse_rupiah
from jkn.numbers import BadNumber, read_card_or_nik, read_facility
from jkn.penalties.models import Care

CARES = {
    Care.HOSPITAL: _l("Ward of a hospital"),
    Care.CLINIC: _l("Ward of a clinic or health centre"),
    Care.OUTPATIENT: _l("Outpatient"),
}
MOST = Rupiah(10_000_000_000)
CHOOSE = InputRequired(_l("Choose one."))


def read_estimate(text: str) -> Rupiah:
    """A typed amount above nothing. Raises BadNumber."""
    amount = parse_rupiah(text)
    if not 0 < amount <= MOST:
        raise BadNumber(N_("Type an amount in whole rupiah, such as 150.000."))
    return amount


def _estimate() -> DigitsField:
    return DigitsField(
        _l("The hospital's estimate, in rupiah"),
        read=read_estimate,
        description=_l("INA-CBG package at the first diagnosis."),
        render_kw={"autocomplete": "off"},
    )


def _discharged() -> BirthField:
    return BirthField(_l("Left on (empty: still there)"), optional=True)


class PenaltyAskForm(Form):
    """The hospital's estimate, asked by the calculator: months and day stand in the address it makes."""

    class Meta:
        csrf = False

    biaya = StringField(
        _l("The hospital's estimate, in rupiah"),
        render_kw={"type": "tel", "inputmode": "numeric", "maxlength": 40, "autocomplete": "off"},
    )
    bulan = HiddenField()
    tanggal = HiddenField()


class AdmissionRecordForm(Form):
    """Who came where and when. Sent first to see what it costs; `seen` says what was seen, and then it is recorded."""

    key = KeyField()
    seen = HiddenField()
    number = DigitsField(_l("NIK or card number"), read=read_card_or_nik, render_kw={"autocomplete": "off"})
    facility = DigitsField(
        _l("Facility code"),
        read=read_facility,
        render_kw={"type": "text", "inputmode": False, "maxlength": 12, "autocomplete": "off"},
    )
    care = RadioField(
        _l("Care"), choices=[SelectChoice(care.value, text) for care, text in CARES.items()], validators=[CHOOSE]
    )
    admitted = BirthField(_l("Admitted on"))
    discharged = _discharged()
    estimate = _estimate()
    letter = StringField(
        _l("Number of the certificate of poverty (optional)"),
        filters=[tidy],
        validators=[Length(max=60, message=_l("Write at most 60 letters."))],
        render_kw={"autocomplete": "off"},
    )


class AdmissionChangeForm(Form):
    estimate = _estimate()
    discharged = _discharged()


class PenaltyDisputeForm(Form):
    reason = TextAreaField(
        _l("What is wrong?"),
        filters=[tidy],
        validators=[
            DataRequired(_l("Fill this in.")),
            Length(max=200, message=_l("Write at most 200 letters.")),
        ],
        render_kw={"rows": 2},
    )


class PenaltyDecideForm(Form):
    verdict = RadioField(
        _l("Was it recorded wrongly?"),
        choices=[SelectChoice("cancel", _l("Yes: cancel it")), SelectChoice("keep", _l("No: it stands"))],
        validators=[CHOOSE],
    )
