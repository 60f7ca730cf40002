"""The tables: built by migrations, spread over machines by household, and guarded by the database itself."""

import pytest
from peewee import BigAutoField, IntegerField, IntegrityError, Model
from playhouse.schema_diff import diff_models

from jkn.commands import all_models, pending
from jkn.db import MomentField, RupiahField, db

# Tables that are searched without knowing a household: the way in, reference data, and what banks send.
GLOBAL = {
    "agent": "staff",
    "account_number": "a virtual account that is not a card's leads to its payer",
    "access_token": "a bank's bearer token, found by its hash",
    "asking": "a volunteer's question, also about a number that is nobody's",
    "attempt": "guesses, counted by a blind index that also unknown numbers have",
    "bank_notice": "what a bank sent, unique by partner and reference for ever",
    "block": "seals the audit log",
    "card": "card and virtual account lead to a person",
    "charge_reference": "our reference at a provider, to the charge",
    "claim": "may be nobody's: a payment that a visitor misses, found by its code",
    "complaint": "may be nobody's: a complaint without a name",
    "complaint_step": "of a complaint that may be nobody's",
    "difference": "between a bank's list and our books, by partner and day",
    "difference_step": "of a difference",
    "draft": "typed before anybody is known; found by token or resume code",
    "day_count": "messages of a day by channel",
    "entry": "the audit log, read by time",
    "employer": "found by the eight digits of its account",
    "facility": "reference data",
    "issuing": "how far the bills of a month are",
    "issuing_lane": "places to write the lines of a month in",
    "keying": "what is being typed at a kiosk, one at a time",
    "kiosk": "a device of a facility",
    "kiosk_slip": "unique by facility, day and number",
    "kiosk_token": "a device's next and former tokens, found by hash",
    "kk_index": "family card number to family",
    "letter_batch": "letters of many people, printed together",
    "look_up_count": "how often a number was asked about",
    "nik_index": "NIK to person",
    "number_call": "a number of a facility's day",
    "number": "a phone number by its blind index, whoever may own it",
    "miss": "guesses of a volunteer",
    "paper_numbers": "numbers of a facility's day",
    "staff_code": "of an officer, found by its hash at one kiosk",
    "office": "reference data",
    "office_regency": "reference data",
    "officer": "staff",
    "paper_consent": "printed for nobody yet, found by its number",
    "offline_form": "may name nobody: what a volunteer's browser sent, found by its own number",
    "partner": "banks",
    "partner_secret": "banks",
    "pay_link": "an address for somebody else to pay, found by its token",
    "slip_counter": "numbers that a facility gave on a day",
    "quote": "what a bank asked, unique by partner and inquiry",
    "region": "reference data",
    "resident": "the civil registry",
    "recovery": "found by the number that witnesses type, or by its browser",
    "sealed_sheet": "printed for nobody yet, found by its serial",
    "spoken_code": "found by the six digits that an officer hears",
    "search_word": "reference data, by word",
    "settlement_file": "a bank's list",
    "settlement_line": "of a bank's list, unique by partner and reference for ever",
    "sheet_code": "of a sheet, found by its serial",
    "sign_in": "found by the cookie's token",
    "ticket": "complaint number to complaint",
    "transfer": "the treasury's references, unique across payers",
    "unregistered": "family cards of a village that no household stands behind yet",
    "used_external_id": "a bank's request numbers, by day",
    "volunteer_village": "where staff work",
    "wage_floor": "reference data",
    "text_turn": "a message and its answer, whoever sent it",
    "ussd_session": "a dialogue of a phone, whoever may own it",
}
KEYS = {"family", "family_id", "payer", "payer_id", "person", "person_id"}
ROOTS = {"family", "person", "payer"}


def uniques(model) -> list[tuple[str, ...]]:
    """Every unique of a table but its key."""
    fields = [(field.name,) for field in model._meta.sorted_fields if field.unique and not field.primary_key]
    return fields + [tuple(columns) for columns, unique in model._meta.indexes if unique]


def tables() -> dict[str, type]:
    return {model._meta.table_name: model for model in all_models()}


def test_migrations_build_what_the_models_say(app):
    assert not (drift := diff_models(db.obj, all_models())), str(drift)


def test_no_migration_is_left_to_run(app):
    assert pending() == []


def test_a_new_database_is_built_twice_without_harm(own_database, run):
    assert run("db-migrate").output == ""
    assert "current" in run("db-check").output


def test_a_command_without_its_tables_says_what_to_do_first(own_database, run):
    db.execute_sql("DROP TABLE schema_migration")
    db.execute_sql("DROP TABLE office_regency")
    db.execute_sql("DROP TABLE office")
    result = run("import-offices", "jkn/demo/offices.csv")
    assert result.exit_code == 1
    assert "Error: Run flask db-migrate first" in result.output and "Traceback" not in result.output


def test_the_check_notices_a_column_that_went_away(own_database, run):
    db.execute_sql("ALTER TABLE office DROP COLUMN hours")
    result = run("db-check")
    assert result.exit_code == 1
    assert "hours" in result.output


def test_the_list_of_tables_without_a_household_is_true(app):
    assert set(GLOBAL) <= set(tables())


def test_a_row_belongs_to_a_household_or_its_table_is_named_as_global(app):
    """Portable profile: what is spread over machines carries its household, and is unique within it."""
    spread = {name: model for name, model in tables().items() if name not in GLOBAL and name not in ROOTS}
    assert [name for name, model in spread.items() if not KEYS & set(model._meta.fields)] == []
    assert [
        (name, unique) for name, model in spread.items() for unique in uniques(model) if unique[0] not in KEYS
    ] == []


def test_a_table_that_is_unique_across_households_is_noticed():
    class Loose(Model):
        family_id = IntegerField()
        number = IntegerField(unique=True)

        class Meta:
            indexes = ((("number", "family_id"), True),)

    assert [unique for unique in uniques(Loose) if unique[0] not in KEYS] == [("number",), ("number", "family_id")]


def test_every_table_has_a_64_bit_key(app):
    assert [name for name, model in tables().items() if not isinstance(model._meta.primary_key, BigAutoField)] == []


def test_moments_and_amounts_are_of_our_own_kinds(app):
    fields = [field for model in all_models() for field in model._meta.sorted_fields]
    assert [
        str(field) for field in fields if field.field_type == "DATETIME" and not isinstance(field, MomentField)
    ] == []
    amounts = [field for field in fields if field.name in ("amount", "aid", "total", "penalty")]
    assert len(amounts) > 4
    assert [str(field) for field in amounts if not isinstance(field, RupiahField)] == []
    floats = [str(field) for field in fields if field.field_type in ("FLOAT", "DOUBLE", "DECIMAL")]
    assert floats == ["<FloatField: Facility.lat>", "<FloatField: Facility.lon>"]


def test_nothing_in_the_schema_ties_us_to_one_engine():
    from pathlib import Path

    text = "\n".join(path.read_text() for path in Path("jkn").rglob("*.py"))
    for word in ("CREATE TRIGGER", "pg_advisory", "LISTEN ", "NOTIFY ", "SKIP LOCKED", "DEFERRABLE", "for_update("):
        assert word not in text


def a_row_of(model, wrong: dict) -> dict:
    """A row by columns, right but for what is wrong; the rows it points to need not exist for a CHECK to fail."""
    values = {"BIGINT": 1, "INTEGER": 1, "INT": 1, "SMALLINT": 1, "BOOL": False, "BLOB": b"x", "DATE": "2026-01-01"}
    values |= {"DATETIME": "2026-01-01 00:00:00", "JSON": "{}", "JSONB": "{}", "FLOAT": 1.0}
    needed = [field for field in model._meta.sorted_fields if not (field.primary_key or field.null)]
    row = {field.column_name: values.get(kind_of(field), "x") for field in needed}
    return row | {model._meta.fields[name].column_name: value for name, value in wrong.items()}


def kind_of(field) -> str:
    return field.rel_field.field_type.replace("AUTO", "INT") if hasattr(field, "rel_field") else field.field_type


# Each CHECK of the schema, broken once: table, what is wrong.
BROKEN = [
    ("agent", {"cap": -1}),
    ("cash", {"amount": 0}),
    ("cash", {"payment": 1, "settled_at": None}),
    ("cash", {"proposed_by": 1, "decided_by": 1}),
    ("admission", {"estimate": 0}),
    ("admission", {"discharged_on": "2025-12-31", "admitted_on": "2026-01-01"}),
    ("bill", {"amount": 0}),
    ("bill_line", {"amount": 0}),
    ("bill_line", {"aid": -1}),
    ("bill_line", {"by_worker": -1}),
    ("bill_total", {"people": 0}),
    ("bill_total", {"amount": 0}),
    ("charge", {"amount": 0}),
    ("complaint", {"due_on": None, "stage": "received"}),
    ("correction", {"amount": 0}),
    ("employer", {"segment": "PBPU"}),
    ("claim", {"amount": 0}),
    ("difference", {"line": None, "payment": None}),
    ("difference", {"line": 1, "maker": 1, "checker": 1}),
    ("facility", {"lat": 1.5, "lon": None}),
    ("look_up_count", {"count": -1}),
    ("movement", {"amount": 0}),
    ("movement", {"debit": "bank", "credit": "bank"}),
    ("late_aid", {"amount": 0}),
    ("payer", {"kind": "family", "family": None}),
    ("payment", {"amount": 0}),
    ("penalty", {"cost": 0}),
    ("penalty", {"amount": 0}),
    ("penalty", {"counted": 2, "months": 1}),
    ("penalty", {"cancelled_by": 1, "cancel_asked_by": 1}),
    ("plan", {"per_month": 0}),
    ("plan", {"arrears": 0}),
    ("plan", {"running": -1}),
    ("quote", {"amount": 0}),
    ("refund", {"amount": 0}),
    ("refund", {"maker": 1, "checker": 1}),
    ("refund", {"complete_at": "2026-01-01 00:00:00", "due_on": None}),
    ("refund", {"stage": "granted", "checker": None}),
    ("resident", {"sex": "X"}),
    ("settlement_line", {"amount": 0}),
    ("sheet_code", {"number": 11}),
    ("sign_in", {"person": None, "officer": None}),
    ("witness", {"by_person": None, "by_officer": None}),
    ("witness", {"by_person": 1, "person": 1}),
    ("grant", {"holder": 1, "person": 1}),
    ("grant", {"holder": 2, "since": "2026-01-02 00:00:00", "until": "2026-01-01 00:00:00"}),
    ("grant", {"holder": None, "holder_officer": None, "until": "2026-01-02 00:00:00"}),
    ("transfer", {"amount": 0}),
    ("transfer", {"undo_asked_by": 1, "undone_by": 1, "undone_on": "2026-01-01"}),
    ("transfer", {"undo_asked_by": 1, "undone_by": 2, "undone_on": None}),
    ("worker", {"wage": 0}),
    ("worker", {"extra_family": -1}),
    ("worker", {"until": "2025-12-31", "since": "2026-01-01"}),
    ("spell", {"until": "2025-12-31", "since": "2026-01-01"}),
    ("spell", {"care_class": 4}),
    ("wage_floor", {"amount": 0}),
]


def checks(model) -> list[str]:
    """The CHECKs of a model, in its columns and of the whole table."""
    columns = [rule.sql for field in model._meta.sorted_fields for rule in field.constraints or ()]
    return columns + [rule.sql for rule in model._meta.constraints or ()]


@pytest.mark.parametrize("table, wrong", BROKEN, ids=lambda part: str(part))
def test_the_database_refuses(app, table, wrong):
    row = a_row_of(tables()[table], wrong)
    columns = ", ".join(f'"{name}"' for name in row)
    marks = ", ".join([db.param] * len(row))
    with pytest.raises(IntegrityError, match=r"(?i)check"), db.atomic():
        db.execute_sql(f'INSERT INTO "{table}" ({columns}) VALUES ({marks})', list(row.values()))


def test_each_check_is_broken_once(app):
    written = {table: len(checks(model)) for table, model in tables().items() if checks(model)}
    broken = {}
    for table, _wrong in BROKEN:
        broken[table] = broken.get(table, 0) + 1
    assert broken == written
