"""`python -m tests.benchmarks.slow`: pages, a journey and a volunteer's hour on lines of the worst kind; as root.

HTTP/2 and TLS 1.3 with an ECDSA chain, as in production; exit 1 if a goal is missed.
"""

import json
import os
import sys
import tempfile
from datetime import timedelta
from pathlib import Path
from statistics import median, quantiles

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from jkn import clock
from jkn.access import SYSTEM, Role
from jkn.accounts import sheets
from jkn.accounts.models import Officer
from jkn.members.models import Person
from tests.benchmarks.link import SERVER, Line, Link, Way
from tests.benchmarks.tables import Goals, table, title
from tests.browser.serving import ROOT, START, Databases, use
from tests.browser.world import Places, build
from tests.builders import a_family, people

TWO_G = Line("2G", 800, 64, 32)
BAD = Line("bad 2G", 1400, 40, 20, 2)
PORT = 8443
COLD, WARM, JOURNEY, DOWN = 3.9, 1.2, 13, 20  # seconds, seconds, seconds, kB
BAD_WARM, BAD_SLOWEST = 2, 6  # seconds: median, and 95 of 100


def main() -> None:
    if os.geteuid():
        sys.exit("Only root may make the networks between which the line runs.")
    goals = Goals()
    with tempfile.TemporaryDirectory(prefix="jkn-slow-", ignore_cleanup_errors=True) as folder:
        folder = Path(folder)
        certificate(folder)
        databases = Databases("sqlite", folder)
        places = build(databases)
        facts(folder, places)
        took, _down, _up = walk("pages", TWO_G, folder, databases.copy(places.url))
        goals.hold("2G: cold page", took[0][-1], COLD, " s")
        goals.hold("2G: warm page, median", median(warm(took)), WARM, " s")
        took, down, _up = walk("journey", TWO_G, folder, databases.copy(places.url))
        goals.hold("2G: home, sign-in, status, card, bill, VA", sum(each[-1] for each in took), JOURNEY, " s")
        goals.hold("2G: the same, down", down.bytes / 1000, DOWN, " kB")
        took, _down, _up = walk("volunteer", BAD, folder, databases.copy(places.url))
        goals.hold("bad 2G: a volunteer's page, median", median(warm(took)), BAD_WARM, " s")
        goals.hold("bad 2G: the same, 95 of 100", quantiles(warm(took), n=20)[-1], BAD_SLOWEST, " s")
    goals.show()
    sys.exit(not goals.met)


def warm(took: list[tuple[str, str, float]]) -> list[float]:
    """Of the pages that are one request on a line that is open."""
    return [seconds for verb, _page, seconds in took[1:] if verb != "press"]


def walk(name: str, line: Line, folder: Path, url: str) -> tuple[list[tuple[str, str, float]], Way, Way]:
    """(how, page, seconds) one after the other; what went down and up."""
    base, result = f"https://{SERVER}:{PORT}", folder / f"{name}.json"
    os.environ |= {"DATABASE_URL": url, "JKN_NOW": START, "PYTHONPATH": str(ROOT)}
    tls = ["--ssl-certificate", str(folder / "chain.pem"), "--ssl-keyfile", str(folder / "key.pem"), "--http", "auto"]
    where = ["--no-ws", "--blocking-threads", "4", "--host", SERVER, "--port", str(PORT), "--no-log"]
    server = [sys.executable, "-m", "granian", "--interface", "wsgi", "wsgi:app", *where, *tls]
    client = [sys.executable, "-m", "tests.benchmarks.slow_client", name, base, str(folder / "facts.json"), str(result)]
    down, up = Link(line).run(server, client)
    took = json.loads(result.read_text())
    title(f"{name}, {line}")
    table(("how", "page", "seconds"), took)
    whole, lost = sum(each[-1] for each in took), down.lost + up.lost
    print(f"{whole:.1f} s; {down.bytes:,} B down, {up.bytes:,} B up, {lost} packets lost")
    return [tuple(each) for each in took], down, up


def facts(folder: Path, places: Places) -> None:
    """What the people of the walks know; the volunteer is somebody with a family card of their own."""
    with use(places.url):
        helper = Officer.get(Officer.role == Role.VOLUNTEER)
        helper.person = people(a_family(1, names=("TINI KADER",)))[0]
        helper.save()
        codes = sheets.codes(sheets.issue(Person.get(Person.card == places.card), SYSTEM))[:3]
    known = {"nik": places.nik, "codes": codes, "cookies": places.cookies["volunteer"]}
    (folder / "facts.json").write_text(json.dumps(known))


def certificate(folder: Path) -> None:
    """A leaf and the one between it and the root, as a server sends them."""
    root, between, leaf = (ec.generate_private_key(ec.SECP256R1()) for _key in range(3))
    chain = [_signed("Leaf of a server", leaf, "Between", between), _signed("Between", between, "Root", root)]
    (folder / "chain.pem").write_bytes(b"".join(one.public_bytes(serialization.Encoding.PEM) for one in chain))
    plain = serialization.NoEncryption()
    pem, shape = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    (folder / "key.pem").write_bytes(leaf.private_bytes(pem, shape, plain))


def _signed(name: str, key, issuer: str, by) -> x509.Certificate:
    made, now = x509.CertificateBuilder(), clock.now()
    made = made.subject_name(_name(name)).issuer_name(_name(issuer)).public_key(key.public_key())
    made = made.serial_number(x509.random_serial_number()).not_valid_before(now).not_valid_after(now + timedelta(90))
    made = made.add_extension(x509.SubjectAlternativeName([x509.DNSName("layanan.jkn.example")]), critical=False)
    return made.sign(by, hashes.SHA256())


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text), x509.NameAttribute(NameOID.COUNTRY_NAME, "ID")])


if __name__ == "__main__":
    main()
