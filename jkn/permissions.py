"""The words of access: roles, levels, permissions, and the scopes in which somebody may act for somebody else."""

from collections.abc import Iterable
from enum import IntEnum, StrEnum


class Role(StrEnum):
    MEMBER = "member"
    CLERK = "clerk"  # at a facility's counter
    AGENT = "agent"  # at the care centre, 165
    OFFICER = "officer"  # at a branch
    AUDITOR = "auditor"
    VOLUNTEER = "volunteer"  # helps members of some villages
    VILLAGE = "village"  # an official of a village, who knows its people


class Level(IntEnum):
    """How surely we know who it is (safety.md, section 6)."""

    L0 = 0  # anybody who knows a number
    L1 = 1  # number and PIN
    L2 = 2  # L1 and something held in the hand, fresh


class Scope(StrEnum):
    """What a person may let somebody else do in their place."""

    STATUS = "status"
    BILLS = "bills"
    CLINIC = "clinic"
    COMPLAINTS = "complaints"
    DATA = "data"
    FILING = "filing"  # of a signed form: only to send a complaint or request, not to read them


class Can(StrEnum):
    SEE_STATUS = "status:see"
    SEE_CARD = "card:see"
    SEE_BILLS = "bills:see"
    MANAGE_AUTODEBIT = "autodebit:manage"
    JOIN_PLAN = "plan:join"
    OPEN_POT = "pot:open"
    CHANGE_CLINIC = "clinic:change"
    CHANGE_CLASS = "class:change"
    SEE_PROFILE = "profile:see"
    CHANGE_PROFILE = "profile:change"
    CHANGE_CONTACT = "contact:change"
    CHANGE_PHONE = "phone:change"
    SEE_SIGN_INS = "sign-ins:see"
    SEE_TOUCHES = "touches:see"
    CHANGE_PIN = "pin:change"
    ISSUE_SHEET = "sheets:issue"
    READ_NOTICES = "notices:read"
    FOLLOW_COMPLAINTS = "complaints:follow"
    FILE_COMPLAINT = "complaints:file"
    ANSWER_COMPLAINTS = "complaints:answer"
    PRINT_SLIPS = "slips:print"
    RECORD_ADMISSIONS = "admissions:record"
    CANCEL_PENALTIES = "penalties:cancel"
    REVIEW_PAYMENTS = "payments:review"
    SEE_PAYERS = "payers:see"
    RECORD_TRANSFERS = "transfers:record"
    MANAGE_WORKERS = "workers:manage"
    REVIEW_CHARGES = "charges:review"
    CLAIM_PAYMENT = "payments:claim"
    RECONCILE = "payments:reconcile"
    ASK_REFUND = "refunds:ask"
    DECIDE_REFUNDS = "refunds:decide"
    ENROL_KIOSKS = "kiosks:enrol"
    SERVE_KIOSKS = "kiosks:serve"
    REVIEW_NOTICES = "notices:review"
    PRINT_LETTERS = "letters:print"
    READ_AUDIT = "audit:read"
    SWITCH_PERSON = "sign-ins:switch"
    SEE_RIGHTS = "rights:see"
    GIVE_RIGHTS = "rights:give"
    END_RIGHTS = "rights:end"
    USE_RIGHTS = "rights:use"
    STOP_ACTING = "rights:leave"
    RAISE_LEVELS = "levels:raise"
    BEAR_WITNESS = "recoveries:witness"
    SEE_RECOVERIES = "recoveries:see"
    BIND_SHEETS = "sheets:bind"
    RECORD_RIGHTS = "rights:record"
    HIDE_HEALTH = "health:hide"
    SEE_RECEIPTS = "receipts:see"
    ANSWER_ASKINGS = "askings:answer"
    HELP_MEMBERS = "members:help"
    DECIDE_FORMS = "forms:decide"
    ASSIGN_VOLUNTEERS = "volunteers:assign"
    SEE_CASH = "cash:see"
    SETTLE_CASH = "cash:settle"
    RESOLVE_CASH = "cash:resolve"
    SIGN_OUT = "sign-ins:end"
    WORK = "desk:see"


# What stays possible whatever a grant says: leaving.
LEAVING = frozenset((Can.SIGN_OUT, Can.STOP_ACTING))
SCOPES = {
    Scope.STATUS: frozenset((Can.SEE_STATUS, Can.SEE_CARD)),
    Scope.BILLS: frozenset((Can.SEE_BILLS, Can.OPEN_POT, Can.CLAIM_PAYMENT, Can.SEE_CASH)),
    Scope.CLINIC: frozenset((Can.CHANGE_CLINIC,)),
    Scope.COMPLAINTS: frozenset((Can.FOLLOW_COMPLAINTS, Can.FILE_COMPLAINT)),
    Scope.DATA: frozenset((Can.SEE_PROFILE, Can.CHANGE_PROFILE)),
    Scope.FILING: frozenset((Can.FILE_COMPLAINT,)),
}
GIVEN = tuple(scope for scope in Scope if scope != Scope.FILING)  # what a member chooses from


def opened_by(scopes: Iterable[Scope]) -> frozenset[Can]:
    """The permissions that a grant of these scopes gives."""
    return LEAVING.union(*(SCOPES[Scope(scope)] for scope in scopes))
