from flask_babel import lazy_gettext as _l
from wtforms import StringField
from wtforms.validators import InputRequired, Length

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


class KioskRevokeForm(Form):
    pass
