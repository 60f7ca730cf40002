"""A family's words on their way through volunteers, cash, kiosks and messages: none in what is written down or sent."""

import json
import logging
import re
from dataclasses import dataclass, field

import pytest

from jkn.access import SYSTEM, Role
from jkn.accounts import sheets
from jkn.assisting import askings
from jkn.audit.models import Entry
from jkn.cash import service as cash
from jkn.i18n import LANGUAGES, speaking
from jkn.kiosks import keypad
from jkn.members.models import Person
from jkn.notices.models import Notice
from jkn.notices.rules import short_name
from jkn.notices.wording import in_short, in_words
from jkn.offline import service as offline
from jkn.permissions import Scope
from tests.assisting.helping import help_of, phone_of
from tests.builders import a_family, an_officer, people, post, sign_in
from tests.canaries import found_in, hits
from tests.cash.cashing import an_agent, fill
from tests.crawl import World, a_new_world, as_kiosk
from tests.offline.test_views import complaint, data, send
from tests.test_canaries import no_sql
from tests.texting.conftest import Phone, gates, with_phone  # noqa: F401  the doors for messages

HELPER = "KADERKANARI"
TYPED = "Diketikkanari"
TAKE = "/kader/tunai/terima"


@dataclass
class Doors:
    """A family of canaries, a volunteer who takes cash, a kiosk and a phone; and all that they were answered."""

    app: object
    world: World
    heard: list = field(default_factory=list)

    def __post_init__(self):
        self.kader = an_officer(Role.VOLUNTEER, "kader")
        self.kader.name, self.kader.person = HELPER, people(a_family(1, names=("TINI",)))[0]
        self.kader.save()
        self.member = with_phone(self.world.person, "+62" + self.world.canaries["phone"])
        self.codes = sheets.codes(sheets.issue(self.member, SYSTEM))
        self.agent = an_agent(self.kader)
        self.helper, self.kiosk = self._hears(phone_of(self.app, self.kader)), self._hears(as_kiosk(self.app))
        self.phone = Phone(self.app.test_client(), self.member.phone)
        self.words = self.world.canaries | {"helper": HELPER, "typed": TYPED}

    def _hears(self, client):
        open_it = client.open

        def heard(*args, **kwargs):
            answer = open_it(*args, **kwargs)
            self.heard.append(answer)
            return answer

        client.open = heard
        return client

    def ask_by_sms(self) -> None:
        nik = self.member.nik
        wait = post(self.helper, "/kader/minta", number=nik, scopes=["status", "bills"], minutes=15).location
        word = re.search(r"IZIN (\d{4})", self.helper.get(wait).text)[1]
        told = self.phone.text(f"IZIN {word}")
        wrong = self.phone.text(f"IZIN {word} 0000")
        right = self.phone.text(f"IZIN {word} {re.search('IZIN [0-9]{4} ([0-9]{4})', told)[1]}")
        assert hits("\n".join([told, wrong, right]), self.words) == []
        post(self.helper, wait)
        post(self.helper, "/kader/minta", number="3578085708800199", scopes=["status"], minutes=15)

    def take_cash(self) -> None:
        help_of(self.helper, self.member, self.codes[0], Scope.BILLS)
        assert post(self.helper, TAKE, amount="10.000", is_taken="y").status_code == 303
        post(self.helper, TAKE, amount="1")
        fill(self.agent, 10_000)
        cash.settle_everybody()
        post(self.helper, "/wakil/selesai")
        assert {"cash_unpaid", "cash_paid"} <= {notice.name for notice in Notice.select(Notice.name)}

    def send_forms(self) -> None:
        nik = self.member.nik
        forms = [
            (200, complaint(nik, self.codes[1], **{"c-text": TYPED})),
            (200, data(nik, self.codes[2], TYPED)),
            (202, complaint(nik, "00000000", **{"c-text": TYPED})),
            (422, complaint(nik[:-1], "00000000", **{"c-text": TYPED})),
            (422, complaint(nik, self.codes[3], age=100 * 3600, **{"c-text": TYPED})),
            (401, complaint(nik, self.codes[3], whose="x", **{"c-text": TYPED})),
        ]
        for status, form in forms:
            answer = send(self.helper, form)
            assert (answer.status_code, found_in(answer, self.words)) == (status, [])

    def stand_at_the_kiosk(self) -> None:
        post(self.kiosk, "/kios/aktif", number=self.member.nik)
        for key in [*f"{self.member.born:%d%m%Y}", "send"]:
            post(self.kiosk, "/kios/tombol", k=key)
        assert found_in(self.kiosk.get("/kios/slip"), self.words) == []
        post(self.kiosk, "/kios/aktif", number=self.member.card)
        self.kiosk.get("/kios/slip/escpos")

    def go_wrong(self) -> None:
        """Forms without their token, and rows of others."""
        for client, url in ((self.helper, "/kader/minta"), (self.helper, TAKE), (self.kiosk, "/kios/aktif")):
            client.post(url, data={"number": self.member.nik, "witness": TYPED, "amount": TYPED})
        other = self._hears(sign_in(self.app, people(a_family(1))[0]))
        for url in ("/tunai/{cash_id}", "/data-saya/menunggu/{offline_form_id}", "/wakil/{grant_id}/tanda-terima"):
            assert other.get(url.format(**self.world.objects)).status_code in (403, 404)

    def walk(self) -> None:
        self.ask_by_sms()
        self.take_cash()
        self.send_forms()
        self.stand_at_the_kiosk()
        self.go_wrong()

    def told(self) -> str:
        """Every message in every language, short and long, less the short name with which an SMS begins."""
        texts = []
        for notice in Notice.select():
            name = Person.get_by_id(notice.person_id).name
            begins = f"JKN {short_name(name)}: "
            for language in LANGUAGES:
                with self.app.test_request_context(), speaking(language):
                    texts += [in_short(notice, name).removeprefix(begins), in_words(notice)]
        return "\n".join(texts)

    def addresses(self) -> str:
        return "\n".join(
            [answer.request.url for answer in self.heard] + [answer.location or "" for answer in self.heard]
        )


@pytest.fixture
def doors(gates):  # noqa: F811
    return Doors(gates, a_new_world())


def leaks(doors: Doors, caplog) -> list:
    """Where a word of the family, or the volunteer's name, was written down or sent."""
    with caplog.at_level(logging.DEBUG):
        doors.walk()
    found = [("log", name) for name in hits(no_sql(caplog), doors.words)]
    found += [("message", name) for name in hits(doors.told(), doors.words)]
    found += [("address", name) for name in hits(doors.addresses(), doors.words)]
    found += [("address", number) for number in re.findall(r"\d{10,}", doors.addresses())]
    details = "\n".join(json.dumps(entry.details) for entry in Entry.select())
    found += [("audit", name) for name in hits(details, doors.words) if name != "helper"]  # through whom money came
    refusals = [answer for answer in doors.heard if answer.status_code >= 400]
    assert len(refusals) >= 8
    return found + [(answer.request.path, name) for answer in refusals for name in found_in(answer, doors.words)]


def test_a_day_at_all_doors_leaves_nobodys_words_in_logs_addresses_messages_and_refusals(doors, caplog):
    assert leaks(doors, caplog) == []


@pytest.mark.parametrize("feature", [cash, offline, askings], ids=lambda module: module.__name__)
def test_twin_that_tells_the_helpers_name_in_full_is_noticed(doors, caplog, monkeypatch, feature):
    from jkn.assisting import consents

    monkeypatch.setattr(consents if feature is askings else feature, "mask_name", lambda name: name)
    assert ("message", "helper") in leaks(doors, caplog)


def test_twin_that_logs_what_was_typed_is_noticed(doors, caplog, monkeypatch):
    receive = offline.receive

    def noisy(written, *more):
        logging.getLogger("jkn").info("form %s for %s", written.content, written.consent.number)
        return receive(written, *more)

    monkeypatch.setattr(offline, "receive", noisy)
    assert {("log", "nik"), ("log", "typed")} <= set(leaks(doors, caplog))


def help_and_take(doors: Doors):
    help_of(doors.helper, doors.member, doors.codes[0], Scope.BILLS)
    return post(doors.helper, TAKE, amount="10.000", is_taken="y")


FAULTS = {
    "cash": (cash, "take", help_and_take),
    "form": (offline, "receive", lambda doors: send(doors.helper, complaint(doors.member.nik, doors.codes[0]))),
    "asking": (
        askings,
        "ask",
        lambda doors: post(doors.helper, "/kader/minta", number=doors.member.nik, scopes=["status"], minutes=15),
    ),
    "kiosk": (keypad, "begin", lambda doors: post(doors.kiosk, "/kios/aktif", number=doors.member.nik)),
}


@pytest.mark.parametrize("door", FAULTS)
def test_a_fault_at_a_door_writes_down_its_place_alone(doors, caplog, monkeypatch, door):
    module, name, visit = FAULTS[door]

    def breaks(*_args, **_more):
        raise ValueError(" ".join(doors.words.values()))

    monkeypatch.setattr(module, name, breaks)
    with caplog.at_level(logging.DEBUG):
        answer = visit(doors)
    whose = ["name"] if door == "cash" else []  # every page inside a consent says for whom it is
    assert (answer.status_code, found_in(answer, doors.words)) == (500, whose)
    assert "ValueError" in no_sql(caplog) and hits(no_sql(caplog), doors.words) == []
