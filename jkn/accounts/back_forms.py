from flask_babel import lazy_gettext as _l
from wtforms import BooleanField

from jkn.accounts.forms import _NewPin, _NumberForm
from jkn.accounts.rules import CODE_LENGTH
from jkn.forms import BirthField, DigitsField, Form, SecretField
from jkn.numbers import read_card_or_nik


class KnownForm(_NumberForm):
    """Who one is, by what is known about them: for the emergency stop, and for asking two witnesses."""

    born = BirthField(_l("Birth date"))


class RecoverForm(_NewPin):
    """The PIN that two witnesses make possible."""


class _HeardForm(Form):
    """First the number somebody read aloud; then, when it is known whose it is, that it is really them."""

    sure = BooleanField(_l("I know this person. They stand before me."))


class WitnessForm(_HeardForm):
    code = DigitsField(_l("Number on the member's screen, 8 digits"), render_kw={"autocomplete": "off"})


class LevelRaiseForm(_HeardForm):
    code = DigitsField(_l("Number on the member's screen, 6 digits"), render_kw={"autocomplete": "off"})
    sure = BooleanField(_l("I have compared the KTP with the person."))


class SheetBindForm(Form):
    """A sealed sheet becomes the sheet of a person whose KTP was seen."""

    number = DigitsField(_l("NIK or card number"), read=read_card_or_nik, render_kw={"autocomplete": "off"})
    serial = DigitsField(_l("Serial of the sheet, 10 digits"), render_kw={"autocomplete": "off"})
    code = SecretField(_l("Any one code of the sheet"), length=CODE_LENGTH, autocomplete="off")
    sure = BooleanField(_l("I have compared the KTP with the person."))
