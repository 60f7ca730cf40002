"""Cash that an agent takes for a member's bill or pot: paid at once from the agent's deposit, else BELUM LUNAS.

Whoever moves an agent's cash or deposit holds the agent's book first, and the family's only then: the deposit never
falls below zero, and the cash unpaid never grows beyond the cap unseen.
"""

import secrets
from dataclasses import dataclass, replace
from datetime import date, timedelta

from peewee import JOIN

from jkn import clock
from jkn.access import SYSTEM, Actor, Can, allowed
from jkn.accounts import receipts
from jkn.accounts.models import Grant, Officer
from jkn.assisting import volunteers
from jkn.audit import service as audit
from jkn.audit.models import Act
from jkn.cash.models import Agent, Cash, Ending
from jkn.contributions import service as contributions
from jkn.db import writing
from jkn.errors import N_, Refused
from jkn.members import service as members
from jkn.members.models import Payer
from jkn.money import Rupiah, format_rupiah
from jkn.notices import service as notices
from jkn.numbers import group, mask_name
from jkn.payments import deposits, owing
from jkn.payments.models import Payment, Purpose
from jkn.payments.owing import Due, NotPayable, Target, Why

NO_AGENT = N_("You are not an agent. Ask an officer of your branch.")
CASH_CAP = Rupiah(1_000_000)  # the most cash that an agent may hold unpaid; an officer may say less
OVER_A_DAY = Rupiah(2_000_000)  # so much written down beyond the cap in a day, and the agent takes no more cash
CASH_WAITS = timedelta(hours=24)  # unpaid cash; then officers see it
MOVED_ON = N_("This receipt has moved on. Read it again.")


@dataclass(frozen=True)
class Purse:
    """What an agent has: the deposit, the cash held unpaid, and how much of that there may be; in rupiah."""

    left: Rupiah
    held: Rupiah
    cap: Rupiah

    def takes(self, amount: Rupiah) -> bool:
        """May so much more be taken? Paid at once or not; at the cap nothing more."""
        return self.held < self.cap and (amount <= self.left or self.held + amount <= self.cap)

    @property
    def refusal(self) -> str:
        """Why not."""
        if not self.cap:
            return N_("You may take no cash. Ask an officer of your branch.")
        if not self.held:
            return N_("Your deposit is too small, and you may hold only %(cap)s unpaid. Fill it first.")
        return N_("You hold %(held)s unpaid, of at most %(cap)s. Pay that first.")


def agent_of(officer_id: int) -> Agent | None:
    """The volunteer as an agent, with the payer of their deposit."""
    return Agent.select(Agent, Payer).join(Payer).where(Agent.officer == officer_id).first()


def look(agent: Agent) -> Purse:
    """The agent's deposit and cash now."""
    cap = Rupiah(min(agent.cap, CASH_CAP))
    return Purse(deposits.left(agent.payer), Cash.unpaid_of(agent.officer_id), cap)


def latest(agent: Agent, count: int) -> list[Cash]:
    """The agent's cash, what is unpaid first; nothing in it says whose it was."""
    rows = Cash.select(Cash, Payment).join(Payment, JOIN.LEFT_OUTER).where(Cash.officer == agent.officer_id)
    return list(rows.order_by(Cash.settled_at.is_null(False), Cash.id.desc()).limit(count))


@writing
def appoint(officer: Officer, cap: Rupiah, by: Actor) -> Agent:
    """The volunteer may take cash and hold so much of it unpaid, at most CASH_CAP; nothing: they take no more."""
    if cap > CASH_CAP:
        raise Refused(N_("At most %(most)s."), field="cap", most=format_rupiah(CASH_CAP))
    payer = deposits.open_book(str(officer.id), officer.name)
    Agent.insert(officer=officer, payer=payer, cap=cap, since=clock.now()).on_conflict(
        conflict_target=[Agent.officer], preserve=[Agent.cap]
    ).execute()
    audit.record(Act.AGENT_CHANGED, officer, by, person=officer.person_id, cap=cap)
    return agent_of(officer.id)


def known(key: str, by: Actor) -> Cash | None:
    """What this agent's form with this key made, when it was sent before."""
    return Cash.get_or_none(Cash.officer == by.officer_id, Cash.key == key)


@writing
def take(purpose: Purpose, amount: Rupiah, key: str, by: Actor, is_taken: bool = False) -> Cash:
    """The member of the running consent hands over cash for their family's bill or pot. Sent twice, it counts once.

    Paid from the deposit if that suffices; else it waits, within the cap. `is_taken`: without a line nobody could say
    no, and the money is in the agent's hands: then it is written down whatever the bill or the cap says, and what buys
    nothing is the family's credit; beyond OVER_A_DAY the agent takes no more cash. Raises Refused.
    """
    agent = _take_turn(by.officer_id)
    if before := Cash.get_or_none(Cash.payer == by.payer_id, Cash.key == key):
        return before
    officer = volunteers.take_turn(by.officer_id)
    payer = _payer_of(officer, by)
    due = _due(payer, purpose, amount, is_taken)
    purse = look(agent)
    fits, is_over = purse.left >= amount, not purse.takes(amount)
    if is_over and not is_taken:
        raise Refused(purse.refusal, held=format_rupiah(purse.held), cap=format_rupiah(purse.cap))
    cash = Cash.create(
        person=by.person_id,
        grant_id=by.grant,
        family_id=payer.family_id,
        payer=payer,
        officer=officer,
        key=key,
        number=f"{secrets.randbelow(10**12):012}",
        amount=amount,
        purpose=purpose,
        months=[f"{month:%Y-%m}" for month in due.months],
        is_over=is_over and not fits,
    )
    audit.record(Act.CASH_TAKEN, cash, by, amount=amount)
    if fits:
        exact = due.months and not is_taken
        _pay(cash, agent, by, asked_on=clock.today() if exact else None)
    else:
        _tell(cash, "cash_unpaid")
        _stop_beyond(agent)
    return Cash.get_by_id(cash.id)


@writing
def settle(cash: Cash, by: Actor) -> bool:
    """Pay what waited, if the deposit suffices by now; what the bill no longer needs is the family's credit."""
    agent = _take_turn(cash.officer_id)
    cash = Cash.get_by_id(cash.id)
    if not cash.is_open or deposits.left(agent.payer) < cash.amount:
        return False
    _pay(cash, agent, by)
    return True


def settle_all(officer_id: int, by: Actor) -> int:
    """Pay an agent's cash, the oldest first, as far as the deposit goes; how many. Each is a transaction of its own."""
    mine, done = replace(by, grant=None, on_behalf_of=None, holder_id=None, person_id=None), 0
    for cash in list(Cash.select().where(Cash.open_of(officer_id)).order_by(Cash.id)):
        if not settle(cash, mine):
            break
        done += 1
    return done


def settle_everybody() -> int:
    """What waits with every agent, as far as the deposits go."""
    waiting = Cash.select(Cash.officer).where(Cash.settled_at.is_null()).distinct().tuples()
    return sum(settle_all(officer_id, SYSTEM) for (officer_id,) in list(waiting))


def settle_filled(payer: Payer) -> int:
    """The deposit of this payer was filled: what waits with its agent is paid, as far as it goes."""
    agent = Agent.get_or_none(Agent.payer == payer)
    return settle_all(agent.officer_id, SYSTEM) if agent else 0


deposits.filled = settle_filled


@writing
def propose(cash: Cash, ending: Ending, note: str, by: Actor) -> None:
    """An officer has found out what became of cash that was not paid; another one decides. Raises Refused."""
    cash = _open(cash)
    if cash.proposed_by_id is not None:
        raise Refused(MOVED_ON)
    Cash.update(proposed_by=by.officer_id, ending=ending, note=note).where(Cash.id == cash.id).execute()
    audit.record(Act.CASH_DISPUTED, cash, by, ending=ending)


@writing
def keep(cash: Cash, by: Actor) -> None:
    """Another officer does not agree: it stays open. Raises Refused."""
    cash = _proposed(cash, by)
    Cash.update(proposed_by=None, ending=None, note="").where(Cash.id == cash.id).execute()
    audit.record(Act.CASH_KEPT, cash, by, ending=cash.ending, note=cash.note)


@writing
def close(cash: Cash, by: Actor) -> None:
    """Another officer agrees: the deposit will not pay it any more, and the member is told. Raises Refused."""
    cash = _proposed(cash, by)
    Cash.update(decided_by=by.officer_id, settled_at=clock.now()).where(Cash.id == cash.id).execute()
    audit.record(Act.CASH_CLOSED, cash, by, ending=cash.ending)
    _tell(cash, "cash_closed")


def _take_turn(officer_id: int) -> Agent:
    """In the caller's write: the agent, whose book nobody else moves until its end."""
    agent = agent_of(officer_id)
    if agent is None:
        raise Refused(NO_AGENT)
    contributions.take_the_book(agent.payer)
    return agent_of(officer_id)


def _stop_beyond(agent: Agent) -> None:
    """What was taken is in the books and before officers; more of it in a day is no bad luck with the line any more."""
    beyond = Cash.over_of(agent.officer_id, clock.start_of(clock.today()))
    if beyond > OVER_A_DAY and Agent.update(cap=0).where(Agent.id == agent.id, Agent.cap > 0).execute():
        officer = Officer.get_by_id(agent.officer_id)
        audit.record(Act.AGENT_CHANGED, officer, SYSTEM, person=officer.person_id, cap=0, beyond=beyond)


def _payer_of(officer: Officer, by: Actor) -> Payer:
    """The payer of the consent's family. Raises Refused without a consent that runs and covers paying."""
    grant = by.grant and Grant.get_or_none(Grant.id == by.grant, Grant.holder_officer == officer)
    if not by.is_helper or not grant or not grant.is_live or not allowed(by, Can.SEE_BILLS):
        raise Refused(N_("This needs a consent that runs, and covers bills."))
    if by.payer_id is None:
        raise Refused(N_("This family pays no contribution itself."))
    payer, family = Payer.get_by_id(by.payer_id), members.family_of(grant.person_id)
    if family is None or payer.family_id != family.id:
        raise Refused(N_("This needs a consent that runs, and covers bills."))
    volunteers.refuse_own_family(officer, family.id)
    return payer


def _due(payer: Payer, purpose: Purpose, amount: Rupiah, is_taken: bool) -> Due:
    """The bill of just this amount; without lines where any amount will do. Raises Refused."""
    try:
        due = asked_of(payer, purpose, clock.today(), amount)
    except NotPayable:
        if is_taken:
            return Due([], 0, is_open=True)
        raise
    if due.is_open or due.amount == amount:
        return due
    if is_taken:
        return Due([], 0, is_open=True)
    raise Refused(N_("The bill is %(amount)s. Take just that."), field="amount", amount=format_rupiah(due.amount))


def asked_of(payer: Payer, purpose: Purpose, on: date, amount: Rupiah | None = None) -> Due:
    """What the family's number asks for; inside a plan its instalment, or all of it. Raises NotPayable."""
    due = owing.due_under(Target(payer, purpose), on)
    if due.instalment and amount is not None and due.amount != amount:
        return owing.due_under(Target(payer, purpose), on, owing.EVERYTHING)
    return due


def _pay(cash: Cash, agent: Agent, by: Actor, asked_on: date | None = None) -> None:
    via, source = f"Agen {cash.officer.name}"[:60], f"cash:{cash.id}"
    what_for = {"purpose": cash.purpose, "source": source, "asked_on": asked_on}
    try:
        payment = deposits.pay_on(
            agent.payer, cash.payer, cash.amount, via, cash.number, by, cash.covers or None, **what_for
        )
    except NotPayable as refused:
        if refused.why == Why.PAID:
            raise Refused(N_("Somebody has just paid this bill. Give the cash back.")) from None
        raise Refused(N_("The bill has just changed. Look at it again.")) from None
    Cash.update(payment=payment, settled_at=clock.now(), proposed_by=None, ending=None, note="").where(
        Cash.id == cash.id
    ).execute()
    audit.record(Act.CASH_PAID, cash, by, amount=cash.amount)
    _tell(cash, "cash_paid", settled=bool(payment.months))


def _open(cash: Cash) -> Cash:
    _take_turn(cash.officer_id)
    cash = Cash.get_by_id(cash.id)
    if not cash.is_open:
        raise Refused(MOVED_ON)
    return cash


def _proposed(cash: Cash, by: Actor) -> Cash:
    cash = _open(cash)
    if cash.proposed_by_id is None:
        raise Refused(MOVED_ON)
    if by.officer_id is None or cash.proposed_by_id == by.officer_id:
        raise Refused(N_("Somebody else must decide about what you proposed."))
    return cash


def _tell(cash: Cash, name: str, **more) -> None:
    """Who gave the cash reads it, and the head of the family."""
    head = members.head_of(cash.family_id)
    helper = mask_name(cash.officer.name)[: receipts.SHORT]
    for person in {each.id: each for each in (cash.person, head) if each}.values():
        values = {"amount": cash.amount, "number": group(cash.number), "helper": helper}
        notices.tell(person, name, str(cash.id), **values, **more)
