from flask_babel import lazy_gettext as _l
from wtforms import RadioField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from jkn.forms import Form
from jkn.i18n import LANGUAGES


class LanguageChooseForm(Form):
    """Each language by its own name, so that nobody has to read another to find theirs."""

    language = RadioField(
        _l("Language"),
        choices=[SelectChoice(*language) for language in LANGUAGES.items()],
        validators=[InputRequired(_l("Choose one."))],
    )
