"""The lines of employers' and governments' bills as SQL: the law of the month times the rows of the tables.

The same amounts as the pure rules in tariffs.py; a test compares them line by line.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from peewee import JOIN, OP, Case, Expression, Select, Value, fn

from jkn import law
from jkn.calendar import next_month
from jkn.contributions import provinces, tariffs
from jkn.contributions.models import Bill, BillLine, Kind, Settlement
from jkn.contributions.provinces import CENTRAL, government, home
from jkn.db import BaseModel, db
from jkn.employers.models import Employer, WageFloor, Worker, in_month
from jkn.members.models import CareClass, Payer, PayerKind, Person, Segment, Spell

SUBSIDISED = (Segment.PBI_JK, Segment.PBPU_PEMDA)
_FIELDS = (
    BillLine.payer_id,
    BillLine.month,
    BillLine.person,
    BillLine.kind,
    BillLine.care_class,
    BillLine.amount,
    BillLine.aid,
    BillLine.by_worker,
    BillLine.base,
)
_ROUNDED_BY = {"half_up": tariffs.WHOLE // 2, "down": 0, "up": tariffs.WHOLE - 1}


@dataclass(frozen=True)
class Step:
    """Lines that rows of a table give; `write` takes the month and the first and last number of the rows."""

    model: type[BaseModel]
    write: Callable[[date, int, int], int]


def _share_of(amount, rate, rounding: str):
    """A rate in basis points of an amount, rounded as the law says: tariffs.share_of as SQL. No part is negative."""
    exact = Expression(amount, OP.MUL, rate)
    return Expression(Expression(exact, OP.ADD, _ROUNDED_BY[rounding]), OP.DIV, tariffs.WHOLE)


def _lines_of_workers(month: date, first: int, last: int) -> int:
    """One line for each worker of an employer: the employer's share, the worker's, and that of further relatives."""
    rules = law.at(month)
    is_pn = Employer.segment == Segment.PPU_PN
    floor = Case(None, [(Employer.segment.in_(list(rules.ppu_floor.segments)), _lowest_wage(month))], 0)
    counted = (
        _counted_workers(month, first, last)
        .select_extend(
            Worker.wage.alias("wage"),
            Worker.extra_family.alias("extra"),
            fn.COALESCE(floor, 0).alias("floor"),
            Case(None, [(is_pn, rules.ppu_pn.rate_employer)], rules.ppu.rate_employer).alias("rate_employer"),
            Case(None, [(is_pn, rules.ppu_pn.rate_worker)], rules.ppu.rate_worker).alias("rate_worker"),
        )
        .join_from(Worker, Employer, on=(Employer.payer == Worker.payer))
        .alias("counted")
    )
    cap, c = rules.ppu_cap.wage, counted.c
    base = Case(None, [((c.wage > cap) | (c.floor > cap), cap), (c.wage < c.floor, c.floor)], c.wage)
    based = Select(
        [counted], [c.payer, c.person, c.wage, c.extra, c.rate_employer, c.rate_worker, base.alias("base")]
    ).alias("based")
    b, rounding = based.c, rules.ppu_rounding.method
    employer, own = _share_of(b.base, b.rate_employer, rounding), _share_of(b.base, b.rate_worker, rounding)
    extra = Expression(b.extra, OP.MUL, _share_of(b.base, Value(rules.ppu.extra_rate), rounding))
    by_worker = Expression(own, OP.ADD, extra)
    care_class = Case(None, [(b.wage <= rules.ppu.class_split_wage, CareClass.II.value)], CareClass.I.value)
    return insert_lines(based, month, Kind.CONTRIBUTION, care_class, employer + by_worker, by_worker, b.base)


def _lowest_wage(month: date):
    """The workplace's minimum wage: wage_floors.wage_floor as SQL; NULL where nobody knows one."""

    def of(code):
        floor = WageFloor.alias()
        return floor.select(floor.amount).where(floor.region_code == code, floor.year == month.year)

    return fn.COALESCE(of(Employer.regency_code), of(fn.SUBSTR(Employer.regency_code, 1, 2)))


def _lines_of_pensioners(month: date, first: int, last: int) -> int:
    """One line for each state pensioner: the government's share and the pensioner's; veterans the same for all."""
    rules = law.at(month)
    rounding, row = rules.ppu_rounding.method, rules.bp_pn
    spell = Spell.alias()
    known_class = (
        spell.select(spell.care_class)
        .where(spell.person == Worker.person, spell.payer == Worker.payer, spell.care_class.is_null(False))
        .order_by(spell.since.desc())
        .limit(1)
    )
    pensions = (
        _counted_workers(month, first, last)
        .select_extend(Worker.wage.alias("pension"), fn.COALESCE(known_class, CareClass.II.value).alias("care_class"))
        .join_from(Worker, Payer, on=(Payer.id == Worker.payer))
        .where(Payer.kind == PayerKind.GOVERNMENT)
        .alias("pensions")
    )
    p = pensions.c
    own = Case(None, [(p.pension.is_null(), 0)], _share_of(p.pension, row.rate_pensioner, rounding))
    whole = Expression(_share_of(p.pension, row.rate_government, rounding), OP.ADD, own)
    amount = Case(None, [(p.pension.is_null(), _of_veterans(month))], whole)
    return insert_lines(pensions, month, Kind.CONTRIBUTION, p.care_class, amount, own, p.pension)


def _of_veterans(month: date) -> int:
    """0 where the law's table does not know the base salary: then there is no line."""
    return tariffs.veteran_share(month).government if law.at(month).veteran.base_salary else 0


def _counted_workers(month: date, first: int, last: int):
    """The last row of each living worker that covers a day of the month."""
    later = Worker.alias()
    replaced = later.select(Value(1)).where(
        later.payer == Worker.payer, later.person == Worker.person, in_month(later, month), later.since > Worker.since
    )
    return (
        Worker.select(Worker.payer.alias("payer"), Worker.person.alias("person"))
        .join(Person, on=(Person.id == Worker.person))
        .where(
            Worker.id.between(first, last),
            in_month(Worker, month),
            Person.died_on.is_null() | (Person.died_on >= month),
            ~fn.EXISTS(replaced),
            ~fn.EXISTS(bill_of(Worker.payer, month)),
        )
    )


def _lines_of_subsidised(month: date, first: int, last: int) -> int:
    """One line for each person covered for a day of the month by a government: PBI and Pemda."""
    prices = [(segment.value, tariffs.subsidy(month, segment).amount) for segment in SUBSIDISED]
    people = (
        Spell.select(
            Spell.payer.alias("payer"), Spell.person.alias("person"), Case(Spell.segment, prices).alias("price")
        )
        .join(Person, on=(Person.id == Spell.person))
        .where(
            Spell.id.between(first, last),
            Spell.segment.in_(SUBSIDISED),
            Spell.since < next_month(month),
            Spell.until.is_null() | ((Spell.until > month) & (Spell.until > Spell.since)),
            Person.died_on.is_null() | (Person.died_on >= month),
            ~fn.EXISTS(bill_of(Spell.payer, month)),
        )
        .alias("people")
    )
    return insert_lines(people, month, Kind.CONTRIBUTION, Value(CareClass.III.value), people.c.price)


def _lines_of_aid(month: date, first: int, last: int) -> int:
    """What governments add for each self-paying member of class III whose family owes nothing from before."""
    aid = tariffs.class3_aid(month)
    if not aid.central + aid.regional:
        return 0
    central = government(CENTRAL)
    if bill_of(central, month).exists():
        return 0
    homes = provinces.enter(month, first, last) if aid.regional else provinces.NONE
    aided = _aided(month, first, last, aid).cte("aided", materialized=True)  # two shares of it: found once
    shares = provinces.shares(aided, central, homes, "person").alias("shares")
    return insert_lines(shares, month, Kind.AID, Value(CareClass.III.value), shares.c.price, named=(aided,))


def _aided(month: date, first: int, last: int, aid):
    """The class III people on the month's bills of families numbered first to last that are active, and their aid."""
    earlier = Bill.alias()
    held = Settlement.select(Value(1)).where(
        Settlement.payer == earlier.payer, Settlement.month == earlier.month, Settlement.reversed_on.is_null()
    )
    arrears = earlier.select(Value(1)).where(
        earlier.payer == Payer.id,
        earlier.payer.between(first, last),  # so that no plan reads the bills of everybody
        earlier.month < month,
        ~fn.EXISTS(held),
    )
    return (
        Payer.select(
            BillLine.person.alias("person"),
            home(Payer).alias("province"),
            Value(aid.central).alias("of_state"),
            Value(aid.regional).alias("of_region"),
        )
        .join(BillLine, JOIN.CROSS)  # SQLite then asks each family once for arrears, not each person
        .where(
            BillLine.payer_id == Payer.id,
            Payer.id.between(first, last),
            Payer.kind == PayerKind.FAMILY,
            BillLine.payer_id.between(first, last),
            BillLine.month == month,
            BillLine.kind == Kind.CONTRIBUTION,
            BillLine.care_class == CareClass.III,
            ~fn.EXISTS(arrears),
        )
    )


def bill_of(payer, month: date):
    """A payer's bill of a month, if it was made, as SQL."""
    return Bill.select(Value(1)).where(Bill.payer == payer, Bill.month == month)


def insert_lines(people, month: date, kind: Kind, care_class, amount, by_worker=None, base=None, named=()) -> int:
    """Lines for what the subquery `people` found (payer, person), where the amount is one; `named`: by WITH."""
    values = (people.c.payer, Value(month), people.c.person, Value(kind.value), care_class, amount)
    more = (Value(0), Value(0) if by_worker is None else by_worker, Value(None) if base is None else base)
    lines = Select([people], [*values, *more]).where(Expression(amount, OP.GT, 0)).with_cte(*named).bind(db)
    return BillLine.insert_from(lines, _FIELDS).on_conflict_ignore().as_rowcount().execute()


STEPS = (
    Step(Worker, _lines_of_workers),
    Step(Worker, _lines_of_pensioners),
    Step(Spell, _lines_of_subsidised),
    Step(Payer, _lines_of_aid),
)
