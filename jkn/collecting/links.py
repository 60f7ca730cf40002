"""Links for somebody else to pay: made by a family, good for some days."""

from datetime import timedelta
from secrets import token_urlsafe

from jkn import clock
from jkn.access import Actor
from jkn.audit import service as audit
from jkn.audit.models import Act
from jkn.collecting.models import PayLink
from jkn.db import writing
from jkn.members.models import Payer

LIFE = timedelta(days=7)


@writing
def make(payer: Payer, key: str, by: Actor) -> PayLink:
    """A new address; the same form sent twice makes one."""
    row = PayLink.insert(
        token=token_urlsafe(12),
        payer=payer,
        family_id=payer.family_id,
        person_id=by.person_id,
        key=key,
        expires_at=clock.now() + LIFE,
    )
    is_new = row.on_conflict_ignore().as_rowcount().execute()
    link = PayLink.get(PayLink.payer == payer, PayLink.key == key)
    if is_new:
        audit.record(Act.PAY_LINK_MADE, link, by)
    return link


def find(token: str) -> PayLink | None:
    """The link behind an address, while it is good."""
    return PayLink.get_or_none(PayLink.token == token[:32], PayLink.expires_at > clock.now())
