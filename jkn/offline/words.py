"""What volunteers and members read of forms that were written without a signal."""

import json

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from jkn.complaints.forms import CATEGORIES
from jkn.complaints.models import Category
from jkn.offline.models import Kind, OfflineForm

KINDS = {
    Kind.REGISTRATION: _l("Register a family"),
    Kind.COMPLAINT: _l("Complaint"),
    Kind.DATA: _l("Address for letters"),
}


def _complaint(row: OfflineForm) -> list[tuple]:
    said = json.loads(row.content)
    facts = [(_("What is it about?"), CATEGORIES[Category(said["category"])]), (_("What happened?"), said["text"])]
    return [*facts, (_("Which facility? (optional)"), said["place"])] if said["place"] else facts


def _data(row: OfflineForm) -> list[tuple]:
    address = json.loads(row.content)["address"]
    return [(_("Address for letters"), address or _("the address on your family card"))]


# What the member decides on, as rows of label and value. A registration never waits: nobody is in the scheme yet.
CONTENT = {Kind.COMPLAINT: _complaint, Kind.DATA: _data}
