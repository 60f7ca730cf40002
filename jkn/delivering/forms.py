from flask_babel import lazy_gettext as _l
from wtforms import RadioField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from jkn.delivering.words import WAYS
from jkn.forms import Form, KeyField
from jkn.notices.models import Channel

CHOOSE = InputRequired(_l("Choose one."))
NONE = "none"


class WayForm(Form):
    way = RadioField(_l("How shall we tell you?"), validators=[CHOOSE])

    def offer(self, channels: list[Channel]) -> None:
        """By what this person can be reached; the news page always."""
        self.way.choices = [SelectChoice(each or NONE, WAYS[each]) for each in (*channels, None)]

    @property
    def channel(self) -> Channel | None:
        return None if self.way.data == NONE else Channel(self.way.data)


class NoticeDecideForm(Form):
    deed = RadioField(
        _l("What to do"),
        choices=[SelectChoice("resend", _l("Send it again")), SelectChoice("drop", _l("Give it up"))],
        validators=[CHOOSE],
    )


class LettersPrintForm(Form):
    key = KeyField()
