"""Family cards of a village that are not in the scheme yet, from a CSV file: the first column of the work list."""

from collections.abc import Iterator
from pathlib import Path

from jkn import db, sealed
from jkn.access import SYSTEM
from jkn.assisting.models import Unregistered
from jkn.audit import service as audit
from jkn.audit.models import Act
from jkn.imports import Report, chunks, read, upsert
from jkn.numbers import BadNumber, mask_name, read_kk
from jkn.regions.models import Level, Region

COLUMNS = ("kk", "name", "village_code", "hamlet", "rt", "rw")


def import_file(path: Path, report: Report) -> None:
    """Enter or update every family card of the file; of the head's name only the masked form is kept."""
    for chunk in chunks(_rows(read(path, COLUMNS, report), report), 500):
        _store(chunk, report)


def _rows(lines, report: Report) -> Iterator[tuple[int, dict]]:
    for line, values in lines:
        long = [name for name in ("name", "hamlet", "rt", "rw") if len(values[name]) > _length(name)]
        if long:
            report.bad(line, "too long: %(columns)s", columns=", ".join(long))
            continue
        try:
            kk = read_kk(values["kk"])
        except BadNumber:
            report.bad(line, "this is not the number of a family card")
            continue
        place = {name: values[name] for name in ("village_code", "hamlet", "rt", "rw")}
        yield line, place | {"kk": kk, "kk_hash": sealed.index("kk", kk), "name": mask_name(values["name"].upper())}


def _length(name: str) -> int:
    return getattr(Unregistered, name).max_length


@db.writing
def _store(rows: list[tuple[int, dict]], report: Report) -> None:
    codes = {row["village_code"] for _line, row in rows}
    there = Region.select(Region.code).where(Region.code.in_(list(codes)), Region.level == Level.VILLAGE)
    known = {code for (code,) in there.tuples()}
    good = {}
    for line, row in rows:
        if row["village_code"] in known:
            good[row["kk_hash"]] = row
            report.good += 1
        else:
            report.bad(line, "nobody knows the village %(code)s", code=row["village_code"])
    if good:
        upsert(Unregistered, "kk_hash", list(good.values()))
        audit.record(Act.DATA_IMPORTED, "unregistered", SYSTEM, count=len(good))
