"""Joining, the end: the summary, what was made, and the proof that the code sheet was copied."""

from flask import flash, redirect, session, url_for
from flask_babel import gettext as _

from jkn import clock, numbers
from jkn.access import Actor, actor, public
from jkn.accounts import entrance, sheets
from jkn.accounts import service as accounts
from jkn.contributions.rules import first_payment_window, price
from jkn.drafts import service as drafts
from jkn.errors import N_, Refused
from jkn.facilities import service as facilities
from jkn.members.models import Person
from jkn.registration import service
from jkn.registration.forms import SheetForm, SummaryForm
from jkn.registration.models import Autodebit, Enrolment
from jkn.registration.steps import RELATIONS, bp, go_on, show, step, village
from jkn.web import page

ASKED = 3  # the code that proves the sheet was copied


@bp.route("/daftar/ringkasan", methods=["GET", "POST"])
@step("summary")
def summary_send(draft, answers):
    """Everything once more; sending it twice joins once."""
    form = SummaryForm()
    if form.validate_on_submit():
        try:
            service.join(draft, form.key.data, by=actor(), language=session.get("lang"))
        except Refused as refused:
            if refused.message != service.CHANGED:
                form.refuse(refused)
            else:
                flash(refused.say(_))
                return go_on(drafts.change(draft, joins=None))
        else:
            return redirect(url_for(".done_show"), 303)
    return show("summary", answers, form=form, **_summary(answers))


@bp.get("/daftar/selesai")
@public
def done_show():
    """Card numbers, virtual account, when and how to pay, and the code sheet while it may be seen."""
    enrolment = _enrolment()
    if enrolment is None:
        return redirect(url_for(".consent_give"), 303)
    first, last = first_payment_window(enrolment.registered_on)
    amount = price(first, enrolment.care_class).amount
    head = Person.get_by_id(enrolment.family.head_id)
    sheet = _sheet(enrolment)
    return page(
        "registration/done_show.html",
        people=service.joined(enrolment),
        accounts=[numbers.group(numbers.va_of(head.card, prefix)) for prefix in numbers.VA_PREFIXES],
        first=first,
        last=last,
        price=amount,
        count=enrolment.people,
        total=amount * enrolment.people,
        codes=sheets.codes(sheet) if sheet else None,
        gives_access=enrolment.gives_access,
        autodebit=enrolment.autodebit == Autodebit.AGREED,
    )


@bp.route("/daftar/lembar", methods=["GET", "POST"])
@public
def sheet_prove():
    """Code 3, read from the copy: then the sheet is never shown again and the registrant is signed in."""
    enrolment = _enrolment()
    if enrolment is None or _sheet(enrolment) is None:
        return redirect(url_for(".consent_give"), 303)
    form = SheetForm()
    if form.validate_on_submit():
        if accounts.check_sheet_code(enrolment.registrant, ASKED, form.code.data):
            return _enter(enrolment)
        form.refuse(Refused(N_("That is not code 3. Look at the sheet again."), field="code"))
    return page("registration/sheet_prove.html", form=form)


def _enter(enrolment: Enrolment):
    """Signed in; whoever agreed to auto-debit is asked next from which wallet or bank."""
    person = enrolment.registrant
    drafts.forget(drafts.find(service.PURPOSE, session["draft"]))
    by: Actor = actor()
    device = entrance.device_token()
    opened = accounts.open_sign_in(person=person, by=by, device=device)
    entrance.enter(opened)
    flash(_("Welcome. You are signed in."))
    response = redirect("/autodebit" if enrolment.autodebit == Autodebit.AGREED else "/", 303)
    return entrance.remember_device(response) if device else response


def _enrolment():
    """What this browser's registration became, while that may be looked at."""
    draft = drafts.find(service.PURPOSE, session.get("draft"))
    return service.finished(draft) if draft and draft.done_at else None


def _sheet(enrolment):
    return sheets.shown(enrolment.registrant_id) if enrolment.gives_access else None


def _summary(answers: dict) -> dict:
    card, chosen = answers["card"], answers["clinics"]
    named = facilities.by_codes(set(chosen.values()))
    people = [
        {
            "number": place + 1,
            "name": service.shown(card["people"][place]),
            "relation": RELATIONS[card["people"][place]["relation"]],
            "clinic": None if str(place) in answers["kept"] else named[chosen.get(str(place)) or chosen["all"]].title,
        }
        for place in answers["joins"]
    ]
    amount = price(clock.today(), answers["care_class"]).amount
    contact, moved = answers.get("contact") or {}, answers.get("moved")
    phone, email = contact.get("phone"), contact.get("email")
    return {
        "kk": numbers.mask_nik(card["kk"]),
        "village": village(card),
        "people": people,
        "care_class": "I" * answers["care_class"],
        "price": amount,
        "total": amount * len(people),
        "autodebit": answers["autodebit"],
        "newcomer": answers["newcomer"],
        "phone": phone and (numbers.mask_phone(phone) if moved else numbers.group(phone.replace("+62", "0", 1))),
        "email": _("given") if email and moved else email,
    }
