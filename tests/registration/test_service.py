from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from peewee import OperationalError

from jkn import clock
from jkn.access import SYSTEM, Actor, Level
from jkn.accounts import service as accounts
from jkn.accounts.models import Account, Sheet
from jkn.audit.models import Act, Entry
from jkn.contributions import service as contributions
from jkn.contributions.standing import State
from jkn.db import db
from jkn.drafts import service as drafts
from jkn.drafts.models import Draft
from jkn.errors import Refused
from jkn.facilities import service as facilities
from jkn.facilities.models import ClinicChoice
from jkn.members import service as members
from jkn.members.models import CareClass, Family, Payer, PayerKind, Person, Relation, Segment, Spell
from jkn.notices.models import Notice
from jkn.registration import household, service
from jkn.registration.models import Enrolment
from tests.builders import PIN
from tests.registration.conftest import FARMERS, Card, a_draft, a_village


def test_joining_makes_everything_a_family_needs(card):
    enrolment = service.join(a_draft(card, clinics={"all": "13010001", "3": "1301B002"}), "key", SYSTEM)
    family = Family.get()
    people = members.people_of(family.id)
    assert [person.name for person in people] == ["BUDI SANTOSO", "SITI AMINAH", "AYU LESTARI"]
    assert [person.relation for person in people] == [Relation.HEAD, Relation.SPOUSE, Relation.CHILD]
    assert (family.kk, family.head_id, family.proven_at) == (card.kk, people[0].id, None)
    payer = members.payer_of(family.id)
    assert (payer.registered_on, payer.liable_from, payer.name) == (clock.today(), None, "BUDI SANTOSO")
    spells = members.spells_of([person.id for person in people], clock.today())
    assert {(spell.segment, spell.care_class) for spell in spells.values()} == {(Segment.PBPU, CareClass.III)}
    clinics = facilities.clinics_of([person.id for person in people], clock.today())
    assert [clinics[person.id].code for person in people] == ["13010001", "13010001", "1301B002"]
    assert (enrolment.registrant_id, enrolment.people, enrolment.consent) == (people[0].id, 3, service.CONSENT)
    assert (people[0].phone, people[1].phone) == ("+6281234567890", None)
    assert Account.get().person_id == Sheet.get().person_id == people[0].id
    assert Entry.select().where(Entry.act == Act.FAMILY_JOINED, Entry.family_id == family.id).count() == 1
    assert Notice.get(Notice.name == "joined").person_id == people[0].id
    assert contributions.standing(payer, clock.today()).state == State.WAITING


def test_sending_again_gives_the_same_registration(card):
    draft = a_draft(card)
    first = service.join(draft, "key", SYSTEM)
    assert service.join(draft, "key", SYSTEM).id == service.join(draft, "other", SYSTEM).id == first.id
    assert Enrolment.select().count() == 1
    assert drafts.answers(Draft.get_by_id(draft.id)) == {}


def test_two_drafts_of_one_family_join_once(card):
    first, second = a_draft(card), a_draft(card, order=1)
    service.join(first, "a", SYSTEM)
    with pytest.raises(Refused, match="already registered"):
        service.join(second, "b", SYSTEM)
    assert Enrolment.select().count() == 1


def test_a_refused_registration_leaves_nothing_and_can_be_repeated(card):
    draft = a_draft(card, clinics={"all": "1301G003"})
    with pytest.raises(Refused):
        service.join(draft, "key", SYSTEM)
    assert not Family.select().exists() and not Person.select().exists()
    drafts.change(draft, clinics={"all": "13010001"})
    assert service.join(draft, "key", SYSTEM)


def test_a_child_cannot_register_the_family(card):
    with pytest.raises(Refused, match="adult"):
        a_draft(card, order=2)


def test_the_registry_being_down_keeps_what_was_typed(card, monkeypatch):
    draft = drafts.find(service.PURPOSE, service.begin())

    def down(*_args):
        raise Refused("The civil registry does not answer right now. Try again later.")

    monkeypatch.setattr(service.population, "ask_family", down)
    with pytest.raises(Refused):
        service.look_up(draft, card.kk, card.niks[0], card.people[0][1], card.typed(), SYSTEM)
    assert drafts.answers(Draft.get_by_id(draft.id))["typed"] == card.typed()


def _covered_before(card, order, segment=Segment.PBI_JK, until=None):
    relation, born, sex, name, *_ = card.people[order]
    person = members.enter_person(nik=card.niks[order], name=name, born=born, sex=sex)
    payer, _made = Payer.get_or_create(kind=PayerKind.GOVERNMENT, code="PUSAT")
    members.cover(person, payer, segment, CareClass.III, date(2020, 1, 1), until=until)
    return person


def test_whoever_is_covered_elsewhere_stays_there(card):
    spouse = _covered_before(card, 1)
    enrolment = service.join(a_draft(card), "key", SYSTEM)
    assert enrolment.people == 2
    assert Spell.get(Spell.person == spouse).segment == Segment.PBI_JK


def test_whoever_lost_the_subsidy_joins_with_the_same_card_and_gets_no_pin_by_numbers_alone(card):
    father = _covered_before(card, 0, until=date(2026, 1, 1))
    enrolment = service.join(a_draft(card), "key", SYSTEM)
    assert Person.select().where(Person.name == "BUDI SANTOSO").count() == 1
    assert members.spells_of([father.id], clock.today())[father.id].segment == Segment.PBPU
    assert enrolment.registrant_id == father.id and not enrolment.gives_access
    assert not Account.select().exists() and not Sheet.select().exists()
    assert Person.get_by_id(father.id).phone is None


def test_a_newcomer_in_a_family_that_is_proven_gets_no_pin_either(card):
    father = _covered_before(card, 0)
    family = members.enter_family(card.kk)
    members.settle_in(father, family, Relation.HEAD, date(2020, 1, 1))
    members.prove(family.id)
    enrolment = service.join(a_draft(card, order=1), "key", SYSTEM)
    assert enrolment.people == 2 and not enrolment.gives_access
    assert not Account.select().exists()


def test_no_pin_by_numbers_alone_where_somebody_known_comes_along(card):
    """The wife was covered before; whoever knows the husband's numbers must not come to act for her."""
    wife = _covered_before(card, 1, until=date(2026, 1, 1))
    enrolment = service.join(a_draft(card, order=0), "key", SYSTEM)
    assert members.spells_of([wife.id], clock.today())[wife.id].segment == Segment.PBPU
    assert not enrolment.gives_access
    assert not Account.select().exists() and not Sheet.select().exists()


def test_an_employee_may_register_the_rest_of_the_family(village):
    couple = [(*FARMERS[0][:4], "KARYAWAN SWASTA", *FARMERS[0][5:]), *FARMERS[1:3]]
    mother_in_law = ("parent-in-law", date(1955, 1, 2), "P", "WATI", "", "CERAI MATI", True)
    enrolment = service.join(a_draft(Card((*couple, mother_in_law)), employer="yes"), "key", SYSTEM)
    family = Family.get_by_id(enrolment.family_id)
    assert [person for person, _card in service.joined(enrolment)] == ["W***"]
    assert family.head_id == enrolment.registrant_id == Account.get().person_id
    assert not Spell.select().where(Spell.person == enrolment.registrant).exists()


def test_an_unpaid_registration_lapses_and_the_same_people_join_again(card):
    first = service.join(a_draft(card), "key", SYSTEM)
    cards = {person.id: person.card for person in Person.select()}
    with clock.frozen(clock.now() + timedelta(days=30)), pytest.raises(Refused):
        service.join(a_draft(card), "early", SYSTEM)
    with clock.frozen(clock.now() + timedelta(days=31)):
        second = service.join(a_draft(card), "key2", SYSTEM)
        assert second.family_id == first.family_id and second.id != first.id
        assert {person.id: person.card for person in Person.select()} == cards
        assert len(members.people_of(second.family_id)) == 3
        assert Spell.select().where(Spell.until.is_null()).count() == 3
        assert {spell.reason for spell in Spell.select().where(Spell.until.is_null(False))} == {"lapsed"}
        assert ClinicChoice.select().count() == 3
        payer = members.payer_of(second.family_id)
        assert contributions.standing(payer, clock.today()).state == State.WAITING


def test_an_enrolled_family_has_nobody_left_to_join(card):
    service.join(a_draft(card), "key", SYSTEM)
    house = household.household({"kk": card.kk, "people": _as_kept(card), "registrant": 0})
    assert house.barrier == household.Barrier.ENROLLED
    assert household.joining(house, {}) == []


def _as_kept(card):
    names = ("relation", "born", "sex", "name", "job", "marital", "alive")
    rows = [dict(zip(names, row, strict=True)) for row in card.people]
    return [row | {"born": row["born"].isoformat(), "nik": nik} for row, nik in zip(rows, card.niks, strict=True)]


def test_a_continue_code_moves_the_draft_and_wrong_ones_are_counted(card):
    token = service.begin()
    code = drafts.answers(drafts.find(service.PURPOSE, token))["code"]
    moved = service.resume(f" {code[:5].lower()} {code[5:]} ")
    assert drafts.find(service.PURPOSE, token) is None
    assert drafts.answers(drafts.find(service.PURPOSE, moved))["moved"] is True
    wrong = code[:2] + ("A" if code[2] != "A" else "B") * 8
    for _guess in range(service.GUESSES):
        with pytest.raises(Refused, match="No open registration"):
            service.resume(wrong)
    with pytest.raises(Refused, match="too many"):
        service.resume(code)
    with clock.frozen(clock.now() + service.PAUSE + timedelta(seconds=1)):
        assert service.resume(code)


def test_a_moved_draft_stays_masked_until_its_family_is_found_again(card):
    draft = a_draft(card)
    drafts.change(draft, moved=True)
    with pytest.raises(Refused):
        service.look_up(draft, card.kk, card.niks[0], date(1981, 8, 17), {}, SYSTEM)
    answers = drafts.answers(Draft.get_by_id(draft.id))
    assert answers["moved"] and answers["contact"]
    answers = service.look_up(draft, card.kk, card.niks[0], card.people[0][1], {}, SYSTEM)
    assert not answers["moved"] and not answers["contact"]


def test_the_pin_rests_as_a_hash_only_and_opens_the_account(card):
    draft = a_draft(card, pin_hash=accounts.hash_pin(PIN))
    assert PIN not in draft.answers
    service.join(draft, "key", SYSTEM)
    opened = accounts.sign_in_by_pin(card.niks[0], PIN, None, Actor())
    assert opened.row.level == Level.L1


def at_once(count, work):
    """Run `work` in so many threads; what each gave or raised."""

    def run(number):
        try:
            return work(number)
        except (Refused, OperationalError) as error:
            return error
        finally:
            db.close()

    with ThreadPoolExecutor(count) as threads:
        return list(threads.map(run, range(count)))


def sent_at_once(drafts_of):
    return at_once(64, lambda number: service.join(drafts_of[number % len(drafts_of)], f"key{number}", SYSTEM))


def is_one(answers) -> bool:
    """One registration, and every sender was given it."""
    ids = {answer.id for answer in answers if isinstance(answer, Enrolment)}
    counts = (Enrolment.select().count(), Family.select().count(), Person.select().count())
    return len(ids) == 1 and counts == (1, 1, 3) and all(isinstance(answer, Enrolment) for answer in answers)


def test_sixty_four_sends_at_once_join_once(own_database):
    a_village()
    assert is_one(sent_at_once([a_draft(Card())]))


def test_the_broken_twin_that_asks_before_it_acts_fails(own_database, monkeypatch):
    monkeypatch.setattr(drafts, "finish", lambda draft, result: draft.done_at is None)
    a_village()
    assert not is_one(sent_at_once([a_draft(Card())]))


def test_many_drafts_of_a_lapsed_family_sent_at_once_join_once(own_database):
    answers = many_again()
    assert Enrolment.select().count() == 2
    assert len({answer.id for answer in answers if isinstance(answer, Enrolment)}) == 1
    assert Spell.select().where(Spell.until.is_null()).count() == 3


def many_again():
    a_village()
    card = Card()
    service.join(a_draft(card), "key", SYSTEM)
    with clock.frozen(clock.now() + timedelta(days=31)):
        return sent_at_once([a_draft(card) for _draft in range(8)])
