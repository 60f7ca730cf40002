"""The browser's side of a sign-in: the cookie's token, who is behind a request, leaving, and coming back to a form."""

import json
import re
import secrets
from dataclasses import dataclass
from datetime import timedelta
from functools import cache

from flask import current_app, g, redirect, request, session, url_for
from flask_login import UserMixin, current_user
from peewee import JOIN, fn
from werkzeug.datastructures import MultiDict

from jkn import access, clock, db
from jkn.access import Actor, Level, Role, login_manager
from jkn.accounts import service
from jkn.accounts.models import Grant, Officer, SignIn
from jkn.accounts.rules import WARNING, noted_every
from jkn.drafts import service as drafts
from jkn.members.models import Payer, Person, Stay
from jkn.permissions import opened_by

DEVICE = "d"
HELD = timedelta(days=1)
LONGEST_BACK = 500  # bytes of a query that the cookie has room for
NEVER_HELD = re.compile(r"csrf_token|pin|password|code|second|again", re.IGNORECASE)


@dataclass
class SignedIn(UserMixin):
    """Whom Flask-Login calls the current user: a live sign-in and its actor."""

    row: SignIn
    actor: Actor
    language: str | None = None
    warning = int(WARNING.total_seconds())  # seconds for which a page says that the sign-in ends


@login_manager.user_loader
def load(token: str) -> SignedIn | None:
    """The live sign-in behind the cookie's token, in one query with the person, family and payer; or nobody.

    One made at a kiosk lives there and nowhere else, and none from elsewhere lives at a kiosk."""
    now = clock.now()
    moment = Grant.since.db_value(now)
    row = next(iter(SignIn.raw(_statement(db.db.param), moment, moment, service.hash_token(token))), None)
    if row is None or row.ends_at <= now or row.seen_at + timedelta(seconds=row.idle_seconds) <= now:
        return None
    if row.device != g.get("kiosk"):
        return None
    if (now - row.seen_at).total_seconds() >= noted_every(row.idle_seconds):
        g.seen = row.id
    return SignedIn(row, _actor(row), None if row.on_behalf_of else row.language)


@cache
def _statement(_mark: str) -> str:
    """The query of every signed-in page, written out once for each engine: composing it took longer than running it.

    Its values are the moment, twice, and the token's hash. A right to act that has ended gives nobody's pages: the
    holder is back on their own.
    """
    query = (
        SignIn.select(
            SignIn,
            Grant.person.alias("on_behalf_of"),
            Grant.scopes.alias("scopes"),
            Grant.covers.alias("covers"),
            Person.name.alias("person_name"),
            Person.language,
            Officer.name.alias("officer_name"),
            Officer.role,
            Officer.office,
            Officer.facility,
            Stay.family.alias("family_id"),
            Payer.id.alias("payer_id"),
        )
        .join(Grant, JOIN.LEFT_OUTER, on=(Grant.id == SignIn.grant) & Grant.live_at(clock.now()))
        .join(Person, JOIN.LEFT_OUTER, on=Person.id == fn.COALESCE(Grant.person, SignIn.person))
        .join(Stay, JOIN.LEFT_OUTER, on=(Stay.person == Person.id) & Stay.until.is_null())
        .join(Payer, JOIN.LEFT_OUTER, on=Payer.family == Stay.family)
        .switch(SignIn)
        .join(Officer, JOIN.LEFT_OUTER)
        .where(SignIn.token_hash == "", SignIn.revoked_at.is_null())
    )
    statement, _values = query.sql()
    return statement


def _actor(row) -> Actor:
    acting = row.on_behalf_of is not None
    return Actor(
        person_id=row.on_behalf_of if acting else row.person_id,
        holder_id=row.person_id if acting else None,
        officer_id=row.officer_id,
        name=row.person_name or row.officer_name,
        role=Role.MEMBER if row.person_id else Role(row.role),
        family_id=row.family_id,
        payer_id=row.payer_id,
        on_behalf_of=row.on_behalf_of,
        level=min(row.level, Level.L1) if acting else row.level,
        fresh_until=None if acting else row.fresh_until,
        channel=row.channel,
        device=row.device,
        grant=row.grant if acting else None,
        scopes=opened_by(row.scopes.split()) if acting else None,
        covers=frozenset(int(each) for each in row.covers.split()) if acting and row.covers else None,
        office=row.office,
        facility=row.facility,
        sign_in=row.id,
        request_id=g.get("request_id"),
    )


def enter(opened: service.Opened) -> None:
    """Put the new token into the cookie, under a fresh session, and end the sign-in that this browser had before.

    What waits to be gone back to stays; at a kiosk only for its writer: another may sign in next."""
    if current_user.is_authenticated:
        service.close_sign_in(access.actor().sign_in, access.actor())
    names = ("back", "held", "lang", "recovery")
    if opened.row.channel == "kiosk":
        former = ran_out()
        if former is None or former.person_id != opened.row.person_id:
            names = ("lang",)
    kept = {name: session[name] for name in names if name in session}
    session.clear()
    session.update(kept)
    session["_user_id"] = opened.token
    session["csrf_token"] = secrets.token_urlsafe(16)  # now, so that no later page has to send the cookie again
    session.permanent = opened.row.channel == "web"
    login_manager._load_user()


def leave(keep_language: bool = True) -> None:
    """Forget in this browser whoever used it; the language may stay. A recovery waits on: where a family has one phone,
    its witness signs in and out on it. Never at a kiosk."""
    stays = ("lang",) * keep_language + ("recovery",) * ("kiosk" not in g)
    kept = {name: session[name] for name in stays if name in session}
    session.clear()
    session.update(kept)


def back_or(endpoint: str):
    """To the page that asked for the sign-in, else to `endpoint`. The address was put in the signed cookie by us."""
    return redirect(session.pop("back", None) or url_for(endpoint), 303)


def device_token() -> str | None:
    """This browser's own token, by which it is known again; a kiosk has none of a visitor's."""
    if g.get("kiosk"):
        return None
    if DEVICE not in request.cookies and "new_device" not in g:
        g.new_device = secrets.token_urlsafe(18)
    return request.cookies.get(DEVICE) or g.new_device


def remember_device(response):
    """After a sign-in in a new browser: the token goes into a cookie of its own, for ninety days."""
    response.set_cookie(
        DEVICE,
        device_token(),
        max_age=90 * 24 * 3600,
        httponly=True,
        samesite="Lax",
        secure=current_app.config["SESSION_COOKIE_SECURE"],
    )
    return response


@login_manager.unauthorized_handler
def ask_to_sign_in():
    """To the sign-in; what was typed is kept sealed and comes back to the same person. Never PINs, passwords, codes."""
    session["back"] = request.path
    former = ran_out()
    if request.method == "POST":
        keep_typed()
    elif 0 < len(request.query_string) < LONGEST_BACK:
        session["back"] = request.full_path
    for_staff = request.path.startswith(("/petugas", "/kader")) or (former and former.officer_id)
    return redirect(url_for("accounts.officer_sign_in" if for_staff else "accounts.sign_in"), 303)


def keep_typed() -> None:
    """Keep the form that could not be sent yet, sealed, for the one person who typed it."""
    if former := ran_out():
        typed = {name: values for name, values in request.form.lists() if not NEVER_HELD.search(name)}
        whose = [former.person_id, former.officer_id, former.grant]
        held = {"path": request.path, "typed": typed, "by": whose}
        session["held"], _code = drafts.keep("held", held, kept=HELD)


def ran_out() -> SignIn | None:
    """The sign-in that this browser had: a phone is shared, and the next person must not see what was typed. After a
    sign-out none: then nothing is kept at all."""
    token = session.get("_user_id")
    return SignIn.get_or_none(SignIn.token_hash == service.hash_token(token)) if token else None


def bring_back_held() -> None:
    """On the page whose form was interrupted, and to the same person: what was typed, for the form to show again."""
    if request.method != "GET" or "held" not in session or request.endpoint == "static":
        return
    draft = drafts.find("held", session["held"])
    held = json.loads(draft.answers) if draft else None
    if held is None:
        session.pop("held")
    elif held["path"] == request.path and (who := access.actor()).role:
        session.pop("held")
        if held["by"] == [who.doer_id, who.officer_id, who.grant]:
            g.held = MultiDict([(name, value) for name, values in held["typed"].items() for value in values])


def note_seen(response):
    """Once a minute, after the answer: when this sign-in was last used. A page that nobody touched does not count."""
    row_id = g.pop("seen", None)
    if row_id and "untouched" not in g:
        with db.bookkeeping():
            SignIn.update(seen_at=clock.now()).where(SignIn.id == row_id, SignIn.revoked_at.is_null()).execute()
    return response


access.confirm_pin = lambda by, pin: by.is_helper or service.confirm_pin(by.doer_id, pin)
access.keep_typed = keep_typed
