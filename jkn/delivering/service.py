"""One notice on its way: taken in hand by one worker, and what became of it. No call goes out from here."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from jkn import clock
from jkn.access import Actor
from jkn.audit import service as audit
from jkn.audit.models import Act
from jkn.db import writing
from jkn.delivering.messages import Outcome, Receipt
from jkn.delivering.models import DayCount, Way
from jkn.errors import N_, Refused
from jkn.members import service as members
from jkn.members.models import Family, Person
from jkn.notices import service as notices
from jkn.notices.models import Channel, Notice, State
from jkn.notices.rules import CODE, LEASE, morning, next_try, pointless_after, zone_of

TO_NUMBERS = (Channel.SMS, Channel.WHATSAPP)
FROZEN = timedelta(minutes=30)  # how often a frozen number is looked at again
FULL = timedelta(hours=1)  # likewise one that has had its messages of the day
REST = timedelta(minutes=5)  # for a gateway that seems to be down
UNSETTLED = (State.WAITING, State.FAILED, State.EXPIRED, State.DROPPED)


@dataclass(frozen=True)
class Limits:
    """From the configuration: quiet hours, messages a day to one number, messages a day by one channel."""

    quiet: tuple[time, time]
    day_cap: int
    budget: int


@dataclass(frozen=True)
class Ready:
    """A notice in this worker's hands, and where it goes."""

    notice: Notice
    person: Person
    channel: Channel
    address: str


def due(limit: int) -> list[int]:
    """Notices whose time has come: urgent ones first, then those that wait longest."""
    found = []
    for rank in (0, 1):
        mine = (Notice.state == State.WAITING) & (Notice.rank == rank) & (Notice.due_at <= clock.now())
        query = Notice.select(Notice.id).where(mine).order_by(Notice.due_at).limit(limit - len(found))
        found += [row.id for row in query] if len(found) < limit else []
    return found


@writing
def claim(notice_id: int, limits: Limits, offered: Collection[Channel], resting: Collection[Channel]) -> Ready | None:
    """Take a due notice in hand; None when another worker has it, or when it must wait or is over."""
    now = clock.now()
    is_due = (Notice.id == notice_id) & (Notice.state == State.WAITING) & (Notice.due_at <= now)
    if not Notice.update(due_at=now + LEASE).where(is_due).execute():
        return None
    notice = Notice.get_by_id(notice_id)
    person = Person.get_or_none(Person.id == notice.person_id)
    if person is None:
        return _end(notice, State.DROPPED)
    family = members.family_of(person.id)
    if now >= pointless_after(notice.name, notice.created_at, notice.values):
        return _end(notice, State.EXPIRED)
    channel = channel_for(notice, person, family, offered)
    if channel is None or channel is Channel.PAPER:
        return _end(notice, State.LETTER if channel else State.SHOWN, channel)
    address = person.email if channel is Channel.EMAIL else notice.phone or person.phone
    wait = now + REST if channel in resting else _must_wait(notice, channel, address, family, limits)
    if wait:
        Notice.update(due_at=wait).where(Notice.id == notice.id).execute()
        return None
    notice.tries += 1
    changed = {"channel": channel, "tries": notice.tries, "asked_at": notice.asked_at or now}
    Notice.update(changed).where(Notice.id == notice.id).execute()
    return Ready(notice, person, channel, address)


def channel_for(notice: Notice, person: Person, family: Family | None, offered: Collection[Channel]) -> Channel | None:
    """What the person chose, where it can be had; else SMS, else a letter; None: under /kabar only."""
    way = Way.get_or_none(Way.person_id == person.id)
    own = person.phone if members.is_phone_fresh(person) else None  # else it may be a stranger's by now
    phone = notice.phone or own
    possible = [channel for channel in TO_NUMBERS if phone and channel in offered]
    if notice.phone:
        return way.channel if way and way.channel in possible else possible[0] if possible else None
    if person.email and Channel.EMAIL in offered:
        possible.append(Channel.EMAIL)
    if family and (family.mailing_address or family.address):
        possible.append(Channel.PAPER)
    if way and (way.channel is None or way.channel in possible):
        return way.channel
    return next((channel for channel in (Channel.SMS, Channel.PAPER) if channel in possible), None)


def _must_wait(
    notice: Notice, channel: Channel, address: str, family: Family | None, limits: Limits
) -> datetime | None:
    """Until when, if it may not go now. A first try takes its place among the number's and the day's messages."""
    now = clock.now()
    if channel in TO_NUMBERS:
        if notices.is_frozen(address):
            return now + FROZEN
        begins, ends = limits.quiet
        if notice.rank and (wait := morning(now, zone_of(family and family.village_code), begins, ends)):
            return wait
        if notice.tries == 0 and notice.name != CODE and not _fits_number(notice, address, limits.day_cap):
            return now + FULL
    if notice.tries == 0 and not _fits_day(channel, limits.budget):
        return clock.start_of(clock.today() + timedelta(days=1))
    return None


def _fits_number(notice: Notice, phone: str, most: int) -> bool:
    hash = notices.take_number(phone)
    day = (Notice.number_hash == hash) & (Notice.asked_at > clock.now() - timedelta(days=1))
    if Notice.select().where(day, Notice.name != CODE, Notice.id != notice.id).count() >= most:
        return False
    Notice.update(number_hash=hash, asked_at=clock.now()).where(Notice.id == notice.id).execute()
    return True


def _fits_day(channel: Channel, budget: int) -> bool:
    """Reserve first: so many threads, so much budget, never more."""
    today = (DayCount.day == clock.today()) & (DayCount.channel == channel)
    reserve = DayCount.update(asked=DayCount.asked + 1).where(today, DayCount.asked < budget)
    if reserve.execute():
        return True
    DayCount.insert(day=clock.today(), channel=channel).on_conflict_ignore().execute()
    if reserve.execute():  # the first of the day
        return True
    DayCount.update(refused=DayCount.refused + 1).where(today).execute()
    return False


def _end(notice: Notice, state: State, channel: Channel | None = None) -> None:
    Notice.update(state=state, channel=channel, secret=None).where(Notice.id == notice.id).execute()


@writing
def set_aside(notice_id: int, error: str) -> None:
    """It cannot even be taken in hand: officers see it."""
    waits = (Notice.id == notice_id) & (Notice.state == State.WAITING)
    Notice.update(state=State.FAILED, error=error[:40]).where(waits).execute()


@writing
def note(ready: Ready, receipt: Receipt) -> bool:
    """What the gateway made of a try. An acceptance counts whenever it is heard of, all else only while in hand."""
    this, now = Notice.id == ready.notice.id, clock.now()
    in_hand = this & (Notice.state == State.WAITING) & (Notice.tries == ready.notice.tries)
    if receipt.outcome is Outcome.ACCEPTED:
        known = {"gateway_id": receipt.gateway_id, "secret": None, "error": "", "sent_at": now}
        Notice.update(known).where(this, Notice.round == ready.notice.round).execute()
        changed = Notice.update(state=State.SENT).where(this, Notice.state.in_(UNSETTLED)).execute()
    elif receipt.outcome is Outcome.REFUSED:
        over = {"state": State.FAILED, "error": receipt.error[:40], "secret": None}
        changed = Notice.update(over).where(in_hand).execute()
    else:
        again = {"due_at": next_try(ready.notice.tries, now), "error": receipt.error[:40]}
        return bool(Notice.update(again).where(in_hand).execute())
    if changed:
        count(ready.channel, DayCount.sent if receipt.outcome is Outcome.ACCEPTED else DayCount.failed)
    return bool(changed)


@writing
def take_report(notice: Notice, state: State, error: str = "") -> bool:
    """What the gateway says later: taken (SENT), arrived or lost (FAILED). Any number of times, in any order."""
    this = (Notice.id == notice.id) & (Notice.round == notice.round)
    if state is State.ARRIVED:
        where, values = Notice.state.in_((State.SENT, *UNSETTLED)), {"arrived_at": clock.now(), "error": ""}
        values["sent_at"] = notice.sent_at or clock.now()
    elif state is State.SENT:
        where, values = Notice.state == State.WAITING, {"sent_at": clock.now(), "error": ""}
    else:
        where, values = Notice.state.in_((State.WAITING, State.SENT)), {"error": error[:40]}
    if not Notice.update(values | {"state": state, "secret": None}).where(this, where).execute():
        return False
    counted = {State.ARRIVED: DayCount.arrived, State.SENT: DayCount.sent, State.FAILED: DayCount.failed}
    count(notice.channel, counted[state])
    if state is State.ARRIVED and notice.sent_at is None:
        count(notice.channel, DayCount.sent)  # the answer to our call was lost
    return True


def count(channel: Channel, column, more: int = 1) -> None:
    """Add to today's figures, in the caller's transaction."""
    today = (DayCount.day == clock.today()) & (DayCount.channel == channel)
    add = DayCount.update({column: column + more}).where(today)
    if not add.execute():
        DayCount.insert(day=clock.today(), channel=channel).on_conflict_ignore().execute()
        add.execute()


@writing
def resend(notice: Notice, by: Actor) -> None:
    """Send it again at once. What the gateway refused or lost goes under a new reference, or it would drop it."""
    at_once = {"state": State.WAITING, "due_at": clock.now()}
    anew = at_once | {"round": Notice.round + 1, "tries": 0, "asked_at": None, "error": "", "gateway_id": ""}
    this, ended = Notice.id == notice.id, Notice.state.in_((State.FAILED, State.DROPPED))
    if not (
        (notice.name != CODE and Notice.update(anew).where(this, ended).execute())
        or Notice.update(at_once).where(this, Notice.state == State.WAITING).execute()
    ):
        raise Refused(N_("This message cannot be sent again."))
    audit.record(Act.NOTICE_RESENT, notice, by)


@writing
def drop(notice: Notice, by: Actor) -> None:
    """Give it up: it stays under /kabar and is not sent any more."""
    this, open_states = Notice.id == notice.id, (State.WAITING, State.FAILED, State.LETTER)
    if not Notice.update(state=State.DROPPED, secret=None).where(this, Notice.state.in_(open_states)).execute():
        raise Refused(N_("This message is over already."))
    audit.record(Act.NOTICE_DROPPED, notice, by)


def way_of(person_id: int) -> Way | None:
    """How the person wants to be told; None: they have not said."""
    return Way.get_or_none(Way.person_id == person_id)


@writing
def choose_way(person_id: int, channel: Channel | None, by: Actor) -> bool:
    """From now on by this channel; None: under /kabar only. False when it was so already."""
    values = {"channel": channel, "changed_at": clock.now()}
    if not Way.insert(person_id=person_id, **values).on_conflict_ignore().as_rowcount().execute():
        other = Way.channel.is_null(False) if channel is None else Way.channel.is_null() | (Way.channel != channel)
        if not Way.update(values).where(Way.person_id == person_id, other).execute():
            return False
    audit.record(Act.WAY_CHOSEN, Way.get(Way.person_id == person_id), by, channel=channel and channel.value)
    return True
