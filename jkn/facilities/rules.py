"""When a clinic may be changed, and which clinic is near. Pure: rows and days in, answers out."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from math import cos, hypot, radians
from statistics import median

from jkn.calendar import add_months, first_of_month

KM_PER_DEGREE = 111.2  # of latitude


def free_from(since: date, min_months: int) -> date:
    """The first day on which the clinic held since this day may be changed (domain 5.2, test vector F01)."""
    return add_months(since, min_months)


def effective_from(asked: date, effective_months: int) -> date:
    """The first of the month from which a change asked for on this day holds."""
    return first_of_month(add_months(first_of_month(asked), effective_months))


def may_undo(since: date, today: date) -> bool:
    """A change can be taken back until it holds."""
    return today < since


@dataclass(frozen=True)
class Point:
    """A place on the map, in degrees."""

    lat: float
    lon: float


def middle(points: Iterable[Point]) -> Point | None:
    """The median position: a few wrong pins do not move it."""
    points = list(points)
    if not points:
        return None
    return Point(median(point.lat for point in points), median(point.lon for point in points))


def distance(one: Point, other: Point) -> float:
    """Kilometres as the crow flies; exact enough within a province."""
    wide = cos(radians((one.lat + other.lat) / 2))
    return KM_PER_DEGREE * hypot(one.lat - other.lat, (one.lon - other.lon) * wide)


def pin_of(row) -> Point | None:
    """Where the row lies, if its pin can be trusted."""
    return Point(row.lat, row.lon) if row.lat is not None else None


def names(row, place: str) -> bool:
    """Does the name or address of the row name this place? Both are words with spaces between."""
    return bool(place) and f" {place} " in f" {row.words} "


@dataclass(frozen=True)
class Vicinity:
    """Where somebody lives, as well as the facilities around tell: a district, its regency, a middle."""

    regency: str
    district: str  # its name, in words
    centre: Point | None

    @classmethod
    def among(cls, regency: str, district: str, rows: Iterable) -> "Vicinity":
        """The middle is that of the regency's facilities that name the district, else of all of them."""
        rows = [row for row in rows if row.lat is not None]
        inside = [row for row in rows if names(row, district)]
        return cls(regency, district, middle(map(pin_of, inside or rows)))

    def rank(self, row) -> tuple:
        """The nearest sorts first: the district named, then the regency, then distance; rows without a pin last."""
        inside = row.regency_code == self.regency
        pin = pin_of(row)
        away = distance(self.centre, pin) if self.centre and pin else float("inf")
        return (not (inside and names(row, self.district)), not inside, away, row.name, row.code)
