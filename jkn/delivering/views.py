"""How a member wants to be told; for officers what did not arrive, and letters to print."""

from datetime import timedelta

from flask import Blueprint, current_app, flash, redirect, url_for
from flask_babel import gettext as _

from jkn import clock, i18n, looks, numbers
from jkn.access import Can, actor, fetch, needs, scope
from jkn.delivering import letters, reports, senders, service
from jkn.delivering.forms import NONE, LettersPrintForm, NoticeDecideForm, WayForm
from jkn.delivering.models import DayCount, LetterBatch
from jkn.delivering.words import CHANNELS, STATES
from jkn.delivering.writing import letter_lines
from jkn.errors import Refused
from jkn.members.models import Person
from jkn.notices.models import Channel, Notice, State
from jkn.web import asked_number, page

bp = Blueprint("delivering", __name__, cli_group=None)
reports.open_door(bp)

PAGE = 50
DAYS = 7
TRIES = 3  # after so many, officers see that something is slow


@bp.record
def configure(state) -> None:
    """JKN_SENDERS names the gateways; a development machine without it prints messages on its console."""
    tables = state.app.config["SENDERS"]
    senders.configure(senders.consoles() if tables is None else senders.read(tables))


@bp.route("/data-saya/kabar", methods=["GET", "POST"])
@needs(Can.CHANGE_CONTACT)
def way_choose():
    me = fetch(Person, actor().person_id)
    way, reachable = service.way_of(me.id), _reachable(me)
    usual = Channel.SMS if Channel.SMS in reachable else Channel.PAPER
    form = WayForm(way=(way.channel or NONE) if way else usual)
    form.offer(reachable)
    if form.validate_on_submit():
        changed = service.choose_way(me.id, form.channel, actor())
        flash(_("Your data was changed.") if changed else _("Nothing was changed."))
        return redirect("/data-saya", 303)
    return page("delivering/way_choose.html", form=form, phone=me.phone and numbers.mask_phone(me.phone))


def _reachable(person: Person) -> list[Channel]:
    by_number = [channel for channel in service.TO_NUMBERS if person.phone and channel in senders.offered()]
    by_email = [Channel.EMAIL] if person.email and Channel.EMAIL in senders.offered() else []
    return [*by_number, *by_email, Channel.PAPER]


@bp.get("/petugas/kabar")
@needs(Can.REVIEW_NOTICES)
def notice_review():
    """What failed, the newest first; what is tried again and again; the figures of the last days."""
    before = asked_number("sebelum")
    failed = scope(Notice).where(Notice.state.in_((State.FAILED, State.EXPIRED))).order_by(Notice.id.desc())
    rows = list((failed.where(Notice.id < before) if before else failed).limit(PAGE))
    slow = scope(Notice).where(Notice.state == State.WAITING, Notice.tries >= TRIES).order_by(Notice.due_at)
    counts = scope(DayCount).where(DayCount.day > clock.today() - timedelta(days=DAYS))
    budget = current_app.config["NOTICE_BUDGET"]
    counts = list(counts.order_by(DayCount.day.desc(), DayCount.channel))
    return page(
        "delivering/notice_review.html",
        failed=rows,
        slow=list(slow.limit(PAGE)) if not before else [],
        counts=counts,
        blown=[row for row in counts if row.refused and row.day == clock.today()],
        budget=budget,
        more=rows[-1].id if len(rows) == PAGE else None,
        channels=CHANNELS,
        states=STATES,
    )


@bp.route("/petugas/kabar/<int:notice_id>", methods=["GET", "POST"])
@needs(Can.REVIEW_NOTICES)
def notice_decide(notice_id):
    notice, form = fetch(Notice, notice_id), NoticeDecideForm()
    if form.validate_on_submit():
        deed = service.resend if form.deed.data == "resend" else service.drop
        try:
            deed(notice, actor())
        except Refused as refused:
            form.refuse(refused)
        else:
            flash(_("Noted."))
            return redirect(url_for(".notice_review"), 303)
    is_open = notice.state in (State.WAITING, State.FAILED, State.LETTER, State.DROPPED)
    return page(
        "delivering/notice_decide.html",
        notice=notice,
        form=form if is_open or form.form_errors else None,
        channels=CHANNELS,
        states=STATES,
    )


@bp.route("/petugas/surat", methods=["GET", "POST"])
@needs(Can.PRINT_LETTERS)
def letter_list():
    """How many letters wait, and what was printed; print the next batch."""
    form = LettersPrintForm()
    if form.validate_on_submit():
        try:
            batch = letters.make_batch(form.key.data, actor())
        except Refused as refused:
            form.refuse(refused)
        else:
            return redirect(url_for(".letter_print", letter_batch_id=batch.id), 303)
    batches = scope(LetterBatch).order_by(LetterBatch.id.desc()).limit(PAGE)
    return page("delivering/letter_list.html", form=form, waiting=letters.waiting(), batches=batches)


@bp.get("/petugas/surat/<int:letter_batch_id>")
@needs(Can.PRINT_LETTERS)
def letter_print(letter_batch_id):
    """The letters of one batch, each on a page of its own, in the language of whom it is for."""
    batch = fetch(LetterBatch, letter_batch_id)
    found = list(letters.of_batch(batch))
    looks.note(*(letter.person for letter in found))
    written = [
        (letter, i18n.known(letter.person.language), letter_lines(letter.person, letter.notices)) for letter in found
    ]
    return page("delivering/letter_print.html", batch=batch, letters=written)


from jkn.delivering import commands as commands  # noqa: E402  the commands join the blueprint
