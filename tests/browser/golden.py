"""The main pages as text browsers print them at 34 columns. `python -m tests.browser.golden` writes the files anew."""

import os
import re
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from flask.testing import FlaskClient

from tests.browser.serving import Databases, use
from tests.browser.world import Places, build
from tests.builders import post
from tests.weighing import JOINING

FOLDER = Path(__file__).parent / "golden"
PUBLIC = {
    "front": "/",
    "masuk": "/masuk",
    "cek": "/cek",
    "bayar": "/bayar",
    "faskes": "/faskes?q=gubeng",
    "pengaduan": "/pengaduan",
    "bantuan": "/bantuan",
}
OWN = {
    "menu": "/",
    "status": "/status",
    "tagihan": "/tagihan",
    "bayar-saya": "/bayar/saya",
    "kartu": "/kartu/1",
    "faskes-keluarga": "/faskes/ganti",
    "data-saya": "/data-saya",
    "keluar": "/keluar",
}
# Numbers and codes that are drawn by lot.
DRAWN = (
    (re.compile(r"\b\d{8}\b"), "00000000"),
    (re.compile(r"\b\d{4}(?:[ *•]+\d{1,4})+\b"), lambda found: re.sub(r"\d", "0", found[0])),
    (re.compile(r"\b[A-Z]{5} [A-Z]{5}$", re.MULTILINE), "ABCDE FGHJK"),
)

DUMPS = {
    "w3m": "-dump -cols 34 -T text/html -I UTF-8 -O UTF-8".split(),
    "lynx": "-dump -width=34 -nolist -assume_charset=utf-8 -display_charset=utf-8".split(),
    "links2": "-dump -width 34 -codepage utf-8 -html-assume-codepage utf-8".split(),
}
PLAIN = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "TERM": "dumb", "HOME": tempfile.gettempdir()}


def pages(places: Places, url: str) -> Iterator[tuple[str, str]]:
    """(name, HTML) of each page."""
    with use(url) as app:
        client = app.test_client()
        yield from ((name, client.get(path).text) for name, path in PUBLIC.items())
        yield from _joining(client, places)
        for name, value in places.cookies["member"].items():
            client.set_cookie(name, value)
        yield from ((name, client.get(path).text) for name, path in OWN.items())


def _joining(client: FlaskClient, places: Places) -> Iterator[tuple[str, str]]:
    answers, here = JOINING | {"/daftar/keluarga": places.newcomer}, "/daftar"
    while here in answers:
        yield _name(here), client.get(here).text
        here = post(client, here, **answers[here]).location
    for path in (here, "/daftar/lembar"):
        yield _name(path), client.get(path).text


def _name(path: str) -> str:
    return path.strip("/").replace("/", "-")


def dump(html: str, program: str = "w3m") -> str:
    """What a screen of 34 columns shows, without what is drawn by lot; `program` may be a path."""
    with tempfile.NamedTemporaryFile("w", suffix=".html") as page:
        page.write(html)
        page.flush()
        command = [program, *DUMPS[Path(program).name], page.name]
        text = subprocess.run(command, capture_output=True, text=True, check=True, env=PLAIN).stdout
    text = "\n".join(line.rstrip() for line in text.splitlines()) + "\n"
    for pattern, instead in DRAWN:
        text = pattern.sub(instead, text)
    return text


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        databases = Databases("sqlite", Path(folder))
        places = build(databases)
        FOLDER.mkdir(exist_ok=True)
        for old in FOLDER.rglob("*.txt"):
            old.unlink()
        for name, html in pages(places, databases.copy(places.url)):
            for program in DUMPS:
                (FOLDER / program).mkdir(exist_ok=True)
                (FOLDER / program / f"{name}.txt").write_text(dump(html, program))


if __name__ == "__main__":
    main()
