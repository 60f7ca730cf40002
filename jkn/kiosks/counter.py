"""The counter beside the kiosks: codes for members whose KTP was compared, numbers called, printers without paper."""

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _

from jkn import clock, looks
from jkn.access import Can, actor, fetch, needs, scope
from jkn.eligibility import service as eligibility
from jkn.errors import Refused
from jkn.kiosks import slips, staff, words
from jkn.kiosks.forms import CallForm, VouchForm
from jkn.kiosks.models import Errand, Kiosk
from jkn.kiosks.views import bp, names_of
from jkn.numbers import group
from jkn.web import asked_number, page


@bp.get("/petugas/kios/loket")
@needs(Can.SERVE_KIOSKS)
def kiosk_board():
    """The kiosks in use: which have no paper, and the way to each one's numbers and codes."""
    live = scope(Kiosk).where(Kiosk.token_hash.is_null(False), Kiosk.revoked_at.is_null())
    kiosks = list(live.order_by(Kiosk.facility_code, Kiosk.id).limit(50))
    return page("kiosks/kiosk_board.html", kiosks=kiosks, names=names_of(kiosks))


@bp.route("/petugas/kios/<int:kiosk_id>/hadir", methods=["GET", "POST"])
@needs(Can.SERVE_KIOSKS)
def kiosk_vouch(kiosk_id):
    """Compare the KTP here; the code that comes is typed at the kiosk, where the paper comes out."""
    kiosk, form, person = fetch(Kiosk, kiosk_id), VouchForm(), None
    if form.validate_on_submit():
        try:
            person = staff.find(form.number.number, actor())
            looks.note(person)
            if form.sure.data:
                code = staff.vouch(kiosk, person, Errand(form.errand.data), actor())
                flash(_("Type at the kiosk within five minutes: %(code)s", code=group(code, 4)))
                return redirect(url_for(".kiosk_vouch", kiosk_id=kiosk.id), 303)
        except Refused as refused:
            form.refuse(refused)
    return page("kiosks/kiosk_vouch.html", kiosk=kiosk, form=form, person=person, names=names_of([kiosk]))


@bp.route("/petugas/kios/<int:kiosk_id>/nomor", methods=["GET", "POST"])
@needs(Can.SERVE_KIOSKS)
def kiosk_numbers(kiosk_id):
    """Call a number of the day, and read what stands on its slip; paper's numbers are known as such."""
    kiosk, form, today = fetch(Kiosk, kiosk_id), CallForm(), clock.today()
    if form.validate_on_submit():
        try:
            if not staff.call(kiosk, form.number.data, actor()):
                flash(_("This number was called before."))
            return redirect(url_for(".kiosk_numbers", kiosk_id=kiosk.id, nomor=form.number.data), 303)
        except Refused as refused:
            form.refuse(refused)
    number, where = asked_number("nomor") if request.method == "GET" else 0, (kiosk.facility_code, today)
    slip, lines = staff.slip_of(*where, number) if number else None, []
    if slip:
        looks.note(slip.person)
        verdict = eligibility.verdict(slip.person, today)
        lines = [words.word_of(verdict), *words.lines_of(slip.person, verdict, slip.kiosk.place)]
    return page(
        "kiosks/kiosk_numbers.html",
        kiosk=kiosk,
        names=names_of([kiosk]),
        form=form,
        number=number,
        label=slips.written(number),
        lines=lines,
        call=staff.call_of(*where, number) if number else None,
        given=staff.given(*where),
        last=staff.called(*where),
        papers=staff.papers_of(*where),
    )
