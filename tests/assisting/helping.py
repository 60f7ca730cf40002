"""What a volunteer and a member do together, in short."""

from jkn.access import Actor, Role
from jkn.accounts import service
from jkn.permissions import Scope
from tests.builders import post


def phone_of(app, officer):
    client = app.test_client()
    with client.session_transaction() as session:
        session["_user_id"] = service.open_sign_in(officer=officer).token
    return client


def by_of(kader) -> Actor:
    sign_in = service.open_sign_in(officer=kader).row
    return Actor(officer_id=kader.id, role=Role.VOLUNTEER, sign_in=sign_in.id)


def help_of(phone, person, code, *scopes, minutes=30, **more):
    scopes = [scope.value for scope in scopes or (Scope.STATUS,)]
    return post(phone, "/kader/bantu", number=person.nik, code=code, scopes=scopes, minutes=minutes, **more)
