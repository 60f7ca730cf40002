"""The real civil registry over HTTP: Dukcapil's partner calls (interop: CALL_NIK), in its own field names.

POST <base>/<INSTANSI>/CALL_NIK {"nik", "user_id", "password", "ip_user"} answers {"content": [{NIK, NO_KK, …}]} with
one person; not found: content[0] has RESPONSE_CODE and RESPON. The household is asked with {"no_kk", …} at CALL_KK, a
call whose name differs by contract. Both names are settings.
"""

import json
import re
import time
from collections.abc import Mapping
from datetime import date

import httpx

from jkn import numbers
from jkn.numbers import BadNumber
from jkn.population import rules
from jkn.population.registry import RegistryDown, RegistryFamily, RegistryPerson

TRIES = 2
LARGEST = 1_000_000  # bytes of an answer; a family is a few thousand
_ABSENT = re.compile(r"ditemukan|meninggal|non.?aktif|ganda", re.IGNORECASE)


class DukcapilRegistry:
    """Asks the gateway named in the settings. `seconds` is for one whole call, however slowly it drips."""

    def __init__(self, settings: Mapping):
        self.base = f"{settings['DUKCAPIL_URL'].rstrip('/')}/{settings['DUKCAPIL_INSTANSI']}"
        self.person_call, self.family_call = settings["DUKCAPIL_NIK_CALL"], settings["DUKCAPIL_KK_CALL"]
        self.seconds = settings["DUKCAPIL_SECONDS"]
        self.sign = {
            "user_id": settings["DUKCAPIL_USER"],
            "password": settings["DUKCAPIL_PASSWORD"],
            "ip_user": settings["DUKCAPIL_IP"],
        }
        self.client = httpx.Client(timeout=self.seconds, follow_redirects=False, trust_env=False)

    def family(self, kk: str, nik: str, born: date) -> RegistryFamily | None:
        """First the registrant alone; the household is not asked for before card and birth date match."""
        asked = next(iter(self.ask(self.person_call, nik=nik)), None)
        if asked is None:
            return None
        person = self._person(asked)
        if person.nik != nik or person.born != born or _text(asked, "NO_KK") != kk or not person.alive:
            return None
        people = [self._person(one) for one in self.ask(self.family_call, no_kk=kk)]
        if nik not in [one.nik for one in people]:
            people.append(person)
        return RegistryFamily.of(
            kk,
            people,
            village_code=_village(asked),
            address=_text(asked, "ALAMAT")[:200],
            rt=_text(asked, "NO_RT").zfill(3)[:3],
            rw=_text(asked, "NO_RW").zfill(3)[:3],
        )

    def ask(self, call: str, **question: str) -> list[dict]:
        """The people in the answer, none when there is no such number. Raises RegistryDown after a second try."""
        for attempt in range(1, TRIES + 1):
            try:
                return _content(self._post(call, self.sign | question))
            except (httpx.HTTPError, ValueError) as error:
                # only the kind: an address or a body could name a person
                reason = str(error) if isinstance(error, _Unusable) else type(error).__name__
                if attempt == TRIES or getattr(error, "final", False):
                    raise RegistryDown(f"{call}: {reason}") from None

    def _post(self, call: str, question: dict) -> bytes:
        ends = time.monotonic() + self.seconds
        with self.client.stream("POST", f"{self.base}/{call}", json=question) as response:
            if response.status_code != 200:
                raise _Unusable(f"status {response.status_code}", final=response.status_code < 500)
            body = b""
            for part in response.iter_bytes():
                body += part
                if len(body) > LARGEST:
                    raise _Unusable("the answer is too long")
                if time.monotonic() > ends:
                    raise _Unusable("the answer takes too long")
            return body

    def _person(self, content: dict) -> RegistryPerson:
        try:
            nik = numbers.digits(_text(content, "NIK"))
            if not numbers.is_nik(nik):
                raise BadNumber("the NIK is not valid")
            return RegistryPerson(
                nik=nik,
                name=_text(content, "NAMA_LGKP")[:100],
                born=rules.read_birth(_text(content, "TGL_LHR")[:10]),
                sex=rules.read_sex(_text(content, "JENIS_KLMIN")),
                relation=rules.relation_of(_text(content, "STAT_HBKEL")),
                job=_text(content, "JENIS_PKRJN"),
                marital=_text(content, "STATUS_KAWIN"),
                alive=rules.is_alive(_text(content, "STATUS_HIDUP")),
            )
        except BadNumber as bad:
            raise RegistryDown(f"a person in the answer: {bad.message}") from None


class _Unusable(ValueError):
    """An answer that is none; `final` where asking again cannot help."""

    def __init__(self, reason: str, *, final: bool = False):
        super().__init__(reason)
        self.final = final


def _content(body: bytes) -> list[dict]:
    answer = json.loads(body)
    content = answer.get("content") if isinstance(answer, dict) else None
    if not isinstance(content, list) or not all(isinstance(one, dict) for one in content):
        raise _Unusable("the answer has no content")
    if content and "NIK" not in content[0]:
        said = _text(content[0], "RESPON") or _text(content[0], "RESPONSE")
        if _ABSENT.search(said):
            return []
        raise _Unusable(f"response code {_text(content[0], 'RESPONSE_CODE')[:8]!r}", final=True)
    return content


def _text(content: dict, name: str) -> str:
    value = content.get(name)
    return str(value).strip() if isinstance(value, (str, int)) else ""


def _village(content: dict) -> str:
    """16.02.12.2012 out of NO_PROP 16, NO_KAB 2, NO_KEC 12, NO_KEL 2012."""
    parts = [_text(content, name) for name in ("NO_PROP", "NO_KAB", "NO_KEC", "NO_KEL")]
    if not all(part.isdecimal() for part in parts):
        raise RegistryDown("a person in the answer: no village")
    return ".".join(part.zfill(width) for part, width in zip(parts, (2, 2, 2, 4), strict=True))[:13]
