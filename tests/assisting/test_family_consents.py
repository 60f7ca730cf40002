"""For whom of the family a consent holds."""

from datetime import date, timedelta

from jkn import clock
from jkn.access import SYSTEM, Actor, Role
from jkn.accounts import grants, sheets
from jkn.assisting import consents
from jkn.contributions import service as contributions
from jkn.contributions.models import Bill
from jkn.members import service as members
from jkn.members.models import CareClass, Segment
from jkn.permissions import Scope
from tests.assisting.helping import help_of
from tests.builders import a_family, a_nik, people, post


def grown(siti, name="ADIK DEWASA"):
    """An adult on Siti's family card."""
    family = members.family_of(siti.id)
    adult = members.enter_person(nik=a_nik(date(1990, 1, 2)), name=name, born=date(1990, 1, 2), sex="L")
    members.settle_in(adult, family, members.Relation.OTHER, date(2025, 1, 1))
    return adult


def test_the_head_says_yes_for_children_and_not_for_other_adults(phone, siti, codes):
    grown(siti)
    help_of(phone, siti, codes[0], Scope.STATUS, Scope.DATA)
    page = phone.get("/status").text + phone.get("/kartu").text + phone.get("/data-saya").text
    assert "SITI AMINAH" in page
    assert "ADIK" not in page


def test_a_bill_names_other_adults_only_masked(phone, siti, codes):
    adult, family = grown(siti), members.family_of(siti.id)
    members.cover(adult, members.payer_of(family.id), Segment.PBPU, CareClass.III, date(2025, 1, 1))
    contributions.issue_bills(date(2026, 1, 1))
    help_of(phone, siti, codes[0], Scope.BILLS)
    page = phone.get(f"/tagihan/{Bill.get(Bill.family_id == family.id).id}").text
    assert "SITI AMINAH" in page and "A*** D*****" in page
    assert "ADIK" not in page


def test_an_adult_who_gave_the_head_the_right_is_covered(phone, siti, codes):
    adult = grown(siti)
    by, until = Actor(person_id=adult.id, role=Role.MEMBER), clock.today() + timedelta(days=9)
    grants.name_holder(adult, siti.nik, [Scope.STATUS], until, "once", by)
    help_of(phone, siti, codes[0])
    assert "ADIK" in phone.get("/status").text


def test_another_adult_agrees_with_a_code_of_their_own(phone, siti, codes):
    adult = grown(siti)
    own = sheets.codes(sheets.issue(adult, SYSTEM))
    help_of(phone, siti, codes[0])
    assert post(phone, "/kader/ikut", number=adult.nik, code=codes[1]).status_code == 200
    assert "ADIK" not in phone.get("/status").text
    assert post(phone, "/kader/ikut", number=adult.nik, code=own[0]).location == "/"
    assert "ADIK" in phone.get("/status").text


def test_an_adult_who_agreed_takes_it_back_for_themselves(phone, siti, codes):
    adult = grown(siti)
    own = sheets.codes(sheets.issue(adult, SYSTEM))
    help_of(phone, siti, codes[0])
    post(phone, "/kader/ikut", number=adult.nik, code=own[0])
    assert consents.cancel_all(adult, Actor(channel="sms")) == 1
    assert consents.cancel_all(adult, Actor(channel="sms")) == 0
    page = phone.get("/status").text
    assert "SITI AMINAH" in page and "ADIK" not in page


def test_somebody_of_another_family_cannot_be_added(phone, siti, codes):
    other = people(a_family(1, names=("JOKO",)))[0]
    own = sheets.codes(sheets.issue(other, SYSTEM))
    help_of(phone, siti, codes[0])
    assert post(phone, "/kader/ikut", number=other.nik, code=own[0]).status_code == 200
    assert sheets.next_number(other.id) == 1
