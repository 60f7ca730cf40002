from datetime import timedelta
from secrets import token_urlsafe

from flask import Blueprint, flash, redirect, request, session, url_for
from flask_babel import gettext as _

from jkn import clock
from jkn.access import Actor, Can, actor, allowed, fetch, for_member, login_manager, needs, public, scope
from jkn.complaints import service
from jkn.complaints.forms import (
    CATEGORIES,
    ComplaintAnswerForm,
    ComplaintFileForm,
    ComplaintFollowForm,
    ComplaintVerdictForm,
)
from jkn.complaints.models import Complaint, Stage
from jkn.complaints.words import STAGES
from jkn.errors import N_, Refused
from jkn.forms import tidy
from jkn.web import asked_number, page

bp = Blueprint("complaints", __name__, cli_group=None)

PAGE = 20
DESK_PAGE = 50
FOLLOWED = timedelta(minutes=15)  # how long a browser remembers a ticket, for it may be another's phone


@bp.route("/pengaduan", methods=["GET", "POST"])
@public
def complaint_file():
    by = for_member(Can.FILE_COMPLAINT)
    member = by.person_id is not None
    form = ComplaintFileForm(member="1" if member else "")
    if not member:
        if form.member.data:
            return login_manager.unauthorized()  # the sign-in ran out while they wrote
        del form.nameless
    words = form.place.data or tidy(request.args.get("place"))
    form.offer(service.find_facilities(words[:100]) if words else [], words)
    if form.validate_on_submit():
        named = member and not form.nameless.data
        try:
            complaint = service.file(
                key=form.key.data,
                category=form.category.data,
                text=form.text.data,
                facility_code=form.facility_code,
                place=None if form.facility_code else form.place.data,
                contact=form.contact.data,
                by=by if named else Actor(channel=by.channel, device=by.device),
            )
        except Refused as refused:
            form.key.data = token_urlsafe(12)
            form.refuse(refused)
        else:
            flash(_("Write the number down. With it you can follow your complaint."))
            if named and allowed(by, Can.FOLLOW_COMPLAINTS):
                return redirect(url_for(".complaint_show", complaint_id=complaint.id), 303)
            follow(complaint)
            return redirect(url_for(".complaint_status"), 303)
    return page("complaints/complaint_file.html", fragment="facility_list", form=form, member=member)


@bp.route("/pengaduan/lacak", methods=["GET", "POST"])
@public
def complaint_follow():
    form = ComplaintFollowForm()
    if form.validate_on_submit():
        complaint = service.find(form.ticket.number)
        if complaint:
            follow(complaint)
            return redirect(url_for(".complaint_status"), 303)
        form.refuse(Refused(N_("No complaint has this number. Compare it once more."), field="ticket"))
    return page("complaints/complaint_follow.html", form=form)


@bp.route("/pengaduan/nomor", methods=["GET", "POST"])
@public
def complaint_status():
    """What the holder of a ticket sees: stages and answers, never the complaint's own text."""
    complaint_id, until = session.get("complaint", (0, 0))
    complaint = service.followed(complaint_id) if clock.now().timestamp() < until else None
    if complaint is None:
        return redirect(url_for(".complaint_follow"), 303)
    form = verdict_form(complaint) if complaint.person_id is None else None
    if form and form.validate_on_submit() and give_verdict(complaint, form):
        return redirect(url_for(".complaint_status"), 303)
    return page("complaints/complaint_status.html", complaint=complaint, form=form, stages=STAGES)


@bp.get("/pengaduan/saya")
@needs(Can.FOLLOW_COMPLAINTS)
def complaint_list():
    query = scope(Complaint).order_by(Complaint.id.desc()).limit(PAGE)
    before = asked_number("sebelum")
    complaints = list(query.where(Complaint.id < before) if before else query)
    more = complaints[-1].id if len(complaints) == PAGE else None
    return page("complaints/complaint_list.html", complaints=complaints, more=more, stages=STAGES)


@bp.route("/pengaduan/<int:complaint_id>", methods=["GET", "POST"])
@needs(Can.FOLLOW_COMPLAINTS)
def complaint_show(complaint_id):
    complaint = fetch(Complaint, complaint_id)
    form = verdict_form(complaint)
    if form and form.validate_on_submit() and give_verdict(complaint, form):
        return redirect(url_for(".complaint_show", complaint_id=complaint.id), 303)
    return _told("complaints/complaint_show.html", complaint, form)


@bp.get("/petugas/pengaduan")
@needs(Can.ANSWER_COMPLAINTS)
def complaint_desk():
    """The open ones, whose answer is due soonest first; then those answered last."""
    offset = asked_number("mulai")
    query = scope(Complaint)
    waiting = query.where(Complaint.due_on.is_null(False)).order_by(Complaint.due_on, Complaint.id)
    waiting = list(waiting.offset(offset).limit(DESK_PAGE))
    more = offset + DESK_PAGE if len(waiting) == DESK_PAGE else None
    done = [] if more else list(query.where(Complaint.due_on.is_null()).order_by(Complaint.id.desc()).limit(PAGE))
    return page(
        "complaints/complaint_desk.html", waiting=waiting, done=done, more=more, stages=STAGES, categories=CATEGORIES
    )


@bp.route("/petugas/pengaduan/<int:complaint_id>", methods=["GET", "POST"])
@needs(Can.ANSWER_COMPLAINTS)
def complaint_answer(complaint_id):
    complaint = fetch(Complaint, complaint_id)
    form = ComplaintAnswerForm(seen=complaint.steps)
    if form.validate_on_submit():
        try:
            service.answer(complaint, form.text.data, seen=form.seen.data, by=actor())
        except Refused as refused:
            form.refuse(refused)
        else:
            flash(_("The answer was sent."))
            return redirect(url_for(".complaint_desk"), 303)
    return _told("complaints/complaint_answer.html", complaint, form)


def follow(complaint: Complaint) -> None:
    """Let this browser look at the complaint for a while; its number never stands in an address."""
    session["complaint"] = (complaint.id, int((clock.now() + FOLLOWED).timestamp()))


def verdict_form(complaint: Complaint) -> ComplaintVerdictForm | None:
    """The question whether it is solved, once there is an answer to judge."""
    if complaint.stage == Stage.ANSWERED or request.method == "POST":
        return ComplaintVerdictForm(seen=complaint.steps)
    return None


def give_verdict(complaint: Complaint, form: ComplaintVerdictForm) -> bool:
    """Store SUDAH or BELUM; False, with the reason on the form, when the complaint has moved on."""
    try:
        if form.solved.data == "sudah":
            service.solve(complaint, seen=form.seen.data, by=actor())
        else:
            service.reopen(complaint, form.text.data, seen=form.seen.data, by=actor())
    except Refused as refused:
        form.refuse(refused)
        return False
    return True


def _told(template: str, complaint: Complaint, form):
    """A complaint with its steps, as the member and the officer see it."""
    facility = service.facility_of(complaint)
    return page(template, complaint=complaint, form=form, facility=facility, stages=STAGES, categories=CATEGORIES)
