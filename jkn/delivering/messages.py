"""What is handed to a gateway, and what it makes of it."""

from collections.abc import Collection
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

import httpx

from jkn.notices.models import Channel


class Outcome(StrEnum):
    ACCEPTED = "accepted"
    REFUSED = "refused"  # and would be again
    UNSURE = "unsure"  # it may have been taken: try again under the same reference
    LATER = "later"  # it was not taken


@dataclass(frozen=True)
class Message:
    """`reference` is the same at every try; `report_url` is where the gateway may say later what became of it."""

    reference: str
    to: str = field(repr=False)  # +628…, or an e-mail address
    text: str = field(repr=False)
    subject: str = field(default="", repr=False)
    report_url: str = ""


@dataclass(frozen=True)
class Receipt:
    """`error` says in a word or two why it was not accepted."""

    outcome: Outcome
    gateway_id: str = ""
    error: str = ""


class Sender(Protocol):
    """One gateway for one channel. Nothing here raises for what the outside does."""

    name: str
    channel: Channel

    def send(self, message: Message) -> Receipt: ...

    def find(self, message: Message, known: Collection[str]) -> Receipt | None:
        """Was it taken by an earlier try? `known` are the gateway's numbers of other messages. None: send it again."""
        ...


def failed_line(error: Exception) -> Receipt:
    """What a broken call means: only where no line was made can we be sure that nothing was taken."""
    if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout):
        return Receipt(Outcome.LATER, error="no line")
    if isinstance(error, httpx.TimeoutException):
        return Receipt(Outcome.UNSURE, error="timeout")
    return Receipt(Outcome.UNSURE, error="line" if isinstance(error, httpx.HTTPError) else "garbage")


def failed_status(status: int) -> Receipt:
    """400, 413 and 422 are the message's own fault; other 4xx are trouble between the gateway and us, which passes."""
    if status in (400, 413, 422):
        return Receipt(Outcome.REFUSED, error=str(status))
    return Receipt(Outcome.LATER if 400 <= status < 500 else Outcome.UNSURE, error=str(status))
