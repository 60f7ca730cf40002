from collections.abc import Callable, Iterator
from datetime import date, datetime
from functools import partial

import click
from flask import Blueprint, request

from jkn import clock, law
from jkn.access import Can, actor, fetch, needs, scope
from jkn.calendar import add_months, first_of_month
from jkn.contributions import billed, corrections, explaining, issuing, issuing_others, late, rehab, rules, service
from jkn.contributions.at_once import at_once
from jkn.contributions.models import Bill, BillLine, Correction, Reason
from jkn.contributions.telling import told
from jkn.contributions.words import CORRECTED
from jkn.members import service as members
from jkn.members.models import Family, Payer, Person
from jkn.numbers import mask_name
from jkn.web import page

bp = Blueprint("contributions", __name__, cli_group=None)

PAGE = 12


@bp.get("/tagihan")
@needs(Can.SEE_BILLS)
def bill_list():
    """What is due when; then the months, newest first. `?sebelum=2025-02`: the months before that one."""
    bills = list(Bill.newest(scope(Bill), _month(request.args.get("sebelum", "")), PAGE + 1))
    older = bills[PAGE - 1].month if len(bills) > PAGE else None
    payer, me = members.payer_of(actor().family_id), actor().person_id
    today = clock.today()
    standing, owed = service.standing_and_owed(payer, today) if payer else (None, None)
    arrears = [item for item in owed.months if item.month < first_of_month(today)] if owed else []
    moved = bool(arrears) and len(arrears) == len(owed.months)  # nobody is on the family's own bill any more
    return page(
        "contributions/bill_list.html",
        fragment="bill_list",
        bills=bills[:PAGE],
        older=older,
        standing=standing,
        owed=owed,
        asked={item.month: item.amount for item in owed.months} if owed else {},
        instalment=owed.instalment(today) if owed else None,
        may_split=rehab.is_eligible(today, len(arrears), moved),
        trace=told(standing.trace) if standing else [],
        moved=moved,
        for_me=None if owed and owed.names(me) and not moved else billed.newest_line_of(me, today),
    )


@bp.get("/tagihan/<int:bill_id>")
@needs(Can.SEE_BILLS)
def bill_show(bill_id):
    """One month: who costs what, with which aid, by which decree. `?menurut=2025-01`: by that month's tariff."""
    bill = fetch(Bill, bill_id)
    payer, lines = Payer.get_by_id(bill.payer_id), list(BillLine.of_bill(bill))
    family = Family.get_by_id(bill.family_id)
    corrected = list(Correction.select().where(Correction.payer == payer, Correction.month == bill.month))
    amount, settlement = bill.amount + sum(correction.amount for correction in corrected), bill.settlement
    more = 0
    if not settlement and late.is_ever_gross():
        more = service.priced(payer, [bill.month])[0].amount - amount
    other = _month(request.args.get("menurut", ""))
    return page(
        "contributions/bill_show.html",
        bill=bill,
        amount=amount + more,
        more=more,
        why_more=CORRECTED[Reason.ARREARS],
        lines=[(_name_of(line.person, family), line) for line in lines],
        corrections=[(correction, CORRECTED[correction.reason]) for correction in corrected],
        prices={line.care_class: line for line in lines},
        settlement=settlement,
        tariff=law.at(bill.month).pbpu_tariff,
        due_rule=law.at(bill.month).due_day,
        is_overdue=rules.due_on(bill.month) < clock.today(),
        other=explaining.under_law_of(other, [line.care_class for line in lines]) if other else None,
        last_year=add_months(bill.month, -12),
    )


def _name_of(person: Person, family: Family) -> str:
    """As pages show it; masked for a helper whose consent does not hold for this person."""
    return members.shown_name(person, family) if actor().may_see(person.id) else mask_name(person.name)


@bp.cli.command("issue-bills")
@click.argument("month", metavar="YYYY-MM", type=click.DateTime(["%Y-%m"]))
@click.option("--workers", type=click.IntRange(1, 16), default=1, show_default=True, help="Chunks at once (Postgres).")
def issue_bills(month: datetime, workers: int):
    """Issue the bills of a month: of families, employers and governments.

    Safe to stop and to run again: it goes on where it stopped and bills nobody twice. One worker leaves the other cores
    of the database to members; SQLite has one writer, so more of them change nothing there.
    """
    month, farthest = month.date(), add_months(clock.today(), law.at(clock.today()).advance_payment.max_months)
    if month > farthest:
        raise click.BadParameter(f"{month:%Y-%m} is too far ahead")
    try:
        rules.price(month, 3)
    except law.Missing as missing:
        raise click.BadParameter(str(missing)) from None
    chunks, issued = list(issuing.chunks()), 0
    length = sum(map(len, chunks)) + issuing_others.size(month)
    with click.progressbar(length=length, label=f"{month:%Y-%m}") as bar:
        for numbers, bills in at_once(partial(service.issue_chunk, month), chunks, workers):
            issued += bills
            bar.update(len(numbers))
        for done, bills in issuing_others.run(month, workers=workers):
            issued += bills
            bar.update(done)
    click.echo(f"{issued} bills issued")


@bp.cli.command("correct-bills")
def correct_bills():
    """Correct the bills that the newest tariff prices otherwise.

    For a decree that reaches back, or that changes months paid ahead. What was paid too much becomes credit. Safe to
    stop and to run again.
    """
    changed = sum(_by_chunk("correct-bills", corrections.correct_prices))
    click.echo(f"{changed} bills corrected")


def _by_chunk(label: str, act: Callable[[range], int]) -> Iterator[int]:
    """What each chunk of payers gives, with progress on a terminal."""
    chunks = list(issuing.chunks())
    with click.progressbar(length=sum(map(len, chunks)), label=label) as bar:
        for numbers in chunks:
            yield act(numbers)
            bar.update(len(numbers))


def _month(text: str) -> date | None:
    try:
        return datetime.strptime(text, "%Y-%m").date()
    except ValueError:
        return None
