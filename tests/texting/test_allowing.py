"""A volunteer asks, the member says yes by message: informed, once, for that volunteer, and only from their number."""

import re
import secrets
from datetime import timedelta

import pytest

from jkn import clock
from jkn.access import SYSTEM, Role
from jkn.accounts import stopping
from jkn.accounts.models import Grant, GrantBasis
from jkn.assisting import askings
from jkn.assisting.models import Asking
from jkn.audit.models import Act, Entry
from jkn.i18n import LANGUAGES
from jkn.members.models import Person
from jkn.notices.models import Notice
from jkn.notices.rules import ONE_SMS, septets
from jkn.permissions import GIVEN, Scope
from jkn.texting import rules
from tests.assisting.helping import by_of, phone_of
from tests.builders import a_family, an_officer, people, post, sign_in
from tests.texting.conftest import Phone, with_phone


@pytest.fixture
def kader(gates):
    officer = an_officer(Role.VOLUNTEER, "tini")
    officer.name, officer.person = "TINI KADER", people(a_family(1, names=("TINI KADER",)))[0]
    officer.save()
    return officer


def asked(kader, person, *scopes, key="once", minutes=30) -> Asking:
    return askings.ask(person.nik, list(scopes or (Scope.STATUS,)), minutes, key, by_of(kader))


def code_in(answer: str) -> str:
    return re.search(r"IZIN \d{4} (\d{4})", answer)[1]


def test_by_sms_the_answer_says_who_how_long_and_what_for_and_its_code_opens(gates, ani, phone, kader):
    helper = phone_of(gates, kader)
    wait = post(helper, "/kader/minta", number=ani.nik, scopes=["status", "bills"], minutes=15).location
    word = re.search(r"IZIN (\d{4})", helper.get(wait).text)[1]
    told = phone.text(f"IZIN {word}")
    assert "T***" in told and "15 menit" in told and "status, tagihan" in told
    assert Grant.select().count() == 0
    assert "15 menit" in phone.text(f"IZIN {word} {code_in(told)}")
    grant = Grant.get()
    assert (grant.basis, grant.holder_officer_id, grant.scopes) == (GrantBasis.TEXT, kader.id, "status bills")
    assert helper.get("/status").status_code == 403
    assert post(helper, wait).location == "/"
    assert "SITI" in helper.get("/status").text


def test_by_ussd_a_screen_asks_and_one_or_two_answers(ani, phone, kader):
    first = asked(kader, ani)
    assert "T***" in phone.dial("0", first.word)
    phone.dial("0", first.word, "2")
    assert Grant.select().count() == 0 and not Asking.get_by_id(first.id).is_open
    second = asked(kader, ani, key="again")
    assert phone.dial("0", second.word, "1").startswith("END ")
    assert Grant.get().person_id == ani.id


def test_a_yes_counts_once_and_batal_ends_it(ani, phone, kader):
    asking = asked(kader, ani)
    code = code_in(phone.text(f"IZIN {asking.word}"))
    for _again in range(2):
        phone.text(f"IZIN {asking.word} {code}")
    phone.dial("0", asking.word, "1")
    assert Grant.select().count() == 1
    phone.text("BATAL")
    assert Grant.get().revoked_at is not None
    phone.text(f"IZIN {asking.word} {code}")
    assert Grant.select().count() == 1


def test_another_number_cannot_say_yes(gates, ani, phone, kader):
    asking = asked(kader, ani)
    code = code_in(phone.text(f"IZIN {asking.word}"))
    other = Phone(gates.test_client(), with_phone(people(a_family(1))[0], "+6281200000002").phone)
    stranger = Phone(gates.test_client(), "+6281200000001")
    for thief in (other, stranger):
        thief.text(f"IZIN {asking.word} {code}")
        thief.dial("0", asking.word, "1")
    assert Grant.select().count() == 0


def test_a_forged_sender_who_knows_the_word_lacks_the_code_that_went_to_the_phone(ani, phone, kader):
    asking = asked(kader, ani)
    real = code_in(phone.text(f"IZIN {asking.word}"))
    wrong = [f"{number:04d}" for number in range(9)]
    for guess in wrong:
        phone.text(f"IZIN {asking.word} {guess if guess != real else '0010'}")
    phone.text(f"IZIN {asking.word} {real}")  # the guesses are used up, for a quarter of an hour
    assert Grant.select().count() == 0


def test_twin_that_takes_the_word_for_a_yes_opens_for_a_forged_sender(ani, phone, kader, monkeypatch):
    monkeypatch.setattr(askings, "knows_reply", lambda *_args: True)
    with pytest.raises(AssertionError):
        test_a_forged_sender_who_knows_the_word_lacks_the_code_that_went_to_the_phone(ani, phone, kader)


def guess_thirty_codes(ani, phone, kader, start):
    """Three wrong ones at each of ten questions."""
    for turn in range(10):
        with clock.frozen(start + turn * timedelta(minutes=70)):
            asking = asked(kader, ani, key=f"turn {turn}")
            real = int(code_in(phone.text(f"IZIN {asking.word}")))
            for wrong in range(1, 4):
                phone.text(f"IZIN {asking.word} {(real + wrong) % 10**4:04d}")


def test_who_forges_the_number_gets_ten_codes_in_all_and_not_ten_with_every_question(ani, phone, kader):
    start = clock.now()
    guess_thirty_codes(ani, phone, kader, start)
    with clock.frozen(start + timedelta(hours=13)):
        asking = asked(kader, ani, key="at last")
        phone.text(f"IZIN {asking.word} {code_in(phone.text(f'IZIN {asking.word}'))}")
        assert Grant.select().count() == 0
        askings.agree(Asking.get_by_id(asking.id), GrantBasis.PIN, SYSTEM)
    with clock.frozen(start + timedelta(hours=15)):
        asking = asked(kader, ani, key="after the PIN")
        phone.text(f"IZIN {asking.word} {code_in(phone.text(f'IZIN {asking.word}'))}")
    assert Grant.select().count() == 2


def test_when_ten_codes_shut_the_way_the_member_is_told_once_and_sees_it_under_access(gates, ani, phone, kader):
    start = clock.now()
    guess_thirty_codes(ani, phone, kader, start)
    with clock.frozen(start + timedelta(hours=13)):
        asking = asked(kader, ani, key="later")
        for wrong in range(2):
            phone.text(f"IZIN {asking.word} {wrong:04d}")
        told = Notice.get(Notice.name == "sms_yes_shut")
        assert (told.person_id, told.rank) == (ani.id, 0)
        assert Entry.select().where(Entry.act == Act.CONSENT_SHUT, Entry.person_id == ani.id).count() == 1
        member = sign_in(gates, ani)
        assert "tidak bisa mengizinkan lewat SMS" in member.get("/akses").text
        assert "Sepuluh kode salah" in member.get("/kabar").text


def test_twin_that_shuts_the_way_silently_leaves_the_member_in_the_dark(gates, ani, phone, kader, monkeypatch):
    monkeypatch.setattr(askings, "_tell_shut", lambda _asking, _by: None)
    with pytest.raises(Notice.DoesNotExist):
        test_when_ten_codes_shut_the_way_the_member_is_told_once_and_sees_it_under_access(gates, ani, phone, kader)


def test_twin_that_tells_at_each_wrong_code_tells_more_than_once(gates, ani, phone, kader, monkeypatch):
    knows = askings.knows_reply

    def told_each_time(asking, code, by):
        known = knows(asking, code, by)
        if not known:
            askings._tell_shut(asking, by)
        return known

    monkeypatch.setattr(askings, "knows_reply", told_each_time)
    with pytest.raises(AssertionError):
        test_when_ten_codes_shut_the_way_the_member_is_told_once_and_sees_it_under_access(gates, ani, phone, kader)


def test_twin_that_counts_each_question_by_itself_opens_after_any_number_of_guesses(ani, phone, kader, monkeypatch):
    monkeypatch.setattr(askings, "_replies", lambda _person_id: secrets.token_hex(16))
    with pytest.raises(AssertionError):
        test_who_forges_the_number_gets_ten_codes_in_all_and_not_ten_with_every_question(ani, phone, kader)


def test_after_ten_minutes_it_is_too_late(ani, phone, kader):
    asking = asked(kader, ani)
    code = code_in(phone.text(f"IZIN {asking.word}"))
    with clock.frozen(asking.expires_at):
        phone.text(f"IZIN {asking.word} {code}")
        phone.dial("0", asking.word, "1")
    assert Grant.select().count() == 0


def test_twin_without_an_end_opens_late(ani, phone, kader, monkeypatch):
    monkeypatch.setattr(askings, "OPEN", timedelta(days=1))
    asking = asked(kader, ani)
    with clock.frozen(asking.asked_at + timedelta(minutes=10)):
        phone.dial("0", asking.word, "1")
    assert Grant.select().count() == 1


def test_on_a_shared_phone_it_is_said_whose_yes_it_is(gates, kader, phone):
    first, second = (with_phone(each) for each in people(a_family(2)))
    asking = asked(kader, first)
    assert "IZIN" not in phone.text(f"IZIN {asking.word} BUDI {second.card[-4:]}")
    told = phone.text(f"IZIN {asking.word} SITI {first.card[-4:]}")
    phone.text(re.search(r"IZIN \d{4} \d{4} \w+ \d{4}", told)[0])
    assert Grant.get().person_id == first.id


def test_a_number_not_confirmed_for_a_year_says_yes_to_nothing(ani, phone, kader):
    with clock.frozen(clock.now() + timedelta(days=366)):
        asking = asked(kader, ani)
        phone.dial("0", asking.word, "1")
    assert Grant.select().count() == 0


def test_a_stopped_account_says_yes_to_nothing(ani, phone, kader):
    asking = asked(kader, ani)
    stopping.freeze(ani, SYSTEM)
    phone.dial("0", asking.word, "1")
    assert Grant.select().count() == 0


@pytest.mark.parametrize("language", LANGUAGES)
def test_long_names_fit_in_every_language_on_a_shared_phone(gates, kader, phone, language):
    """The longest there are: all scopes, an hour, names of four long words."""
    first, second = people(a_family(2, names=("R. AYU KUSUMAWARDHANI SASTRONEGORO", "BAMBANG PRIYAMBODO")))
    for each in (first, second):
        Person.update(language=language, name=f"{each.name} WIDYANINGRAT").where(Person.id == each.id).execute()
        with_phone(each)
    kader.name = "MUHAMMAD ABDURRAHMANSYAH"
    kader.save()
    asking = asked(kader, first, *GIVEN, minutes=60)
    who = f"RAKSW {first.card[-4:]}"
    told = phone.text(f"IZIN {asking.word} {who}")
    assert re.search(rf"\d{{4}} {who}$", told) and septets(told) <= ONE_SMS
    screens = [phone.dial("0", *typed) for typed in ([], [who], [who, asking.word], [who, asking.word, "1"])]
    assert "1 " in screens[2] and "2 " in screens[2] and len(screens) + 1 <= rules.MOST_SCREENS
    assert max(septets(screen) for screen in screens) <= rules.ONE_SCREEN
    assert Grant.get().person_id == first.id
