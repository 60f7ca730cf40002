"""Auto-debit begun at a provider, paused, and ended: with us at once, with the provider as soon as it answers."""

from datetime import datetime, timedelta
from secrets import token_hex, token_urlsafe

from jkn import clock
from jkn.access import SYSTEM, Actor
from jkn.audit import service as audit
from jkn.audit.models import Act
from jkn.collecting import providers
from jkn.collecting.models import Ended, Mandate
from jkn.collecting.providers import Provider
from jkn.collecting.rules import Verdict
from jkn.collecting.snap_client import LONGEST_TOKEN, Answer, Customer, client_of
from jkn.db import writing
from jkn.errors import N_, Refused
from jkn.members import service as members
from jkn.members.models import Payer, Person
from jkn.notices import service as notices
from jkn.payments.snap.codes import Service
from jkn.payments.snap.values import parse_moment

ASKING = timedelta(hours=24)  # to come back from the provider with a yes
RENEW_BEFORE = timedelta(days=1)
SHORTEST_LIFE = timedelta(days=15)  # of a member's token whose end the provider does not tell
LABEL_END = 4


@writing
def begin(payer: Payer, person: Person, provider: Provider, key: str, by: Actor) -> Mandate:
    """Ask for auto-debit at a provider; the member goes there next. Refused while another one is on."""
    if Mandate.select().where(Mandate.payer == payer, Mandate.live()).exists():
        raise Refused(N_("Auto-debit is on already. End it first."))
    row = Mandate.insert(
        payer=payer,
        family_id=payer.family_id,
        person=person,
        provider=provider.code,
        key=key,
        state=token_urlsafe(16),
        device=token_hex(16),
    )
    is_new = row.on_conflict_ignore().as_rowcount().execute()
    mandate = Mandate.get(Mandate.payer == payer, Mandate.key == key)
    if is_new:
        audit.record(Act.MANDATE_ASKED, mandate, by, provider=provider.code)
    return mandate


def awaited(payer_id: int, state: str) -> Mandate | None:
    """The payer's mandate with which somebody came back from a provider; None for a stranger's or an old one."""
    mandate = Mandate.get_or_none(Mandate.payer == payer_id, Mandate.state == state)
    if mandate is None or mandate.ended_at or mandate.asked_at < clock.now() - ASKING:
        return None
    return mandate


def finish(mandate: Mandate, auth_code: str, by: Actor) -> Mandate:
    """The member said yes: their token (74), then the binding (07). Outside a transaction. Twice is harmless.

    Refused when the provider does not confirm; then nothing is on.
    """
    provider = providers.find(mandate.provider)
    if mandate.bound_at:
        return mandate
    if provider is None:
        raise Refused(N_("This provider is no longer offered."))
    client = client_of(provider)
    token = client.exchange({"grantType": "AUTHORIZATION_CODE", "authCode": auth_code})
    body = {
        "partnerReferenceNo": f"M{mandate.id}-{token_hex(8)}",
        "authCode": auth_code,
        "merchantId": provider.merchant_id,
        "additionalInfo": {},
    }
    customer = Customer(token.text("accessToken", LONGEST_TOKEN), mandate.device)
    bound = client.ask(Service.BINDING, body, customer) if token.verdict is Verdict.DONE else token
    link, charge_token = bound.text("linkId"), bound.text("accountToken", LONGEST_TOKEN)
    if bound.verdict is not Verdict.DONE or not customer.token or not link:
        raise Refused(N_("%(provider)s did not confirm. Nothing was set up. Try again."), provider=provider.name)
    _bind(mandate, {"link": link, "charge_token": charge_token, "label": _label(bound)} | _tokens(token), by)
    release_ended(mandate.payer_id)
    return Mandate.get_by_id(mandate.id)


@writing
def _bind(mandate: Mandate, values: dict, by: Actor) -> None:
    """The newest mandate of a payer is the only one."""
    Payer.update(name=Payer.name).where(Payer.id == mandate.payer_id).execute()
    for other in Mandate.select().where(Mandate.payer == mandate.payer_id, Mandate.live(), Mandate.id != mandate.id):
        end(other, Ended.REPLACED, by)
    fresh = (Mandate.id == mandate.id) & Mandate.bound_at.is_null() & Mandate.ended_at.is_null()
    if Mandate.update(bound_at=clock.now(), **values).where(fresh).execute():
        audit.record(Act.MANDATE_BOUND, mandate, by, provider=mandate.provider)
        name = providers.name_of(mandate.provider)
        notices.tell(mandate.person, "autodebit_on", str(mandate.id), provider=name, account=values["label"])


@writing
def pause(mandate: Mandate, by: Actor) -> None:
    """From today on nothing is debited, until resumed. Twice changes nothing."""
    today = clock.today()
    running = Mandate.paused_from.is_null() | (Mandate.paused_until.is_null(False) & (Mandate.paused_until <= today))
    change = Mandate.update(paused_from=today, paused_until=None)
    if change.where(Mandate.id == mandate.id, Mandate.live(), running).execute():
        audit.record(Act.MANDATE_PAUSED, mandate, by)


@writing
def pause_orphaned(mandate: Mandate, by: Actor) -> bool:
    """Is its giver no longer living in the family? Then it is paused: nobody there said yes. The family is told."""
    people = members.people_of(mandate.family_id)
    if mandate.person_id in [person.id for person in people]:
        return False
    pause(mandate, by)
    told = {"provider": providers.name_of(mandate.provider), "account": mandate.label}
    giver = [mandate.person] if mandate.person.died_on is None else []
    for person in [*people[:1], *giver]:
        notices.tell(person, "autodebit_paused", f"{mandate.id}:{clock.today()}", **told)
    return True


@writing
def resume(mandate: Mandate, by: Actor) -> None:
    """The pause ends today. Twice changes nothing."""
    paused = Mandate.paused_from.is_null(False) & Mandate.paused_until.is_null()
    change = Mandate.update(paused_until=clock.today())
    if change.where(Mandate.id == mandate.id, Mandate.live(), paused).execute():
        audit.record(Act.MANDATE_RESUMED, mandate, by)


@writing
def end(mandate: Mandate, why: Ended, by: Actor) -> bool:
    """Nothing is debited any more, whether or not the provider can be told now; False when it had ended."""
    change = Mandate.update(ended_at=clock.now(), ended=why)
    if not change.where(Mandate.id == mandate.id, Mandate.ended_at.is_null()).execute():
        return False
    audit.record(Act.MANDATE_ENDED, mandate, by, why=why)
    return True


def cancel(mandate: Mandate, by: Actor) -> None:
    """The member's own end. Outside a transaction: the provider is told, now or by a later run."""
    if end(mandate, Ended.CANCELLED, by):
        release_ended(mandate.payer_id)


def release_ended(payer_id: int | None = None) -> int:
    """Tell the providers (09) of the ends they do not know yet; how many know now. Outside a transaction."""
    waiting = Mandate.select().where(
        Mandate.bound_at.is_null(False), Mandate.ended_at.is_null(False), Mandate.released_at.is_null()
    )
    waiting = waiting.where(Mandate.payer == payer_id) if payer_id else waiting
    return sum(_release(mandate) for mandate in list(waiting.order_by(Mandate.id)))


def _release(mandate: Mandate) -> bool:
    provider = providers.find(mandate.provider)
    if provider is None:
        return False
    body = {
        "partnerReferenceNo": f"U{mandate.id}-{token_hex(8)}",
        "linkId": mandate.link,
        "merchantId": provider.merchant_id,
        "additionalInfo": {},
    }
    if mandate.customer_token:
        body["tokenId"] = mandate.customer_token
    answer = client_of(provider).ask(Service.UNBINDING, body, customer_of(mandate))
    if answer.verdict not in (Verdict.DONE, Verdict.REFUSED):  # refused: it knows no such link, so nothing is bound
        return False
    return _note_release(mandate)


@writing
def _note_release(mandate: Mandate) -> bool:
    change = Mandate.update(released_at=clock.now()).where(Mandate.id == mandate.id, Mandate.released_at.is_null())
    if not change.execute():
        return False
    audit.record(Act.MANDATE_RELEASED, mandate, SYSTEM)
    return True


def customer_of(mandate: Mandate) -> Customer | None:
    return Customer(mandate.customer_token, mandate.device) if mandate.customer_token else None


def with_fresh_token(mandate: Mandate) -> Mandate:
    """The mandate with a member's token that still lives: renewed a day before its end. Outside a transaction.

    When the provider does not answer, the old one is kept.
    """
    if mandate.customer_until and mandate.customer_until <= clock.now() + RENEW_BEFORE:
        renew(mandate)
    return Mandate.get_by_id(mandate.id)


def renew(mandate: Mandate) -> Verdict:
    """A new member's token (74); REFUSED when the provider gives none any more. Outside a transaction."""
    if not mandate.refresh_token:
        return Verdict.REFUSED
    client = client_of(providers.find(mandate.provider))
    answer = client.exchange({"grantType": "REFRESH_TOKEN", "refreshToken": mandate.refresh_token})
    if answer.verdict is Verdict.DONE and answer.text("accessToken", LONGEST_TOKEN):
        _keep_tokens(mandate, _tokens(answer))
    return answer.verdict


@writing
def _keep_tokens(mandate: Mandate, tokens: dict) -> None:
    kept = {name: value for name, value in tokens.items() if value}
    Mandate.update(**kept).where(Mandate.id == mandate.id).execute()


def _tokens(answer: Answer) -> dict:
    return {
        "customer_token": answer.text("accessToken", LONGEST_TOKEN),
        "customer_until": _moment(answer.text("accessTokenExpiryTime")) or clock.now() + SHORTEST_LIFE,
        "refresh_token": answer.text("refreshToken", LONGEST_TOKEN) or None,
    }


def _moment(text: str) -> datetime | None:
    try:
        return parse_moment(text)
    except ValueError:
        return None


def _label(bound: Answer) -> str:
    """The account as the provider names it to people; never a whole number."""
    user = bound.body.get("userInfo")
    named = Answer(bound.verdict, "", user if isinstance(user, dict) else {}).text("publicUserId", 40)
    return named if "*" in named else "*" * 4 + named[-LABEL_END:] if named else ""
