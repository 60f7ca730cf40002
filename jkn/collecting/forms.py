from collections.abc import Iterable

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, RadioField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from jkn.collecting.models import Stage
from jkn.collecting.providers import Provider
from jkn.forms import DigitsField, Form, KeyField, PinAgainField
from jkn.payments.forms import read_card_or_va

CHOOSE = InputRequired(_l("Choose one."))
DEEDS = {
    "pause": _l("Pause: debit nothing until I say so"),
    "resume": _l("Go on debiting"),
    "cancel": _l("End it for good"),
}
POSSIBLE = {Stage.ASKED: ("cancel",), Stage.ACTIVE: ("pause", "cancel"), Stage.PAUSED: ("resume", "cancel")}


class _ChoosingForm(Form):
    def offer(self, offered: Iterable[Provider]) -> None:
        self.provider.choices = [SelectChoice(provider.code, provider.name) for provider in offered]


class MandateBeginForm(_ChoosingForm):
    provider = RadioField(_l("Pay from"), choices=[], validators=[CHOOSE])
    pin = PinAgainField(_l("Your PIN"))
    key = KeyField()


class MandateChangeForm(Form):
    deed = RadioField(_l("What shall happen?"), choices=[], validators=[CHOOSE])
    pin = PinAgainField(_l("Your PIN"))

    def offer(self, stage: Stage) -> None:
        self.deed.choices = [SelectChoice(deed, DEEDS[deed]) for deed in POSSIBLE.get(stage, ())]


class MandateFinishForm(Form):
    """A button: what the provider gave the member to bring back to us."""

    code = HiddenField(validators=[InputRequired(), Length(max=512)])
    state = HiddenField(validators=[InputRequired(), Length(max=32)])


class PayForm(_ChoosingForm):
    provider = RadioField(_l("Pay with"), choices=[], validators=[CHOOSE])
    key = KeyField()


class NumberPayForm(_ChoosingForm):
    """First the number alone, and the amount is shown; then with a wallet, and it is asked for."""

    number = DigitsField(_l("Card number or virtual account"), read=read_card_or_va, render_kw={"autocomplete": "off"})
    provider = RadioField(_l("Pay with"), choices=[], validate_choice=False)
    key = KeyField()


class LinkMakeForm(Form):
    key = KeyField()


class ChargeAskForm(Form):
    """A button beside each line of the officers' list."""
