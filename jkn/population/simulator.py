"""A stand-in for Dukcapil's gateway: the same calls, from the embedded table, for a demonstration or a test."""

import json
from collections.abc import Callable, Iterable
from socketserver import ThreadingMixIn
from time import sleep
from urllib.parse import urlsplit
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from jkn import sealed
from jkn.db import db
from jkn.population.models import Resident
from jkn.population.rules import RELATIONS

ABSENT = {"RESPONSE_CODE": "13", "RESPON": "Data Tidak Ditemukan"}
REFUSED = {"RESPONSE_CODE": "05", "RESPON": "User Tidak Dikenal"}
FAULTS = ("error", "garbage", "empty", "slow", "drip")
_WORDS = {ours: theirs for theirs, ours in reversed(RELATIONS.items())} | {"other": "FAMILI LAIN"}

Find = Callable[[str, str], list[dict]]


class Gateway:
    """The WSGI application. `find("nik" | "kk", number)` gives people; each fault spoils one answer, in turn."""

    def __init__(self, find: Find, user: str, password: str, faults: Iterable[str] = (), seconds: float = 30):
        self.find, self.user, self.password, self.seconds = find, user, password, seconds
        self.faults, self.asked = list(faults), []

    def __call__(self, environ, start_response):
        call = urlsplit(environ["PATH_INFO"]).path.rsplit("/", 1)[-1]
        question = json.loads(environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)) or b"{}")
        self.asked.append((call, question))
        fault = self.faults.pop(0) if self.faults else None
        if fault == "slow":
            sleep(self.seconds)
        status = "500 Internal Server Error" if fault == "error" else "200 OK"
        start_response(status, [("Content-Type", "application/json")])
        if fault in ("error", "garbage"):
            return [b"<html>sedang gangguan</html>"]
        if fault == "empty":
            return [b"{}"]
        body = json.dumps({"content": self.answer(question)}).encode()
        return self.drip(body) if fault == "drip" else [body]

    def answer(self, question: dict) -> list[dict]:
        if (question.get("user_id"), question.get("password")) != (self.user, self.password):
            return [REFUSED]
        kind = "kk" if "no_kk" in question else "nik"
        return self.find(kind, str(question.get(kind) or question.get("no_kk") or "")) or [ABSENT]

    def drip(self, body: bytes):
        for byte in body:
            sleep(self.seconds / len(body))
            yield bytes([byte])


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        """A caller who hung up is no news."""


class _Quiet(WSGIRequestHandler):
    def log_message(self, format, *args):
        """Nothing: an access log is one more place where a number could end up."""


def server(gateway: Gateway, port: int = 0) -> WSGIServer:
    """Listening on this machine only; serve_forever() answers."""
    return make_server("127.0.0.1", port, gateway, server_class=_Server, handler_class=_Quiet)


def from_table(kind: str, number: str) -> list[dict]:
    """The people with a NIK, or on a family card, as Dukcapil writes them."""
    column = Resident.kk_hash if kind == "kk" else Resident.nik_hash
    try:
        return [as_dukcapil(row) for row in Resident.select().where(column.in_(sealed.indexes(kind, number)))]
    finally:
        if not db.in_transaction():
            db.close()


def as_dukcapil(row: Resident) -> dict:
    province, regency, district, village = (f"{row.village_code}...").split(".")[:4]
    return {
        "NIK": row.nik,
        "NO_KK": row.kk,
        "NAMA_LGKP": row.name,
        "TMPT_LHR": row.birth_place,
        "TGL_LHR": row.born.isoformat(),
        "JENIS_KLMIN": "Perempuan" if row.sex == "P" else "Laki-laki",
        "JENIS_PKRJN": row.job,
        "STATUS_KAWIN": row.marital,
        "STAT_HBKEL": _WORDS[row.relation],
        "ALAMAT": row.address,
        "NO_RT": row.rt,
        "NO_RW": row.rw,
        "NO_PROP": province,
        "NO_KAB": regency,
        "NO_KEC": district,
        "NO_KEL": village,
        "STATUS_HIDUP": "HIDUP" if row.alive else "MENINGGAL",
    }
