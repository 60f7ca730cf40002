"""The lanes without a PIN: how many numbers a robot may try, at a device and about a person, and what it hears."""

from datetime import timedelta

import pytest

from jkn import clock
from jkn.access import SYSTEM
from jkn.accounts import attempts, service
from jkn.accounts.models import SignIn
from jkn.audit.models import Act, Entry
from jkn.eligibility import service as eligibility
from jkn.kiosks import service as kiosks
from jkn.kiosks import slips
from jkn.kiosks.models import KioskSlip
from tests.builders import PIN, a_family, a_nik, people, post
from tests.crawl import as_kiosk, steady

WRONG = "295817"


@pytest.fixture
def kiosk(app):
    return as_kiosk(app)


def beside(app):
    """Another kiosk in the same corridor."""
    client = app.test_client()
    client.set_cookie("k", kiosks.join(kiosks.prepare("0301R001", "Aula", SYSTEM)))
    return client


def check(kiosk, nik: str, born: str):
    post(kiosk, "/kios/aktif", number=nik)
    return keys(kiosk, born)


def keys(kiosk, digits: str):
    for key in digits:
        post(kiosk, "/kios/tombol", k=key)
    return post(kiosk, "/kios/tombol", k="send")


def is_refused(answer) -> bool:
    return answer.status_code == 200 and 'role="alert"' in answer.text


def unknown_cards(count: int) -> list[str]:
    return [f"00099999{number:05d}" for number in range(count)]


def test_an_unknown_nik_and_a_wrong_birth_date_look_alike(kiosk, siti):
    """What the page says, where it leads and what is written down about anybody."""
    answers = []
    for nik in (siti.nik, a_nik(siti.born)):
        asked = post(kiosk, "/kios/aktif", number=nik)
        page = kiosk.get(asked.location).text
        answers.append((asked.location, steady(page), steady(check(kiosk, nik, "01011999").text)))
    assert answers[0] == answers[1]
    assert not Entry.select().where(Entry.act == Act.DATA_SEEN).exists()


def test_twin_that_says_which_of_the_two_was_wrong_would_be_noticed(kiosk, siti, monkeypatch):
    from jkn.errors import Refused

    whole = eligibility.look_up

    def talkative(number, born, *rest):
        found = whole(number, born, *rest)
        if found is None and eligibility.members.find_by_number(number):
            raise Refused("The birth date is another.")
        return found

    monkeypatch.setattr(eligibility, "look_up", talkative)
    with pytest.raises(AssertionError):
        test_an_unknown_nik_and_a_wrong_birth_date_look_alike(kiosk, siti)


def test_at_the_sign_in_an_unknown_number_and_a_wrong_pin_look_alike(kiosk, siti):
    answers = []
    for number in (siti.nik, a_nik(siti.born)):
        post(kiosk, "/kios/masuk", number=number)
        answers.append(steady(keys(kiosk, WRONG).text))
    assert answers[0] == answers[1] and SignIn.select().where(SignIn.device.is_null(False)).count() == 0


def test_a_robot_that_knows_one_card_is_stopped_at_the_twentieth_miss_all_the_same(kiosk, siti):
    """A hit between the misses forgives none of them."""
    own = iter(people(a_family(3)) * 9)
    for number, card in enumerate(unknown_cards(slips.MISSES)):
        post(kiosk, "/kios/aktif", number=card)
        if number % 5 == 0:
            post(kiosk, "/kios/aktif", number=next(own).card)
    made = KioskSlip.select().count()
    assert made == 4
    assert is_refused(post(kiosk, "/kios/aktif", number=siti.card)) and KioskSlip.select().count() == made


def test_twin_in_which_one_hit_forgives_all_misses_never_stops_it(kiosk, siti, monkeypatch):
    monkeypatch.setattr(attempts, "give_back", attempts.clear)
    with pytest.raises(AssertionError):
        test_a_robot_that_knows_one_card_is_stopped_at_the_twentieth_miss_all_the_same(kiosk, siti)


def test_sixty_visitors_an_hour_of_whom_each_sixth_mistypes_are_served_all_day(kiosk):
    start, cards = clock.now(), [person.card for _turn in range(40) for person in people(a_family(3))]
    for visit in range(120):
        with clock.frozen(start + timedelta(minutes=visit)):
            if visit % 6 == 0:
                post(kiosk, "/kios/aktif", number=f"00088888{visit:05d}")
            assert post(kiosk, "/kios/aktif", number=cards[visit]).status_code == 303, visit


def test_about_one_person_ten_are_answered_a_day_at_however_many_kiosks_and_on_the_page(app, kiosk, siti):
    """Birth dates are not tried out at one kiosk after another."""
    other, born = beside(app), {"born-d": "1", "born-m": "1", "born-y": "1999"}
    for turn in range(eligibility.CHECKS - 1):
        assert is_refused(check((kiosk, other)[turn % 2], siti.nik, "01011999"))
    assert post(app.test_client(), "/cek", nik=siti.nik, **born).status_code == 303
    assert is_refused(check(other, siti.nik, f"{siti.born:%d%m%Y}"))
    assert KioskSlip.select().count() == 0


def test_twin_that_counts_at_each_kiosk_by_itself_answers(app, kiosk, siti, monkeypatch):
    whole = attempts.key_of
    turns = iter(range(1_000))
    monkeypatch.setattr(
        attempts, "key_of", lambda way, *what: whole(f"{way} {next(turns)}" if way == "check" else way, *what)
    )
    with pytest.raises(AssertionError):
        test_about_one_person_ten_are_answered_a_day_at_however_many_kiosks_and_on_the_page(app, kiosk, siti)


def test_pins_guessed_at_two_kiosks_are_one_count(app, kiosk, siti):
    other = beside(app)
    for turn in range(5):
        at = (kiosk, other)[turn % 2]
        post(at, "/kios/masuk", number=siti.card)
        assert is_refused(keys(at, WRONG))
    post(other, "/kios/masuk", number=siti.nik)
    assert is_refused(keys(other, PIN))
    with pytest.raises(service.Refused, match="Wait 15 minutes"):
        service.sign_in_by_pin(siti.nik, PIN, None, SYSTEM)
