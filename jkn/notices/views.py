"""What we told a member, in their language: each notice by its own template."""

from flask import Blueprint, redirect, url_for

from jkn.access import Can, actor, needs, scope
from jkn.notices import service
from jkn.notices.forms import NoticeReadForm
from jkn.notices.models import Notice
from jkn.notices.rules import clip
from jkn.notices.wording import in_words
from jkn.web import asked_number, page

bp = Blueprint("notices", __name__, cli_group=None)

bp.add_app_template_filter(clip)  # what is quoted in an SMS is cut to its place

PAGE = 20


@bp.route("/kabar", methods=["GET", "POST"])
@needs(Can.READ_NOTICES)
def notice_list():
    who = actor()
    query = scope(Notice).where(Notice.on_page()).order_by(Notice.id.desc()).limit(PAGE)
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
