"""What an admission costs, and what one might: asked before anything is written. Reads only."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from jkn import law
from jkn.contributions import penalty, reactivation
from jkn.contributions.reactivation import Reactivation
from jkn.contributions.rules import Fact, Share
from jkn.errors import N_
from jkn.members.models import Payer, Spell
from jkn.money import Rupiah
from jkn.penalties import rules
from jkn.penalties.models import Admission, Care, Penalty
from jkn.penalties.rules import Window


@dataclass(frozen=True)
class Judgement:
    """What an admission costs by the law of `on`, the day of the penalty bill; if nothing, `because` of what (msgid).

    `is_due`: the bill can be made. Otherwise the payer is suspended still: it costs `amount` if the arrears are paid
    while the person is in the ward.
    """

    amount: Rupiah
    because: str | None
    on: date
    payer: Payer | None
    reactivation: Reactivation | None
    is_due: bool
    trace: tuple[Fact, ...]
    basis: str


def judge(admission: Admission, on: date) -> Judgement:
    """What the admission costs, by what is known on a day. The admission need not be stored."""
    spells = _spells_during(admission, on)
    found, spell = _reactivation_of(admission, spells, on)
    is_due = found is not None
    if spell is None:
        found, spell = _prospect_of(admission, spells, on)
    day = rules.billed_on(found.day, admission.admitted_on) if found else admission.admitted_on
    covering = spell or _covering(spells, day)
    priced = penalty.service_penalty(
        admission.estimate,
        found.months if found else 1,  # none is no reason here: which one is there says the rest
        day,
        covering.segment if covering else "",
        is_inpatient=admission.care == Care.HOSPITAL,
        is_poor=admission.poverty_letter is not None,
        charged_before=found is not None and _charged_before(admission, spell.payer, found, day),
    )
    if found is None:
        trace = (Fact(N_("Admitted on"), admission.admitted_on, "day"),)
        because = priced.nothing_because or _outside(covering)
        return Judgement(Rupiah(0), because, day, None, None, False, trace, priced.basis)
    trace = (*_window_facts(admission, found, is_due), *priced.trace)
    return Judgement(priced.amount, priced.nothing_because, day, spell.payer, found, is_due, trace, priced.basis)


def window_of(payer: Payer, on: date, shares: Sequence[Share] | None = None) -> Window | None:
    """The window that is open on a day."""
    last = reactivation.last_reactivation(payer, on, shares)
    return rules.window(last.day, last.months, on) if last else None


def window_if_paid(payer: Payer, on: date, shares: Sequence[Share] | None = None) -> Window | None:
    """The window that would open if a suspended payer paid everything on the day."""
    coming = reactivation.if_paid(payer, on, shares)
    return rules.window(coming.day, coming.months, on, is_open=False) if coming else None


def _spells_during(admission: Admission, on: date) -> list[Spell]:
    """What the person was covered by from admission to discharge, with the payers."""
    last = min(admission.discharged_on or on, on)
    rows = Spell.select(Spell, Payer).join(Payer).where(Spell.person == admission.person_id, Spell.since <= last)
    ends_later = Spell.until.is_null() | (Spell.until > admission.admitted_on)
    return list(rows.where(ends_later).order_by(Spell.since, Spell.id))


def _reactivation_of(admission: Admission, spells: Sequence[Spell], on: date):
    """The reactivation that the admission falls under, with the spell whose payer pays; (None, None) if there is none.

    The last one before the admission; else the first one while the person was in the ward, if they were not covered
    when they came.
    """
    payers = {spell.payer_id: spell.payer for spell in spells}
    found = []
    for payer in payers.values():
        for each in reactivation.reactivations(payer, on):
            if not rules.falls_under(each.day, admission.admitted_on, admission.discharged_on):
                continue
            spell = _covering(spells, rules.billed_on(each.day, admission.admitted_on))
            if spell is None or spell.payer_id != payer.id or not _was_covered_before(admission.person_id, payer, each):
                continue
            if each.day > admission.admitted_on and not _came_suspended(admission, spells, payer):
                continue
            found.append((each, spell))
    before = [pair for pair in found if pair[0].day <= admission.admitted_on]
    after = [pair for pair in found if pair[0].day > admission.admitted_on]
    chosen = sorted(before, key=_day)[-1:] or sorted(after, key=_day)[:1]
    return chosen[0] if chosen else (None, None)


def _day(pair: tuple[Reactivation, Spell]) -> date:
    return pair[0].day


def _prospect_of(admission: Admission, spells: Sequence[Spell], on: date):
    """What paying today would be, for somebody who came suspended and is in the ward."""
    spell = _covering(spells, on)
    left = admission.discharged_on is not None and admission.discharged_on < on
    if spell is None or left or admission.admitted_on > on or not _came_suspended(admission, spells, spell.payer):
        return None, None
    coming = reactivation.if_paid(spell.payer, on)
    return (coming, spell) if coming and rules.falls_under(coming.day, admission.admitted_on, None) else (None, None)


def _covering(spells: Sequence[Spell], day: date) -> Spell | None:
    """The spell that counts on a day: of several, the one that began last."""
    on_day = [spell for spell in spells if spell.since <= day and (spell.until is None or spell.until > day)]
    return on_day[-1] if on_day else None


def _came_suspended(admission: Admission, spells: Sequence[Spell], payer: Payer) -> bool:
    """Was the payer suspended when the person was admitted on its cover?"""
    spell = _covering(spells, admission.admitted_on)
    is_its = spell is not None and spell.payer_id == payer.id
    return is_its and reactivation.if_paid(payer, admission.admitted_on) is not None


def _was_covered_before(person_id: int, payer: Payer, found: Reactivation) -> bool:
    """Did the suspension concern this person, or did they come to the payer after it?"""
    return Spell.select().where(Spell.person == person_id, Spell.payer == payer, Spell.since < found.day).exists()


def _charged_before(admission: Admission, payer: Payer, found: Reactivation, day: date) -> bool:
    """Has the person, or where the law of the day says so the family, had a penalty bill in this window already?"""
    whose = Admission.person == admission.person_id
    if law.at(day).penalty_terms.once_per == "family" and admission.family_id:
        whose |= Admission.family_id == admission.family_id
    rows = Penalty.select().join(Admission)
    rows = rows.where(whose, Penalty.payer == payer, Penalty.reactivated_on == found.day)
    rows = rows.where(Penalty.cancelled_on.is_null())
    return rows.where(Penalty.admission != admission.id).exists() if admission.id else rows.exists()


def _window_facts(admission: Admission, found: Reactivation, is_due: bool) -> tuple[Fact, ...]:
    label = N_("Cover came back on") if is_due else N_("If everything is paid on")
    return (
        Fact(label, found.day, "day"),
        Fact(N_("Last day of the window"), penalty.last_liable_day(found.day), "day"),
        Fact(N_("Admitted on"), admission.admitted_on, "day"),
    )


def _outside(covering: Spell | None) -> str:
    if covering is None:
        return N_("Nobody pays contributions for this person on that day.")
    return N_("Cover did not come back shortly before: no penalty.")
