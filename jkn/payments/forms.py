from flask_babel import lazy_gettext as _l

from jkn.errors import N_
from jkn.forms import DigitsField, Form
from jkn.numbers import BadNumber, card_tail_of_va, digits, va_of


def read_card_or_va(text: str) -> str:
    """A card number or a virtual account, as a virtual account. Raises BadNumber."""
    number = digits(text)
    if len(number) == 16:
        card_tail_of_va(number)
        return number
    if len(number) != 13:
        raise BadNumber(N_("Type the 13 digits of a card or the 16 digits of a virtual account."))
    return va_of(number)


class BillFindForm(Form):
    number = DigitsField(_l("Card number or virtual account"), read=read_card_or_va, render_kw={"autocomplete": "off"})


class NoticeForm(Form):
    """A button beside each line of the officers' list."""


class PotOpenForm(Form):
    """A button: a number of its own for the pot."""
