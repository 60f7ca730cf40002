"""Recording admissions, and correcting them until they are billed."""

from datetime import date

from jkn import clock, law
from jkn.access import Actor
from jkn.accounts import attempts
from jkn.audit import service as audit
from jkn.audit.models import Act
from jkn.db import writing
from jkn.errors import N_, Refused
from jkn.facilities import service as facilities
from jkn.facilities.models import Tier
from jkn.members import service as members
from jkn.members.models import Person
from jkn.money import Rupiah
from jkn.penalties import billing
from jkn.penalties.models import Admission, Care

MISSES = 10  # unknown numbers that one officer may type in a quarter of an hour


def find_person(number: str, by: Actor) -> Person:
    """Whoever has this NIK or card; the look is recorded. Refused for an unknown one, and for who guesses."""
    key = attempts.key_of("admission", None, str(by.officer_id))
    if not attempts.take(key, MISSES, attempts.PAUSE):
        raise Refused(N_("Too many tries. Wait 15 minutes."), field="number")
    person = members.find_by_number(number)
    if person is None:
        raise Refused(N_("Nobody in the scheme has this number."), field="number")
    attempts.give_back(key)
    _note_look(person, by)
    return person


@writing
def _note_look(person: Person, by: Actor) -> None:
    family = members.family_of(person.id)
    audit.record(Act.DATA_SEEN, person, by, family=family and family.id, page="admission")


def drafted(
    person: Person,
    *,
    facility_code: str,
    care: Care,
    admitted_on: date,
    estimate: Rupiah,
    discharged_on: date | None = None,
    poverty_letter: str | None = None,
) -> Admission:
    """The admission as it would be recorded, not yet stored, so that it can be judged. Refused if it cannot be."""
    facility = facilities.get(facility_code)
    if facility is None:
        raise Refused(N_("No facility has this code."), field="facility")
    if care != Care.OUTPATIENT and (care == Care.HOSPITAL) != (facility.tier == Tier.FKRTL):
        raise Refused(N_("This facility does not give this care."), field="care")
    if admitted_on > clock.today():
        raise Refused(N_("This day has not come yet."), field="admitted")
    _check_stay(admitted_on, discharged_on)
    family = members.family_of(person.id, admitted_on)
    return Admission(
        person=person,
        family_id=family and family.id,
        facility_code=facility.code,
        care=care,
        admitted_on=admitted_on,
        discharged_on=discharged_on,
        estimate=estimate,
        poverty_letter=poverty_letter,
    )


@writing
def record(admission: Admission, key: str, by: Actor) -> Admission:
    """Store a drafted admission, and bill its penalty if there is one. Sent again, the first one is given back.

    Refused when somebody recorded this admission before in other words.
    """
    row = dict(admission.__data__) | {"key": key, "recorded_by": by.officer_id, "recorded_at": clock.now()}
    row.pop("id", None)
    is_new = Admission.insert(**row).on_conflict_ignore().as_rowcount().execute()
    same = (Admission.facility_code == row["facility_code"]) & (Admission.admitted_on == row["admitted_on"])
    same = (Admission.key == key) | (same & (Admission.care == row["care"]))
    known = Admission.get(Admission.person == row["person"], same)
    if is_new:
        audit.record(Act.ADMISSION_RECORDED, known, by, care=known.care, estimate=known.estimate)
        billing.bill(known, clock.today(), by)
    elif any(getattr(known, name) != row[name] for name in ("estimate", "discharged_on", "poverty_letter")):
        raise Refused(N_("This admission was recorded before, with other values. Open it and correct them."))
    return known


@writing
def change(admission: Admission, estimate: Rupiah, discharged_on: date | None, by: Actor) -> None:
    """Correct the estimate, and note the day of discharge. Refused when the estimate has been billed already."""
    admission = billing.hold(admission)
    _check_stay(admission.admitted_on, discharged_on)
    if estimate != admission.estimate and admission.penalty:
        raise Refused(
            N_("The penalty was billed by the first estimate. It stays, whatever the final cost."),
            field="estimate",
            basis=law.at(admission.admitted_on).penalty.basis,
        )
    if (estimate, discharged_on) == (admission.estimate, admission.discharged_on):
        return
    admission.estimate, admission.discharged_on = estimate, discharged_on
    admission.save(only=[Admission.estimate, Admission.discharged_on])
    left = discharged_on and discharged_on.isoformat()
    audit.record(Act.ADMISSION_CHANGED, admission, by, estimate=estimate, discharged_on=left)
    billing.bill(admission, clock.today(), by)


def _check_stay(admitted_on: date, discharged_on: date | None) -> None:
    if discharged_on is None:
        return
    if discharged_on < admitted_on:
        raise Refused(N_("Nobody leaves before they came."), field="discharged")
    if discharged_on > clock.today():
        raise Refused(N_("This day has not come yet."), field="discharged")
