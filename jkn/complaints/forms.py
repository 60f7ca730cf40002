from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, IntegerField, RadioField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, ValidationError
from wtforms.widgets import HiddenInput

from jkn.complaints.models import Category
from jkn.complaints.rules import read_ticket
from jkn.forms import DigitsField, Form, KeyField, tidy

CATEGORIES = {
    Category.MONEY: _l("Asked to pay extra"),
    Category.CLINIC: _l("Clinic or health centre"),
    Category.HOSPITAL: _l("Hospital"),
    Category.MEMBERSHIP: _l("Membership data"),
    Category.CONTRIBUTION: _l("Contributions and payment"),
    Category.STAFF: _l("JKN staff"),
    Category.SERVICE: _l("This service or the app"),
    Category.QUESTION: _l("A question"),
    Category.IDEA: _l("An idea or thanks"),
}
NOT_LISTED = "-"
LONGEST = 2000
NEEDED = DataRequired(_l("Fill this in."))
CHOOSE = InputRequired(_l("Choose one."))


def _text(label, rows, *validators, **kwargs):
    too_long = Length(max=LONGEST, message=_l("Write at most 2000 letters."))
    return TextAreaField(label, filters=[tidy], validators=[*validators, too_long], render_kw={"rows": rows}, **kwargs)


class ComplaintFileForm(Form):
    """What went wrong, where, and how to reach who says it. Only what and which are needed."""

    key = KeyField()
    category = RadioField(
        _l("What is it about?"), choices=[SelectChoice(*row) for row in CATEGORIES.items()], validators=[CHOOSE]
    )
    text = _text(_l("What happened?"), 4, NEEDED)
    place = StringField(
        _l("Which facility? (optional)"),
        description=_l("Part of its name, or its code."),
        filters=[tidy],
        validators=[Length(max=100, message=_l("Write at most 100 letters."))],
        render_kw={
            "data-hx-get": "/pengaduan",
            "data-hx-target": "#facility_list",
            "data-hx-swap": "outerHTML",
            "data-hx-trigger": "input changed delay:400ms",
            "data-hx-sync": "this:replace",
            "autocomplete": "off",
        },
    )
    facility = RadioField(_l("Choose the facility"), choices=[], validate_choice=False)
    contact = StringField(
        _l("How can we reach you? (optional)"),
        description=_l("A phone number or an e-mail address."),
        filters=[tidy],
        validators=[Length(max=100, message=_l("Write at most 100 letters."))],
    )
    nameless = BooleanField(_l("Send without my name"))
    member = HiddenField()  # filled when shown to somebody signed in: their name must not get lost on the way

    def offer(self, facilities: list, words: str | None) -> None:
        """List the facilities that fit the words; a code stands for itself."""
        if not facilities:
            return
        self.facility.choices = [
            *(SelectChoice(facility.code, f"{facility.title}, {facility.regency}") for facility in facilities),
            SelectChoice(NOT_LISTED, _l("None of these")),
        ]
        if len(facilities) == 1 and facilities[0].code == (words or "").upper():
            self.facility.data = facilities[0].code

    def validate_facility(self, field) -> None:
        if field.choices and field.data not in [choice.value for choice in field.choices]:
            raise ValidationError(_l("Choose the facility, or say that it is none of these."))

    @property
    def facility_code(self) -> str | None:
        return self.facility.data if self.facility.choices and self.facility.data != NOT_LISTED else None


class ComplaintFollowForm(Form):
    """One field: looking up changes nothing, so a browser that sends it by itself does no harm."""

    ticket = DigitsField(
        _l("Complaint number"), read=read_ticket, render_kw={"type": "text", "inputmode": False, "autocomplete": "off"}
    )


class _SeenForm(Form):
    """Acts on the page as it was shown: `seen` is the number of steps it had."""

    seen = IntegerField(widget=HiddenInput(), validators=[InputRequired(), NumberRange(1, 10_000)])


class ComplaintVerdictForm(_SeenForm):
    """The member's word: SUDAH ends it, BELUM opens it again."""

    solved = RadioField(
        _l("Is it solved?"),
        choices=[
            SelectChoice("sudah", _l("SUDAH: it is solved")),
            SelectChoice("belum", _l("BELUM: it is not solved")),
        ],
        validators=[CHOOSE],
    )
    text = _text(_l("What is still wrong? (optional)"), 2)


class ComplaintAnswerForm(_SeenForm):
    """An officer's answer."""

    text = _text(_l("Answer"), 6, NEEDED)
