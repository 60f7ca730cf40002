"""The worker for a dead line: one page in two languages, for whoever stands there, and no cache."""

import json
import re

from tests.crawl import as_kiosk


def test_the_worker_says_what_to_do_in_two_languages(app):
    script = as_kiosk(app).get("/kios/penjaga.js")
    page = json.loads(re.search(r"const page = (\".*\");", script.text)[1])
    assert "Pergilah ke loket" in page and "Go to the counter" in page
    assert '<meta http-equiv="refresh" content="15; url=/kios/selesai">' in page
    assert script.mimetype == "text/javascript" and script.headers["Service-Worker-Allowed"] == "/"


def test_the_worker_keeps_nothing(app):
    script = as_kiosk(app).get("/kios/penjaga.js").text
    assert not re.search(r"\b(caches|indexedDB|clone)\b", script)


def test_the_worker_is_the_same_for_everybody(app):
    first, second = as_kiosk(app), as_kiosk(app)
    second.get("/kios")
    assert first.get("/kios/penjaga.js").data == second.get("/kios/penjaga.js").data


def test_elsewhere_there_is_no_worker(app):
    assert app.test_client().get("/kios/penjaga.js").location == "/kios/pasang"
