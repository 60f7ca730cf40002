from datetime import date

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from jkn import i18n
from jkn.calendar import add_months
from jkn.errors import N_
from jkn.forms import DigitsField, Form
from jkn.money import Rupiah, parse_rupiah
from jkn.numbers import BadNumber, digits, read_card_or_nik

MOST_WAGE = 10**10
MOST_RELATIVES = 20
MONTHS_OFFERED = 3


def read_wage(text: str) -> Rupiah:
    wage = parse_rupiah(text)
    if not 0 < wage < MOST_WAGE:
        raise BadNumber(N_("This is no monthly wage."))
    return wage


def read_relatives(text: str) -> int:
    number = digits(text)
    if len(number) > 2 or int(number) > MOST_RELATIVES:
        raise BadNumber(N_("At most 20."))
    return int(number)


class EmployerSearchForm(Form):
    class Meta:
        csrf = False

    q = StringField(_l("Name or code"), render_kw={"maxlength": 60})


class _MonthForm(Form):
    """Asks from which month on something holds: the first that is still in time, or one of the next."""

    since = RadioField(_l("From which month?"), choices=[], validators=[InputRequired(_l("Choose one."))])

    def offer(self, first: date) -> None:
        months = [add_months(first, count) for count in range(MONTHS_OFFERED)]
        self.since.choices = [SelectChoice(month.isoformat(), i18n.month(month)) for month in months]

    @property
    def month(self) -> date:
        return date.fromisoformat(self.since.data)


class _WageForm(_MonthForm):
    wage = DigitsField(_l("Wage a month"), read=read_wage, description=_l("In rupiah, with fixed allowances."))
    extra_family = DigitsField(
        _l("More relatives"),
        read=read_relatives,
        optional=True,
        description=_l("Beyond spouse and children; the worker pays for each."),
    )


class WorkerAddForm(_WageForm):
    number = DigitsField(_l("NIK or card number"), read=read_card_or_nik, render_kw={"autocomplete": "off"})


class WorkerChangeForm(_WageForm):
    pass


class WorkerEndForm(_MonthForm):
    pass
