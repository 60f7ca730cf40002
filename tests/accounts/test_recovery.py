"""Back in without anything in hand: two witnesses, who may be one, and how far collusion comes."""

from datetime import date, timedelta

import pytest

from jkn import clock
from jkn.access import SYSTEM, Actor, Role
from jkn.accounts import raising, recovery, service, sheets, stopping
from jkn.accounts.models import Account, Officer, Recovery, SignIn, Witness
from jkn.errors import Refused
from jkn.members.models import Person
from jkn.notices.models import Notice
from tests.builders import PIN, a_family, an_officer, people, post, sign_in

NEW = "730164"


@pytest.fixture
def couple(app):
    """A mother who lost everything, and her grown son."""
    mother, son = people(a_family(2))
    service.store_pin(mother, service.hash_pin(PIN), by=SYSTEM)
    return mother, son


def begun(person: Person) -> tuple[recovery.Begun, Recovery]:
    made = recovery.begin(person.nik, person.born, Actor())
    return made, recovery.of_browser(made.token)


def staff(role: Role = Role.VOLUNTEER, name: str = "kader") -> Actor:
    officer = Officer.get_or_none(Officer.username == name) or an_officer(role, name)
    return Actor(officer_id=officer.id, role=role, channel="desk")


def member(person: Person) -> Actor:
    return Actor(person_id=person.id, role=Role.MEMBER)


def test_a_volunteer_and_a_grown_relative_bring_somebody_back_at_l1_and_at_l2_a_day_later(couple):
    mother, son = couple
    codes = service.issue_sheet(mother, SYSTEM)
    made, waiting = begun(mother)
    recovery.vouch(recovery.waiting(made.code, staff()), staff())
    assert not recovery.is_witnessed(waiting)
    recovery.vouch(recovery.waiting(made.code, member(son)), member(son))
    opened = recovery.finish(waiting, NEW, Actor(), None)
    assert opened.row.level == 1
    assert service.sign_in_by_pin(mother.nik, NEW, None, Actor())
    with pytest.raises(Refused):
        service.sign_in_by_code(mother.nik, codes[0], "295817", Actor())  # the sheet may be in wrong hands
    fresh = service.issue_sheet(mother, SYSTEM)
    with pytest.raises(Refused, match="tomorrow"):
        raising.step_up(opened.row.id, mother.id, fresh[0], SYSTEM)
    with clock.frozen(clock.now() + timedelta(hours=25)):
        raising.step_up(opened.row.id, mother.id, fresh[0], SYSTEM)
    assert {"recovery_begun", "recovery_done"} <= {notice.name for notice in Notice.of_person(mother.id)}


@pytest.mark.parametrize(
    "witnesses",
    [
        [],
        ["son"],
        [Role.VOLUNTEER],
        [Role.VOLUNTEER, Role.CLERK],  # staff twice is for those who live alone
        [Role.VOLUNTEER, Role.VOLUNTEER],
    ],
)
def test_fewer_or_other_witnesses_are_not_enough(couple, witnesses):
    mother, son = couple
    _made, waiting = begun(mother)
    for number, witness in enumerate(witnesses):
        recovery.vouch(waiting, member(son) if witness == "son" else staff(witness, f"kru-{number}"))
    with pytest.raises(Refused, match="witnesses"):
        recovery.finish(waiting, NEW, Actor(), None)


def test_for_somebody_who_lives_alone_a_volunteer_and_a_village_official_are_enough(siti):
    _made, waiting = begun(siti)
    for role in (Role.VOLUNTEER, Role.VILLAGE):
        recovery.vouch(waiting, staff(role, role))
    assert recovery.finish(waiting, NEW, Actor(), None)


def test_two_staff_of_the_same_post_are_not_enough_for_anybody(siti):
    _made, waiting = begun(siti)
    for name in ("satu", "dua"):
        recovery.vouch(waiting, staff(Role.VOLUNTEER, name))
    assert not recovery.is_witnessed(waiting)


def test_one_human_with_two_posts_is_one_witness(couple):
    mother, son = couple
    _made, waiting = begun(mother)
    by = staff()
    Officer.update(person=son).where(Officer.id == by.officer_id).execute()
    recovery.vouch(waiting, by)
    recovery.vouch(waiting, member(son))
    assert not recovery.is_witnessed(waiting)


def test_nobody_vouches_for_themselves(couple):
    mother, _son = couple
    _made, waiting = begun(mother)
    by = staff()
    Officer.update(person=mother).where(Officer.id == by.officer_id).execute()
    for witness in (by, member(mother)):
        with pytest.raises(Refused, match="themselves"):
            recovery.vouch(waiting, witness)


def test_a_child_a_stranger_and_somebody_who_acts_for_another_cannot_vouch(couple):
    mother, son = couple
    _made, waiting = begun(mother)
    stranger = people(a_family(1))[0]
    acting = Actor(person_id=son.id, holder_id=stranger.id, on_behalf_of=son.id, role=Role.MEMBER)
    Person.update(born=date(2015, 1, 1)).where(Person.id == son.id).execute()
    for witness in (member(stranger), acting, member(son)):
        with pytest.raises(Refused):
            recovery.vouch(waiting, witness)


def test_vouching_twice_counts_once(couple):
    mother, _son = couple
    _made, waiting = begun(mother)
    for _again in range(2):
        recovery.vouch(waiting, staff())
    assert Witness.select().count() == 1


def test_a_corrupt_volunteer_and_an_accomplice_come_only_so_far(app):
    """The same two together: three in a month, whoever the victims are."""
    victims, done = [people(a_family(1))[0] for _ in range(6)], 0
    volunteer, official = staff(), staff(Role.VILLAGE, "desa")
    for victim in victims:
        _made, waiting = begun(victim)
        try:
            for witness in (volunteer, official):
                recovery.vouch(waiting, witness)
        except Refused:
            continue
        done += recovery.is_witnessed(waiting)
    assert done == recovery.PAIR_LIMIT


def test_the_limit_of_a_pair_has_a_twin_without_it(app, monkeypatch):
    monkeypatch.setattr(recovery, "PAIR_LIMIT", 10**6)
    with pytest.raises(AssertionError):
        test_a_corrupt_volunteer_and_an_accomplice_come_only_so_far(app)


def test_a_witness_vouches_only_so_often(app):
    volunteer, refused = staff(), 0
    for _victim in range(recovery.STAFF_LIMIT + 2):
        _made, waiting = begun(people(a_family(1))[0])
        try:
            recovery.vouch(waiting, volunteer)
        except Refused:
            refused += 1
    assert refused == 2


def test_twin_without_that_limit_vouches_for_everybody(app, monkeypatch):
    from jkn.accounts.recovery import STAFF_LIMIT

    monkeypatch.setattr(recovery, "_check_witness", lambda *_witness: None)
    volunteer = staff()
    for _victim in range(STAFF_LIMIT + 2):
        recovery.vouch(begun(people(a_family(1))[0])[1], volunteer)
    assert Witness.select().count() == STAFF_LIMIT + 2


def test_a_relative_vouches_for_two_of_the_family_in_a_month(app):
    """Whoever takes over one after another of a family is stopped, whichever volunteer helps."""
    *others, son = people(a_family(4))
    for number, person in enumerate(others):
        _made, waiting = begun(person)
        if number < recovery.MEMBER_LIMIT:
            recovery.vouch(waiting, member(son))
        else:
            with pytest.raises(Refused, match="too often"):
                recovery.vouch(waiting, member(son))
    with clock.frozen(clock.now() + timedelta(days=31)):
        recovery.vouch(begun(others[-1])[1], member(son))


def test_unknown_numbers_and_wrong_birth_dates_get_the_same_answer_and_no_recovery(siti):
    for number, born in (("3578080102031234", siti.born), (siti.nik, date(1990, 1, 1))):
        made = recovery.begin(number, born, Actor())
        assert len(made.code) == 8 and recovery.of_browser(made.token) is None
        with pytest.raises(Refused, match="Nobody waits"):
            recovery.waiting(made.code, staff())


def test_a_witness_who_guesses_numbers_is_paused(siti):
    begun(siti)
    for _guess in range(5):
        with pytest.raises(Refused, match="Nobody waits"):
            recovery.waiting("00000000", staff())
    with pytest.raises(Refused, match="Too many"):
        recovery.waiting("00000000", staff())


def test_a_recovery_ends_after_a_day_and_when_a_new_one_begins(siti):
    made, _waiting = begun(siti)
    begun(siti)
    assert recovery.of_browser(made.token) is None
    made, _waiting = begun(siti)
    with clock.frozen(clock.now() + timedelta(hours=25)):
        assert recovery.of_browser(made.token) is None


def test_the_whole_way_through_pages(app, couple):
    mother, son = couple
    client = app.test_client()
    born = {"born-d": "17", "born-m": "8", "born-y": "1980"}
    assert post(client, "/masuk/pulih", number=mother.nik, **born).location == "/masuk/pulih/saksi"
    with client.session_transaction() as session:
        _token, code = session["recovery"]
    assert f"{code[:4]} {code[4:]}" in client.get("/masuk/pulih/saksi").text
    from tests.builders import officer_client

    for witness in (officer_client(app, Role.VOLUNTEER, "kader"), sign_in(app, son)):
        assert "S***" in post(witness, "/saksi", code=code).text
        assert post(witness, "/saksi", code=code, sure="y").location == "/saksi"
    assert post(client, "/masuk/pulih/saksi", pin=NEW, again=NEW).location == "/"
    assert client.get("/status").status_code == 200


def test_where_a_family_has_one_phone_the_witness_signs_in_and_out_on_it_and_the_recovery_waits(app, couple):
    mother, son = couple
    phone = app.test_client()
    post(phone, "/masuk/pulih", number=mother.nik, **{"born-d": "17", "born-m": "8", "born-y": "1980"})
    with phone.session_transaction() as session:
        _token, code = session["recovery"]
    from tests.builders import officer_client

    service.store_pin(son, service.hash_pin(PIN), by=SYSTEM)
    assert post(phone, "/masuk", number=son.nik, pin=PIN).location == "/"
    for witness in (phone, officer_client(app, Role.VOLUNTEER, "kader")):
        post(witness, "/saksi", code=code, sure="y")
    post(phone, "/keluar")
    assert "/masuk/pulih/saksi" in phone.get("/masuk/pulih").text
    assert post(phone, "/masuk/pulih/saksi", pin=NEW, again=NEW).location == "/"
    assert "/masuk/pulih/saksi" not in app.test_client().get("/masuk/pulih").text


class TestStopping:
    def test_number_and_birth_date_shut_every_way_in(self, app, siti):
        codes = service.issue_sheet(siti, SYSTEM)
        client = sign_in(app, siti)
        born = {"born-d": "17", "born-m": "8", "born-y": "1980"}
        assert post(app.test_client(), "/blokir", number=siti.nik, **born).location == "/blokir/selesai"
        assert client.get("/status").location == "/masuk"
        with pytest.raises(Refused, match="stopped"):
            service.sign_in_by_pin(siti.nik, PIN, None, Actor())
        with pytest.raises(Refused, match="stopped"):
            service.sign_in_by_code(siti.nik, codes[0], NEW, Actor())

    def test_a_wrong_pin_does_not_tell_that_somebody_is_stopped(self, siti):
        stopping.freeze(siti, SYSTEM)
        with pytest.raises(Refused, match="not right"):
            service.sign_in_by_pin(siti.nik, "295817", None, Actor())

    def test_a_wrong_birth_date_stops_nobody_and_answers_the_same(self, siti):
        stopping.stop(siti.nik, date(1990, 1, 1), Actor())
        stopping.stop("3578080102031234", date(1990, 1, 1), Actor())
        assert not stopping.is_stopped(siti.id)

    def test_birth_dates_are_not_guessed_by_stopping(self, siti):
        for day in range(1, 6):
            stopping.stop(siti.nik, date(1990, 1, day), Actor())
        with pytest.raises(Refused, match="Too many"):
            stopping.stop(siti.nik, siti.born, Actor())

    def test_somebody_without_a_pin_can_be_stopped_too(self, app):
        person = people(a_family(1))[0]
        assert stopping.freeze(person, SYSTEM)
        assert not stopping.freeze(person, SYSTEM)

    def test_two_witnesses_open_it_again(self, siti):
        stopping.freeze(siti, SYSTEM)
        _made, waiting = begun(siti)
        for role in (Role.VOLUNTEER, Role.VILLAGE):
            recovery.vouch(waiting, staff(role, role))
        recovery.finish(waiting, NEW, Actor(), None)
        assert service.sign_in_by_pin(siti.nik, NEW, None, Actor())

    def test_a_slip_from_the_counter_opens_it_again(self, siti):
        stopping.freeze(siti, SYSTEM)
        by = Actor(officer_id=an_officer().id, role=Role.OFFICER, channel="desk")
        slip = sheets.print_slip(siti, by)
        service.sign_in_by_code(siti.nik, sheets.slip_code(slip), NEW, Actor())
        assert not stopping.is_stopped(siti.id)

    def test_a_stop_ends_a_recovery_that_somebody_else_has_begun(self, siti):
        made, _waiting = begun(siti)
        stopping.freeze(siti, SYSTEM)
        assert recovery.of_browser(made.token) is None

    def test_the_sign_in_of_a_relative_on_the_same_phone_stays(self, app):
        first, second = people(a_family(2))
        client = sign_in(app, second)
        stopping.freeze(first, SYSTEM)
        assert client.get("/status").status_code == 200


class TestSealedSheets:
    def test_a_sheet_printed_for_nobody_becomes_a_persons_and_sets_their_pin(self, siti):
        [(serial, codes)] = sheets.print_sealed(1, SYSTEM)
        sheets.bind(serial, codes[3], siti, SYSTEM)
        with pytest.raises(Refused):
            service.sign_in_by_code(siti.nik, codes[3], NEW, Actor())  # spent by the binding
        assert service.sign_in_by_code(siti.nik, codes[0], NEW, Actor())

    def test_a_sheet_is_bound_once(self, siti):
        [(serial, codes)] = sheets.print_sealed(1, SYSTEM)
        other = people(a_family(1))[0]
        sheets.bind(serial, codes[0], siti, SYSTEM)
        with pytest.raises(Refused):
            sheets.bind(serial, codes[1], other, SYSTEM)

    def test_without_one_of_its_codes_a_serial_is_worth_nothing(self, siti):
        [(serial, codes)] = sheets.print_sealed(1, SYSTEM)
        for _guess in range(5):
            with pytest.raises(Refused, match="not right"):
                sheets.bind(serial, "00000000", siti, SYSTEM)
        with pytest.raises(Refused, match="Too many"):
            sheets.bind(serial, codes[0], siti, SYSTEM)

    def test_the_command_prints_numbered_sheets_whose_codes_stand_in_no_table(self, run, siti):
        from tests.crawl import contents

        text = run("print-code-sheets", 2).output
        pages = [page for page in text.split("\f") if page.strip()]
        assert len(pages) == 2 and len({page.splitlines()[0] for page in pages}) == 2
        code = pages[0].splitlines()[2].split("  ")[1].replace(" ", "")
        assert len(code) == 8 and code not in str(contents())

    def test_a_counter_binds_it_after_comparing_the_ktp(self, app, siti):
        from tests.builders import officer_client

        [(serial, codes)] = sheets.print_sealed(1, SYSTEM)
        client = officer_client(app)
        form = {"number": siti.nik, "serial": serial, "code": codes[0]}
        assert "KTP" in post(client, "/petugas/lembar", **form).text
        assert post(client, "/petugas/lembar", **form, sure="y").location == "/petugas/lembar"


class TestSpokenCodes:
    def test_a_number_read_to_an_officer_raises_exactly_that_sign_in(self, app, siti):
        from tests.builders import officer_client

        here, there = sign_in(app, siti), sign_in(app, siti)
        assert here.get("/data-saya/hp").location == "/masuk/naik"
        shown = post(here, "/masuk/naik/petugas").text
        code = shown.split('class="n">')[1][:7].replace(" ", "")
        officer = officer_client(app)
        assert siti.name in post(officer, "/petugas/naik", code=code).text
        assert post(officer, "/petugas/naik", code=code, sure="y").location == "/petugas/naik"
        assert here.get("/masuk/naik/lanjut").location == "/data-saya/hp"
        assert here.get("/data-saya/hp").status_code == 200
        assert there.get("/data-saya/hp").location == "/masuk/naik"

    def test_it_works_once_and_for_ten_minutes(self, app, siti):
        sign_in(app, siti)
        row, by = SignIn.get(), staff(Role.OFFICER, "dewi")
        spoken = raising.heard(raising.speak(row.id, siti.id), by)
        raising.raise_by_staff(spoken, by)
        with pytest.raises(Refused):
            raising.raise_by_staff(spoken, by)
        code = raising.speak(row.id, siti.id)
        with clock.frozen(clock.now() + timedelta(minutes=11)), pytest.raises(Refused):
            raising.heard(code, by)

    def test_within_a_day_of_a_reset_there_is_none(self, app, siti):
        sign_in(app, siti)
        Account.update(raise_from=clock.now() + timedelta(hours=3)).where(Account.person == siti).execute()
        with pytest.raises(Refused, match="tomorrow"):
            raising.speak(SignIn.get().id, siti.id)


def test_a_refused_try_is_noted_for_the_member(siti):
    from jkn.audit.models import Act, Entry

    with pytest.raises(Refused):
        service.sign_in_by_pin(siti.nik, "295817", None, Actor())
    assert Entry.get(Entry.act == Act.SIGN_IN_REFUSED).person_id == siti.id


def test_a_phone_number_is_fresh_for_a_year(app, siti):
    from jkn.changes import service as changes
    from jkn.members import service as members

    changes.change_phone(siti, "+6281298765401", SYSTEM)
    assert members.is_phone_fresh(Person.get_by_id(siti.id))
    with clock.frozen(clock.now() + timedelta(days=366)):
        assert not members.is_phone_fresh(Person.get_by_id(siti.id))
        client = sign_in(app, siti)
        assert "/data-saya/hp/benar" in client.get("/data-saya").text
        post(client, "/data-saya/hp/benar")
        assert members.is_phone_fresh(Person.get_by_id(siti.id))


class TestCodesBySms:
    PHONE = "+6281298765401"

    @pytest.fixture
    def ani(self, siti):
        from jkn.changes import service as changes

        changes.change_phone(siti, self.PHONE, SYSTEM)
        person = Person.get_by_id(siti.id)
        raising.want_codes(person, True, SYSTEM)
        service.issue_sheet(person, SYSTEM)
        return person

    def sent(self) -> str:
        return Notice.select().where(Notice.name == "code").order_by(Notice.id.desc()).get().secret

    def test_who_asked_for_them_steps_up_with_a_code_sent_for_this_sign_in(self, app, ani):
        client, other = sign_in(app, ani), sign_in(app, ani)
        assert "/masuk/naik/sms" in client.get("/data-saya/hp", follow_redirects=True).text
        assert post(client, "/masuk/naik/sms").location == "/masuk/naik/sms/kode"
        code = self.sent()
        assert post(other, "/masuk/naik/sms/kode", code=code).status_code == 200
        assert post(client, "/masuk/naik/sms/kode", code=code).location == "/data-saya/hp"
        assert client.get("/data-saya/hp").status_code == 200
        assert post(client, "/masuk/naik/sms/kode", code=code).status_code == 200  # once

    def test_nobody_who_has_not_asked_gets_a_code(self, app, siti):
        client = sign_in(app, siti)
        assert "SMS" not in client.get("/masuk/naik").text
        post(client, "/masuk/naik/sms")
        assert Notice.select().where(Notice.name == "code").count() == 0

    def test_an_old_number_gets_no_code(self, app, ani):
        with clock.frozen(clock.now() + timedelta(days=366)):
            assert not raising.may_text(Person.get_by_id(ani.id))

    def test_it_is_too_old_after_five_minutes(self, app, ani):
        client = sign_in(app, ani)
        post(client, "/masuk/naik/sms")
        with clock.frozen(clock.now() + timedelta(minutes=6)):
            assert post(client, "/masuk/naik/sms/kode", code=self.sent()).status_code == 200

    def test_twin_whose_codes_last_a_day_takes_one_late(self, app, ani, monkeypatch):
        monkeypatch.setattr(raising, "SMS_VALID", timedelta(days=1))
        with pytest.raises(AssertionError):
            self.test_it_is_too_old_after_five_minutes(app, ani)

    def test_on_a_shared_phone_it_opens_nothing_of_the_one_who_reads_it_first(self, app, ani):
        """Two of a family with one number: the code of the one in the session of the other."""
        from jkn.changes import service as changes

        other = people(a_family(1))[0]
        changes.change_phone(other, self.PHONE, SYSTEM)
        raising.want_codes(Person.get_by_id(other.id), True, SYSTEM)
        hers, his = sign_in(app, ani), sign_in(app, other)
        post(hers, "/masuk/naik/sms")
        code = self.sent()
        post(his, "/masuk/naik/sms")
        assert post(his, "/masuk/naik/sms/kode", code=code).status_code == 200
        assert his.get("/data-saya/hp").location == "/masuk/naik"
        assert post(hers, "/masuk/naik/sms/kode", code=code).status_code == 303

    def test_twin_whose_codes_belong_to_nobodys_sign_in_opens_for_the_other(self, app, ani, monkeypatch):
        monkeypatch.setattr(raising, "_by_sms", lambda row, person, _typed, by: raising._raise(row, person, by))
        with pytest.raises(AssertionError):
            self.test_on_a_shared_phone_it_opens_nothing_of_the_one_who_reads_it_first(app, ani)

    def test_twin_whose_new_code_starts_the_count_again_lets_guessing_go_on(self, app, ani, monkeypatch):
        whole = raising.text

        def forgiving(sign_in_id, person):
            raising.attempts.clear(raising.attempts.key_of("raise", person.id, ""))
            whole(sign_in_id, person)

        monkeypatch.setattr(raising, "text", forgiving)
        with pytest.raises(AssertionError):
            self.test_a_new_code_does_not_start_the_count_of_wrong_ones_again(app, ani)

    def test_a_new_code_does_not_start_the_count_of_wrong_ones_again(self, app, ani):
        client = sign_in(app, ani)
        for _round in range(2):
            post(client, "/masuk/naik/sms")
            for _guess in range(3):
                post(client, "/masuk/naik/sms/kode", code="000000")
        post(client, "/masuk/naik/sms")
        assert post(client, "/masuk/naik/sms/kode", code=self.sent()).status_code == 200
