"""Questions asked by GET: all that is typed stands in the address, so that the answer is a link to share."""

from collections.abc import Callable, Mapping

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import SelectField, StringField, ValidationError
from wtforms.fields.choices import SelectChoice

from jkn import clock
from jkn.calculators import reading, rules
from jkn.calculators.words import PENALTY_SEGMENTS, SEGMENTS
from jkn.errors import Refused
from jkn.forms import Form

CLASSES = {"1": "1", "2": "2", "3": "3", "I": "1", "II": "2", "III": "3"}


class AskedField(StringField):
    """Typed text and its `value`; nothing typed means the default, or `optional`, or is a mistake."""

    def __init__(self, label, read: Callable, *, optional=False, digits=True, **kwargs):
        self.read, self.optional, self.value = read, optional, None
        number = {"type": "tel", "inputmode": "numeric"} if digits else {}
        super().__init__(label, render_kw=number | {"maxlength": reading.LONGEST}, **kwargs)

    def pre_validate(self, form):
        default = self.default() if callable(self.default) else self.default
        typed = (self.data or "").strip() or default
        if not typed:
            if self.optional:
                return
            raise ValidationError(gettext("Fill this in."))
        try:
            self.value = self.read(typed[: reading.LONGEST + 1])
        except Refused as refused:
            raise ValidationError(refused.say(gettext)) from None


class ChoiceField(SelectField):
    """One of a few words, in whatever spelling the address has it."""

    def __init__(self, label, choices: Mapping[str, str], spellings: Mapping[str, str] | None = None, **kwargs):
        self.spellings = spellings or {value: value for value in choices}
        choices = [SelectChoice(value, text) for value, text in choices.items()]
        super().__init__(label, choices=choices, validate_choice=False, **kwargs)

    def process_formdata(self, valuelist):
        if valuelist and valuelist[0].strip():
            typed = valuelist[0].strip().upper().replace("-", "_")
            self.data = self.spellings.get(typed, valuelist[0])

    def pre_validate(self, form):
        if self.data not in self.spellings.values():
            raise ValidationError(gettext("Choose one."))


class AskForm(Form):
    class Meta:
        csrf = False

    @property
    def is_asked(self) -> bool:
        """Does the address say anything that this form asks?"""
        return any(field.raw_data for field in self)


def _class_field() -> ChoiceField:
    return ChoiceField(_l("Class"), {"1": "I", "2": "II", "3": "III"}, CLASSES, default="3")


def _people_field() -> AskedField:
    return AskedField(_l("How many people"), reading.whole(1, 50), default="1")


def _day_field(label) -> AskedField:
    return AskedField(label, reading.read_day, default=lambda: f"{clock.today()}", digits=False)


class ContributionComputeForm(AskForm):
    segmen = ChoiceField(_l("Who pays"), SEGMENTS, rules.SEGMENTS, default="PBPU")
    kelas = _class_field()
    jiwa = _people_field()
    bulan = AskedField(_l("Month"), reading.read_month, default=lambda: f"{clock.today():%Y-%m}", digits=False)
    upah = AskedField(
        _l("Wage or pension a month"),
        reading.read_wage,
        optional=True,
        description=_l("In rupiah, such as 5.000.000."),
    )
    keluarga_tambahan = AskedField(_l("Relatives beyond spouse and three children"), reading.whole(0, 20), default="0")
    batas_bawah = AskedField(_l("Minimum wage of the place (UMK), if you know it"), reading.read_wage, optional=True)

    def validate_upah(self, field):
        if self.segmen.data in rules.ON_WAGES and field.value is None and not field.errors:
            raise ValidationError(gettext("Type the wage or pension: the contribution is a part of it."))


class ArrearsComputeForm(AskForm):
    kelas = _class_field()
    jiwa = _people_field()
    sejak = AskedField(
        _l("First month not paid"), reading.read_month, digits=False, description=_l("Year and month, such as 2026-01.")
    )
    tanggal = _day_field(_l("Day on which you want to pay"))


class PenaltyComputeForm(AskForm):
    biaya = AskedField(
        _l("The hospital's estimate of the cost"), reading.read_amount, description=_l("In rupiah, such as 5.000.000.")
    )
    bulan = AskedField(_l("Months in arrears that you paid"), reading.whole(0, 600))
    tanggal = _day_field(_l("Day of the penalty bill"))
    segmen = ChoiceField(_l("Who pays your contribution"), PENALTY_SEGMENTS, rules.SEGMENTS, default="PBPU")


class PlanCompareForm(AskForm):
    kelas = _class_field()
    jiwa = _people_field()
    bulan_tunggakan = AskedField(_l("Months in arrears"), reading.whole(1, 600))
    angsuran = AskedField(_l("How many instalments"), reading.whole(1, 120), optional=True)
    tanggal = _day_field(_l("Day on which you join"))
    alih = ChoiceField(
        _l("Who pays your contribution now"),
        {"0": _l("I pay it myself"), "1": _l("An employer or a government")},
        default="0",
    )


class RuleShowForm(AskForm):
    tanggal = _day_field(_l("On which day"))
