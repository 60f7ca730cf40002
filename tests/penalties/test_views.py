import re
from datetime import date, timedelta

import pytest

from jkn import numbers
from jkn.access import Role
from jkn.accounts import service as accounts
from jkn.accounts.models import Officer
from jkn.audit.models import Act, Entry
from jkn.calendar import add_months
from jkn.members.models import Segment
from jkn.penalties import billing
from jkn.penalties.models import Admission, Penalty
from tests.builders import PASSWORD, a_family, counted, officer_client, people, post, sign_in
from tests.penalties.conftest import CLINIC, OFFICER, a_hospital, admit, head_of, on, pay_all, reactivated, suspended

JUNE = date(2025, 6, 10)
EMERGENCY = "UU 17/2023 ps 174"
TYPED = {
    "facility": "0301R001",
    "care": "hospital-inpatient",
    "admitted-d": "10",
    "admitted-m": "6",
    "admitted-y": "2025",
    "estimate": "5.000.000",
}


@pytest.fixture
def june(hospital):
    with on(JUNE):
        yield


def member_of(app, payer):
    return sign_in(app, head_of(payer))


def another_officer(app, username="sri", role=Role.OFFICER, facility=None):
    officer, _totp = accounts.create_officer(username, "Sri", role, "1301", facility, password=PASSWORD)
    client = app.test_client()
    token = accounts.open_sign_in(officer=officer, level=1).token
    with client.session_transaction() as session:
        session["_user_id"] = token
    return client


def typed(person, **more):
    return TYPED | {"number": person.nik} | more


def see_and_record(client, data):
    """The two steps of an officer: look at what it costs, then record it."""
    shown = post(client, "/petugas/rawat-inap/baru", **data)
    hidden = dict(re.findall(r'name="(seen|key|csrf_token)" type="hidden" value="([^"]*)"', shown.text))
    return shown, client.post("/petugas/rawat-inap/baru", data=hidden | data)


# --- What members read


def test_the_status_page_says_until_when_a_stay_may_cost_how_much(app, june):
    payer = reactivated(3, JUNE)
    text = member_of(app, payer).get("/status").text
    assert "Rawat inap di rumah sakit sampai 25 Juli 2025 bisa kena denda." in text
    assert (
        "5% dari perkiraan biaya rumah sakit x 3 bulan" in text and "Rp20.000.000" in text and 'href="/denda"' in text
    )


def test_d03_the_status_page_counts_twelve_months_of_fifteen(app, june):
    text = member_of(app, reactivated(15, JUNE)).get("/status").text
    assert "x 12 bulan" in text


def test_who_never_fell_behind_or_whose_window_is_over_reads_nothing_of_penalties(app, hospital):
    for payer, day in ((suspended(0, JUNE), JUNE), (reactivated(3, JUNE), JUNE + timedelta(days=46))):
        if payer.liable_from == add_months(JUNE.replace(day=1), 0):
            pay_all(payer, JUNE)
        with on(day):
            assert "denda" not in member_of(app, payer).get("/status").text


def test_the_page_of_penalties_leads_to_the_calculator_with_months_and_day(app, june):
    client = member_of(app, reactivated(3, JUNE))
    text = client.get("/denda").text
    assert "25 Juli 2025" in text and "Anda tidak punya denda" in text and "tidak dijamin" not in text
    assert 'action="/hitung/denda"' in text
    hidden = dict(re.findall(r'name="(bulan|tanggal)" type="hidden" value="([^"]*)"', text))
    assert hidden == {"bulan": "3", "tanggal": "2025-06-10"}
    answer = client.get("/hitung/denda", query_string=hidden | {"biaya": "5000000"}).text
    assert 'id="total" value="750000"' in answer


def test_the_suspended_read_first_that_an_emergency_is_never_refused(app, june):
    text = member_of(app, suspended(3, JUNE)).get("/denda").text
    assert text.index(EMERGENCY) < text.index("tidak dijamin")
    assert "25 Juli 2025" in text and "x 3 bulan" in text and "3 x 24 jam kerja" in text


def test_d03_the_page_names_the_months_that_do_not_count(app, june):
    text = member_of(app, reactivated(15, JUNE)).get("/denda").text
    assert "Anda menunggak 15 bulan. Aturan menghitung paling banyak 12 bulan." in text


def test_who_has_no_payer_of_their_own_reads_that_nothing_is_owed(app, june):
    person = people(a_family(1, segment=Segment.PBI_JK))[0]
    assert "tidak kena denda" in sign_in(app, person).get("/denda").text


def test_a_penalty_shows_its_amount_its_number_and_why(app, june):
    payer = reactivated(15, JUNE)
    _admission, penalty = admit(head_of(payer), JUNE, 10_000_000)
    client = member_of(app, payer)
    assert f'href="/denda/{penalty.id}"' in client.get("/denda").text
    text = client.get(f"/denda/{penalty.id}").text
    number = numbers.group("88888" + billing.number_of(payer.id, penalty.id))
    asked = ("Rp6.000.000", number, "Rp10.000.000", "5%", "Rp20.000.000", "25 Juli 2025", "Perpres 59/2024")
    for word in (*asked, "menghitung paling banyak 12"):
        assert word in text
    assert "tagihan tersendiri" in text


def test_a_paid_and_a_cancelled_penalty_offer_no_number(app, june):
    payer = reactivated(3, JUNE)
    _admission, penalty = admit(head_of(payer), JUNE)
    Penalty.update(cancel_asked_by=1, cancelled_by=2, cancelled_on=JUNE).execute()
    text = member_of(app, payer).get(f"/denda/{penalty.id}").text
    assert "Dibatalkan" in text and "8888" not in text


def test_the_penalty_of_another_family_does_not_exist(app, june):
    _admission, penalty = admit(head_of(reactivated(3, JUNE)), JUNE)
    stranger = member_of(app, reactivated(1, JUNE))
    assert stranger.get(f"/denda/{penalty.id}").status_code == 404
    assert "Rp750.000" not in stranger.get("/denda").text


# --- What officers do


def test_an_officer_sees_what_it_costs_before_anything_is_recorded(app, june):
    payer = reactivated(3, JUNE)
    client = officer_client(app)
    shown = post(client, "/petugas/rawat-inap/baru", **typed(head_of(payer)))
    assert shown.status_code == 200 and "Rp750.000" in shown.text and "SITI AMINAH" in shown.text
    assert "Perpres 59/2024" in shown.text and Admission.select().count() == 0
    looks = Entry.select().where(Entry.act == Act.DATA_SEEN, Entry.person_id == head_of(payer).id)
    assert looks.count() == 1


def test_sent_again_it_is_recorded_and_billed(app, june):
    payer = reactivated(3, JUNE)
    client = officer_client(app)
    _shown, recorded = see_and_record(client, typed(head_of(payer)))
    assert recorded.status_code == 303
    text = client.get(recorded.location).text
    assert "Rp750.000" in text and "8888" in text
    assert [penalty.amount for penalty in Penalty.select()] == [750_000]


def test_what_was_changed_after_looking_is_shown_again_first(app, june):
    payer = reactivated(3, JUNE)
    client = officer_client(app)
    shown = post(client, "/petugas/rawat-inap/baru", **typed(head_of(payer)))
    hidden = dict(re.findall(r'name="(seen|key|csrf_token)" type="hidden" value="([^"]*)"', shown.text))
    again = client.post("/petugas/rawat-inap/baru", data=hidden | typed(head_of(payer), estimate="6.000.000"))
    assert again.status_code == 200 and "Rp900.000" in again.text and Admission.select().count() == 0


def test_the_suspended_in_the_ward_are_treated_first_and_told_what_paying_costs(app, june):
    payer = suspended(3, JUNE)
    text = post(officer_client(app), "/petugas/rawat-inap/baru", **typed(head_of(payer))).text
    assert text.index("Darurat?") < text.index("tidak dijamin") and "Rp750.000" in text


def test_the_number_is_never_in_an_address(app, june):
    person = head_of(reactivated(3, JUNE))
    _shown, recorded = see_and_record(officer_client(app), typed(person))
    assert person.nik not in recorded.location


def test_unknown_numbers_can_be_guessed_only_so_often(app, june):
    client = officer_client(app)
    stranger = TYPED | {"number": "3578081708809999"}
    answers = [post(client, "/petugas/rawat-inap/baru", **stranger).text for _ in range(11)]
    assert "15 menit" not in answers[9] and "15 menit" in answers[10]


@pytest.mark.parametrize(
    "wrong",
    [
        {"estimate": "0"},
        {"estimate": "banyak"},
        {"care": "surgery"},
        {"admitted-d": "11"},
        {"facility": "0301B00"},
        {"discharged-d": "9"},
        {"number": "123"},
    ],
)
def test_what_cannot_be_is_shown_again_with_the_reason(app, june, wrong):
    answer = post(officer_client(app), "/petugas/rawat-inap/baru", **(typed(head_of(reactivated(1, JUNE))) | wrong))
    assert answer.status_code == 200 and 'role="alert"' in answer.text and Admission.select().count() == 0


def test_a_clerk_records_for_their_own_facility_alone(app, june):
    person = head_of(reactivated(3, JUNE))
    clerk = another_officer(app, "kasir", Role.CLERK, "0301R001")
    assert 'name="facility"' not in clerk.get("/petugas/rawat-inap/baru").text
    _shown, recorded = see_and_record(clerk, typed(person, facility="0301R009"))
    assert Admission.get().facility_code == "0301R001"
    stranger = another_officer(app, "lain", Role.CLERK, "0301R009")
    assert stranger.get(recorded.location).status_code == 404
    assert "SITI" not in stranger.get("/petugas/rawat-inap").text
    assert "SITI" in clerk.get("/petugas/rawat-inap").text


def test_a_clerk_without_a_facility_records_nothing(app, june):
    clerk = another_officer(app, "kasir", Role.CLERK)
    assert post(clerk, "/petugas/rawat-inap/baru", **typed(head_of(reactivated(3, JUNE)))).status_code == 403


def test_the_estimate_and_the_day_of_discharge_are_corrected_on_the_admissions_page(app, june):
    admission, _none = admit(head_of(suspended(3, JUNE)), JUNE)
    client, url = officer_client(app), f"/petugas/rawat-inap/{admission.id}"
    assert 'value="5000000"' in client.get(url).text.replace(".", "")
    left = {"discharged-d": "10", "discharged-m": "6", "discharged-y": "2025"}
    assert post(client, url, estimate="6.000.000", **left).status_code == 303
    changed = Admission.get()
    assert (changed.estimate, changed.discharged_on) == (6_000_000, JUNE)
    assert 'value="2025"' in client.get(url).text


def test_after_the_bill_the_page_says_that_the_first_estimate_stands(app, june):
    admission, _penalty = admit(head_of(reactivated(4, JUNE)), JUNE)
    answer = post(officer_client(app), f"/petugas/rawat-inap/{admission.id}", estimate="7.000.000")
    assert answer.status_code == 200 and "perkiraan awal" in answer.text
    assert Admission.get().estimate == 5_000_000


def test_cancelling_takes_two_officers(app, june):
    _admission, penalty = admit(head_of(reactivated(3, JUNE)), JUNE)
    first, second, url = officer_client(app), another_officer(app), f"/petugas/denda/{penalty.id}"
    assert post(first, url, reason="Orang lain").status_code == 303
    assert "Petugas lain yang memutuskan" in first.get(url).text
    assert 'name="verdict"' not in first.get(url).text
    hidden = dict(re.findall(r'name="(csrf_token)" type="hidden" value="([^"]*)"', first.get("/petugas/kios").text))
    refused = first.post(url, data=hidden | {"verdict": "cancel"})
    assert refused.status_code == 200 and Penalty.get().cancelled_on is None
    assert "Orang lain" in second.get(url).text and "menunggu keputusan" in second.get("/petugas/denda").text
    assert post(second, url, verdict="cancel").status_code == 303
    assert Penalty.get().cancelled_by == Officer.get(Officer.username == "sri").id


def test_the_second_officer_may_say_that_it_stands(app, june):
    _admission, penalty = admit(head_of(reactivated(3, JUNE)), JUNE)
    billing.dispute(penalty, "Orang lain", OFFICER)
    assert post(officer_client(app), f"/petugas/denda/{penalty.id}", verdict="keep").status_code == 303
    assert Penalty.get().cancel_asked_by is None


def test_what_is_no_hospital_gives_no_hospitals_ward(app, june):
    a_hospital(CLINIC, "FKTP")
    person = head_of(reactivated(3, JUNE))
    answer = post(officer_client(app), "/petugas/rawat-inap/baru", **typed(person, facility=CLINIC))
    assert "tidak memberi pelayanan" in answer.text


def test_lists_ask_little_however_long(app, june):
    payer = reactivated(3, JUNE, size=3)
    for number, person in enumerate([head_of(payer)] * 5):
        admit(person, JUNE + timedelta(days=number))
    client = officer_client(app)
    for url in ("/petugas/rawat-inap", "/petugas/denda"):
        with counted() as queries:
            client.get(url)
        assert len(queries) <= 8
