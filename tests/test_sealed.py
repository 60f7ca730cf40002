"""NIK, family card, phone at rest: nobody reads or tests them without the keys, and keys can be changed."""

import pytest
from cryptography.exceptions import InvalidTag
from hypothesis import given
from hypothesis import strategies as st

from jkn import sealed
from jkn.errors import Refused
from jkn.members import service as members
from jkn.members.models import NikIndex, Person
from tests.builders import a_family, a_nik, people

NIK = "3578080102030001"


@pytest.fixture
def keys(app):
    """Set the live keys for one test: numbers to 32 bytes."""
    seal, index = dict(app.config["SEAL_KEYS"]), dict(app.config["INDEX_KEYS"])

    def use(**changed):
        app.config.update(changed)
        sealed.init_app(app)

    yield use
    use(SEAL_KEYS=seal, INDEX_KEYS=index)


@given(st.text(max_size=300))
def test_what_is_sealed_is_read_again(app_keys, text):
    assert sealed.unseal("nik", sealed.seal("nik", text)) == text


@pytest.fixture(scope="module")
def app_keys(app):
    sealed.init_app(app)


def test_the_same_number_is_sealed_differently_each_time(app):
    assert len({sealed.seal("nik", NIK) for _ in range(20)}) == 20


def test_a_sealed_value_says_nothing(app):
    value = sealed.seal("nik", NIK)
    assert NIK.encode() not in value
    assert len(value) == 1 + 12 + 16 + 16


def test_one_changed_bit_is_noticed(app):
    value = bytearray(sealed.seal("nik", NIK))
    for place in range(1, len(value)):
        changed = value.copy()
        changed[place] ^= 1
        with pytest.raises(InvalidTag):
            sealed.unseal("nik", changed)


def test_a_value_moved_to_another_column_is_noticed(app):
    with pytest.raises(InvalidTag):
        sealed.unseal("phone", sealed.seal("nik", NIK))


def test_equal_numbers_meet_in_the_index_and_kinds_do_not(app):
    assert sealed.index("nik", NIK) == sealed.index("nik", NIK)
    assert sealed.index("nik", NIK) != sealed.index("kk", NIK)
    assert NIK not in sealed.index("nik", NIK)


def test_without_the_key_a_guess_cannot_be_tested(app, keys):
    before = sealed.index("nik", NIK)
    keys(INDEX_KEYS={1: b"another key of thirty-two bytes."})
    assert sealed.index("nik", NIK) != before


def test_old_values_are_read_while_two_keys_live_and_new_ones_take_the_new_key(app, keys):
    old = sealed.seal("nik", NIK)
    first = app.config["SEAL_KEYS"][1]
    keys(SEAL_KEYS={1: first, 2: b"n" * 32})
    new = sealed.seal("nik", NIK)
    assert (old[0], new[0]) == (1, 2)
    assert sealed.unseal("nik", old) == sealed.unseal("nik", new) == NIK


def test_a_person_entered_before_a_rotation_is_found_during_it_and_cannot_be_entered_twice(app, keys):
    person = people(a_family(1))[0]
    keys(INDEX_KEYS={**app.config["INDEX_KEYS"], 2: b"n" * 32})
    assert sealed.is_rotating()
    assert members.find_by_nik(person.nik).id == person.id
    again = {"name": "X", "born": person.born, "sex": person.sex}
    with pytest.raises(Refused):
        members.enter_person(nik=person.nik, **again)
    other = members.enter_person(nik=a_nik(), **again)
    assert NikIndex.select().where(NikIndex.person == other).count() == 2


def test_a_column_is_sealed_in_the_table_and_plain_in_the_model(app):
    from jkn.db import db

    person = people(a_family(1))[0]
    [(stored,)] = db.execute_sql(f"SELECT nik FROM person WHERE id = {person.id}").fetchall()
    assert person.nik.encode() not in bytes(stored)
    assert Person.get_by_id(person.id).nik == person.nik


def test_a_secret_is_peppered_by_kind(app):
    assert sealed.peppered("pin", "483920") != sealed.peppered("password", "483920")


def test_a_dump_and_another_pepper_open_no_sign_in(app, keys):
    """With the database alone every PIN would still have to be guessed against a key that is not in it."""
    from jkn.accounts import hashing

    kept = hashing.hash_secret("pin", "483920")
    assert hashing.matches("pin", "483920", kept)
    pepper = app.config["PEPPER"]
    try:
        keys(PEPPER=b"another pepper")
        assert not hashing.matches("pin", "483920", kept)
    finally:
        keys(PEPPER=pepper)
