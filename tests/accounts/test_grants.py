"""Acting for somebody else: whose pages, how far, until when; and who reads of it."""

from datetime import date, timedelta

import pytest

from jkn import clock
from jkn.access import SYSTEM, Actor, Can, Level, Role, allowed
from jkn.accounts import grants, service
from jkn.accounts.models import Grant, SignIn
from jkn.audit.models import Act, Entry
from jkn.errors import Refused
from jkn.members.models import Family, Person
from jkn.notices.models import Notice
from jkn.permissions import Scope, opened_by
from tests.builders import PIN, a_family, officer_client, people, post, sign_in

YEAR = timedelta(days=365)
KINS_PIN = "730164"


@pytest.fixture
def kin(app):
    """Somebody of another household, who can sign in."""
    person = people(a_family(1, names=("RATNA DEWI",)))[0]
    service.store_pin(person, service.hash_pin(KINS_PIN), by=SYSTEM)
    return person


def named(person, holder, *scopes, until=None, key="once") -> Grant:
    by = Actor(person_id=person.id, role=Role.MEMBER)
    return grants.name_holder(person, holder.nik, list(scopes), until or clock.today() + YEAR, key, by)


def acting(app, holder, grant):
    """The holder's browser, with the pages of the person for whom they act."""
    client = sign_in(app, holder)
    assert post(client, f"/wakil/{grant.id}/mulai").location == "/"
    return client


def test_a_named_relative_sees_the_pages_of_the_person_and_never_more_than_the_scopes(app, siti, kin):
    client = acting(app, kin, named(siti, kin, Scope.STATUS))
    assert "SITI AMINAH" in client.get("/status").text
    assert client.get("/tagihan").status_code == 403
    assert client.get("/data-saya").status_code == 403
    assert "RATNA" not in client.get("/status").text


def test_each_page_says_for_whom_one_acts_and_how_to_stop(app, siti, kin):
    client = acting(app, kin, named(siti, kin, Scope.STATUS))
    assert 'href="/wakil/selesai"' in client.get("/status").text
    assert post(client, "/wakil/selesai").location == "/"
    assert "RATNA" in client.get("/status").text


def test_the_menu_shows_only_what_the_right_opens(app, siti, kin):
    menu = acting(app, kin, named(siti, kin, Scope.STATUS)).get("/").text
    assert 'href="/status"' in menu
    assert 'href="/tagihan"' not in menu and 'href="/kabar"' not in menu


@pytest.mark.parametrize("can", [can for can in Can if can not in opened_by(Scope)])
def test_no_scope_opens_pins_phones_sheets_rights_or_notices(can):
    by = Actor(person_id=1, family_id=1, role=Role.MEMBER, on_behalf_of=1, holder_id=2, scopes=opened_by(Scope))
    assert not allowed(by, can)


def test_acting_is_never_the_second_level(app, siti, kin):
    grant = named(siti, kin, *Scope)
    client = sign_in(app, kin, Level.L2)
    post(client, f"/wakil/{grant.id}/mulai")
    assert client.get("/data-saya/hp").status_code == 403
    assert client.get("/lembar").status_code == 403


def test_a_right_that_is_withdrawn_ends_at_once_in_the_middle_of_the_work(app, siti, kin):
    grant = named(siti, kin, Scope.STATUS)
    client = acting(app, kin, grant)
    post(sign_in(app, siti), f"/wakil/{grant.id}")
    assert "RATNA" in client.get("/status").text
    assert "Hak ini sudah" in client.get(f"/wakil/{grant.id}/mulai").text


def test_a_right_ends_by_itself_on_its_last_day(app, siti, kin):
    grant = named(siti, kin, Scope.STATUS, until=clock.today() + timedelta(days=3))
    with clock.frozen(clock.start_of(grant.last_day) + timedelta(hours=23, minutes=50)):
        client = acting(app, kin, grant)
        assert "SITI" in client.get("/status").text
    with clock.frozen(clock.start_of(grant.last_day) + timedelta(hours=24)):
        assert "SITI" not in client.get("/status").text


def test_nobody_but_the_holder_can_use_a_right(app, siti, kin):
    grant = named(siti, kin, Scope.STATUS)
    stranger = people(a_family(1, names=("JOKO",)))[0]
    assert sign_in(app, stranger).get(f"/wakil/{grant.id}/mulai").status_code == 404
    assert sign_in(app, siti).get(f"/wakil/{grant.id}/mulai").status_code == 404
    with pytest.raises(Refused):
        grants.use(grant, Actor(person_id=stranger.id, role=Role.MEMBER))


def test_giving_a_right_needs_a_code_from_the_sheet(app, siti, kin):
    assert sign_in(app, siti).get("/wakil/beri").location == "/masuk/naik"


def test_both_read_of_the_right_when_it_is_given_and_when_it_ends(siti, kin):
    grant = named(siti, kin, Scope.STATUS)
    grants.end(grant, Actor(person_id=siti.id, role=Role.MEMBER))
    assert not grants.end(grant, SYSTEM)
    for person in (siti, kin):
        names = {notice.name for notice in Notice.of_person(person.id)}
        assert {"grant_given", "grant_ended"} <= names


def test_sent_twice_the_right_is_given_once(siti, kin):
    assert named(siti, kin, Scope.STATUS).id == named(siti, kin, Scope.STATUS).id
    assert Grant.select().count() == 1


@pytest.mark.parametrize("days", [0, -1, 800])
def test_a_day_that_is_past_or_too_far_is_refused(siti, kin, days):
    with pytest.raises(Refused, match="two years"):
        named(siti, kin, Scope.STATUS, until=clock.today() + timedelta(days=days))


def test_nobody_names_themselves_or_a_number_of_nobody(siti):
    with pytest.raises(Refused, match="same person"):
        named(siti, siti, Scope.STATUS)
    with pytest.raises(Refused, match="Nobody"):
        grants.name_holder(siti, "3578080102031234", [Scope.STATUS], clock.today() + YEAR, "k", SYSTEM)


def test_the_number_of_a_helper_is_guessed_only_a_few_times(siti, kin):
    for guess in range(5):
        with pytest.raises(Refused, match="Nobody"):
            grants.name_holder(siti, "3578080102031234", [Scope.STATUS], clock.today() + YEAR, f"{guess}", SYSTEM)
    with pytest.raises(Refused, match="Too many"):
        named(siti, kin, Scope.STATUS)


def test_what_the_helper_does_is_written_down_under_both_names(app, siti, kin):
    grant = named(siti, kin, Scope.DATA)
    client = acting(app, kin, grant)
    post(client, "/data-saya/alamat", address="Jl. Baru 5")
    entry = Entry.get(Entry.act == Act.PROFILE_CHANGED)
    assert (entry.by_person, entry.on_behalf_of, entry.grant) == (kin.id, siti.id, grant.id)
    assert Entry.select().where(Entry.act == Act.DATA_SEEN, Entry.by_person == kin.id, Entry.grant == grant.id).exists()


def test_the_pin_typed_again_is_the_helpers_own(siti, kin):
    from jkn import access

    by = Actor(person_id=siti.id, holder_id=kin.id, on_behalf_of=siti.id, role=Role.MEMBER)
    assert access.confirm_pin(by, KINS_PIN)
    assert not access.confirm_pin(by, PIN)


def test_a_parent_acts_for_a_child_until_it_is_of_age(app):
    mother, child, grown = people(a_family(3))[0], None, None
    for person in people(Family.get()):
        if person.id != mother.id:
            child, grown = (person, child) if child is None else (child, person)
    Person.update(born=date(2015, 5, 17)).where(Person.id == child.id).execute()
    Person.update(born=date(2000, 5, 17)).where(Person.id == grown.id).execute()
    child, grown = Person.get_by_id(child.id), Person.get_by_id(grown.id)
    grant = grants.take_up_child(mother, child, "k", SYSTEM)
    assert grant.last_day == date(2033, 5, 16)
    with pytest.raises(Refused):
        grants.take_up_child(mother, grown, "k2", SYSTEM)
    with pytest.raises(Refused):
        grants.take_up_child(grown, child, "k3", SYSTEM)
    assert "/wakil/selesai" in acting(app, mother, grant).get("/").text


def test_papers_seen_by_an_officer_hold_after_a_day_in_which_the_member_can_say_no(app, siti, kin):
    client = officer_client(app)
    form = {"whose": siti.nik, "number": kin.nik, "scopes": "status", "months": 12, "papers": "Surat kuasa 12/2026"}
    assert post(client, "/petugas/wakil", **form).location == "/petugas/wakil"
    grant = Grant.get()
    with pytest.raises(Refused):
        grants.use(grant, Actor(person_id=kin.id, role=Role.MEMBER))
    with clock.frozen(clock.now() + timedelta(hours=25)):
        assert "SITI" in acting(app, kin, grant).get("/status").text


def test_a_right_to_act_cannot_be_handed_on(app, siti, kin):
    third = people(a_family(1))[0]
    on = named(siti, kin, *Scope)
    far = named(third, siti, *Scope)
    client = acting(app, kin, on)
    assert client.get("/wakil").status_code == 403
    assert client.get(f"/wakil/{far.id}/mulai").status_code == 403


def test_a_right_without_complaints_files_no_complaint_in_the_persons_name(app, siti, kin):
    client = acting(app, kin, named(siti, kin, Scope.STATUS))
    assert 'name="nameless"' not in client.get("/pengaduan").text


class TestSwitching:
    def family(self, app):
        first, second, third = people(a_family(3))
        for person, pin in ((first, PIN), (second, KINS_PIN)):
            service.store_pin(person, service.hash_pin(pin), by=SYSTEM)
        return first, second, third

    def test_a_relative_goes_on_with_a_pin_of_their_own_and_the_sign_in_before_ends(self, app):
        first, second, _third = self.family(app)
        client = sign_in(app, first)
        assert post(client, "/ganti-orang", person=second.id, pin=KINS_PIN).location == "/"
        live = SignIn.select().where(SignIn.revoked_at.is_null())
        assert [row.person_id for row in live] == [second.id]

    def test_the_pin_of_the_first_person_does_not_open_the_pages_of_the_second(self, app):
        first, second, _third = self.family(app)
        client = sign_in(app, first)
        assert post(client, "/ganti-orang", person=second.id, pin=PIN).status_code == 200
        assert [row.person_id for row in SignIn.select().where(SignIn.revoked_at.is_null())] == [first.id]

    def test_nobody_outside_the_family_and_nobody_without_a_pin_can_be_chosen(self, app, kin):
        first, _second, third = self.family(app)
        client = sign_in(app, first)
        assert post(client, "/ganti-orang", person=kin.id, pin=KINS_PIN).status_code == 200
        assert post(client, "/ganti-orang", person=third.id, pin=KINS_PIN).status_code == 200
        assert SignIn.select().where(SignIn.person != first.id).count() == 0

    def test_five_wrong_pins_pause_the_other_person_only(self, app):
        first, second, _third = self.family(app)
        client = sign_in(app, first)
        for _guess in range(5):
            post(client, "/ganti-orang", person=second.id, pin="295817")
        assert post(client, "/ganti-orang", person=second.id, pin=KINS_PIN).status_code == 200
        assert post(app.test_client(), "/masuk", number=first.nik, pin=PIN).status_code == 303


class TestHiddenHealth:
    def test_a_hospital_stay_is_hidden_from_the_family_and_shown_to_the_person(self, app):
        from tests.crawl import a_new_world

        world = a_new_world()
        relative = world.people[1]
        url = f"/denda/{world.objects['penalty_id']}"
        post(sign_in(app, world.person), "/data-saya/rahasia", hidden="1")
        for page in ("/denda", url):
            assert "KANARIWATI" in sign_in(app, world.person).get(page).text
            seen = sign_in(app, relative).get(page).text
            assert "KANARIWATI" not in seen and "10 Januari" not in seen
            assert "Rp750.000" in seen
