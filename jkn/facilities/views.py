"""Finding a facility, and changing the clinic of somebody in the family."""

from flask import Blueprint, abort, flash, redirect, request, url_for
from flask_babel import gettext as _

from jkn import access, clock, law
from jkn.access import Can, actor, fetch, needs, public, scope
from jkn.errors import N_, Refused
from jkn.facilities import rules, service
from jkn.facilities.forms import ClinicChangeForm, ClinicUndoForm, FacilitySearchForm, VillageSearchForm
from jkn.facilities.models import Section
from jkn.members import service as members
from jkn.members.models import Family, Person, Stay
from jkn.regions import service as regions
from jkn.web import page

bp = Blueprint("facilities", __name__, cli_group=None)

LISTS = {"gigi": Section.DENTIST}  # ?jenis=…; anything else is the list of clinics
DEEPEST = 400


@bp.get("/faskes")
@public
def facility_list():
    """Clinics by words, by nearness to a village (the member's own unless another is named), or both."""
    form = FacilitySearchForm(request.args)
    text = (form.q.data or "")[:60]
    village = form.desa.data or service.home_village(actor().family_id)
    offset = min(max(request.args.get("dari", 0, type=int), 0), DEEPEST)
    section = LISTS.get(form.jenis.data, Section.CLINIC)
    found = service.search(text, village, offset, section)
    asked = {"q": text or None, "desa": form.desa.data or None, "jenis": form.jenis.data or None}
    return page(
        "facilities/facility_list.html",
        fragment="facility_list",
        form=form,
        found=found,
        text=text,
        asked=asked,
        dentists=section == Section.DENTIST,
    )


@bp.get("/faskes/desa")
@public
def village_list():
    """Choosing the village near which to look."""
    form = VillageSearchForm(request.args)
    text = (form.q.data or "")[:60]
    found = regions.find(text) if text else []
    kept = {"jenis": form.jenis.data} if form.jenis.data else {}
    return page("facilities/village_list.html", form=form, villages=found, text=text, kept=kept)


@bp.get("/faskes/<code>")
@public
def facility_show(code):
    facility = service.get(code) or abort(404)
    return page("facilities/facility_show.html", facility=facility, choosable=facility.section == Section.CLINIC)


@bp.get("/faskes/ganti")
@needs(Can.CHANGE_CLINIC)
def clinic_list():
    """Each member of the family with their clinic, and from when it may be changed."""
    family = fetch(Family, actor().family_id)
    today = clock.today()
    people = [person for person in members.people_of(family.id) if actor().may_see(person.id)]
    standings = service.standings_of([person.id for person in people], today)
    chosen = service.get(request.args.get("klinik", ""))
    held = [choice for standing in standings.values() for choice in (standing.now, standing.coming) if choice]
    return page(
        "facilities/clinic_list.html",
        people=[(person, members.shown_name(person, family), standings[person.id]) for person in people],
        clinics=service.by_codes({choice.facility_code for choice in held}),
        chosen=chosen if chosen and chosen.section == Section.CLINIC else None,
        rule=law.at(today).fktp_change,
        today=today,
        regency=(family.village_code or "")[:5],
    )


@bp.route("/faskes/ganti/<int:person_id>/<code>", methods=["GET", "POST"])
@needs(Can.CHANGE_CLINIC)
def clinic_change(person_id, code):
    """The PIN again, and the clinic changes on the first of next month."""
    person, family = _relative(person_id)
    facility = service.get(code) or abort(404)
    today = clock.today()
    form = ClinicChangeForm()
    if form.validate_on_submit():
        try:
            if not access.confirm_pin(actor(), form.pin.data):
                raise Refused(N_("That is not your PIN."), field="pin")
            choice = service.change(person, facility.code, actor(), form.key.data)
        except Refused as refused:
            form.refuse(refused)
        else:
            flash(_("Changed. The new clinic holds from the first of next month."))
            return redirect(url_for(".clinic_list", _anchor=f"p{choice.person_id}"), 303)
    rule = law.at(today).fktp_change
    return page(
        "facilities/clinic_change.html",
        form=form,
        person=person,
        name=members.shown_name(person, family),
        facility=facility,
        since=rules.effective_from(today, rule.effective_months),
        standing=service.standings_of([person.id], today)[person.id],
        rule=rule,
        today=today,
        regency=(family.village_code or "")[:5],
    )


@bp.route("/faskes/ganti/<int:person_id>/batal", methods=["GET", "POST"])
@needs(Can.CHANGE_CLINIC)
def clinic_undo(person_id):
    """Asks, then takes a change back that does not hold yet."""
    person, family = _relative(person_id)
    coming = service.standings_of([person.id], clock.today())[person.id].coming
    form = ClinicUndoForm()
    if coming is None:
        return redirect(url_for(".clinic_list"), 303)
    if form.validate_on_submit():
        try:
            service.undo(coming, actor())
        except Refused as refused:
            form.refuse(refused)
        else:
            flash(_("Undone. The clinic stays as it was."))
            return redirect(url_for(".clinic_list"), 303)
    name = members.shown_name(person, family)
    return page(
        "facilities/clinic_undo.html", form=form, name=name, coming=coming, facility=service.get(coming.facility_code)
    )


def _relative(person_id: int) -> tuple[Person, Family]:
    """Somebody of the own family, or 404."""
    stay = scope(Stay).where(Stay.person == person_id, Stay.until.is_null()).first() or abort(404)
    return stay.person, stay.family


from jkn.facilities import commands  # noqa: E402, F401
