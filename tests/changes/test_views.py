import pytest

from jkn import clock
from jkn.access import Level, Role
from jkn.accounts.models import SignIn
from jkn.members.models import Family, Person
from tests.builders import a_family, officer_client, people, post, sign_in


@pytest.fixture
def family(app):
    return a_family()


@pytest.fixture
def siti(family):
    return people(family)[0]


@pytest.fixture
def client(app, siti):
    return sign_in(app, siti)


@pytest.fixture
def sure(app, siti):
    """A sign-in that was stepped up a minute ago."""
    client = sign_in(app, siti, Level.L2)
    from datetime import timedelta

    SignIn.update(fresh_until=clock.now() + timedelta(minutes=9)).execute()
    return client


def test_the_profile_shows_the_family_as_registered_and_no_full_number(client, siti):
    Person.update(phone="+6281234567890").where(Person.id == siti.id).execute()
    page = client.get("/data-saya").text
    assert "SITI AMINAH" in page and "AYU LESTARI" in page and "JL. KENANGA" in page
    assert "0812*****890" in page
    assert siti.nik not in page and siti.card not in page and "1234567" not in page


def test_before_anybody_was_seen_names_are_masked(app):
    family = a_family(proven=False)
    page = sign_in(app, people(family)[0]).get("/data-saya").text
    assert "S*** A*****" in page and "AMINAH" not in page and "KENANGA" not in page


def test_the_address_for_letters_is_changed_and_kept_by_the_family(client, family):
    assert post(client, "/data-saya/alamat", address="JL. MAWAR 1\r\nSURABAYA").location == "/data-saya"
    assert Family.get_by_id(family.id).mailing_address == "JL. MAWAR 1\nSURABAYA"
    assert "JL. MAWAR 1" in client.get("/data-saya").text
    post(client, "/data-saya/alamat", address="  ")
    assert Family.get_by_id(family.id).mailing_address is None


@pytest.mark.parametrize("address", ["x" * 300, "<b>" * 90])
def test_a_wrong_address_is_said_and_stays(client, address):
    page = post(client, "/data-saya/alamat", address=address)
    assert page.status_code == 200 and page.text.count('role="alert"') == 1 and "<b><b>" not in page.text


def test_nothing_unprintable_reaches_the_database(client, family):
    assert post(client, "/data-saya/alamat", address="A\0B\x1b[0m").status_code == 303
    assert Family.get_by_id(family.id).mailing_address == "AB[0m"


def test_the_email_is_changed_and_a_wrong_one_stays_typed(client, siti):
    assert 'value="siti@"' in post(client, "/data-saya/email", email="siti@").text
    assert post(client, "/data-saya/email", email="siti@Example.com").status_code == 303
    assert Person.get_by_id(siti.id).email == "siti@example.com"


def test_the_phone_needs_one_more_proof(client):
    assert client.get("/data-saya/hp").location == "/masuk/naik"


def test_the_phone_is_changed_as_people_write_it(sure, siti):
    assert post(sure, "/data-saya/hp", phone="0812-3456 7890").location == "/data-saya"
    assert Person.get_by_id(siti.id).phone == "+6281234567890"
    assert post(sure, "/data-saya/hp", remove="y").status_code == 303
    assert Person.get_by_id(siti.id).phone is None


@pytest.mark.parametrize(
    "typed", [{}, {"phone": "123"}, {"phone": "081234567890", "remove": "y"}, {"phone": "9" * 999}]
)
def test_a_wrong_phone_is_said_and_stays(sure, siti, typed):
    page = post(sure, "/data-saya/hp", **typed)
    assert page.status_code == 200 and 'role="alert"' in page.text and typed.get("phone", "") in page.text
    assert Person.get_by_id(siti.id).phone is None


@pytest.mark.parametrize("role", [Role.OFFICER, Role.CLERK, Role.AUDITOR])
def test_staff_have_no_such_pages(app, role):
    assert officer_client(app, role).get("/data-saya").status_code == 403


def test_visitors_are_asked_to_sign_in(app):
    assert app.test_client().get("/data-saya").location.startswith("/masuk")
