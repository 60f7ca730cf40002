import re
from pathlib import Path

import jkn
from jkn.db import write
from jkn.notices import service
from jkn.notices.models import Notice
from tests.builders import a_family, people, post, sign_in


def tell(person, name="phone_changed", reference="1", **values):
    with write():
        service.tell(person, name, reference, **(values or {"day": "2026-01-15"}))


def test_telling_twice_tells_once(siti):
    tell(siti), tell(siti)
    assert service.unread(siti.id) == 1


def test_the_list_says_it_in_words_with_the_date_written_out(app, siti):
    tell(siti)
    page = sign_in(app, siti).get("/kabar").text
    assert "15 Januari 2026" in page and "165" in page


def test_an_amount_in_a_notice_is_plain_text(app, siti):
    tell(siti, "payment_received", amount=140_000, day="2026-01-15")
    page = sign_in(app, siti).get("/kabar").text
    assert "Rp140.000" in page and "&lt;" not in page


def test_reading_is_said_by_the_reader_and_a_later_notice_stays_new(app, siti):
    tell(siti)
    client = sign_in(app, siti)
    hidden = dict(re.findall(r'name="(until|csrf_token)"[^>]*value="([^"]*)"', client.get("/kabar").text))
    assert service.unread(siti.id) == 1
    tell(siti, "email_changed")
    assert client.post("/kabar", data=hidden).status_code == 303
    assert [notice.name for notice in Notice.select().where(Notice.seen_at.is_null())] == ["email_changed"]


def test_the_menu_counts_what_is_new(app, siti):
    client = sign_in(app, siti)
    assert "(2)" not in client.get("/").text
    tell(siti), tell(siti, "email_changed")
    assert "(2)" in client.get("/").text
    post(client, "/kabar")
    assert "(2)" not in client.get("/").text


def test_others_see_none_of_it(app, siti):
    tell(siti)
    relative = people(a_family())[0]
    assert "15 Januari" not in sign_in(app, relative).get("/kabar").text


def test_older_ones_are_a_page_further(app, siti):
    for number in range(25):
        tell(siti, reference=str(number))
    client = sign_in(app, siti)
    older = re.search(r'href="(/kabar\?sebelum=\d+)"', client.get("/kabar").text)[1]
    assert client.get(older).text.count("15 Januari 2026</") + 1 >= 1
    assert client.get(f"/kabar?sebelum={10**40}").status_code == 200


def test_every_notice_that_is_told_has_its_words():
    code = "\n".join(path.read_text() for path in Path(jkn.__file__).parent.glob("*/*.py"))
    told = set(re.findall(r'tell\(\s*[\w.() \n]+?,\s*"(\w+)"', code)) | set(re.findall(r'_tell\(\w+, "(\w+)"', code))
    templates = {path.stem for path in Path("templates/notices").glob("*.txt")}
    assert told and told <= templates, told - templates
