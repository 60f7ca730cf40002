"""Forms written without a signal: each counts once, under a consent checked on arrival; else the member decides."""

import re
import secrets
from datetime import date, timedelta

import pytest

from jkn import clock
from jkn.access import SYSTEM, Actor, Role
from jkn.accounts import stopping
from jkn.accounts.models import Grant, SheetCode
from jkn.assisting.models import Miss, PaperConsent, Visit
from jkn.changes import service as changes
from jkn.complaints.models import Complaint
from jkn.drafts.models import Draft
from jkn.members.models import Family
from jkn.notices.models import Notice
from jkn.offline import service
from jkn.offline.models import OfflineForm, State
from jkn.population import service as population
from jkn.population.models import LookUpCount
from tests.builders import a_family, a_nik, people, post, sign_in

HEADERS = {"X-Outbox": "1", "Origin": "http://localhost"}


def rid() -> str:
    return secrets.token_hex(12)


def complaint(number: str, code: str = "", **more) -> dict:
    typed = {"c-number": number, "c-category": "money", "c-text": "Diminta bayar", "c-code": code}
    return {"rid": rid(), "kind": "complaint", "age": 60, "c-signed_by": "thumb"} | typed | more


def data(number: str, code: str, address: str = "JL. MELATI NO. 9", **more) -> dict:
    typed = {"d-number": number, "d-code": code, "d-address": address}
    return {"rid": rid(), "kind": "data", "age": 60} | typed | more


def registration(card, form: str, **more) -> dict:
    typed = {f"r-{name}": text for name, text in card.typed().items()}
    signed = {"r-form": form, "r-signed_by": "thumb", "r-witness": "Pak RT"}
    return {"rid": rid(), "kind": "registration", "age": 60} | typed | signed | more


def mark_of(phone) -> str:
    """What the volunteer's page gives a browser beside its key, and every form carries."""
    if not hasattr(phone, "mark"):
        phone.mark = re.search('data-k="[^"]+[.]([^"]+)"', phone.get("/kader").text)[1]
    return phone.mark


def send(phone, form: dict, **headers):
    if isinstance(form, dict):
        form = {"whose": mark_of(phone)} | form
    return phone.post("/kader/kirim", json=form, headers=HEADERS | headers)


@pytest.fixture
def waiting(app, phone, siti, codes) -> OfflineForm:
    """A complaint with a wrong code: it waits for Siti."""
    assert send(phone, complaint(siti.nik, "00000000")).status_code == 202
    return OfflineForm.get()


def test_a_complaint_is_filed_in_the_members_name_under_a_consent_that_is_over_at_once(phone, siti, codes):
    answer = send(phone, complaint(siti.nik, codes[0]))
    assert answer.status_code == 200
    filed = Complaint.get()
    assert filed.person_id == siti.id and filed.text == "Diminta bayar"
    assert filed.number in answer.json["t"]
    grant = Grant.get()
    assert grant.revoked_at is not None and grant.scopes == "complaints"
    assert SheetCode.select().where(SheetCode.used_at.is_null(False)).count() == 1
    notice = Notice.get(Notice.name == "consent_ended")
    assert notice.person_id == siti.id and notice.values["count"] == 1
    assert phone.get("/status").status_code == 403


def test_an_address_is_changed_and_the_member_reads_by_whom(app, phone, siti, codes):
    assert send(phone, data(siti.nik, codes[0])).status_code == 200
    assert Family.get().mailing_address is None or Family.select().where(Family.mailing_address.is_null(False)).exists()
    page = sign_in(app, siti).get("/akses").text
    assert "Dewi Ratna" in page and f"izin nomor {Grant.get().id}" in page


def test_what_is_sent_again_counts_once_and_gets_the_same_answer(phone, siti, codes):
    form = complaint(siti.nik, codes[0])
    first, again = send(phone, form), send(phone, form)
    assert (again.status_code, again.json) == (first.status_code, first.json)
    assert Complaint.select().count() == OfflineForm.select().count() == Grant.select().count() == 1
    assert Miss.select().count() == 0


def test_without_its_own_number_the_form_would_count_again(phone, siti, codes):
    """The broken twin: another number each time, with another code."""
    for code in codes[:2]:
        assert send(phone, complaint(siti.nik, code)).status_code == 200
    assert Complaint.select().count() == 2


def test_a_signed_form_opens_a_complaint_but_changes_no_data(phone, siti, form_number):
    form = complaint(siti.nik, **{"c-form": form_number, "c-witness": "Pak RT"})
    assert send(phone, form).status_code == 200
    used = PaperConsent.get()
    assert used.person_id == siti.id and used.witness == "Pak RT" and Complaint.get().person_id == siti.id
    assert send(phone, data(siti.nik, "", **{"d-form": form_number})).status_code == 422


def test_a_consent_that_runs_on_the_device_goes_on(phone, siti, codes):
    from tests.assisting.helping import help_of

    other = people(a_family(1, names=("JOKO LAIN",)))[0]
    from jkn.accounts import sheets

    theirs = sheets.codes(sheets.issue(other, SYSTEM))
    help_of(phone, other, theirs[0])
    assert send(phone, complaint(siti.nik, codes[0])).status_code == 200
    assert Complaint.get().person_id == siti.id
    assert "JOKO LAIN" in phone.get("/status").text


@pytest.mark.parametrize("wrong", ["a wrong code", "a spent code", "an unknown number", "no such form", "a used form"])
def test_a_consent_that_fails_does_nothing_and_always_gets_the_same_answer(phone, siti, codes, form_number, wrong):
    SheetCode.update(used_at=clock.now()).where(SheetCode.number == 2).execute()
    PaperConsent.create(number="87654321", used_at=clock.now())
    form = {
        "a wrong code": complaint(siti.nik, "00000000"),
        "a spent code": complaint(siti.nik, codes[1]),
        "an unknown number": complaint(a_nik(date(1975, 5, 5)), codes[0]),
        "no such form": complaint(siti.nik, **{"c-form": "12345678", "c-witness": "Pak RT"}),
        "a used form": complaint(siti.nik, **{"c-form": "87654321", "c-witness": "Pak RT"}),
    }[wrong]
    answer = send(phone, form)
    assert (answer.status_code, answer.json["t"]) == (202, send(phone, form).json["t"])
    assert "Izinnya tidak cocok" in answer.json["t"]
    assert Complaint.select().count() == Grant.select().count() == 0
    assert Miss.select().count() == 1
    kept = OfflineForm.get()
    assert (kept.content is None) == (wrong == "an unknown number")


def test_the_member_reads_it_and_says_yes_and_only_then_it_is_done(app, phone, siti, waiting):
    assert Notice.get(Notice.name == "form_waits").person_id == siti.id
    mine = sign_in(app, siti)
    assert "Pengaduan" in mine.get("/data-saya/menunggu").text
    url = f"/data-saya/menunggu/{waiting.id}"
    assert "Diminta bayar" in mine.get(url).text
    assert Complaint.select().count() == 0
    assert post(mine, url).location == "/data-saya/menunggu"
    assert Complaint.get().person_id == siti.id
    assert mine.get(url).status_code == 303
    assert Complaint.select().count() == 1
    assert OfflineForm.get().content is None


def test_the_member_says_no_and_nothing_is_left(app, phone, siti, waiting):
    mine = sign_in(app, siti)
    post(mine, f"/data-saya/menunggu/{waiting.id}/tolak")
    assert OfflineForm.get().state == State.DECLINED and OfflineForm.get().content is None
    assert Complaint.select().count() == 0
    assert "Diminta bayar" not in mine.get("/data-saya/menunggu").text


def test_nobody_else_decides_not_even_the_family_or_a_helper(app, phone, siti, codes, waiting):
    other = people(a_family(1))[0]
    assert sign_in(app, other).get(f"/data-saya/menunggu/{waiting.id}").status_code == 404
    from tests.assisting.helping import help_of

    help_of(phone, siti, codes[0])
    assert phone.get(f"/data-saya/menunggu/{waiting.id}").status_code == 403


def test_what_waits_is_bounded_in_number_and_age(app, phone, siti, codes, run):
    app.config["FORMS_WAIT_MOST"] = 2
    for _ in range(3):
        assert send(phone, complaint(siti.nik, "00000000")).status_code == 202
    assert OfflineForm.select().where(OfflineForm.state == State.WAITS).count() == 2
    form = OfflineForm.get(OfflineForm.state == State.WAITS)
    with clock.frozen(clock.now() + timedelta(days=31)):
        mine = sign_in(app, siti)
        assert "Pengaduan" not in mine.get("/data-saya/menunggu").text.split("<h1>")[1].split("</ul>")[0]
        post(mine, f"/data-saya/menunggu/{form.id}")
        assert Complaint.select().count() == 0
        assert run("forget-forms").output == "2 forms forgotten.\n"
        assert run("forget-forms").output == "0 forms forgotten.\n"
    assert not OfflineForm.select().where(OfflineForm.content.is_null(False)).exists()


def many_forms_without_a_fitting_consent(phone, siti, forms=4) -> list:
    """Every other one names nobody whom we know."""
    numbers = [siti.nik, "3578081708809999"]
    return [send(phone, complaint(numbers[each % 2], "00000000")) for each in range(forms)]


def test_one_volunteer_lets_only_so_many_forms_wait_in_a_day(phone, siti, codes, monkeypatch):
    monkeypatch.setattr(service, "KEPT_A_DAY", 2)
    answers = many_forms_without_a_fitting_consent(phone, siti)
    assert [answer.status_code for answer in answers] == [202, 202, 422, 422]
    assert answers[0].json == answers[1].json and answers[2].json == answers[3].json
    assert Notice.select().where(Notice.name == "form_waits").count() == 1
    OfflineForm.update(sent_at=clock.now() - timedelta(days=1)).execute()
    assert send(phone, complaint(siti.nik, "00000000")).status_code == 202


def test_twin_without_that_limit_each_sends_a_notice(phone, siti, codes, monkeypatch):
    monkeypatch.setattr(service, "KEPT_A_DAY", 100)
    many_forms_without_a_fitting_consent(phone, siti)
    assert Notice.select().where(Notice.name == "form_waits").count() == 2


def test_written_anew_with_a_right_code_it_no_longer_waits(phone, siti, codes, waiting):
    assert send(phone, complaint(siti.nik, codes[0], mends=waiting.rid)).status_code == 200
    assert OfflineForm.get_by_id(waiting.id).state == State.REPLACED
    assert OfflineForm.get_by_id(waiting.id).content is None


def test_a_form_that_was_confirmed_or_done_meanwhile_is_not_done_twice(app, phone, siti, codes, waiting):
    post(sign_in(app, siti), f"/data-saya/menunggu/{waiting.id}")
    answer = send(phone, complaint(siti.nik, codes[0], mends=waiting.rid))
    assert answer.status_code == 409
    assert Complaint.select().count() == 1
    assert not SheetCode.select().where(SheetCode.used_at.is_null(False)).exists()


def test_ten_misses_suspend_here_too(phone, siti, codes, kader):
    for _ in range(10):
        send(phone, complaint(siti.nik, "00000000"))
        answer = send(phone, complaint(a_nik(date(1975, 5, 5)), "00000000"))
        if answer.status_code == 401:
            break
    assert answer.status_code == 401
    assert Miss.select().count() == 10


def test_household_limit_own_family_and_stopped_accounts_hold_here_too(phone, siti, codes, kader, monkeypatch):
    own = kader.person
    from jkn.accounts import sheets
    from jkn.assisting import volunteers

    theirs = sheets.codes(sheets.issue(own, SYSTEM))
    assert send(phone, complaint(own.nik, theirs[0])).status_code == 422
    monkeypatch.setattr(volunteers, "HOUSEHOLDS", 0)
    assert send(phone, complaint(siti.nik, codes[0])).status_code == 422
    monkeypatch.undo()
    stopping.stop(siti.nik, siti.born, SYSTEM)
    assert send(phone, complaint(siti.nik, codes[0])).status_code == 422
    assert (
        Complaint.select().count()
        == Grant.select().count()
        == OfflineForm.select().count()
        == Visit.select().count()
        == 0
    )


def test_what_was_refused_may_be_sent_again_when_the_reason_is_gone(phone, siti, codes, monkeypatch):
    from jkn.assisting import volunteers

    form = complaint(siti.nik, codes[0])
    with monkeypatch.context() as full:
        full.setattr(volunteers, "HOUSEHOLDS", 0)
        assert send(phone, form).status_code == 422
    assert send(phone, form).status_code == 200


def test_an_address_that_changed_after_it_was_written_is_a_conflict_and_spends_nothing(phone, siti, codes):
    family = Family.select().where(Family.head_id == siti.id).get()
    by = Actor(person_id=siti.id, family_id=family.id, role=Role.MEMBER)
    form = data(siti.nik, codes[0], age=7200)
    with clock.frozen(clock.now() - timedelta(hours=1)):
        changes.change_address(family.id, "JL. BARU NO. 1", by)
    answer = send(phone, form)
    assert answer.status_code == 409
    assert "sudah diubah" in answer.json["t"]
    assert Family.get_by_id(family.id).mailing_address == "JL. BARU NO. 1"
    assert not SheetCode.select().where(SheetCode.used_at.is_null(False)).exists()
    assert send(phone, form | {"age": 60, "rid": rid()}).status_code == 200


def test_a_form_older_than_three_days_is_not_taken(phone, siti, codes):
    answer = send(phone, complaint(siti.nik, codes[0], age=73 * 3600))
    assert answer.status_code == 422
    assert Complaint.select().count() == 0


def test_a_family_that_signed_gets_a_registration_begun_with_a_code_to_go_on(app, phone, card, form_number):
    form = registration(card, form_number)
    answer = send(phone, form)
    assert answer.status_code == 200
    assert (send(phone, form).status_code, send(phone, form).json) == (200, answer.json)
    assert Draft.select().where(Draft.purpose == "join").count() == 1
    assert PaperConsent.get().used_at is not None
    code = answer.json["t"].split("kode ")[1].rstrip(".")
    other = app.test_client()
    assert post(other, "/daftar/lanjut", code=code).status_code == 303
    assert "B***" in other.get("/daftar/anggota").text


def test_without_a_signature_the_registry_is_not_asked(phone, card):
    answer = send(phone, registration(card, "12345678"))
    assert answer.status_code == 422
    assert LookUpCount.select().count() == Draft.select().count() == 0
    assert Miss.select().count() == 1


def test_numbers_that_do_not_fit_leave_the_signed_form_unused(phone, card, form_number):
    other = registration(card, form_number) | {"r-born-d": "2"}
    assert send(phone, other).status_code == 422
    assert PaperConsent.get().used_at is None
    assert Draft.select().count() == 0


def test_a_registry_that_is_away_is_asked_again_later(phone, card, form_number, monkeypatch):
    class Away:
        def family(self, *_asked):
            raise population.RegistryDown("away")

    monkeypatch.setattr(population, "registry", Away())
    assert send(phone, registration(card, form_number)).status_code == 503
    assert OfflineForm.select().count() == 0


def test_a_family_that_is_registered_already_is_a_conflict(app, phone, card, form_number):
    from jkn.registration import service
    from tests.registration.conftest import a_draft

    service.join(a_draft(card), "once", SYSTEM)
    assert send(phone, registration(card, form_number)).status_code == 409
    assert PaperConsent.get().used_at is None


@pytest.mark.parametrize(
    "sent",
    [
        None,
        [],
        "x",
        {},
        {"rid": "short"},
        {"rid": "x" * 24, "kind": "money", "age": 1},
        {"rid": "x" * 24, "kind": "data"},
    ],
)
def test_what_is_no_form_is_refused_with_a_sentence(phone, sent):
    answer = send(phone, sent)
    assert answer.status_code == 422
    assert answer.json["t"]


def test_what_was_typed_wrong_is_said_by_field(phone, siti, codes):
    answer = send(phone, complaint("123", codes[0]))
    assert answer.status_code == 422
    assert "NIK atau nomor kartu" in answer.json["t"]
    assert "\ud800" not in send(phone, complaint(siti.nik, codes[0], **{"c-text": "\ud800\0 halo"})).json["t"]
    assert Complaint.get().text == "halo"
