import gzip
import re
import subprocess
import sys
from datetime import datetime

import pytest

from jkn.access import Role
from jkn.audit.models import Act, Entry
from jkn.db import db
from jkn.members.models import Person
from tests.builders import officer_client, post, sign_in


def keys(page: str) -> list[tuple[str, str]]:
    return re.findall(r'<a href="([^"]+)" accesskey="([1-9])"', page)


def test_visitors_first_learn_whether_they_will_be_served(client):
    rows = keys(client.get("/").text)
    assert [key for _url, key in rows] == [str(number) for number in range(1, 9)]
    assert rows[0][0] == "/cek" and dict(rows)["/daftar"] == "3"


def test_members_have_their_own_rows(app, siti):
    page = sign_in(app, siti).get("/").text
    urls = [url for url, _key in keys(page)]
    assert urls[:7] == ["/status", "/tagihan", "/kartu", "/faskes", "/pengaduan", "/data-saya", "/kabar"]
    assert len(urls) == 9 and siti.name not in page


def test_every_row_of_the_menu_leads_somewhere(app, client, siti):
    for visitor in (client, sign_in(app, siti)):
        for url, _key in keys(visitor.get("/").text):
            assert visitor.get(url).status_code == 200, url


def test_officers_go_to_their_desk(app):
    assert officer_client(app, Role.OFFICER).get("/").location == "/petugas"


def test_a_language_is_chosen_on_this_phone(client):
    assert post(client, "/bahasa", language="en").location == "/"
    assert '<html lang="en">' in client.get("/").text
    assert post(client, "/bahasa", language="xx").status_code == 200
    assert '<html lang="en">' in client.get("/").text


def test_a_members_language_goes_along_to_the_next_phone(app, siti):
    for _time in range(2):
        post(sign_in(app, siti), "/bahasa", language="en")
    assert Person.get_by_id(siti.id).language == "en"
    assert Entry.select().where(Entry.act == Act.PROFILE_CHANGED).count() == 1
    assert '<html lang="en">' in sign_in(app, siti).get("/").text


def test_help_tells_whom_to_call_and_is_small(client):
    page = client.get("/bantuan")
    for word in ("165", "/daftar", "/bayar", "/faskes", "/pengaduan", "/masuk/kode"):
        assert word in page.text
    assert len(gzip.compress(page.data, 6)) < 4000


def test_health_says_that_database_and_schema_are_well(client, now):
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json["status"], answer.json["schema"]) == (200, "ok", "current")
    assert answer.json["now"] == "2026-01-15T10:00:00+07:00" and datetime.fromisoformat(answer.json["now"]) == now


def test_health_says_that_a_migration_is_left_to_run(client):
    db.execute_sql("DELETE FROM schema_migration")
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json["schema"]) == (503, "behind")


@pytest.mark.parametrize("url", ["sqlite:////nowhere/x.db", "postgresql://u:p@127.0.0.1:1/x"])
def test_health_says_that_the_database_is_away(url):
    ask = f"""
from jkn import create_app
client = create_app(TESTING=True, DATABASE_URL={url!r}).test_client()
health, menu = client.get("/healthz"), client.get("/pengaduan/1")
print(health.status_code, health.json["status"], health.json["schema"], menu.status_code, menu.mimetype)
"""
    answer = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, timeout=60)
    assert answer.stdout.strip() == "503 down unknown 503 text/html", answer.stderr


def test_the_clock_can_be_set_from_outside(tmp_path):
    ask = """
from jkn import commands, create_app
app = create_app()
commands.migrate()
print(app.test_client().get("/healthz").json["now"][:16])
"""
    env = {"JKN_NOW": "2026-01-15T10:00+07:00", "DATABASE_URL": f"sqlite:///{tmp_path}/c.db"}
    answer = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, timeout=60, env=env)
    assert answer.stdout.strip() == "2026-01-15T10:00", answer.stderr
