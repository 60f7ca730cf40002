"""Receipts on paper: pages of the printer's width that show the receipt alone and cut nothing off."""

import re

import pytest

from tests.browser.browsing import Chromium, context_of
from tests.browser.journey import _

MM, PX = 72 / 25.4, 96 / 25.4  # points and CSS pixels of a millimetre
HEIGHT = 120
# where the paper comes from: what the reader opens, and what stands first and last on it
RECEIPTS = {
    "cash": ("/tunai/<int:cash_id>", _("Receipt of cash"), _("Still not paid after a day? Call 165.")),
    "consent": (
        "/wakil/<int:grant_id>/tanda-terima",
        _("Receipt of the help"),
        _("Something you do not know? Call 165."),
    ),
}
# A thermal head of 203 dots an inch prints 384 dots on paper of 58 mm, 576 on 80 mm.
PRINTABLE = {58: 48, 80: 72}


@pytest.fixture(params=[True, False], ids=["with script", "without script"])
def member(request, chromium, server, places):
    with context_of(chromium, script=request.param, cookies=places.cookies["member"], base=server.url) as context:
        yield Chromium(context, server.url, request.param)


def at(kind: str, places) -> str:
    return re.sub(r"<int:(\w+)>", lambda name: str(places.objects[name[1]]), RECEIPTS[kind][0])


@pytest.mark.parametrize("kind", RECEIPTS)
def test_a_receipt_prints_on_58_mm_and_on_80_by_the_readers_choice(member, places, kind):
    member.go(at(kind, places))
    assert sizes(member) == [(round(58 * MM), round(HEIGHT * MM))]
    member.follow(_("Print on %(width)s mm instead") % {"width": 80})
    assert sizes(member) == [(round(80 * MM), round(HEIGHT * MM))]
    member.follow(_("Print on %(width)s mm instead") % {"width": 58})
    assert sizes(member) == [(round(58 * MM), round(HEIGHT * MM))]


@pytest.mark.parametrize("width", PRINTABLE)
@pytest.mark.parametrize("kind", RECEIPTS)
def test_paper_shows_the_receipt_alone_and_cuts_nothing_off(member, places, kind, width):
    """Laid out as wide as the printer's head, in the style for print."""
    member.go(f"{at(kind, places)}?kertas={width}")
    member.page.emulate_media(media="print")
    member.page.set_viewport_size({"width": int(PRINTABLE[width] * PX), "height": int(HEIGHT * PX)})
    first, last = RECEIPTS[kind][1:]
    seen = member.page.inner_text("body").strip()  # what is not displayed is left out
    assert seen.startswith(first) and seen.endswith(last)
    assert member.page.locator("a:visible, input:visible, button:visible").count() == 0
    assert member.page.evaluate(WIDER) == []


WIDER = """() => [...document.querySelectorAll('main *')]
    .filter((part) => part.scrollWidth > part.clientWidth + 1 && getComputedStyle(part).display !== 'inline')
    .concat([...document.querySelectorAll('html')].filter((page) => page.scrollWidth > innerWidth))
    .map((part) => part.outerHTML.slice(0, 80))"""


def sizes(browser: Chromium) -> list[tuple[int, int]]:
    """Width and height of each page that would be printed, in points."""
    paper = browser.page.pdf(prefer_css_page_size=True)
    found = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", paper)
    return [(round(float(width)), round(float(height))) for width, height in found]
