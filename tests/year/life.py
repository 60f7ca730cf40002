"""The family, its bank and an officer before a real server, which is started anew on each day of the story."""

import os
import re
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date
from html import unescape
from pathlib import Path

import httpx
import pyotp
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from jkn.calendar import months_between, next_month
from jkn.payments.bank import Bank
from tests.browser.serving import ROOT, Server
from tests.builders import PASSWORD, PIN
from tests.crawl import fields
from tests.facilities.places import FACILITIES
from tests.population.registries import a_resident, as_file
from tests.processes import flask
from tests.regions.places import write_regions

OFFICER = "yani"
PEOPLE = (
    {"NAMA_LGKP": "BUDI SANTOSO", "born": date(1980, 8, 17), "sex": "L", "STAT_HBKEL": "KEPALA KELUARGA"},
    {"NAMA_LGKP": "SITI AMINAH", "born": date(1982, 3, 9), "sex": "P", "STAT_HBKEL": "ISTRI"},
    {"NAMA_LGKP": "AYU LESTARI", "born": date(2012, 5, 1), "sex": "P", "STAT_HBKEL": "ANAK"},
)


class Page(str):
    """What a browser got: the source, and what a reader sees of it."""

    @property
    def words(self) -> str:
        main = re.sub("</?data[^>]*>", "", self.partition("<main")[2] or self)
        return " ".join(unescape(re.sub("<[^>]*>", " ", main)).split())

    @property
    def amounts(self) -> list[int]:
        """Every amount on the page, in whole rupiah."""
        return [int(value) for value in re.findall(r'<data[^>]* value="(\d+)"', self)]


class Reader:
    """Somebody with a browser that has no script."""

    def __init__(self, url: str):
        self.http = httpx.Client(base_url=url, timeout=30)
        self.path = ""

    def open(self, path: str) -> Page:
        answer = self.http.get(path)
        assert answer.status_code == 200, (path, answer.status_code, answer.headers.get("location"))
        return Page(answer.text)

    def send(self, path: str, *, shown: str | None = None, **typed: str) -> Page:
        """Fill the form of a page, or of the answer that was `shown`, and send it; `path` says where that led."""
        hidden = fields(self.open(path) if shown is None else shown).hidden
        answer = self.http.post(path, data=hidden | typed)
        self.path = answer.headers.get("location", path) if answer.status_code == 303 else path
        return Page(answer.text)


class Life:
    """Everything that acts; `today` is the day of the story, `commands` what was typed for it."""

    def __init__(self, database_url: str, folder: Path, start: date, pool: ThreadPoolExecutor):
        self.database_url, self.folder, self.pool = database_url, folder, pool
        self.today = self.billed_until = start
        self.server: Server | None = None
        self.chores: Future | None = None
        self.account = self.pot = self.penalty = self.counted = ""
        self.counted_on: date | None = None
        self.readers: dict[str, Reader] = {}
        self.residents = [a_resident(**person) for person in PEOPLE]
        self._move_in()

    def go_to(self, day: date) -> None:
        """Another day: the sign-ins of the one before are over, and each month begun since has been billed."""
        if day == self.today:
            return
        self.finish()
        first = next_month(self.billed_until)
        self.chores = self.pool.submit(self._bill, list(months_between(first, next_month(day))))
        self.today = self.billed_until = day

    def finish(self) -> None:
        """What runs beside is done, and nobody is served any more."""
        if self.chores:
            self.chores.result()
        for reader in self.readers.values():
            reader.http.close()
        self.readers.clear()
        if self.server:
            self.server.stop()

    def flask(self, *words: str, on: date | None = None) -> str:
        """A command in a process of its own, early in the morning; what it printed."""
        environ = os.environ | {
            "DATABASE_URL": self.database_url,
            "JKN_NOW": f"{on or self.today}T06:00+07:00",
            "PYTHONPATH": str(ROOT),
        }
        return flask(*words, environ=environ, folder=self.folder)

    def books(self) -> dict[str, str]:
        """Every account of the ledger as `check-books` shows it, once it has found nothing wrong."""
        if self.counted_on != self.today:
            self.counted_on, self.counted = self.today, self.flask("check-books")
            assert "The books agree." in self.counted, self.counted
        return dict(re.findall(r"^([a-z-]+) +(-?Rp\S+)$", self.counted, re.M))

    @property
    def anybody(self) -> Reader:
        return self._reader("anybody")

    @property
    def member(self) -> Reader:
        """The head of the family, signed in with NIK and PIN."""
        if "member" not in self.readers:
            self._reader("member").send("/masuk", number=self.residents[0]["NIK"], pin=PIN)
        return self._reader("member")

    @property
    def officer(self) -> Reader:
        """Signed in with name, password and the code of the authenticator."""
        if "officer" not in self.readers:
            desk = self._reader("officer")
            code = pyotp.parse_uri(self.totp).at(self.bank().now())
            desk.send("/petugas/masuk", username=OFFICER, password=PASSWORD, code=code)
        return self._reader("officer")

    def bank(self) -> Bank:
        """The bank at its till, with a token of today."""
        bank = Bank(self.anybody.http, self.client_id, self.client_secret, self.key, partner_id=self.client_id)
        bank.read_clock()
        bank.ask_token()
        return bank

    def _reader(self, who: str) -> Reader:
        if not self.readers:
            now = f"{self.today}T10:00+07:00"
            if self.server:
                self.server.restart(now)
            else:
                self.server = Server(self.database_url, self.folder, now)
            if self.chores:
                self.chores.result()
        if who not in self.readers:
            self.readers[who] = Reader(self.server.url)
        return self.readers[who]

    def _bill(self, months: list[date]) -> None:
        """What cron does on each first."""
        for month in months:
            self.flask("issue-bills", f"{month:%Y-%m}", on=month)

    def _move_in(self) -> None:
        """Tables, places, the civil registry, a bank and an officer: by the commands of the README."""
        self.flask("db-migrate")
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        public = self.key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        (self.folder / "bank.pem").write_bytes(public)
        (self.folder / "faskes.csv").write_text(FACILITIES)
        as_file(self.folder / "population.csv", self.residents)
        write_regions(self.folder)
        partner = self.pool.submit(
            self.flask, "create-partner", "Bank Uji", "--service-id", "88888", "--public-key", "bank.pem"
        )
        officer = ("create-officer", OFFICER, "--name", "Yani", "--role", "officer", "--office", "1301")
        uri = self.pool.submit(self.flask, *officer, "--password", PASSWORD)
        self.flask("import-regions", ".")
        self.flask("import-facilities", "faskes.csv")
        self.flask("import-population", "population.csv")
        self.client_id, self.client_secret = re.findall(r"client (?:id|secret) +(\S+)", partner.result())
        self.totp = uri.result().strip()


@contextmanager
def living(database_url: str, folder: Path, start: date) -> Iterator[Life]:
    """A family that nobody has registered, on an empty database; afterwards nothing runs any more."""
    with ThreadPoolExecutor(2) as pool:
        life = None
        try:
            life = Life(database_url, folder, start, pool)
            yield life
        finally:
            if life:
                life.finish()
