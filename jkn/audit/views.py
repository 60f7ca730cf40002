from flask import Blueprint, request

from jkn import db, looks
from jkn.access import Can, actor, needs, scope
from jkn.audit import service
from jkn.audit.models import Entry
from jkn.web import asked_number, page

bp = Blueprint("audit", __name__, cli_group=None)

PAGE = 50


@bp.get("/petugas/audit")
@needs(Can.READ_AUDIT)
def entry_list():
    query = scope(Entry).order_by(Entry.id.desc()).limit(PAGE)
    before = asked_number("sebelum")
    entries = list(query.where(Entry.id < before) if before else query)
    return page("audit/entry_list.html", entries=entries, more=entries[-1].id if len(entries) == PAGE else None)


@bp.after_app_request
def note_looks(response):
    """Reading somebody's data by anyone else is recorded too, before the answer is sent: once for each person."""
    looked = looks.taken()
    if looked and response.status_code == 200:
        with db.bookkeeping():
            service.record_looks(looked, by=actor(), page=request.endpoint)
    return response


from jkn.audit import commands  # noqa: E402, F401  join the blueprint
