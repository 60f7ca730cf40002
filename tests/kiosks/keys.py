"""How a visitor uses the keys on a kiosk's screen."""

from tests.builders import PIN, post


def press(kiosk, keys):
    """Each key is a page of its own; the answer to the last."""
    for key in keys:
        answer = post(kiosk, "/kios/tombol", k=key)
    return answer


def sign_in_by_keys(kiosk, person) -> None:
    post(kiosk, "/kios/masuk", number=person.nik)
    assert press(kiosk, [*PIN, "send"]).status_code == 303
