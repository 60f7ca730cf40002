"""What we told a member, in their language: each notice by its own template."""

from datetime import date
from re import compile

from flask import Blueprint, redirect, render_template, url_for

from jkn.access import Can, actor, needs, scope
from jkn.notices import service
from jkn.notices.forms import NoticeReadForm
from jkn.notices.models import Notice
from jkn.web import asked_number, page

bp = Blueprint("notices", __name__, cli_group=None)

PAGE = 20
DATE = compile(r"\d{4}-\d{2}-\d{2}")


@bp.route("/kabar", methods=["GET", "POST"])
@needs(Can.READ_NOTICES)
def notice_list():
    who = actor()
    query = scope(Notice).order_by(Notice.id.desc()).limit(PAGE)
    before = asked_number("sebelum")
    notices = list(query.where(Notice.id < before) if before else query)
    form = NoticeReadForm(until=notices[0].id if notices else 0)
    if form.validate_on_submit():
        service.mark_read(who.person_id, form.until.data)
        return redirect(url_for(".notice_list"), 303)
    return page(
        "notices/notice_list.html",
        notices=[(notice, in_words(notice)) for notice in notices],
        form=form if any(notice.seen_at is None for notice in notices) else None,
        more=notices[-1].id if len(notices) == PAGE else None,
    )


def in_words(notice: Notice) -> str:
    """The notice in the reader's language; a value that is a date is written out by its template."""
    values = {name: _read(value) for name, value in notice.values.items()}
    return render_template(f"notices/{notice.name}.txt", **values).strip()


def _read(value):
    return date.fromisoformat(value) if isinstance(value, str) and DATE.fullmatch(value) else value
