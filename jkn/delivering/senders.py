"""The gateways as the configuration names them: the console, any HTTP gateway, SMTP, Twilio."""

import re
import smtplib
import ssl
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, fields
from email.message import EmailMessage
from email.utils import format_datetime
from urllib.parse import quote

import click
import httpx

from jkn import clock
from jkn.config import BadConfig
from jkn.delivering.messages import Message, Outcome, Receipt, Sender, failed_line, failed_status
from jkn.delivering.twilio import TwilioSender
from jkn.notices.models import Channel
from jkn.outside import caller


@dataclass(frozen=True)
class ConsoleSender:
    """Prints every message: for development."""

    channel: Channel
    name: str = "console"

    def send(self, message: Message) -> Receipt:
        click.echo(f"[{self.channel} {message.reference} to {message.to}] {message.text}")
        return Receipt(Outcome.ACCEPTED)

    def find(self, _message: Message, _known: Collection[str]) -> None:
        return None


@dataclass(frozen=True)
class HttpSender:
    """Any gateway that takes a message by one HTTP request, such as Zenziva, Fonnte or Kannel.

    In `url`, `fields` and `headers` stand {to}, {text}, {reference}, {report_url} and {key}. `accepted` is an
    expression that an answer must hold, `refused` one that tells a final no; the group of `receipt` is its own number.
    """

    name: str
    channel: Channel
    url: str
    method: str = "POST"
    body: str = "form"  # form, json or query
    fields: Mapping = field(default_factory=dict)  # nested, where the body is JSON
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    key: str = field(default="", repr=False)
    number: str = "+62"  # how numbers begin: +62, 62 or 0
    accepted: str = ""
    refused: str = ""
    receipt: str = ""
    seconds: int = 10  # for one whole call, however slowly it drips
    report_reference: str = "id"  # names of what a report says, and the words it uses
    report_state: str = "status"
    report_arrived: tuple[str, ...] = ("delivered",)
    report_failed: tuple[str, ...] = ("failed",)
    report_secret: str = field(default="", repr=False)

    def send(self, message: Message) -> Receipt:
        values = {
            "to": self.number + message.to.removeprefix("+62"),
            "text": message.text,
            "reference": message.reference,
            "report_url": message.report_url,
            "key": self.key,
        }
        filled, headers = _fill(self.fields, values), _fill(self.headers, values)
        url = _fill(self.url, {name: quote(value, safe="") for name, value in values.items()})
        body = {{"form": "data", "json": "json", "query": "params"}[self.body]: filled} if filled else {}
        try:
            status, raw = caller(self.seconds).call(self.method, url, headers=headers, **body)
        except (httpx.HTTPError, ValueError) as error:
            return failed_line(error)
        return self._read(status, raw.decode("utf-8", "replace"))

    def find(self, _message: Message, _known: Collection[str]) -> None:
        """It knows our references itself."""
        return None

    def _read(self, status: int, answer: str) -> Receipt:
        if self.refused and re.search(self.refused, answer):
            return Receipt(Outcome.REFUSED, error="refused")
        if not 200 <= status < 300:
            return failed_status(status)
        if self.accepted and not re.search(self.accepted, answer):
            return Receipt(Outcome.UNSURE, error="garbage")
        found = re.search(self.receipt, answer) if self.receipt else None
        return Receipt(Outcome.ACCEPTED, found[1][:64] if found else "")


@dataclass(frozen=True)
class SmtpSender:
    """A mail server. The Message-ID is our reference: mail readers show a message that came twice once."""

    name: str
    channel: Channel
    host: str
    sender: str
    port: int = 587
    tls: str = "starttls"  # starttls, tls or none
    user: str = ""
    key: str = field(default="", repr=False)
    seconds: int = 20

    def send(self, message: Message) -> Receipt:
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = self.sender, message.to, message.subject
        mail["Date"] = format_datetime(clock.now())
        mail["Message-ID"] = f"<{message.reference}@{self.sender.rpartition('@')[2].rstrip('>')}>"
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(message.text)
        try:
            server = self._connect()
        except (OSError, smtplib.SMTPException):
            return Receipt(Outcome.LATER, error="no line")
        try:
            with server:
                server.send_message(mail)
        except smtplib.SMTPRecipientsRefused as refused:
            code = next(iter(refused.recipients.values()))[0]
            return Receipt(Outcome.REFUSED if code >= 500 else Outcome.LATER, error=f"smtp {code}")
        except smtplib.SMTPResponseException as answer:
            return Receipt(Outcome.LATER, error=f"smtp {answer.smtp_code}")
        except (OSError, smtplib.SMTPException):
            return Receipt(Outcome.UNSURE, error="line")
        return Receipt(Outcome.ACCEPTED)

    def find(self, _message: Message, _known: Collection[str]) -> None:
        return None

    def _connect(self) -> smtplib.SMTP:
        make = smtplib.SMTP_SSL if self.tls == "tls" else smtplib.SMTP
        server = make(self.host, self.port, timeout=self.seconds)
        try:
            if self.tls == "starttls":
                server.starttls(context=ssl.create_default_context())
            if self.user:
                server.login(self.user, self.key)
        except BaseException:
            server.close()
            raise
        return server


KINDS: dict[str, Callable[..., Sender]] = {"http": HttpSender, "smtp": SmtpSender, "twilio": TwilioSender}
_known: dict[Channel, Sender] = {}


def configure(found: Iterable[Sender]) -> None:
    """Who there is to send by."""
    _known.clear()
    _known.update({sender.channel: sender for sender in found})


def find(channel: Channel | None) -> Sender | None:
    return _known.get(channel)


def named(name: str, kind: type) -> Sender | None:
    """The gateway of this kind that goes by this name."""
    return next((each for each in _known.values() if each.name == name and isinstance(each, kind)), None)


def offered() -> list[Channel]:
    """The channels for which there is a gateway."""
    return [channel for channel in Channel if channel in _known]


def consoles() -> list[Sender]:
    return [ConsoleSender(channel) for channel in (Channel.SMS, Channel.WHATSAPP, Channel.EMAIL)]


def read(tables: Iterable[Mapping]) -> list[Sender]:
    """The gateways of JKN_SENDERS, one for a channel. Raises BadConfig, which names the gateway and what is wrong."""
    found = [_read(dict(table)) for table in tables]
    for what in ("channel", "name"):
        if len({getattr(sender, what) for sender in found}) < len(found):
            raise BadConfig(f"JKN_SENDERS: a {what} stands twice")
    return found


def _read(table: dict) -> Sender:
    name = str(table.get("name", "?"))
    try:
        kind = KINDS[table.pop("kind")]
        channel = Channel(table.pop("channel"))
        if channel not in CARRIES[kind]:
            raise ValueError(f"it carries no {channel}")
        unknown = set(table) - {each.name for each in fields(kind)}
        if unknown:
            raise ValueError(", ".join(sorted(unknown)))
        lists = {key: tuple(value) for key, value in table.items() if isinstance(value, list)}
        for key in ("accepted", "refused", "receipt"):
            re.compile(table.get(key, ""))
        return kind(channel=channel, **table | lists)
    except (ValueError, TypeError, KeyError, re.error) as error:
        raise BadConfig(f"JKN_SENDERS: {name}: {error}") from None


CARRIES = {
    HttpSender: (Channel.SMS, Channel.WHATSAPP),
    TwilioSender: (Channel.SMS, Channel.WHATSAPP),
    SmtpSender: (Channel.EMAIL,),
}


def _fill(given, values: Mapping[str, str]):
    """Texts, and those in tables and lists. Only our own names: other braces stay, and no value is read again."""
    if isinstance(given, Mapping):
        return {name: _fill(inner, values) for name, inner in given.items()}
    if isinstance(given, list | tuple):
        return [_fill(inner, values) for inner in given]
    if not isinstance(given, str):
        return given
    return re.sub(r"\{(\w+)\}", lambda found: values.get(found[1], found[0]), given)
