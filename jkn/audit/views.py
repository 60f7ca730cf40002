from flask import Blueprint, g, request

from jkn import db
from jkn.access import Can, actor, needs, scope
from jkn.audit import service
from jkn.audit.models import Act, Entry
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
    """Reading somebody's data by anyone but the family is recorded too, after the answer is made."""
    looked = g.pop("looked", None)
    if looked and response.status_code == 200:
        with db.bookkeeping():
            for row in looked:
                subject = row if hasattr(row, "id") and not isinstance(row, type) else row._meta.table_name
                service.record(Act.DATA_SEEN, subject, by=actor(), page=request.endpoint)
    return response


from jkn.audit import commands  # noqa: E402, F401  join the blueprint
