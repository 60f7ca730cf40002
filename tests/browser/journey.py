"""The main job, written once for every browser: a family joins, pays, is served, complains, and leaves.

Sentences are msgids, so that the journey reads in English and walks in any language of the pages.
"""

import re
from dataclasses import dataclass, field

from babel.support import Translations

from tests.browser.browsing import Browsing
from tests.browser.serving import FIFTEEN_DAYS_ON, ROOT, Server
from tests.builders import PIN

CLINIC = "Klinik Prameswari"
COMPLAINT = "Antre dari pagi sampai sore tanpa nomor."


def words_of(language: str = "id"):
    """The translation of a msgid, its values filled in."""
    catalog = Translations.load(ROOT / "translations", [language])
    return lambda text, **values: catalog.gettext(text) % values if values else catalog.gettext(text)


_ = words_of()


@dataclass
class Journey:
    """One family, one browser, one server of its own."""

    browser: Browsing
    server: Server
    newcomer: dict[str, str]
    account: str = field(default="", init=False)
    ticket: str = field(default="", init=False)
    codes: dict[int, str] = field(default_factory=dict, init=False)

    def run(self) -> None:
        self.join()
        self.copy_the_sheet()
        self.is_not_served_yet()
        self.server.restart(FIFTEEN_DAYS_ON)
        self.pay_at_a_bank()
        self.is_served()
        self.look_for_another_clinic()
        self.complain()
        self.follow_the_complaint()
        self.sign_out()

    def run_as_a_member(self, nik: str) -> None:
        """The short form: somebody who is registered signs in, reads, writes, and leaves."""
        self.browser.go("/masuk")
        self.sign_in(nik)
        self.browser.follow(_("Will I be served today?"))
        self.sees(_("Yes, you are served today."))
        self.look_for_another_clinic(says="")
        self.complain()
        self.follow_the_complaint()
        self.sign_out()

    def sign_in(self, nik: str) -> None:
        self.browser.write(_("NIK or card number"), nik)
        self.browser.write(_("PIN, 6 digits"), PIN)
        self.browser.press(_("Sign in"))

    def sees(self, *texts: str) -> None:
        shown = " ".join(self.browser.text.split())
        missing = [text for text in texts if " ".join(text.split()) not in shown]
        assert not missing, f"{self.browser.path} does not say {missing}:\n{shown}"

    def join(self) -> None:
        see, go_on = self.browser, _("Continue")
        see.go("/")
        see.follow(_("Join"))
        see.pick(_("I have read this and I agree"))
        see.press(go_on)
        see.write(_("Family card number, 16 digits"), self.newcomer["kk"])
        see.write(_("Your NIK, 16 digits"), self.newcomer["nik"])
        for label, part in ((_("Day"), "born-d"), (_("Month"), "born-m"), (_("Year"), "born-y")):
            see.write(label, self.newcomer[part])
        see.press(go_on)
        self.sees("B*** S******", _("joins"), _("has died, as the registry has it"))
        see.press(_("Yes, this is my family"))
        self.sees("Rp105.000")
        see.pick(_("Class III"))
        see.press(go_on)
        see.pick(_("Not now. I pay by myself."))
        see.press(go_on)
        see.search(_("Name, village, district or regency"), "prameswari", _("Search"))
        see.pick(CLINIC)
        see.press(go_on)
        see.write(_("Mobile phone (optional)"), "0812 3456 7890")
        see.press(go_on)
        see.write(_("New PIN, 6 digits"), PIN)
        see.write(_("The new PIN again"), PIN)
        see.press(go_on)
        self.sees(_("Check everything"), CLINIC, "0812 3456 7890")
        see.press(_("Register now"))
        self.sees(_("You are registered"), "29 Januari 2026", "14 Februari 2026")

    def copy_the_sheet(self) -> None:
        text = self.browser.text
        self.account = re.search(r"8888(?: \d{4}){3}", text)[0].replace(" ", "")
        self.codes = {int(number): code for number, code in re.findall(r"(\d{1,2}) (\d{8})\b", text)}
        assert sorted(self.codes) == list(range(1, 11))
        self.browser.follow(_("I have copied them: continue"))
        self.browser.write(_("Code number 3, 8 digits"), self.codes[3])
        self.browser.press(_("Continue"))
        self.sees(_("Welcome. You are signed in."))

    def is_not_served_yet(self) -> None:
        self.browser.follow(_("Will I be served today?"))
        self.sees(_("Not yet: you are not served today."), "29 Januari 2026", "14 Februari 2026", "Rp105.000")
        self.sees(_("Emergency? Go straight to the nearest hospital. It is forbidden to refuse you."))

    def pay_at_a_bank(self) -> None:
        printed = self.server.flask("bank-pay", self.account, "--url", self.server.url)
        assert "PAID    Rp105.000" in printed

    def is_served(self) -> None:
        self.browser.go("/status")
        if self.browser.path.startswith("/masuk"):  # fifteen days are longer than a sign-in
            self.sign_in(self.newcomer["nik"])
        assert self.browser.path == "/status"
        self.sees(_("Yes, you are served today."), "BUDI SANTOSO")

    def look_for_another_clinic(self, says: str = CLINIC) -> None:
        """The one chosen at joining holds for three months; the page says until when."""
        self.browser.go("/faskes")
        self.browser.search(_("Name, village, district or city"), "pacar keling", _("Search"))
        self.browser.follow("Puskesmas Pacar Keling")
        self.sees("13010101")
        self.browser.follow(_("Choose this clinic"))
        self.sees(says)

    def complain(self) -> None:
        see = self.browser
        see.go("/pengaduan")
        see.pick(_("Clinic or health centre"))
        see.write(_("What happened?"), COMPLAINT)
        see.press(_("Send"))
        self.sees(_("Received"), COMPLAINT)
        self.ticket = re.search(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{2}\b", see.text)[0]

    def follow_the_complaint(self) -> None:
        self.browser.go("/pengaduan/lacak")
        self.browser.write(_("Complaint number"), self.ticket.lower())
        self.browser.press(_("See"))
        assert self.browser.path == "/pengaduan/nomor"
        self.sees(self.ticket, _("Received"))
        assert COMPLAINT not in self.browser.text

    def sign_out(self) -> None:
        self.browser.follow(_("Sign out"))
        self.browser.press(_("Yes, sign out"))
        self.sees(_("You are signed out"))
        self.browser.go("/tagihan")
        assert self.browser.path == "/masuk"
