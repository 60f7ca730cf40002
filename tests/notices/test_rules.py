from datetime import UTC, datetime, time, timedelta

import pytest

from jkn.notices.rules import (
    LIFE,
    PAUSES,
    WIB,
    WIT,
    WITA,
    clip,
    morning,
    next_try,
    plain_sms,
    pointless_after,
    septets,
    short_name,
    zone_of,
)

NOW = datetime(2026, 1, 15, 3, tzinfo=UTC)
EVENING, MORNING = time(20), time(7)


def at(hour: int, minute: int = 0, zone=WIB) -> datetime:
    return datetime(2026, 1, 15, hour, minute, tzinfo=zone).astimezone(UTC)


@pytest.mark.parametrize("zone", [WIB, WITA, WIT])
def test_quiet_hours_end_at_the_persons_own_morning(zone):
    for hour, minute, day in ((20, 0, 16), (23, 59, 16), (0, 0, 15), (6, 59, 15)):
        ends = morning(at(hour, minute, zone), zone, EVENING, MORNING)
        assert ends == datetime(2026, 1, day, 7, tzinfo=zone)
    for hour, minute in ((7, 0), (12, 0), (19, 59)):
        assert morning(at(hour, minute, zone), zone, EVENING, MORNING) is None


def test_eight_in_the_evening_comes_first_in_the_east():
    evening_in_jayapura = at(20, 30, WIT)
    assert morning(evening_in_jayapura, WIT, EVENING, MORNING)
    assert morning(evening_in_jayapura, WIB, EVENING, MORNING) is None


def test_quiet_hours_within_one_day_and_none_at_all():
    assert morning(at(13), WIB, time(12), time(14)) == at(14)
    assert morning(at(14), WIB, time(12), time(14)) is None
    assert morning(at(12), WIB, time(0), time(0)) is None


@pytest.mark.parametrize(
    "village, zone",
    [("35.78.08.1001", WIB), ("53.71.01.1001", WITA), ("94.71.01.1001", WIT), (None, WIB), ("62.71", WIB)],
)
def test_the_zone_is_that_of_the_village(village, zone):
    assert zone_of(village) is zone


def test_pauses_grow_and_never_pass_half_an_hour():
    waits = [next_try(tries, NOW) - NOW for tries in range(1, 20)]
    assert waits == sorted(waits) and waits[: len(PAUSES)] == list(PAUSES)
    assert max(waits) == timedelta(minutes=30)


def test_a_reminder_is_pointless_after_its_day_and_a_code_after_five_minutes():
    assert pointless_after("plan_reminder", NOW, {"day": "2026-01-20"}) == datetime(2026, 1, 20, 17, tzinfo=UTC)
    assert pointless_after("autodebit_failed", NOW, {"until": ""}) == NOW + LIFE
    assert pointless_after("code", NOW, {}) == NOW + timedelta(minutes=5)
    assert pointless_after("joined", NOW, {}) == NOW + LIFE


def test_a_name_is_cut_to_what_the_family_knows_it_by():
    assert short_name("SITI AMINAH BINTI UMAR") == "Siti A"
    assert short_name("MUHAMMADTHORIQULHAQ") == "Muhammadthor"
    assert short_name("") == ""


def test_an_sms_has_no_sign_that_would_make_it_two():
    assert plain_sms("“Halo” – Ñoño… ž 你") == '"Halo" - Ñoño... z ?'
    assert septets(plain_sms("a€[")) == 5


def test_a_quotation_is_cut_at_a_word():
    assert clip("Klinik Sehat Sentosa", 12) == "Klinik Sehat"
    assert clip("Klinik Sehat Sentosa", 15) == "Klinik Sehat"
    assert clip("Kliniksehat", 6) == "Klinik" and clip("Klinik", 6) == "Klinik"
