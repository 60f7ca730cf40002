from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, RadioField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length

from jkn.forms import DigitsField, Form
from jkn.numbers import read_phone


class SimulatorForm(Form):
    """A phone on the screen: its number, what is dialled or written, and the dialogue so far."""

    phone = DigitsField(_l("Phone number"), read=read_phone, render_kw={"inputmode": "tel", "autocomplete": "off"})
    way = RadioField(_l("How?"), choices=[SelectChoice("ussd", "USSD"), SelectChoice("sms", "SMS")], default="ussd")
    typed = StringField(
        _l("Type here"), validators=[Length(max=300)], render_kw={"autocomplete": "off", "maxlength": 300}
    )
    session = HiddenField(validators=[Length(max=40)])
    before = HiddenField(validators=[Length(max=500)])
