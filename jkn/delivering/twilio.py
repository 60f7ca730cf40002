"""Twilio's Messages API (2010-04-01), for SMS and WhatsApp."""

import json
from collections.abc import Collection
from dataclasses import dataclass, field

import httpx

from jkn.delivering.messages import Message, Outcome, Receipt, failed_line, failed_status
from jkn.notices.models import Channel
from jkn.outside import caller

LOST = ("failed", "undelivered", "canceled")


@dataclass(frozen=True)
class TwilioSender:
    """It knows no references of ours: after a lost answer its list says whether the message was taken."""

    name: str
    channel: Channel
    account: str
    sender: str  # +… or MG…, the messaging service
    key: str = field(repr=False)  # the auth token, which also signs what Twilio sends us
    base_url: str = "https://api.twilio.com"
    seconds: int = 10

    def send(self, message: Message) -> Receipt:
        form = {"To": self._address(message.to), "Body": message.text}
        form["MessagingServiceSid" if self.sender.startswith("MG") else "From"] = self._address(self.sender)
        if message.report_url:
            form["StatusCallback"] = message.report_url
        try:
            status, answer = self._call("POST", data=form)
        except (httpx.HTTPError, ValueError) as error:
            return failed_line(error)
        if not 200 <= status < 300:
            return failed_status(status)
        return _taken(answer) or Receipt(Outcome.UNSURE, error="garbage")

    def find(self, message: Message, known: Collection[str]) -> Receipt | None:
        try:
            status, answer = self._call("GET", params={"To": self._address(message.to), "PageSize": "100"})
        except (httpx.HTTPError, ValueError) as error:
            return Receipt(Outcome.UNSURE, error=failed_line(error).error)
        if status != 200 or not isinstance(answer.get("messages"), list):
            return Receipt(Outcome.UNSURE, error="garbage" if status == 200 else str(status))
        for each in answer["messages"]:
            if isinstance(each, dict) and each.get("body") == message.text and each.get("status") not in LOST:
                receipt = _taken(each)
                if receipt and receipt.gateway_id not in known:
                    return receipt
        return None

    def _address(self, number: str) -> str:
        return f"whatsapp:{number}" if self.channel is Channel.WHATSAPP and number.startswith("+") else number

    def _call(self, method: str, **what) -> tuple[int, dict]:
        url = f"{self.base_url}/2010-04-01/Accounts/{self.account}/Messages.json"
        status, raw = caller(self.seconds).call(method, url, auth=(self.account, self.key), **what)
        if status >= 300:
            return status, {}
        answer = json.loads(raw)
        if not isinstance(answer, dict):
            raise ValueError("no object")
        return status, answer


def _taken(answer: dict) -> Receipt | None:
    sid = answer.get("sid")
    return Receipt(Outcome.ACCEPTED, sid) if isinstance(sid, str) and 0 < len(sid) <= 64 and sid.isascii() else None
