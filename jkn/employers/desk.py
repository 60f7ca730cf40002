"""Officers' pages: employers, and their lists of workers."""

from flask import abort, flash, redirect, request, url_for
from flask_babel import gettext as _

from jkn import clock, law
from jkn.access import Can, actor, fetch, needs, scope
from jkn.employers import rules, service
from jkn.employers.forms import EmployerSearchForm, WorkerAddForm, WorkerChangeForm, WorkerEndForm
from jkn.employers.models import Employer, Worker
from jkn.employers.views import bp
from jkn.errors import N_, Refused
from jkn.members import service as members
from jkn.members.models import Payer, Person
from jkn.regions import service as regions
from jkn.web import asked_number, page

PAGE = 25


@bp.get("/petugas/majikan")
@needs(Can.MANAGE_WORKERS)
def employer_list():
    """Employers by name or code; without words all of them, page by page."""
    form = EmployerSearchForm(request.args)
    found = service.matching((form.q.data or "")[:60])
    rows = scope(Employer).select_extend(Payer).join(Payer).order_by(Employer.id).limit(PAGE + 1)
    if found is not None:
        rows = rows.where(Employer.payer.in_(found[:PAGE]))
    elif after := asked_number("sesudah"):
        rows = rows.where(Employer.id > after)
    employers = list(rows)
    employers, more = employers[:PAGE], employers[PAGE - 1].id if len(employers) > PAGE else None
    regencies = regions.labels({row.regency_code for row in employers if row.regency_code})
    return page("employers/employer_list.html", form=form, employers=employers, more=more, regencies=regencies)


@bp.route("/petugas/majikan/<int:employer_id>", methods=["GET", "POST"])
@needs(Can.MANAGE_WORKERS)
def worker_list(employer_id):
    """Who works there at which wage; add somebody."""
    employer, today = fetch(Employer, employer_id), clock.today()
    form = WorkerAddForm()
    form.offer(rules.takes_effect(today))
    if form.validate_on_submit():
        try:
            person = members.find_by_number(form.number.number)
            if person is None or person.died_on:
                raise Refused(N_("No member has this number."), field="number")
            relatives = form.extra_family.number or 0
            service.add(employer, person, form.wage.number, relatives, form.month, by=actor())
        except Refused as refused:
            form.refuse(refused)
        else:
            flash(_("The worker is on the list."))
            return redirect(url_for(".worker_list", employer_id=employer.id), 303)
    rows = (
        scope(Worker)
        .select_extend(Person.id, Person.name)
        .join(Person)
        .where(Worker.payer == employer.payer_id, Worker.person > asked_number("sesudah"))
        .where(Worker.until.is_null() | (Worker.until > today))
        .order_by(Worker.person, Worker.since)
        .limit(PAGE + 1)
    )
    workers = list(rows)
    more = workers[PAGE - 1].person_id if len(workers) > PAGE else None
    return page(
        "employers/worker_list.html",
        employer=employer,
        regency=regions.village_label(employer.regency_code),
        workers=workers[:PAGE],
        more=more,
        form=form,
        rule=law.at(today).ppu_changes,
        children=law.at(today).ppu.covered_lives - 2,
    )


@bp.route("/petugas/pekerja/<int:worker_id>", methods=["GET", "POST"])
@needs(Can.MANAGE_WORKERS)
def worker_change(worker_id):
    """Another wage, or another number of relatives, from a month on; and what it was before."""
    worker = _of_employer(worker_id)
    form = WorkerChangeForm()
    form.offer(min(rules.takes_effect(clock.today()), rules.relatives_take_effect(clock.today())))
    if form.validate_on_submit():
        relatives = form.extra_family.number or 0
        try:
            changed = service.change(worker, form.wage.number, relatives, form.month, by=actor())
        except Refused as refused:
            form.refuse(refused)
        else:
            flash(_("The change is noted."))
            return redirect(url_for(".worker_change", worker_id=changed.id), 303)
    elif request.method == "GET" and not form.wage.data:
        form.wage.data, form.extra_family.data = str(worker.wage), str(worker.extra_family)
    history = (
        scope(Worker)
        .where(Worker.payer == worker.payer_id, Worker.person == worker.person_id)
        .order_by(Worker.since.desc())
    )
    employer = Employer.get(Employer.payer == worker.payer_id)
    return page(
        "employers/worker_change.html", worker=worker, employer=employer, history=list(history.limit(PAGE)), form=form
    )


@bp.route("/petugas/pekerja/<int:worker_id>/selesai", methods=["GET", "POST"])
@needs(Can.MANAGE_WORKERS)
def worker_end(worker_id):
    """The person works there no longer from a month on."""
    worker = _of_employer(worker_id)
    form = WorkerEndForm()
    form.offer(rules.takes_effect(clock.today()))
    employer = Employer.get(Employer.payer == worker.payer_id)
    if form.validate_on_submit():
        try:
            service.end(worker, form.month, by=actor())
        except Refused as refused:
            form.refuse(refused)
        else:
            flash(_("The end is noted."))
            return redirect(url_for(".worker_list", employer_id=employer.id), 303)
    return page("employers/worker_end.html", worker=worker, employer=employer, form=form)


def _of_employer(worker_id: int) -> Worker:
    """A line of an employer's list; pensioners are kept by their government."""
    worker = fetch(Worker, worker_id)
    if worker.wage is None or not Employer.select().where(Employer.payer == worker.payer_id).exists():
        abort(404)
    return worker
