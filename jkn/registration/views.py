"""Joining, first half: consent, the family, who of it joins."""

from flask import redirect, session, url_for

from jkn import clock, law, numbers
from jkn.access import actor, public
from jkn.drafts import service as drafts
from jkn.errors import Refused
from jkn.registration import rules, service
from jkn.registration.forms import EmployerForm, FamilyForm, MembersForm, ResumeForm, StartForm
from jkn.registration.household import Barrier, household, joining
from jkn.registration.steps import again, bp, go_on, rows, show, step, village
from jkn.web import page

__all__ = ["bp"]


@bp.route("/daftar", methods=["GET", "POST"])
@step("start")
def consent_give(draft, answers):
    form = StartForm()
    if form.validate_on_submit():
        if draft is None:
            session["draft"] = service.begin()
        return redirect(url_for(".family_find"), 303)
    following = rules.first_missing(answers) or "summary" if draft else None
    return show("start", answers, form=form, begun=following not in (None, "family"))


@bp.route("/daftar/lanjut", methods=["GET", "POST"])
@public
def draft_resume():
    """With the continue code, in another browser; the one before loses the draft."""
    form = ResumeForm()
    if form.validate_on_submit():
        try:
            session["draft"] = service.resume(form.code.data)
        except Refused as refused:
            form.refuse(refused)
        else:
            return go_on(drafts.answers(drafts.find(service.PURPOSE, session["draft"])))
    return page("registration/draft_resume.html", form=form)


@bp.route("/daftar/keluarga", methods=["GET", "POST"])
@step("family")
def family_find(draft, answers):
    """What was typed is shown again only in the browser where it was typed."""
    typed = {} if answers.get("moved") else answers.get("typed") or {}
    form = again(FamilyForm, **typed)
    if form.validate_on_submit():
        try:
            found = service.look_up(draft, form.kk.number, form.nik.number, form.born.data, form.typed(), by=actor())
        except Refused as refused:
            form.refuse(refused)
        else:
            return go_on(found)
    card = answers.get("card")
    return show("family", answers, form=form, found=numbers.mask_nik(card["kk"]) if card else None)


@bp.route("/daftar/majikan", methods=["GET", "POST"])
@step("employer")
def employer_ask(draft, answers):
    """An employee's family is covered through the employer at no extra cost: said before anything is sold."""
    form = again(EmployerForm, employer=answers.get("employer"))
    if form.validate_on_submit():
        changed = answers.get("employer") != form.employer.data
        return go_on(drafts.change(draft, employer=form.employer.data, **({"joins": None} if changed else {})))
    card = answers["card"]
    house = household(card)
    people = rows(card, house, {"employer": "yes"})
    employees = [row for row in people if rules.is_employee(house.people[row["place"]], clock.today())]
    through = [row for row in people if row["part"] == "employer"]
    rest = [row for row in people if row["part"] == "joins"]
    child = law.at(clock.today()).child
    return show("employer", answers, form=form, employees=employees, through=through, rest=rest, child=child)


@bp.get("/daftar/surat-majikan")
@step("employer")
def letter_print(_draft, answers):
    """A note for the employer, to print or copy; masked names, so that a sheet left lying tells little."""
    card = answers["card"]
    people = rows(card, household(card), {"employer": "yes"})
    through = [row for row in people if row["part"] == "employer"]
    basis = law.at(clock.today()).ppu.basis
    return page("registration/letter_print.html", through=through, village=village(card), basis=basis)


@bp.route("/daftar/anggota", methods=["GET", "POST"])
@step("members")
def member_list(draft, answers):
    """The family as the registry has it, and who joins: all who are not covered already, or nobody."""
    card = answers["card"]
    house = household(card)
    joins = joining(house, answers)
    form = MembersForm()
    if joins and form.validate_on_submit():
        return go_on(service.confirm_members(draft, house, joins))
    rule = law.at(clock.today()).whole_family
    return show(
        "members",
        answers,
        form=form,
        people=rows(card, house, answers),
        joins=len(joins),
        enrolled=house.barrier == Barrier.ENROLLED,
        owes=house.barrier == Barrier.OWES,
        village=village(card),
        asks_employer=answers["asks_employer"],
        basis=rule.basis,
    )


from jkn.registration import choosing, commands, finishing  # noqa: E402, F401  their views join the blueprint
