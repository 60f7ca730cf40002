"""What stands on a slip: masked names, no NIK, the verdict and its reason in short sentences."""

from datetime import date

from flask import current_app
from flask_babel import gettext as _

from jkn.accounts import sheets
from jkn.accounts.models import Sheet, Slip
from jkn.eligibility.rules import Reason, Verdict
from jkn.eligibility.words import SEGMENTS
from jkn.errors import N_, Refused
from jkn.kiosks.models import StaffCode
from jkn.members.models import Person
from jkn.money import format_rupiah
from jkn.numbers import mask_name

SCAN_THE_CARD = N_("Scan the card, or type the NIK.")


def word_of(verdict: Verdict) -> str:
    return _("Active") if verdict.is_served else _("Not active")


def lines_of(person: Person, verdict: Verdict, where: str) -> list[str]:
    """Whom it is about, why, and where and when it was asked."""
    return [mask_name(person.name), _reason(verdict), where, _("Call 165, day and night.")]


def _reason(v: Verdict) -> str:
    day, amount = current_app.jinja_env.filters["day"], format_rupiah(v.cost)
    if v.reason is Reason.ELSEWHERE:
        return str(SEGMENTS[v.segment])
    if v.reason is Reason.PAID:
        return _("Paid. If you pay nothing more: served until %(day)s.", day=day(v.until))
    if v.reason is Reason.DUE:
        return _("Pay %(amount)s by %(day)s.", amount=amount, day=day(v.due_on))
    if v.reason is Reason.LATE:
        until = day(v.until)
        return _("This month's payment is late. Pay %(amount)s by %(day)s to stay covered.", amount=amount, day=until)
    if v.reason is Reason.SUSPENDED:
        return _("Pay %(amount)s. Then you are served within 24 hours.", amount=amount)
    if v.reason is Reason.PAYER_LATE:
        payer = v.payer or SEGMENTS[v.segment]
        return _("%(payer)s has not paid. Not covered since %(day)s.", payer=payer, day=day(v.since))
    if v.reason is Reason.WAITING:
        first, last = day(v.since), day(v.until)
        return _("You can pay %(amount)s from %(first)s until %(last)s.", amount=amount, first=first, last=last)
    if v.reason is Reason.PAYABLE:
        return _("Pay %(amount)s by %(day)s.", amount=amount, day=day(v.until))
    return _("Register, or call 165.")


def secret_of(done: StaffCode, paper: Sheet | Slip) -> tuple[str, list[str]]:
    """Title and lines of the paper that a member fetched with staff; the name masked, for paper is lost."""
    name = mask_name(done.person.name)
    if isinstance(paper, Slip):
        code = sheets.slip_code(paper)
        until = current_app.jinja_env.filters["moment"](paper.expires_at)
        how = _("Open JKN Ringan, choose 4 Sign in, then “use a code”. Type your NIK and this code.")
        return _("First-PIN slip"), [name, f"{code[:4]} {code[4:]}", how, _("It works once, until %(day)s.", day=until)]
    rows = [f"{number:2d} {code[:4]} {code[4:]}" for number, code in enumerate(sheets.codes(paper), 1)]
    return _("Your code sheet"), [name, *rows, _("Each code works once. Nobody from JKN will ask for all of them.")]


def read_birth(typed: str) -> date:
    """17081990 as a date. Raises Refused."""
    try:
        return date(int(typed[4:]), int(typed[2:4]), int(typed[:2]))
    except ValueError:
        raise Refused(N_("Type day, month and year, such as 17081990.")) from None
