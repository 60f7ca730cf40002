"""What volunteers read for each kind of work."""

from flask_babel import lazy_gettext as _l

from jkn.assisting.worklist import Task

TASKS = {
    Task.UNREGISTERED: _l("Not registered yet"),
    Task.ARREARS: _l("In arrears"),
    Task.EXPIRING: _l("Cover ends within two months"),
}
