"""One-time code sheets, and the first-PIN slip an officer prints after seeing the KTP."""

import hmac
import secrets

from jkn import clock, sealed
from jkn.access import Actor
from jkn.accounts import attempts
from jkn.accounts.models import SealedSheet, Sheet, SheetCode, Slip
from jkn.accounts.rules import CODE_LENGTH, FRESH, SHEET_CODES, SHEET_SHOWN, SLIP_VALID
from jkn.audit import service as audit
from jkn.audit.models import Act
from jkn.db import writing
from jkn.errors import N_, Refused
from jkn.members import service as members
from jkn.members.models import Person
from jkn.notices import service as notices


@writing
def issue(person: Person, by: Actor) -> Sheet:
    """Ten fresh codes; sheets from before stop working."""
    return _begin(person, secrets.token_bytes(16), by)


def _begin(person: Person, salt: bytes, by: Actor) -> Sheet:
    revoke(person)
    sheet = Sheet.create(person=person, salt=salt)
    SheetCode.insert_many([{"sheet": sheet.id, "number": number} for number in range(1, SHEET_CODES + 1)]).execute()
    audit.record(Act.SHEET_ISSUED, sheet, by)
    return sheet


def revoke(person: Person) -> None:
    """The person's sheets stop working; inside the caller's write."""
    Sheet.update(revoked_at=clock.now()).where(Sheet.person == person, Sheet.revoked_at.is_null()).execute()


def codes(sheet: Sheet) -> list[str]:
    """The ten codes as printed, first to last."""
    return [_code("sheet", sheet.salt, number) for number in range(1, SHEET_CODES + 1)]


def live_sheet(person_id: int) -> Sheet | None:
    return Sheet.select().where(Sheet.person == person_id, Sheet.revoked_at.is_null()).order_by(Sheet.id.desc()).first()


def shown(person_id: int) -> Sheet | None:
    """The live sheet, while it is new enough to be shown again."""
    sheet = live_sheet(person_id)
    return sheet if sheet and sheet.issued_at > clock.now() - SHEET_SHOWN else None


def next_number(person_id: int) -> int | None:
    """The number of the first code not used yet, to ask for."""
    row = (
        SheetCode.select(SheetCode.number)
        .join(Sheet)
        .where(Sheet.person == person_id, Sheet.revoked_at.is_null(), SheetCode.used_at.is_null())
        .order_by(SheetCode.number)
        .first()
    )
    return row.number if row else None


def find_code(person_id: int | None, typed: str, number: int | None = None) -> SheetCode | None:
    """The unused code on the person's live sheet that was typed. The same queries and work for nobody."""
    rows = (
        SheetCode.select(SheetCode, Sheet)
        .join(Sheet)
        .where(Sheet.person == (person_id or 0), Sheet.revoked_at.is_null(), SheetCode.used_at.is_null())
    )
    found = None
    for row in rows:
        right = hmac.compare_digest(_code("sheet", row.sheet.salt, row.number), typed)
        if right and number in (None, row.number):
            found = row
    return found


def spend(code: SheetCode, by: Actor) -> bool:
    """In the caller's transaction: True for exactly one of many who use the same code."""
    used = SheetCode.update(used_at=clock.now()).where(SheetCode.id == code.id, SheetCode.used_at.is_null()).execute()
    if used:
        audit.record(Act.SHEET_CODE_USED, "sheet_code", by, person=code.sheet.person_id, number=code.number)
    return bool(used)


@writing
def print_sealed(count: int, by: Actor) -> list[tuple[str, list[str]]]:
    """So many sheets for nobody yet: their serials and codes, shown this once. The database cannot tell the codes."""
    made = []
    while len(made) < count:
        salt = secrets.token_bytes(16)
        serial = f"{secrets.randbelow(10**10):010d}"
        row = {"serial": serial, "salt": salt, "printed_at": clock.now()}
        if SealedSheet.insert(row).on_conflict_ignore().as_rowcount().execute():
            made.append((serial, [_code("sheet", salt, number) for number in range(1, SHEET_CODES + 1)]))
    audit.record(Act.SHEETS_PRINTED, "sealed_sheet", by, count=count)
    return made


def bind(serial: str, typed: str, person: Person, by: Actor) -> Sheet:
    """Give a sealed sheet to a person: its serial, and one code that is then spent. Raises Refused, always alike."""
    if not attempts.reserve(attempts.key_of("bind", None, serial), in_a_row=None):
        raise Refused(N_("Too many tries. Wait 15 minutes."), field="serial")
    return _bind(serial, typed, person, by)


@writing
def _bind(serial: str, typed: str, person: Person, by: Actor) -> Sheet:
    sealed_sheet = SealedSheet.get_or_none(SealedSheet.serial == serial, SealedSheet.sheet.is_null())
    salt = sealed_sheet.salt if sealed_sheet else b""
    numbers = range(1, SHEET_CODES + 1)
    right = [number for number in numbers if hmac.compare_digest(_code("sheet", salt, number), typed)]
    if sealed_sheet is None or not right:
        raise Refused(N_("The serial or the code is not right, or the sheet is somebody's already."), field="serial")
    sheet = _begin(person, salt, by)
    SheetCode.update(used_at=clock.now()).where(SheetCode.sheet == sheet, SheetCode.number == right[0]).execute()
    free = SealedSheet.update(sheet=sheet).where(SealedSheet.id == sealed_sheet.id, SealedSheet.sheet.is_null())
    if not free.execute():
        raise Refused(N_("The serial or the code is not right, or the sheet is somebody's already."), field="serial")
    notices.tell(person, "sheet_bound", str(sheet.id), day=clock.today().isoformat())
    return sheet


@writing
def print_slip(person: Person, by: Actor) -> Slip:
    """The officer saw the KTP: a slip that sets a first PIN once, within seven days. Earlier slips stop working."""
    now = clock.now()
    Slip.update(revoked_at=now).where(
        Slip.person == person, Slip.used_at.is_null(), Slip.revoked_at.is_null()
    ).execute()
    slip = Slip.create(
        person=person, officer=by.officer_id, salt=secrets.token_bytes(16), expires_at=now + SLIP_VALID, issued_at=now
    )
    attempts.clear(attempts.key_of("slip", person.id, ""))  # guesses from before cannot shut out whoever stands here
    audit.record(Act.SLIP_PRINTED, slip, by)
    notices.tell(person, "slip_printed", f"{slip.id}", day=clock.today().isoformat())
    if family := members.family_of(person.id):
        members.prove(family.id)
    return slip


@writing
def void(paper: Sheet | Slip) -> bool:
    """Its paper was lost on the way: nobody may use it. False when it was used or void already."""
    model, now = type(paper), clock.now()
    return bool(model.update(revoked_at=now).where(model.id == paper.id, model.revoked_at.is_null()).execute())


def slip_code(slip: Slip) -> str:
    """The eight digits as printed."""
    return _code("slip", slip.salt, 0)


def may_show(slip: Slip, by: Actor) -> bool:
    """Only to the officer who made it, unused, within ten minutes."""
    new = slip.issued_at > clock.now() - FRESH
    return slip.officer_id == by.officer_id and slip.used_at is None and slip.revoked_at is None and new


def find_slip(person_id: int | None, typed: str) -> Slip | None:
    rows = Slip.select().where(
        Slip.person == (person_id or 0),
        Slip.used_at.is_null(),
        Slip.revoked_at.is_null(),
        Slip.expires_at > clock.now(),
    )
    return next((slip for slip in rows if hmac.compare_digest(slip_code(slip), typed)), None)


def spend_slip(slip: Slip) -> bool:
    return bool(Slip.update(used_at=clock.now()).where(Slip.id == slip.id, Slip.used_at.is_null()).execute())


def _code(kind: str, salt: bytes, number: int) -> str:
    mixed = sealed.peppered(kind, f"{bytes(salt).hex()}:{number}")
    return f"{int.from_bytes(mixed[:8], 'big') % 10**CODE_LENGTH:0{CODE_LENGTH}d}"
