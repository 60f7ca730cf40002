from flask_babel import lazy_gettext as _l

from jkn import clock, numbers
from jkn.forms import BirthField, DigitsField, Form


def _nik(text: str) -> str:
    return numbers.read_nik(text, clock.today()).digits


class CheckForm(Form):
    """Is somebody active? By what stands on the KTP."""

    nik = DigitsField(_l("NIK (16 digits)"), read=_nik)
    born = BirthField(_l("Birth date"))
