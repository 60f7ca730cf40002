from wtforms import IntegerField
from wtforms.validators import InputRequired, NumberRange
from wtforms.widgets import HiddenInput

from jkn.forms import Form


class NoticeReadForm(Form):
    """Read up to here: a notice that came since then stays unread."""

    until = IntegerField(widget=HiddenInput(), validators=[InputRequired(), NumberRange(0, 2**62)])
