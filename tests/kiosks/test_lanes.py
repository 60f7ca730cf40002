"""At a kiosk: active or not on a slip, never on the screen; digits typed on the screen's keypad rest sealed."""

import re

import pytest

from jkn import clock
from jkn.db import db
from jkn.kiosks import escpos, slips
from jkn.kiosks.models import Keying, Kiosk, KioskSlip, Printer
from jkn.members.models import Person
from jkn.notices.models import Notice
from tests.builders import PIN, post
from tests.crawl import as_kiosk
from tests.kiosks.keys import press

VERDICT = re.compile(r"\b(Aktif|Tidak aktif|SITI)\b|\bRp\d")


@pytest.fixture
def kiosk(app):
    return as_kiosk(app)


def has(printer: Printer) -> None:
    Kiosk.update(printer=printer).execute()


def shown(kiosk) -> int:
    return kiosk.get("/kios/tombol").text.count("●")


def main_of(page) -> str:
    return page.text.split("<main>")[1].split("</main>")[0]


def test_a_card_that_is_scanned_gives_a_slip_with_one_post(kiosk, siti):
    has(Printer.ESCPOS_58)
    assert post(kiosk, "/kios/aktif", number=siti.card).location == "/kios/slip"
    screen = kiosk.get("/kios/slip")
    assert "001" in screen.text and not VERDICT.search(main_of(screen))
    paper = kiosk.get("/kios/slip/escpos")
    assert paper.headers["Content-Disposition"].startswith("attachment")
    assert b"001" in paper.data and b"S***" in paper.data
    assert siti.nik.encode() not in paper.data and siti.card.encode() not in paper.data


@pytest.mark.parametrize("printer, size", [(Printer.PAGE_58, "s58"), (Printer.PAGE_80, "s80")])
def test_where_the_browser_prints_the_slip_has_a_fixed_size_and_is_hidden_on_the_screen(kiosk, siti, printer, size):
    has(printer)
    assert post(kiosk, "/kios/aktif", number=siti.card).location == "/kios/slip/cetak"
    page = kiosk.get("/kios/slip/cetak").text
    screen, paper = page.split(f'<div class="t {size}">')
    assert not VERDICT.search(screen.split("<main>")[1]) and "S***" in paper
    assert siti.nik not in page and siti.card not in page


def test_a_nik_alone_is_not_enough(kiosk, siti):
    assert post(kiosk, "/kios/aktif", number=siti.nik).location == "/kios/tombol"
    assert KioskSlip.select().count() == 0
    born = f"{siti.born:%d%m%Y}"
    assert press(kiosk, [*born, "send"]).location == "/kios/slip"


def test_a_wrong_birth_date_gives_no_slip(kiosk, siti):
    post(kiosk, "/kios/aktif", number=siti.nik)
    press(kiosk, "01011999")
    assert 'role="alert"' in post(kiosk, "/kios/tombol", k="send").text
    assert KioskSlip.select().count() == 0


def test_without_paper_the_number_stands_large_and_a_message_goes(kiosk, siti):
    Person.update(phone="+6281234567890", phone_confirmed_at=clock.now()).where(Person.id == siti.id).execute()
    post(kiosk, "/kios/aktif", number=siti.card)
    assert '<p class="n q">001</p>' in kiosk.get("/kios/slip").text
    assert Notice.get(Notice.name == "kiosk_slip").values["number"] == "001"


def test_no_slip_came_tells_staff_and_the_next_slip_is_a_message_at_once(kiosk, siti):
    has(Printer.ESCPOS_58)
    post(kiosk, "/kios/aktif", number=siti.card)
    post(kiosk, "/kios/slip")
    assert Kiosk.get(Kiosk.token_hash.is_null(False)).paper_out_at


def test_numbers_are_given_once(kiosk):
    numbers = [slips.take_number("0301R001", clock.today()) for _time in range(5)]
    assert numbers == [1, 2, 3, 4, 5]
    assert slips.take_number("0301R002", clock.today()) == 1


def test_a_robot_at_a_kiosk_is_stopped_after_twenty_unknown_cards(kiosk, siti):
    for number in range(20):
        post(kiosk, "/kios/aktif", number=f"00099999{number:05d}")
    assert 'role="alert"' in post(kiosk, "/kios/aktif", number=siti.card).text
    assert KioskSlip.select().count() == 0


def test_a_pin_typed_on_the_screen_signs_in(kiosk, siti):
    assert post(kiosk, "/kios/masuk", number=siti.card).location == "/kios/tombol"
    press(kiosk, PIN)
    assert press(kiosk, ["send"]).location == "/"
    assert kiosk.get("/status").status_code == 200
    assert Keying.select().count() == 0


def test_a_page_that_needs_a_sign_in_leads_to_the_keypad(kiosk):
    """There is no keyboard at a kiosk, so the form of phones is of no use."""
    assert kiosk.get("/data-saya").location == "/masuk"
    assert kiosk.get("/masuk").location == "/kios/masuk"


def test_the_pin_is_nowhere_to_be_read(kiosk, siti):
    """Not in the page, its address, a cookie, nor in the database."""
    post(kiosk, "/kios/masuk", number=siti.nik)
    press(kiosk, PIN)
    page = kiosk.get("/kios/tombol")
    assert shown(kiosk) == 6 and PIN not in page.text and siti.nik not in page.text
    with kiosk.session_transaction() as session:
        assert PIN not in str(dict(session)) and siti.nik not in str(dict(session))
    rows = str(db.execute_sql("SELECT * FROM keying").fetchall())
    assert PIN not in rows and siti.nik not in rows


def test_erase_takes_back_one_digit(kiosk):
    post(kiosk, "/kios/masuk", number="")
    press(kiosk, "123")
    press(kiosk, ["erase"])
    assert shown(kiosk) == 2


def test_a_press_that_is_sent_twice_counts_once(kiosk):
    post(kiosk, "/kios/masuk", number="")
    post(kiosk, "/kios/tombol", k="7", at="0")
    post(kiosk, "/kios/tombol", k="7", at="0")
    assert shown(kiosk) == 1


def test_another_visitor_finds_nothing_of_what_was_typed(kiosk, siti):
    post(kiosk, "/kios/masuk", number=siti.nik)
    press(kiosk, "48")
    kiosk.get("/kios/selesai")
    assert kiosk.get("/kios/tombol").location == "/kios"


def test_elsewhere_the_lanes_do_not_exist(app):
    for url in ("/kios/aktif", "/kios/masuk", "/kios/tombol", "/kios/slip", "/kios/slip/escpos"):
        assert app.test_client().get(url).location == "/kios/pasang"


def test_the_printers_bytes_hold_no_command_from_a_name():
    paper = escpos.slip("001", "Aktif", ["A\x1b@\x1dVÉ\n" * 9], "JKN:1", 58)
    assert paper.count(b"\x1b@") == 1 and paper.count(b"\x1dV") == 1
    assert paper.startswith(b"\x1b@") and paper.endswith(b"\x1dVB\x00")
    assert b"\x1d(k\x08\x001P0JKN:1" in paper
    assert len(paper) < 400
