"""Staff read how to lock a kiosk down, with the address of this very server."""

import html
import json
import re

from jkn.access import Role
from tests.crawl import as_staff


def test_the_page_gives_policies_that_are_json_and_a_command_for_this_server(app):
    page = as_staff(app, Role.OFFICER).get("/petugas/kios/kunci").text
    policies, command = (html.unescape(text) for text in re.findall(r"<code>(.*?)</code>", page, re.DOTALL))
    assert json.loads(policies)["URLAllowlist"] == ["localhost"]
    assert json.loads(policies)["URLBlocklist"] == ["*"]
    assert command.endswith("http://localhost/kios/selesai")
    assert "--incognito" not in command and "remote-debugging" not in command
