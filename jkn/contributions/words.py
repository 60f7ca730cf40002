"""Why an issued bill was corrected, in words."""

from flask_babel import lazy_gettext as _l

from jkn.contributions.models import Reason

CORRECTED = {
    Reason.TARIFF: _l("The tariff changed"),
    Reason.DEATH: _l("Nothing is owed after a death"),
    Reason.CHANGE: _l("The class or the family changed"),
    Reason.ARREARS: _l("Paid late: without state aid"),
}
