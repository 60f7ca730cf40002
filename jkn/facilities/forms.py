from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, SearchField

from jkn.forms import Form, KeyField, PinAgainField


class FacilitySearchForm(Form):
    """What to look for, near which village, on which list; sent by GET."""

    class Meta:
        csrf = False

    q = SearchField(_l("Name, village, district or city"), render_kw={"maxlength": 60})
    desa = HiddenField()
    jenis = HiddenField()


class VillageSearchForm(FacilitySearchForm):
    q = SearchField(_l("Name of your village"), render_kw={"maxlength": 60})


class ClinicChangeForm(Form):
    pin = PinAgainField(_l("Your PIN"))
    key = KeyField()


class ClinicUndoForm(Form):
    pass
