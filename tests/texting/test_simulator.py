"""The phone on the screen."""

import re

from tests.builders import post
from tests.texting.conftest import PHONE


def hidden(html: str) -> dict[str, str]:
    return dict(re.findall(r'name="(session|before)"[^>]*value="([^"]*)"', html))


def test_a_dialogue_goes_on_from_screen_to_screen(ani, gates):
    client = gates.test_client()
    page = post(client, "/simulator", phone=PHONE, way="ussd", typed="").text
    assert "1 Status" in page
    page = post(client, "/simulator", phone=PHONE, way="ussd", typed="1", **hidden(page)).text
    assert "END " in page and "S***" in page


def test_a_message_is_answered(ani, gates):
    assert "S***" in post(gates.test_client(), "/simulator", phone=PHONE, way="sms", typed="STATUS").text


def test_in_production_there_is_none(gates):
    gates.config["PRODUCTION"] = True
    try:
        assert gates.test_client().get("/simulator").status_code == 404
    finally:
        gates.config["PRODUCTION"] = False
