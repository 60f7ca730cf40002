from flask_babel import lazy_gettext as _l
from wtforms import RadioField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from jkn.assisting.models import Printer
from jkn.forms import DigitsField, Form


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


class KioskRevokeForm(Form):
    pass
