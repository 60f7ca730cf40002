"""What the kinds of lines are called."""

from flask_babel import lazy_gettext as _l

from jkn.contributions.models import Kind

KINDS = {
    Kind.CONTRIBUTION: _l("Contribution"),
    Kind.AID: _l("Aid to class III"),
    Kind.LATE_AID: _l("Aid to class III, months paid late"),
}
