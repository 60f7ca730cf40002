from flask_babel import lazy_gettext as _l
from wtforms import RadioField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from jkn import i18n
from jkn.forms import Form


class LanguageChooseForm(Form):
    """Each language by its own name, so that nobody has to read another to find theirs."""

    language = RadioField(
        _l("Language"),
        choices=lambda: [SelectChoice(code, language.name) for code, language in i18n.LANGUAGES.items()],
        validators=[InputRequired(_l("Choose one."))],
    )
