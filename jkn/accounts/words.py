"""What members read about each act on their data, and about who did it."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from jkn.access import Actor
from jkn.accounts.touches import Touch
from jkn.audit.models import Act, Entry

ACTS = {
    Act.PIN_SET: _l("A new PIN was set."),
    Act.SIGNED_IN: _l("Signed in as you."),
    Act.SIGNED_OUT: _l("Signed out."),
    Act.LEVEL_RAISED: _l("A code from your sheet was shown."),
    Act.SHEET_ISSUED: _l("A new code sheet was made."),
    Act.SHEET_CODE_USED: _l("A code from your sheet was used."),
    Act.SLIP_PRINTED: _l("A slip for your first PIN was printed."),
    Act.KIOSK_SLIP_MADE: _l("A kiosk made a slip for you."),
    Act.STAFF_CODE_MADE: _l("Staff compared your KTP, for a kiosk."),
    Act.STAFF_PAPER_LOST: _l("The kiosk's paper did not come: its codes no longer work."),
    Act.SIGN_IN_REFUSED: _l("Somebody tried to sign in as you and failed."),
    Act.ACCOUNT_STOPPED: _l("Your account was stopped."),
    Act.RECOVERY_BEGUN: _l("Two witnesses were asked to vouch for you."),
    Act.RECOVERY_WITNESSED: _l("A witness vouched for you."),
    Act.RECOVERY_DONE: _l("You came back with two witnesses."),
    Act.PHONE_CONFIRMED: _l("Your phone number was confirmed."),
    Act.GRANT_GIVEN: _l("A right to act for you was given."),
    Act.GRANT_ENDED: _l("A right to act for you was ended."),
    Act.GRANT_USED: _l("Somebody began to act for you."),
    Act.CONSENT_ASKED: _l("A volunteer asked whether they may help you."),
    Act.CONSENT_DECLINED: _l("You said no to a volunteer."),
    Act.CONSENT_SHUT: _l("After ten wrong codes, you can no longer say yes by SMS."),
    Act.CONSENTS_ENDED: _l("You ended all help by volunteers."),
    Act.CONSENT_WIDENED: _l("You agreed too that a volunteer helps."),
    Act.CONSENT_NARROWED: _l("You took back your consent to a volunteer."),
    Act.FORM_KEPT: _l("A form without your consent came in. It waits for you."),
    Act.FORM_CONFIRMED: _l("You confirmed a form that a volunteer wrote."),
    Act.FORM_DECLINED: _l("You declined a form that a volunteer wrote."),
    Act.SLIP_ASKED: _l("A slip for your first PIN was asked for."),
    Act.CASH_TAKEN: _l("Cash was taken from you. The receipt says whether it is paid."),
    Act.CASH_PAID: _l("The cash you gave was paid in."),
    Act.CASH_DISPUTED: _l("Closing the receipt of your cash was proposed."),
    Act.CASH_KEPT: _l("The receipt of your cash stays open."),
    Act.CASH_CLOSED: _l("The receipt of your cash was closed."),
    Act.HEALTH_HIDDEN: _l("You chose who sees your health pages."),
    Act.WAY_CHOSEN: _l("You chose how news reaches you."),
    Act.NOTICE_RESENT: _l("A message to you was sent again."),
    Act.NOTICE_DROPPED: _l("A message to you was given up."),
    Act.LETTERS_PRINTED: _l("A letter to you was printed."),
    Act.NUMBER_FROZEN: _l("Messages to your number were stopped."),
    Act.NUMBER_THAWED: _l("Messages to your number go again."),
    Act.CLASS_CHANGED: _l("Your family's class was changed."),
    Act.CLASS_UNDONE: _l("The change of your class was undone."),
    Act.CHARGE_RETURNED: _l("A wallet or bank gave money back."),
    Act.FAMILY_JOINED: _l("Your family was registered."),
    Act.REGISTRY_ASKED: _l("Your family card was looked up at Dukcapil."),
    Act.BILLS_ISSUED: _l("Your family's bill was made."),
    Act.BILLS_CORRECTED: _l("Your family's bill was corrected."),
    Act.MONTH_SETTLED: _l("Months of your family were paid."),
    Act.MONTH_REOPENED: _l("Paid months of your family were opened again."),
    Act.DEATH_REPORTED: _l("A death was reported."),
    Act.ADMISSION_RECORDED: _l("Your stay in care was recorded."),
    Act.ADMISSION_CHANGED: _l("Your stay in care was corrected."),
    Act.PENALTY_BILLED: _l("A service penalty was billed."),
    Act.PENALTY_PAID: _l("A service penalty was paid."),
    Act.PENALTY_REOPENED: _l("A service penalty was opened again."),
    Act.PENALTY_DISPUTED: _l("Cancelling a service penalty was proposed."),
    Act.PENALTY_CONFIRMED: _l("A service penalty was confirmed."),
    Act.PENALTY_CANCELLED: _l("A service penalty was cancelled."),
    Act.PLAN_JOINED: _l("An instalment plan was begun."),
    Act.PLAN_CANCELLED: _l("An instalment plan was ended."),
    Act.PAYMENT_RECEIVED: _l("A payment arrived."),
    Act.PAYMENT_REVERSED: _l("A payment was taken back."),
    Act.PAYMENT_REVIEWED: _l("A payment was looked at."),
    Act.WORKER_ADDED: _l("You were put on an employer's list."),
    Act.WORKER_CHANGED: _l("Your wage on an employer's list was changed."),
    Act.WORKER_ENDED: _l("You were taken off an employer's list."),
    Act.NUMBER_GIVEN: _l("A number to pay with was given."),
    Act.DIFFERENCE_ADVANCED: _l("A payment was compared with the bank's list."),
    Act.CLAIM_MADE: _l("A missing payment was reported."),
    Act.CLAIM_ANSWERED: _l("The report of a missing payment was answered."),
    Act.REFUND_ASKED: _l("Money back was asked for."),
    Act.REFUND_ADVANCED: _l("The request for money back was worked on."),
    Act.MANDATE_ASKED: _l("Auto-debit was asked for."),
    Act.MANDATE_BOUND: _l("Auto-debit was switched on."),
    Act.MANDATE_PAUSED: _l("Auto-debit was paused."),
    Act.MANDATE_RESUMED: _l("Auto-debit was resumed."),
    Act.MANDATE_ENDED: _l("Auto-debit was ended."),
    Act.MANDATE_RELEASED: _l("The provider released auto-debit."),
    Act.CHARGE_MADE: _l("Money was asked of a wallet or bank."),
    Act.CHARGE_CLOSED: _l("A wallet or bank answered about money."),
    Act.PAY_LINK_MADE: _l("A link to pay for your family was made."),
    Act.CLINIC_CHOSEN: _l("A clinic was chosen."),
    Act.CLINIC_UNDONE: _l("The choice of a clinic was undone."),
    Act.PROFILE_CHANGED: _l("Your data was changed."),
    Act.PHONE_CHANGED: _l("Your phone number was changed."),
    Act.COMPLAINT_FILED: _l("A complaint was sent."),
    Act.COMPLAINT_ANSWERED: _l("Your complaint was answered."),
    Act.COMPLAINT_CLOSED: _l("Your complaint was closed."),
    Act.COMPLAINT_REOPENED: _l("Your complaint was opened again."),
}
# What was read, by the table it stands in.
SEEN = {
    "admission": _l("Your stay in care was read."),
    "bank_notice": _l("A payment of your family was read."),
    "bill": _l("Your family's bill was read."),
    "cash": _l("The receipt of your cash was read."),
    "charge": _l("Your auto-debit was read."),
    "claim": _l("Your report of a missing payment was read."),
    "complaint": _l("Your complaint was read."),
    "difference": _l("A payment of your family was read."),
    "family": _l("Your family's data was read."),
    "payment": _l("A payment of your family was read."),
    "penalty": _l("Your service penalty was read."),
    "refund": _l("Your request for money back was read."),
    "slip": _l("The slip for your first PIN was read."),
    "stay": _l("Your card was read."),
    "worker": _l("Your job and wage were read."),
}
SEEN_OTHER = _l("Your data was read.")
CHECKED = _l("Somebody with your NIK asked whether you are active.")
OTHER = _l("Your data was worked on.")

ROLES = {
    "clerk": _l("clerk at the counter"),
    "agent": _l("agent of 165"),
    "officer": _l("officer"),
    "auditor": _l("auditor"),
    "volunteer": _l("volunteer"),
}
DOORS = {
    "web": _l("by web"),
    "kiosk": _l("at a kiosk"),
    "desk": _l("at the desk"),
    "ussd": _l("by USSD"),
    "sms": _l("by SMS"),
    "volunteer": _l("on a volunteer's phone"),
}
MACHINES = {
    "system": _l("JKN's own system"),
    "console": _l("JKN's operators"),
    "bank": _l("a bank"),
    "provider": _l("a wallet or bank"),
}


def of(touch: Touch, reader: Actor) -> tuple[str, str]:
    """What was done; and who did it, through which door, under which consent."""
    entry = touch.entry
    parts = [] if entry.act == Act.SIGNED_IN else [_who(touch, reader)]
    if entry.channel not in MACHINES:
        parts.append(DOORS.get(entry.channel, entry.channel))
    if entry.grant:
        parts.append(_("under consent %(number)s", number=entry.grant))
    return str(_what(entry)), ", ".join(str(part) for part in parts)


def _what(entry: Entry) -> str:
    if entry.act != Act.DATA_SEEN:
        return ACTS.get(entry.act, OTHER)
    if entry.details.get("page") == "check":
        return CHECKED
    return SEEN.get(entry.subject.partition(":")[0], SEEN_OTHER)


def _who(touch: Touch, reader: Actor) -> str:
    entry = touch.entry
    if entry.by_person == reader.person_id:
        return _("you")
    if entry.by_officer or entry.role in ("volunteer",):
        return " ".join(str(part) for part in (ROLES.get(entry.role, entry.role), touch.name, touch.place) if part)
    if entry.by_person:
        return touch.name
    return MACHINES.get(entry.channel, _("somebody not signed in"))
