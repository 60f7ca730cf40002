"""Joining, second half: class, auto-debit, clinic, contact, PIN. Each page leaves one answer in the draft."""

from flask import abort, request, url_for
from wtforms.fields.choices import SelectChoice

from jkn import clock, law, numbers
from jkn.accounts import service as accounts
from jkn.accounts.rules import weak_pin_reason
from jkn.contributions.rules import price
from jkn.drafts import service as drafts
from jkn.errors import Refused
from jkn.facilities import service as facilities
from jkn.facilities.models import Section
from jkn.forms import tidy
from jkn.registration import rules, service
from jkn.registration.forms import AutodebitForm, ClassForm, ClinicFindForm, ClinicForm, ContactForm, PinForm
from jkn.registration.steps import again, bp, go_on, show, step

FARTHEST = 400  # how many clinics one may page through


@bp.route("/daftar/kelas", methods=["GET", "POST"])
@step("class")
def class_choose(draft, answers):
    form = again(ClassForm, care_class=str(answers.get("care_class") or ""))
    prices = {number: price(clock.today(), number) for number in (1, 2, 3)}
    form.show_prices({str(number): row.amount for number, row in prices.items()}, len(answers["joins"]))
    if form.validate_on_submit():
        chosen = int(form.care_class.data)
        kept = answers.get("autodebit") if chosen == answers.get("care_class") else None
        asked = rules.autodebit_rule(clock.today(), chosen) != "none"
        return go_on(drafts.change(draft, care_class=chosen, autodebit=kept if asked else "none"))
    return show("class", answers, form=form, basis=prices[1].basis)


@bp.route("/daftar/autodebit", methods=["GET", "POST"])
@step("autodebit")
def autodebit_choose(draft, answers):
    rule = rules.autodebit_rule(clock.today(), answers["care_class"])
    form = again(AutodebitForm, autodebit=answers.get("autodebit"))
    form.offer(rule)
    if form.validate_on_submit():
        return go_on(drafts.change(draft, autodebit=form.autodebit.data))
    basis = law.at(clock.today()).autodebit_consent.basis
    return show("autodebit", answers, form=form, compulsory=rule == "compulsory", basis=basis)


@bp.route("/daftar/faskes", methods=["GET", "POST"])
@bp.route("/daftar/faskes/<int:number>", methods=["GET", "POST"])
@step("clinic")
def clinic_choose(draft, answers, number=None):
    """One clinic for all; or, by the number that the summary gives a person, for one of them."""
    clinics = answers.get("clinics") or {}
    if number is not None and (number - 1 not in answers["joins"] or "all" not in clinics):
        abort(404)
    words = (tidy(request.args.get("q")) or "")[:100]
    offset = min(max(request.args.get("mulai", 0, type=int), 0), FARTHEST)
    found = _find(words, request.args.get("desa") or answers["card"]["village"], offset)
    form = ClinicForm()
    form.clinic.choices = [SelectChoice(row.code, _described(row)) for row in found.facilities]
    if form.validate_on_submit():
        facility = facilities.get(form.clinic.data)
        if facility and facility.section == Section.CLINIC:
            chosen = {"all": facility.code} if number is None else clinics | {str(number - 1): facility.code}
            return go_on(drafts.change(draft, clinics=chosen))
        abort(404)
    here = url_for(".clinic_choose", number=number)
    return show(
        "clinic",
        answers,
        fragment="clinic_list",
        form=form,
        find=ClinicFindForm(request.args),
        found=found,
        here=here,
        more=url_for(".clinic_choose", number=number, mulai=found.more, **_asked(words)),
        person=service.shown(answers["card"]["people"][number - 1]) if number else None,
    )


@bp.route("/daftar/kontak", methods=["GET", "POST"])
@step("contact")
def contact_give(draft, answers):
    """Both optional. In another browser than the first they are not shown in full; left empty they stay."""
    before, moved = answers.get("contact") or {}, answers.get("moved")
    form = again(ContactForm, **({} if moved else before))
    if form.validate_on_submit():
        contact = {"phone": form.phone.number, "email": form.email.data}
        if moved:
            contact = {name: value or before.get(name) for name, value in contact.items()}
        return go_on(drafts.change(draft, contact=contact))
    known = numbers.mask_phone(before["phone"]) if moved and before.get("phone") else None
    return show("contact", answers, form=form, known=known)


@bp.route("/daftar/pin", methods=["GET", "POST"])
@step("pin")
def pin_make(draft, answers):
    """Only its hash is kept, from the first moment on."""
    form = PinForm()
    if form.validate_on_submit():
        if reason := weak_pin_reason(form.pin.data, *_guessable(answers)):
            form.refuse(Refused(reason, field="pin"))
        else:
            return go_on(drafts.change(draft, pin_hash=accounts.hash_pin(form.pin.data)))
    return show("pin", answers, form=form, made=bool(answers.get("pin_hash")))


def _find(words: str, village_code: str, offset: int) -> facilities.Found:
    """The nearest that the words fit; where none does, whatever else they may mean."""
    found = facilities.search(words, village_code, offset)
    return found if found.facilities or not words else facilities.search(words, None, offset)


def _asked(words: str) -> dict[str, str]:
    """What the address of the next page repeats."""
    asked = {"q": words, "desa": request.args.get("desa", "")[:13]}
    return {name: text for name, text in asked.items() if text}


def _described(row) -> str:
    return ", ".join(part for part in (row.title, row.address) if part)


def _guessable(answers: dict) -> tuple[list, list[str]]:
    """The birth dates and numbers of the family, of which a PIN must not be made."""
    card = answers["card"]
    numbers_of = [person["nik"] for person in card["people"]] + [card["kk"], answers["contact"].get("phone") or ""]
    return service.births(card), numbers_of
