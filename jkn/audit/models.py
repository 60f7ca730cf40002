from enum import StrEnum

from peewee import BigIntegerField, BlobField, CharField, IntegerField, JSONField
from playhouse.fields import EnumField

from jkn import clock
from jkn.db import BaseModel, MomentField


class Act(StrEnum):
    """What was done: noun, colon, past participle."""

    DATA_SEEN = "data:seen"
    DATA_IMPORTED = "data:imported"
    PIN_SET = "pin:set"
    SIGNED_IN = "sign-in:made"
    SIGNED_OUT = "sign-in:ended"
    LEVEL_RAISED = "level:raised"
    SHEET_ISSUED = "sheet:issued"
    SHEET_CODE_USED = "sheet-code:used"
    SLIP_PRINTED = "slip:printed"
    OFFICER_CREATED = "officer:created"
    FAMILY_JOINED = "family:joined"
    REGISTRY_ASKED = "registry:asked"
    BILLS_ISSUED = "bills:issued"
    BILLS_CORRECTED = "bills:corrected"
    MONTH_SETTLED = "month:settled"
    MONTH_REOPENED = "month:reopened"
    DEATH_REPORTED = "death:reported"
    ADMISSION_RECORDED = "admission:recorded"
    ADMISSION_CHANGED = "admission:changed"
    PENALTY_BILLED = "penalty:billed"
    PENALTY_PAID = "penalty:paid"
    PENALTY_REOPENED = "penalty:reopened"
    PENALTY_DISPUTED = "penalty:disputed"
    PENALTY_CONFIRMED = "penalty:confirmed"
    PENALTY_CANCELLED = "penalty:cancelled"
    PLAN_JOINED = "plan:joined"
    PLAN_CANCELLED = "plan:cancelled"
    PAYMENT_RECEIVED = "payment:received"
    PAYMENT_REVERSED = "payment:reversed"
    PAYMENT_UNMATCHED = "payment:unmatched"
    PAYMENT_REVIEWED = "payment:reviewed"
    WORKER_ADDED = "worker:added"
    WORKER_CHANGED = "worker:changed"
    WORKER_ENDED = "worker:ended"
    TRANSFER_RECORDED = "transfer:recorded"
    TRANSFER_DISPUTED = "transfer:disputed"
    TRANSFER_CONFIRMED = "transfer:confirmed"
    TRANSFER_UNDONE = "transfer:undone"
    NUMBER_GIVEN = "account-number:given"
    AGREEMENT_RECORDED = "agreement:recorded"
    SETTLEMENT_READ = "settlement:read"
    DIFFERENCE_ADVANCED = "difference:advanced"
    CLAIM_MADE = "claim:made"
    CLAIM_ANSWERED = "claim:answered"
    REFUND_ASKED = "refund:asked"
    REFUND_ADVANCED = "refund:advanced"
    PARTNER_CREATED = "partner:created"
    PARTNER_SECRET_ROTATED = "partner-secret:rotated"
    PARTNER_SUSPENDED = "partner:suspended"
    PARTNER_RESUMED = "partner:resumed"
    MANDATE_ASKED = "mandate:asked"
    MANDATE_BOUND = "mandate:bound"
    MANDATE_PAUSED = "mandate:paused"
    MANDATE_RESUMED = "mandate:resumed"
    MANDATE_ENDED = "mandate:ended"
    MANDATE_RELEASED = "mandate:released"
    CHARGE_MADE = "charge:made"
    CHARGE_CLOSED = "charge:closed"
    CHARGE_RETURNED = "charge:returned"
    PAY_LINK_MADE = "pay-link:made"
    CLINIC_CHOSEN = "clinic:chosen"
    CLINIC_UNDONE = "clinic:undone"
    CLASS_CHANGED = "class:changed"
    CLASS_UNDONE = "class:undone"
    PROFILE_CHANGED = "profile:changed"
    PHONE_CHANGED = "phone:changed"
    COMPLAINT_FILED = "complaint:filed"
    COMPLAINT_ANSWERED = "complaint:answered"
    COMPLAINT_CLOSED = "complaint:closed"
    COMPLAINT_REOPENED = "complaint:reopened"
    GRANT_GIVEN = "grant:given"
    GRANT_ENDED = "grant:ended"
    GRANT_USED = "grant:used"
    CONSENT_ASKED = "consent:asked"
    CONSENT_DECLINED = "consent:declined"
    CONSENT_SHUT = "consent-by-sms:shut"
    CONSENTS_ENDED = "consents:ended"
    CONSENT_WIDENED = "consent:widened"
    CONSENT_NARROWED = "consent:narrowed"
    FORM_TAKEN = "form:taken"
    FORM_KEPT = "form:kept"
    FORM_CONFIRMED = "form:confirmed"
    FORM_DECLINED = "form:declined"
    VOLUNTEER_ASSIGNED = "volunteer:assigned"
    VOLUNTEER_SUSPENDED = "volunteer:suspended"
    VOLUNTEER_RESUMED = "volunteer:resumed"
    FORMS_PRINTED = "consent-forms:printed"
    SLIP_ASKED = "slip:asked"
    AGENT_CHANGED = "agent:changed"
    CASH_TAKEN = "cash:taken"
    CASH_PAID = "cash:paid"
    CASH_DISPUTED = "cash:disputed"
    CASH_KEPT = "cash:kept"
    CASH_CLOSED = "cash:closed"
    SIGN_IN_REFUSED = "sign-in:refused"
    ACCOUNT_STOPPED = "account:stopped"
    RECOVERY_BEGUN = "recovery:begun"
    RECOVERY_WITNESSED = "recovery:witnessed"
    RECOVERY_DONE = "recovery:done"
    SHEETS_PRINTED = "sheets:printed"
    PHONE_CONFIRMED = "phone:confirmed"
    HEALTH_HIDDEN = "health:hidden"
    KIOSK_ENROLLED = "kiosk:enrolled"
    KIOSK_JOINED = "kiosk:joined"
    KIOSK_REVOKED = "kiosk:revoked"
    KIOSK_PRINTER = "kiosk-printer:changed"
    PAPER_PRINTED = "paper-numbers:printed"
    KIOSK_SLIP_MADE = "kiosk-slip:made"
    STAFF_CODE_MADE = "staff-code:made"
    STAFF_PAPER_LOST = "staff-paper:lost"
    NUMBER_CALLED = "number:called"
    WAY_CHOSEN = "notice-way:chosen"
    NOTICES_SENT = "notices:sent"
    NOTICE_RESENT = "notice:resent"
    NOTICE_DROPPED = "notice:dropped"
    LETTERS_PRINTED = "letters:printed"
    NUMBER_FROZEN = "number:frozen"
    NUMBER_THAWED = "number:thawed"


class Entry(BaseModel):
    """One act or look; append-only. `details` never holds a NIK, card or phone number."""

    act = EnumField(Act, max_length=40)
    at = MomentField(default=clock.now, index=True)
    family_id = BigIntegerField(null=True)
    person_id = BigIntegerField(null=True)  # whose data
    subject = CharField(max_length=60)
    by_person = BigIntegerField(null=True)
    by_officer = BigIntegerField(null=True)
    role = CharField(max_length=12, null=True)
    on_behalf_of = BigIntegerField(null=True)
    level = IntegerField(default=0)
    channel = CharField(max_length=12)
    device = BigIntegerField(null=True)
    grant = BigIntegerField(null=True)
    office = CharField(max_length=16, null=True)
    request_id = CharField(max_length=32, null=True)
    count = IntegerField(default=1)  # rows touched by a batch
    details = JSONField(default=dict)

    class Meta:
        indexes = ((("person_id", "id"), False), (("family_id", "id"), False))

    @classmethod
    def latest(cls, before: int | None = None):
        query = cls.select().order_by(cls.id.desc())
        return query.where(cls.id < before) if before else query


class Block(BaseModel):
    """Entries sealed together, and chained to the block before (`previous`); append-only, written by a job."""

    number = BigIntegerField(unique=True)  # 1, 2, 3, …
    sealed_at = MomentField(index=True)
    reach = BigIntegerField()  # the highest id of an entry that any block up to here holds
    runs = JSONField()  # the ids of its entries: first and last of each run
    digests = BlobField()  # sixteen bytes of each entry's SHA-256, in the order of ids
    previous = CharField(max_length=64)
    hash = CharField(max_length=64)

    @property
    def head(self) -> str:
        """What is noted elsewhere, so that nobody can cut the chain or write it anew."""
        return f"{self.number}:{self.hash}"

    @classmethod
    def last(cls):
        """The newest block, without its long columns."""
        return cls.select(cls.number, cls.reach, cls.hash).order_by(cls.number.desc()).first()
