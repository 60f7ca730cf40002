"""Writing a chunk of people already in the scheme: people, families, stays, payers, spells, clinics, credit.

The same rows as members.service makes one at a time, with a statement per table: numbers are taken from the sequences
beforehand. Call everything in one write.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from jkn import clock, sealed
from jkn.db import MomentField, db, on_sqlite
from jkn.imports import Report, execute_many
from jkn.ledger import service as ledger
from jkn.ledger.models import Account, Movement
from jkn.members.models import Card, KkIndex, NikIndex, Payer, PayerKind, Relation, Stay
from jkn.money import Rupiah
from jkn.population.models import Resident
from jkn.regions import service as regions
from jkn.registration.spell_lines import SpellLine


@dataclass
class Known:
    """What the database holds already of the numbers in a chunk; grows while the chunk is entered."""

    hashes: dict[str, list[str]]  # by NIK, newest key first
    people: dict[str, int] = field(default_factory=dict)  # by NIK
    families: dict[str, int] = field(default_factory=dict)  # by family card
    card_of: dict[str, str] = field(default_factory=dict)  # by NIK
    nik_of_tail: dict[str, str] = field(default_factory=dict)  # by the card's last eleven digits


def known_numbers(chunk: list[SpellLine]) -> Known:
    known = Known({spell.nik: sealed.indexes("nik", spell.nik) for spell in chunk})
    nik_of = {hash: nik for nik, hashes in known.hashes.items() for hash in hashes}
    rows = NikIndex.select(NikIndex.hash, NikIndex.person).where(NikIndex.hash.in_(list(nik_of))).tuples()
    known.people = {nik_of[hash]: person for hash, person in rows}
    kk_of = {hash: kk for kk in {spell.kk for spell in chunk} for hash in sealed.indexes("kk", kk)}
    rows = KkIndex.select(KkIndex.hash, KkIndex.family).where(KkIndex.hash.in_(list(kk_of))).tuples()
    known.families = {kk_of[hash]: family for hash, family in rows}
    nik_of_person = {person: nik for nik, person in known.people.items()}
    fields = (Card.number, Card.tail, Card.person)
    tails = {spell.card[-11:] for spell in chunk}
    for number, tail, person in (
        *Card.select(*fields).where(Card.tail.in_(tails)).tuples(),
        *Card.select(*fields).where(Card.person.in_(list(nik_of_person))).tuples(),
    ):
        nik = nik_of_person.get(person, "")
        known.nik_of_tail[tail] = nik
        known.card_of[nik] = number
    return known


def enter(chunk: list[SpellLine], known: Known, residents: dict[str, Resident], report: Report) -> None:
    """Add what is new and update what is known of these lines."""
    _enter_people(chunk, known, residents)
    _enter_families(chunk, known, residents)
    _enter_stays(chunk, known, residents)
    payers = _enter_payers(chunk, known, residents)
    _enter_spells(chunk, known, payers)
    _enter_clinics(chunk, known)
    _book_credits(chunk, known, payers, report)
    _note_owed(chunk, payers)


def _enter_people(chunk: list[SpellLine], known: Known, residents: dict[str, Resident]) -> None:
    phones = {spell.nik: spell.phone for spell in chunk if spell.phone}
    now = _now()
    contacts = [
        (sealed.seal("phone", phone), sealed.index("phone", phone), now, known.people[nik])
        for nik, phone in phones.items()
        if nik in known.people
    ]
    execute_many("UPDATE person SET phone = ?, phone_hash = ?, phone_confirmed_at = ? WHERE id = ?", contacts)
    cards = {spell.nik: spell.card for spell in chunk if spell.nik not in known.people}
    known.people.update(zip(cards, _new_ids("person", len(cards)), strict=True))
    people = []
    for nik, card in cards.items():
        resident, phone = residents[nik], phones.get(nik)
        people.append(
            (
                known.people[nik],
                sealed.seal("nik", nik),
                resident.name,
                resident.born,
                resident.sex,
                card,
                sealed.seal("phone", phone) if phone else None,
                sealed.index("phone", phone) if phone else None,
                now if phone else None,
                False,
                now,
            )
        )
    _insert("person", "id nik name born sex card phone phone_hash phone_confirmed_at hides_health created_at", people)
    claims = [(hash, number, known.people[nik]) for nik in cards for number, hash in sealed.claims("nik", nik)]
    _insert("nik_index", "hash key_id person_id", claims)
    _insert("card", "number tail person_id", [(card, card[-11:], known.people[nik]) for nik, card in cards.items()])


def _enter_families(chunk: list[SpellLine], known: Known, residents: dict[str, Resident]) -> None:
    """A new family lives where the civil registry has it; a head who appears later takes the place."""
    heads = _heads(chunk, residents)
    later = [
        (known.people[spell.nik], known.families[kk])
        for kk, spell in heads.items()
        if kk in known.families and residents[spell.nik].relation == Relation.HEAD
    ]
    execute_many("UPDATE family SET head_id = ? WHERE id = ?", later)
    new = [kk for kk in heads if kk not in known.families]
    known.families.update(zip(new, _new_ids("family", len(new)), strict=True))
    rows, now = [], _now()
    for kk in new:
        head = residents[heads[kk].nik]
        place = (head.village_code, head.address, head.rt, head.rw)
        rows.append((known.families[kk], sealed.seal("kk", kk), known.people[heads[kk].nik], *place, now, now))
    # proven: whoever is in the scheme was seen when joining
    _insert("family", "id kk head_id village_code address rt rw proven_at created_at", rows)
    claims = [(hash, number, known.families[kk]) for kk in new for number, hash in sealed.claims("kk", kk)]
    _insert("kk_index", "hash key_id family_id", claims)


def _heads(chunk: list[SpellLine], residents: dict[str, Resident]) -> dict[str, SpellLine]:
    """Who speaks for each family card of the chunk: the head, else the spouse, else the eldest."""
    heads: dict[str, SpellLine] = {}
    for spell in chunk:
        if spell.kk not in heads or _rank(residents[spell.nik]) < _rank(residents[heads[spell.kk].nik]):
            heads[spell.kk] = spell
    return heads


def _rank(resident: Resident) -> tuple:
    order = (Relation.HEAD, Relation.SPOUSE)
    return order.index(resident.relation) if resident.relation in order else len(order), resident.born


def _enter_stays(chunk: list[SpellLine], known: Known, residents: dict[str, Resident]) -> None:
    """One open stay for each person; who lives elsewhere by now has moved today."""
    first: dict[str, SpellLine] = {}
    for spell in chunk:
        if spell.nik not in first or spell.since < first[spell.nik].since:
            first[spell.nik] = spell
    people = [known.people[nik] for nik in first]
    rows = Stay.select(Stay.person, Stay.family).where(Stay.person.in_(people), Stay.until.is_null()).tuples()
    lives, today = dict(rows), clock.today()
    moved = []
    new = []
    for nik, spell in first.items():
        person, family = known.people[nik], known.families[spell.kk]
        if lives.get(person) == family:
            continue
        if person in lives:
            moved.append((today, person))
        new.append((family, person, residents[nik].relation, today if person in lives else spell.since))
    execute_many("UPDATE stay SET until = ? WHERE person_id = ? AND until IS NULL", moved)
    _insert("stay", "family_id person_id relation since", new, "ON CONFLICT (family_id, person_id, since) DO NOTHING")


def _enter_payers(chunk: list[SpellLine], known: Known, residents: dict[str, Resident]) -> dict[int, int]:
    """The payer of each line, by line number."""
    heads = _heads(chunk, residents)
    families = {
        known.families[spell.kk]: residents[heads[spell.kk].nik].name
        for spell in chunk
        if spell.payer[0] == PayerKind.FAMILY
    }
    _insert(
        "payer",
        "kind family_id name",
        [(PayerKind.FAMILY.value, family, name) for family, name in families.items()],
        "ON CONFLICT (family_id) DO NOTHING",
    )
    others = {spell.payer for spell in chunk if spell.payer[0] != PayerKind.FAMILY}
    names = _government_names([code for kind, code in others if kind == PayerKind.GOVERNMENT])
    _insert(
        "payer",
        "kind code name",
        [(kind.value, code, names.get(code, "")) for kind, code in sorted(others)],
        "ON CONFLICT (kind, code) DO NOTHING",
    )
    rows = Payer.select(Payer.family, Payer.id).where(Payer.family.in_(list(families))).tuples()
    of_family = dict(rows)
    rows = (
        Payer.select(Payer.kind, Payer.code, Payer.id).where(Payer.code.in_([code for _kind, code in others])).tuples()
    )
    of_code = {(kind, code): payer for kind, code, payer in rows}
    return {
        spell.line: of_family[known.families[spell.kk]] if spell.payer[0] == PayerKind.FAMILY else of_code[spell.payer]
        for spell in chunk
    }


def _government_names(codes: list[str]) -> dict[str, str]:
    """Proper names, as letters have them: the central government, and those of regencies and provinces."""
    named = {code: f"Pemerintah {label}"[:100] for code, label in regions.labels(codes).items()}
    return {"PUSAT": "Pemerintah Pusat"} | named


def _enter_spells(chunk: list[SpellLine], known: Known, payers: dict[int, int]) -> None:
    rows = [
        (
            known.people[spell.nik],
            known.families[spell.kk] if spell.payer[0] == PayerKind.FAMILY else None,
            payers[spell.line],
            spell.segment.value,
            spell.care_class.value,
            spell.since,
            spell.until,
            spell.reason,
            spell.class_since,
        )
        for spell in chunk
    ]
    columns = "person_id family_id payer_id segment care_class since until reason class_since"
    _insert("spell", columns, rows, f"ON CONFLICT (person_id, segment, since) DO UPDATE SET {_excluded(columns)}")


def _enter_clinics(chunk: list[SpellLine], known: Known) -> None:
    """What the person chose on that day by themselves stays."""
    now = _now()
    rows = {
        (known.people[spell.nik], spell.clinic_since): (
            known.people[spell.nik],
            known.families[spell.kk],
            spell.clinic,
            spell.clinic_since,
            0,
            now,
            f"import:{spell.clinic_since}",
        )
        for spell in chunk
        if spell.clinic
    }
    update = "ON CONFLICT (person_id, since, attempt) DO UPDATE SET facility_code = excluded.facility_code"
    _insert(
        "clinic_choice",
        "person_id family_id facility_code since attempt chosen_at key",
        list(rows.values()),
        f"{update} WHERE clinic_choice.key = excluded.key",
    )


def _book_credits(chunk: list[SpellLine], known: Known, payers: dict[int, int], report: Report) -> None:
    """Money left with the scheme, one movement for each person it stands at; what is booked once is never changed."""
    lines = [spell for spell in chunk if spell.credit]
    fields = (Movement.payer, Movement.source, Movement.amount)
    booked = {
        (payer, source): amount
        for payer, source, amount in Movement.select(*fields)
        .where(Movement.payer.in_([payers[spell.line] for spell in lines]), Movement.credit == Account.CREDIT)
        .tuples()
    }
    for spell in lines:
        key = payers[spell.line], f"opening:credit:{known.people[spell.nik]}"
        if key not in booked:
            booked[key] = spell.credit
            ledger.book(key[0], Account.OPENING, Account.CREDIT, Rupiah(spell.credit), key[1], clock.today())
        elif booked[key] != spell.credit:
            report.warn(spell.line, "another opening credit is booked already, and stays")


def _note_owed(chunk: list[SpellLine], payers: dict[int, int]) -> None:
    """The family owes from the earliest month that any of its lines leaves unpaid."""
    rows = [(payers[spell.line], spell.owed_from) for spell in chunk if spell.owed_from]
    earlier = (
        "CASE WHEN excluded.owed_from < seen_payer.owed_from THEN excluded.owed_from ELSE seen_payer.owed_from END"
    )
    _insert("seen_payer", "payer_id owed_from", rows, f"ON CONFLICT (payer_id) DO UPDATE SET owed_from = {earlier}")


def _new_ids(table: str, count: int) -> list[int]:
    """Numbers nobody else gets: in SQLite the write lock is ours, Postgres has sequences."""
    if on_sqlite():
        highest = db.execute_sql(f"SELECT COALESCE(MAX(id), 0) FROM {table}").fetchone()[0]
        return list(range(highest + 1, highest + 1 + count))
    question = f"SELECT nextval(pg_get_serial_sequence('{table}', 'id')) FROM generate_series(1, %s)"
    return [number for (number,) in db.execute_sql(question, (count,)).fetchall()]


def _insert(table: str, columns: str, rows: Iterable[tuple], conflict: str = "") -> None:
    names = columns.split()
    marks = ", ".join("?" * len(names))
    execute_many(f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks}) {conflict}", list(rows))


def _excluded(columns: str) -> str:
    return ", ".join(f"{name} = excluded.{name}" for name in columns.split())


def _now():
    """The moment as the tables hold it."""
    return MomentField().db_value(clock.now())
