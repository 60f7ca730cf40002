"""Who may do what. No other file but the vocabulary it uses (permissions.py) names a role."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps

from flask import Flask, abort, current_app, g, redirect, request, session, url_for
from flask_login import LoginManager, current_user

from jkn import clock, looks
from jkn.permissions import Can, Level, Role


@dataclass(frozen=True)
class Actor:
    """Who acts, for whom, how surely known, through which door.

    `person_id` is whose pages these are. Somebody who acts for them stands in `holder_id` (a member) or `officer_id`;
    then `on_behalf_of` is set, and `scopes` are the only permissions of a member that the grant gives. A consent names
    in `covers` the people of the family for whom it holds; None is everybody.
    """

    person_id: int | None = None
    holder_id: int | None = None
    officer_id: int | None = None
    name: str = ""
    role: Role | None = None
    family_id: int | None = None
    payer_id: int | None = None
    on_behalf_of: int | None = None
    level: Level = Level.L0
    fresh_until: datetime | None = None
    channel: str = "web"
    device: int | None = None
    grant: int | None = None
    scopes: frozenset[Can] | None = None
    covers: frozenset[int] | None = None
    office: str | None = None
    facility: str | None = None
    sign_in: int | None = None
    request_id: str | None = None

    @property
    def is_member(self) -> bool:
        """Are these a member's pages, be it that somebody else opens them?"""
        return self.role == Role.MEMBER or self.on_behalf_of is not None

    @property
    def doer_id(self) -> int | None:
        """The person who does it; None for staff."""
        return self.person_id if self.on_behalf_of is None else self.holder_id

    @property
    def is_fresh(self) -> bool:
        return self.fresh_until is not None and self.fresh_until > clock.now()

    @property
    def is_helper(self) -> bool:
        """Staff who act under a member's consent, on a device that is not the member's."""
        return self.officer_id is not None and self.on_behalf_of is not None

    def may_see(self, person_id: int | None) -> bool:
        """Does the consent hold for this person of the family?"""
        return self.covers is None or person_id is None or person_id in self.covers


SYSTEM = Actor(channel="system")


@dataclass(frozen=True)
class Who:
    """A group of actors: may this one touch that row, and which rows of a model may it list?"""

    may: Callable
    rows: Callable
    is_member: bool = False  # of members, whose rights a grant narrows


def _of_own_family(actor: Actor, row) -> bool:
    if not actor.is_member or actor.family_id is None:
        return False
    return row is None or (row.family_id == actor.family_id and actor.may_see(getattr(row, "person_id", None)))


def _rows_of_own_family(actor: Actor, model):
    own = model.family_id == actor.family_id
    if actor.covers is None or not hasattr(model, "person_id"):
        return own
    return own & (model.person_id.in_(list(actor.covers)) | model.person_id.is_null())


own_family = Who(
    may=_of_own_family,
    rows=_rows_of_own_family,
    is_member=True,
)
own_person = Who(
    may=lambda actor, row: actor.is_member and (row is None or row.person_id == actor.person_id is not None),
    rows=lambda actor, model: model.person_id == actor.person_id,
    is_member=True,
)
own_grant = Who(
    may=lambda actor, row: (
        actor.role == Role.MEMBER
        and actor.on_behalf_of is None
        and (row is None or (actor.person_id is not None and actor.person_id in (row.person_id, row.holder_id)))
    ),
    rows=lambda actor, model: (model.person_id == actor.person_id) | (model.holder_id == actor.person_id),
)

own_consent = Who(
    may=lambda actor, row: actor.is_helper and (row is None or row.id == actor.grant),
    rows=lambda actor, model: model.id == actor.grant,
)
own_takings = Who(
    may=lambda actor, row: (
        actor.role == Role.VOLUNTEER and (row is None or row.officer_id == actor.officer_id is not None)
    ),
    rows=lambda actor, model: model.officer_id == actor.officer_id,
)
own_facility = Who(
    may=lambda actor, row: (
        actor.role == Role.CLERK and (row is None or row.facility_code == actor.facility is not None)
    ),
    rows=lambda actor, model: model.facility_code == actor.facility,
)


def staff(*roles: Role) -> Who:
    return Who(may=lambda actor, _row: actor.role in roles, rows=lambda _actor, model: model.id.is_null(False))


@dataclass(frozen=True)
class Policy:
    who: tuple[Who, ...]
    level: Level = Level.L1


_desk = staff(Role.CLERK, Role.AGENT, Role.OFFICER, Role.AUDITOR, Role.VOLUNTEER, Role.VILLAGE)

POLICY = {
    Can.SEE_STATUS: Policy((own_family,)),
    Can.SEE_CARD: Policy((own_family,)),
    Can.SEE_BILLS: Policy((own_family,)),
    Can.MANAGE_AUTODEBIT: Policy((own_family,)),
    Can.JOIN_PLAN: Policy((own_family,)),
    Can.OPEN_POT: Policy((own_family,)),
    Can.CHANGE_CLINIC: Policy((own_family,)),
    Can.CHANGE_CLASS: Policy((own_family,)),
    Can.SEE_PROFILE: Policy((own_family,)),
    Can.CHANGE_PROFILE: Policy((own_family,)),
    Can.CHANGE_CONTACT: Policy((own_person,)),
    Can.CHANGE_PHONE: Policy((own_person,), Level.L2),
    Can.SEE_SIGN_INS: Policy((own_person,)),
    Can.SEE_TOUCHES: Policy((own_person,)),
    Can.CHANGE_PIN: Policy((own_person,), Level.L2),
    Can.ISSUE_SHEET: Policy((own_person,), Level.L2),
    Can.READ_NOTICES: Policy((own_person,)),
    Can.FOLLOW_COMPLAINTS: Policy((own_person,)),
    Can.FILE_COMPLAINT: Policy((own_person,)),
    Can.ANSWER_COMPLAINTS: Policy((staff(Role.AGENT, Role.OFFICER),)),
    Can.PRINT_SLIPS: Policy((staff(Role.OFFICER),)),
    Can.RECORD_ADMISSIONS: Policy((own_facility, staff(Role.OFFICER))),
    Can.CANCEL_PENALTIES: Policy((staff(Role.OFFICER),)),
    Can.REVIEW_PAYMENTS: Policy((staff(Role.OFFICER),)),
    Can.SEE_PAYERS: Policy((staff(Role.OFFICER),)),
    Can.RECORD_TRANSFERS: Policy((staff(Role.OFFICER),)),
    Can.MANAGE_WORKERS: Policy((staff(Role.OFFICER),)),
    Can.REVIEW_CHARGES: Policy((staff(Role.OFFICER),)),
    Can.CLAIM_PAYMENT: Policy((own_family,)),
    Can.RECONCILE: Policy((staff(Role.OFFICER),)),
    Can.ASK_REFUND: Policy((own_family,)),
    Can.DECIDE_REFUNDS: Policy((staff(Role.OFFICER),)),
    Can.ENROL_KIOSKS: Policy((staff(Role.OFFICER),)),
    Can.SERVE_KIOSKS: Policy((own_facility, staff(Role.OFFICER))),
    Can.REVIEW_NOTICES: Policy((staff(Role.OFFICER),)),
    Can.PRINT_LETTERS: Policy((staff(Role.OFFICER),)),
    Can.READ_AUDIT: Policy((staff(Role.OFFICER, Role.AUDITOR),)),
    Can.SWITCH_PERSON: Policy((own_person,)),
    Can.SEE_RIGHTS: Policy((own_grant,)),
    Can.GIVE_RIGHTS: Policy((own_grant,), Level.L2),
    Can.END_RIGHTS: Policy((own_grant,)),
    Can.USE_RIGHTS: Policy((own_grant,)),
    Can.STOP_ACTING: Policy((own_person,)),
    Can.RAISE_LEVELS: Policy((staff(Role.AGENT, Role.OFFICER),)),
    Can.BEAR_WITNESS: Policy((own_person, staff(Role.CLERK, Role.OFFICER, Role.VOLUNTEER, Role.VILLAGE))),
    Can.SEE_RECOVERIES: Policy((staff(Role.OFFICER, Role.AUDITOR),)),
    Can.BIND_SHEETS: Policy((staff(Role.CLERK, Role.OFFICER),)),
    Can.RECORD_RIGHTS: Policy((staff(Role.OFFICER),)),
    Can.HIDE_HEALTH: Policy((own_person,)),
    Can.SEE_RECEIPTS: Policy((own_grant, own_consent)),
    Can.DECIDE_FORMS: Policy((own_person,)),
    Can.ANSWER_ASKINGS: Policy((own_person,)),
    Can.HELP_MEMBERS: Policy((staff(Role.VOLUNTEER),)),
    Can.ASSIGN_VOLUNTEERS: Policy((staff(Role.OFFICER),)),
    Can.SEE_CASH: Policy((own_family, own_takings)),
    Can.SETTLE_CASH: Policy((own_takings,)),
    Can.RESOLVE_CASH: Policy((staff(Role.OFFICER),)),
    Can.SIGN_OUT: Policy((own_person, _desk)),
    Can.WORK: Policy((_desk,)),
}

login_manager = LoginManager()
confirm_pin: Callable[[Actor, str], bool]  # the PIN typed again by who acts: given by accounts, asked by features below
keep_typed: Callable[[], None]  # keeps the form that lacked a proof until it is given: likewise
login_manager.session_protection = None  # phones change address and proxies rewrite the user agent


def init_app(app: Flask) -> None:
    login_manager.init_app(app)
    app.jinja_env.globals["can"] = lambda name: allowed(actor(), Can(name))
    app.before_request(refuse_undeclared_views)


def refuse_undeclared_views() -> None:
    view = current_app.view_functions.get(request.endpoint or "")
    if view and request.endpoint != "static" and not hasattr(view, "access"):
        abort(403)


def actor() -> Actor:
    """Who is behind this request."""
    return current_user.actor if current_user.is_authenticated else Actor(channel=channel(), device=g.get("kiosk"))


def channel() -> str:
    return "kiosk" if g.get("kiosk") else "web"


def allowed(actor: Actor, can: Can, row=None) -> bool:
    """Does the policy give the right? The level is asked apart, because it can be raised."""
    return any(who.may(actor, row) for who in _groups(actor, can))


def _groups(actor: Actor, can: Can) -> list[Who]:
    within = actor.scopes is None or can in actor.scopes
    return [who for who in POLICY[can].who if within or not who.is_member]


def public(view):
    """Open to anybody."""
    view.access = "public"
    return view


def needs(can: Can):
    """Only for actors to whom POLICY gives `can`, at its level; the rest are sent to the step they lack."""

    def declare(view):
        @wraps(view)
        def guarded(*args, **kwargs):
            if not current_user.is_authenticated:
                return login_manager.unauthorized()
            who = actor()
            if not allowed(who, can):
                abort(403)
            if POLICY[can].level > effective_level(who):
                session["back"] = request.path
                if request.method == "POST":
                    keep_typed()  # noqa: F821  set by accounts
                return redirect(url_for("accounts.step_up"), 303)
            g.can = can
            return view(*args, **kwargs)

        guarded.access = can
        return guarded

    return declare


def for_member(can: Can) -> Actor:
    """On a page open to anybody: the actor as a member, or as nobody where they may not do this for one."""
    who = actor()
    return who if allowed(who, can) else Actor(channel=who.channel, device=who.device, request_id=who.request_id)


def effective_level(actor: Actor) -> Level:
    """L2 lasts as long as it is fresh."""
    return Level.L2 if actor.is_fresh else min(actor.level, Level.L1)


def fetch(model, id):
    """The row, if it exists and this person may do with it what the view needs; otherwise 404."""
    row = model.get_or_none(model.id == id) if id is None or abs(id) < 2**63 else None
    who = actor()
    if row is None or not allowed(who, g.can, row):
        abort(404)
    if _serves_others(who) or _is_of_another(who, row):
        looks.note(row)
    return row


def scope(model):
    """The rows of a model that this person may do with what the view needs; the twin of fetch() for lists."""
    who = actor()
    groups = [group for group in _groups(who, g.can) if group.may(who, None)]
    if not groups:
        abort(403)
    where = groups[0].rows(who, model)
    for group in groups[1:]:
        where = where | group.rows(who, model)
    return (looks.select(model) if _serves_others(who) else model.select()).where(where)


def _is_of_another(who: Actor, row) -> bool:
    concerned = (getattr(row, "person_id", None), getattr(row, "holder_id", None))
    return concerned[0] is not None and who.person_id not in concerned


def _serves_others(who: Actor) -> bool:
    """Staff, and who acts for somebody else: all that they read is noted."""
    return who.role != Role.MEMBER or who.on_behalf_of is not None
