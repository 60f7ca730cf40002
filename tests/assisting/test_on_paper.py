"""Without PIN, sheet and phone: a signed form opens a little."""

from jkn import numbers
from jkn.access import SYSTEM
from jkn.accounts import sheets
from jkn.assisting import consents
from jkn.assisting.models import Miss, SlipRequest
from tests.builders import post


def on_paper(phone, person, form, **more):
    typed = {"form": form, "number": person.nik, "signed_by": "thumb", "witness": "Pak RT"}
    return post(phone, "/kader/kertas", **typed | more)


def test_a_signed_form_opens_status_and_complaints_and_nothing_more(phone, siti):
    (form,) = consents.print_forms(1, SYSTEM)
    assert on_paper(phone, siti, form.number).location == "/kader"
    assert phone.get("/status").status_code == 200
    for url in ("/tagihan", "/data-saya", "/faskes/ganti", "/lembar", "/pin"):
        assert phone.get(url).status_code == 403, url
    assert post(phone, "/kader/slip").location == "/kader"
    assert SlipRequest.get().person_id == siti.id
    assert on_paper(phone, siti, form.number).status_code == 200


def test_a_complaint_is_filed_in_the_members_name_and_earlier_ones_stay_unread(phone, siti):
    from jkn.complaints.models import Complaint

    (form,) = consents.print_forms(1, SYSTEM)
    on_paper(phone, siti, form.number)
    answer = post(phone, "/pengaduan", category="money", text="Kartu belum sampai", contact="")
    assert answer.location == "/pengaduan/nomor"
    assert Complaint.get().person_id == siti.id
    assert phone.get(f"/pengaduan/{Complaint.get().id}").status_code == 403


def test_a_sealed_sheet_is_bound_and_its_codes_are_not_shown(phone, siti):
    ((serial, sealed_codes),) = sheets.print_sealed(1, SYSTEM)
    (form,) = consents.print_forms(1, SYSTEM)
    on_paper(phone, siti, form.number)
    answer = post(phone, "/kader/lembar", serial=serial, code=sealed_codes[0])
    assert answer.location == "/kader"
    assert not any(numbers.group(code, 4) in phone.get("/kader").text for code in sealed_codes)
    assert sheets.live_sheet(siti.id)


def test_guesses_of_form_numbers_count_as_misses(phone, siti):
    assert on_paper(phone, siti, "12345678").status_code == 200
    assert Miss.select().count() == 1
