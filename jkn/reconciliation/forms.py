from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, RadioField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange
from wtforms.widgets import CheckboxInput, HiddenInput

from jkn.errors import N_
from jkn.forms import BirthField, DigitsField, Form, KeyField, PinAgainField, RupiahTypedField, tidy
from jkn.numbers import BadNumber, digits
from jkn.payments.forms import read_card_or_va
from jkn.reconciliation.rules import BY_EVENT, BY_PAYMENT, FROM_CREDIT, Ground
from jkn.reconciliation.words import GROUNDS, PAPERS, STEPS

NEEDED = DataRequired(_l("Fill this in."))
CHOOSE = InputRequired(_l("Choose one."))
OTHER = "0"
CODE = 12


def _line(label, most, *validators, **kwargs):
    too_long = Length(max=most, message=_l("This is too long."))
    kwargs.setdefault("render_kw", {"autocomplete": "off", "maxlength": most})
    return StringField(label, filters=[tidy], validators=[*validators, too_long], **kwargs)


def _note(label, *validators):
    too_long = Length(max=2000, message=_l("Write at most 2000 letters."))
    return TextAreaField(label, filters=[tidy], validators=[*validators, too_long], render_kw={"rows": 3})


def read_code(text: str) -> str:
    """The code of a report. Raises BadNumber."""
    number = digits(text)
    if len(number) != CODE:
        raise BadNumber(N_("The code has 12 digits."))
    return number


class ClaimMakeForm(Form):
    """What stands on the slip."""

    key = KeyField()
    number = DigitsField(_l("Card number or virtual account"), read=read_card_or_va, render_kw={"autocomplete": "off"})
    amount = RupiahTypedField(_l("Amount paid"))
    paid_on = BirthField(_l("Day you paid"))
    bank = RadioField(_l("Where did you pay?"), validators=[CHOOSE])
    reference = _line(_l("Reference on the slip"), 128)

    def offer(self, partners, is_member: bool) -> None:
        """The banks to choose from. A member's number is known; a visitor shows the slip by its reference."""
        self.bank.choices = [SelectChoice(str(bank.id), bank.name) for bank in partners]
        self.bank.choices.append(SelectChoice(OTHER, _l("Elsewhere, or I do not know")))
        if is_member:
            del self.number
            self.reference.description = _l("If you have it, we find the payment sooner.")
        else:
            self.reference.validators = [NEEDED, *self.reference.validators]


class ClaimFollowForm(Form):
    code = DigitsField(_l("Code of your report"), read=read_code, render_kw={"autocomplete": "off"})


class _SeenForm(Form):
    """Acts on the page as it was shown: `seen` is the number of steps it had."""

    seen = IntegerField(widget=HiddenInput(), validators=[InputRequired(), NumberRange(0, 10_000)])


class ClaimAnswerForm(_SeenForm):
    text = _note(_l("Answer"), NEEDED)


class DifferenceStepForm(_SeenForm):
    """What to do about a difference."""

    step = RadioField(_l("What to do"), validators=[CHOOSE])
    number = DigitsField(
        _l("Card number or virtual account"), read=read_card_or_va, optional=True, render_kw={"autocomplete": "off"}
    )
    note = _note(_l("Note"))

    def offer(self, steps) -> None:
        self.step.choices = [SelectChoice(step.value, STEPS[step]) for step in steps]


class DecideForm(_SeenForm):
    """The second pair of eyes."""

    verdict = RadioField(
        _l("Your decision"),
        choices=[SelectChoice("yes", _l("Approve")), SelectChoice("no", _l("Refuse"))],
        validators=[CHOOSE],
    )
    note = _note(_l("Why? (needed to refuse)"))


class RefundAskForm(Form):
    """What is asked back, on one ground, and where it should go."""

    key = KeyField()
    person = RadioField(_l("Who?"), validators=[CHOOSE], coerce=str)
    event_on = BirthField(_l("Since when?"))
    payment = RadioField(_l("Which payment?"), validators=[CHOOSE], coerce=str)
    reference = _line(_l("Reference on the slip"), 128, NEEDED)
    amount = RupiahTypedField(_l("Amount asked back"))
    bank = _line(_l("Your bank"), 60, NEEDED)
    account = DigitsField(_l("Your account number"), render_kw={"autocomplete": "off"})
    holder = _line(_l("Name of the account's owner"), 100, NEEDED)
    pin = PinAgainField(_l("Your PIN"))

    def fit(self, ground: Ground, people, payments) -> None:
        """Only what this ground needs."""
        if ground in BY_EVENT:
            self.person.choices = [SelectChoice(str(id), name) for id, name in people]
        else:
            del self.person, self.event_on
        if ground in BY_PAYMENT:
            self.payment.choices = [SelectChoice(str(id), words) for id, words in payments]
        else:
            del self.payment
        if ground == Ground.WRONG_VA:
            del self.bank, self.account, self.holder
        else:
            del self.reference


class RefundEnterForm(Form):
    """An officer enters what an employer, a government or a family asks on paper."""

    key = KeyField()
    number = DigitsField(_l("Card number or virtual account"), read=read_card_or_va, render_kw={"autocomplete": "off"})
    ground = RadioField(
        _l("On which ground?"),
        choices=[SelectChoice(ground.value, GROUNDS[ground]) for ground in (*FROM_CREDIT, Ground.DEATH, *BY_PAYMENT)],
        validators=[CHOOSE],
    )
    event_on = BirthField(_l("Day of the death, for a death"), optional=True)
    reference = _line(_l("Bank reference, for a mistake"), 128)
    amount = RupiahTypedField(_l("Amount asked back"))
    bank = _line(_l("Bank"), 60, NEEDED)
    account = DigitsField(_l("Account number"), render_kw={"autocomplete": "off"})
    holder = _line(_l("Name of the account's owner"), 100, NEEDED)


class RefundPapersForm(_SeenForm):
    papers = SelectMultipleField(
        _l("Papers that are here"), option_widget=CheckboxInput(), coerce=str, validate_choice=True
    )

    def offer(self, papers) -> None:
        self.papers.choices = [(paper.value, PAPERS[paper]) for paper in papers]


class RefundProposeForm(_SeenForm):
    """One button."""


class RefundPayForm(_SeenForm):
    """What became of the transfer."""

    verdict = RadioField(
        _l("Has the bank transferred it?"),
        choices=[SelectChoice("yes", _l("Yes")), SelectChoice("no", _l("No: it cannot be paid out"))],
        validators=[CHOOSE],
    )
    reference = _line(_l("Bank reference"), 60)
    note = _note(_l("Why not? The member reads this."))
