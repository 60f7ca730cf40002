from collections.abc import Iterable

import segno
from flask import Blueprint, abort, redirect, request, session, url_for

from jkn import clock, law, numbers
from jkn.access import Can, actor, fetch, needs, public, scope
from jkn.contributions.rules import Fact
from jkn.contributions.telling import told
from jkn.eligibility import service
from jkn.eligibility.forms import CheckForm
from jkn.eligibility.words import SEGMENTS
from jkn.errors import Refused
from jkn.facilities import service as facilities
from jkn.members import service as members
from jkn.members.models import Family, Person, Stay
from jkn.web import page

bp = Blueprint("eligibility", __name__, cli_group=None)


@bp.get("/status")
@needs(Can.SEE_STATUS)
def status_show():
    """Will I be served today? For each of the family; those with the same answer share it."""
    today = clock.today()
    who = actor()
    groups = service.of_family(who.family_id, today, first=who.person_id, among=who.covers)
    return page(
        "eligibility/status_show.html",
        groups=groups,
        me=actor().person_id,
        family=Family.get_by_id(actor().family_id),
        shown_name=members.shown_name,
        told=_told,
        segments=SEGMENTS,
        emergency=law.at(today).emergency,
    )


@bp.get("/kartu")
@needs(Can.SEE_CARD)
def card_list():
    """The cards of the family."""
    stays = (
        scope(Stay)
        .select_extend(Person.id, Person.name, Person.card)
        .join(Person)
        .where(Stay.until.is_null(), Person.died_on.is_null())
    )
    return page(
        "eligibility/card_list.html",
        stays=list(stays.order_by(Person.born)),
        family=Family.get_by_id(actor().family_id),
        shown_name=members.shown_name,
        mask=numbers.mask_card,
    )


@bp.get("/kartu/<int:stay_id>")
@needs(Can.SEE_CARD)
def card_show(stay_id):
    """One card. `?tampil=1` shows the whole number and its QR code."""
    stay = fetch(Stay, stay_id)
    today = clock.today()
    if stay.until and stay.until <= today:
        abort(404)
    person, is_open = stay.person, request.args.get("tampil") == "1"
    return page(
        "eligibility/card_show.html",
        stay=stay,
        name=members.shown_name(person, stay.family),
        number=numbers.group(person.card) if is_open else numbers.mask_card(person.card),
        qr=qr_of(person.card) if is_open else None,
        spell=members.spells_of([person.id], today).get(person.id),
        clinic=facilities.clinic_of(person.id, today),
        segments=SEGMENTS,
    )


@bp.route("/cek", methods=["GET", "POST"])
@public
def check():
    """Active or not, for who knows NIK and birth date. The answer waits in the session: no NIK in an address."""
    form = CheckForm()
    if form.validate_on_submit():
        try:
            session["checked"] = service.check(form.nik.number, form.born.data, clock.today(), by=actor())
        except Refused as refused:
            form.refuse(refused)
        else:
            return redirect(url_for(".check"), 303)
    answer = session.pop("checked", None) if request.method == "GET" else None
    emergency = law.at(clock.today()).emergency
    return page("eligibility/check.html", form=form, answer=answer, emergency=emergency)


def _told(trace: Iterable[Fact]) -> list[tuple[str, object]]:
    """The trace in words, segments by their names."""
    return [(label, SEGMENTS.get(value, value)) for label, value in told(trace)]


def qr_of(number: str) -> str:
    """A QR code as a one-bit PNG in a data URI, 203 pixels wide: read by scanners, shown by every browser."""
    return segno.make(number, error="m", micro=False).png_data_uri(scale=7)
