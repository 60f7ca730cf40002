"""Agreements by which months are paid off: opening one, how it stands, and which months it keeps."""

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import groupby

from peewee import JOIN

from jkn.contributions.course import Course, Moved, Paid, Step
from jkn.contributions.models import Hold, How, Settlement
from jkn.contributions.rules import Held
from jkn.ledger import service as ledger
from jkn.ledger.models import Movement
from jkn.members.models import Payer
from jkn.money import Rupiah


def open_hold(
    payer: Payer, since: date, months: Sequence[date], steps: Sequence[Step], covers: bool = False
) -> Hold | None:
    """The agreement, made by this call in the caller's write; None when another call was faster."""
    turn = Hold.select().where(Hold.payer == payer).count()
    row = {"payer": payer, "family_id": payer.family_id, "turn": turn, "since": since, "covers": covers}
    row["months"] = [f"{month:%Y-%m}" for month in months]
    row["steps"] = [[f"{step.month:%Y-%m}", step.total] for step in steps]
    if not Hold.insert(**row).on_conflict_ignore().as_rowcount().execute():
        return None
    return Hold.get(Hold.payer == payer, Hold.turn == turn)


def course_of(hold: Hold) -> Course:
    """What was agreed, and what has been paid since."""
    settled = (
        Settlement.select(Settlement.month, Movement.amount, Settlement.settled_on, Settlement.reversed_on)
        .join(Movement, JOIN.LEFT_OUTER)
        .where(Settlement.payer == hold.payer_id, Settlement.month.in_(_months(hold)))
    )
    return _course(hold, settled.namedtuples(), _moves(hold.payer_id))


def courses_of(payer: Payer, on: date) -> list[tuple[Hold, Course]]:
    """Every agreement made up to a day, the oldest first, with its course: at most two questions for all of them."""
    rows = (
        Hold.select(Hold, Settlement.month, Movement.amount, Settlement.settled_on, Settlement.reversed_on)
        .join(Settlement, JOIN.LEFT_OUTER, on=(Settlement.payer == Hold.payer))
        .join(Movement, JOIN.LEFT_OUTER)
        .where(Hold.payer == payer, Hold.since <= on)
        .order_by(Hold.turn)
    )
    by_hold = [list(rows) for _hold, rows in groupby(rows.objects(), lambda row: row.id)]
    moves = _moves(payer.id) if by_hold else []
    return [(rows[0], _course(rows[0], rows, moves)) for rows in by_hold]


def held_by(payer: Payer, on: date) -> tuple[list[Held], frozenset[date], tuple[Course, ...]]:
    """What the payer's agreements have kept from lapsing up to a day; the months that do not stop cover on it; and how
    the agreements go."""
    held, covered, found = [], frozenset(), courses_of(payer, on)
    for hold, course in found:
        ended = course.ended(on)
        held.append(Held(frozenset(course.months), hold.since, ended[0] if ended else None))
        if hold.covers and not ended and course.paid(on) >= course.steps[0].total:
            covered = held[-1].months
    return held, covered, tuple(course for _hold, course in found)


def agreements_of(payer: Payer) -> list[Hold]:
    """The payer's agreements, oldest first."""
    return list(Hold.select().where(Hold.payer == payer).order_by(Hold.turn))


def runs(hold: Hold, on: date) -> bool:
    """Does the agreement run on a day?"""
    return hold.since <= on and course_of(hold).ended(on) is None


def fixed_months(payer: Payer, on: date) -> set[date]:
    """Months begun whose price an agreement has fixed: it runs, or settled them."""
    settled = Settlement.select(Settlement.month).where(
        Settlement.payer == payer, Settlement.how == How.INSTALMENT, Settlement.reversed_on.is_null()
    )
    running = [hold.months for hold in held_by(payer, on)[0] if hold.until is None]
    return {month for (month,) in settled.tuples()} | {month for months in running for month in months if month <= on}


def _course(hold: Hold, settlements: Iterable, moves: list[Moved]) -> Course:
    months = _months(hold)
    return Course(
        months,
        tuple(Step(_month(text), Rupiah(total)) for text, total in hold.steps),
        hold.since,
        hold.cancelled_on,
        [
            Paid(row.month, Rupiah(row.amount or 0), row.settled_on, row.reversed_on)
            for row in settlements
            if row.month in months
        ],
        moves,
    )


def _moves(payer_id: int) -> list[Moved]:
    return [Moved(on, amount) for on, amount in ledger.credit_by_day(payer_id)]


def _months(hold: Hold) -> tuple[date, ...]:
    return tuple(_month(text) for text in hold.months)


def _month(text: str) -> date:
    return date.fromisoformat(f"{text}-01")
