"""Branches from a CSV file."""

from collections.abc import Iterator
from pathlib import Path

from jkn import db
from jkn.access import SYSTEM
from jkn.audit import service as audit
from jkn.audit.models import Act
from jkn.imports import Report, chunks, read, upsert
from jkn.offices.models import Office, OfficeRegency
from jkn.regions.models import Level, Region

COLUMNS = ("code", "name", "address", "phone", "hours", "regencies")


def import_file(path: Path, report: Report) -> None:
    """Enter or update every branch of the file, with the regencies it serves."""
    known = {code for (code,) in Region.select(Region.code).where(Region.level == Level.REGENCY).tuples()}
    for chunk in chunks(_rows(read(path, COLUMNS, report), known, report), 500):
        _store(chunk)
        report.good += len(chunk)


def _rows(lines, known: set[str], report: Report) -> Iterator[dict]:
    seen = set()
    for line, values in lines:
        code = values["code"]
        long = [name for name in COLUMNS[:-1] if len(values[name]) > getattr(Office, name).max_length]
        regencies = list(dict.fromkeys(values["regencies"].split()))
        if not (code and values["name"] and values["address"]):
            report.bad(line, "code, name and address must not be empty")
        elif long:
            report.bad(line, "too long: %(columns)s", columns=", ".join(long))
        elif code in seen:
            report.bad(line, "the code %(code)s is twice in this file", code=code)
        elif any(len(regency) > OfficeRegency.regency_code.max_length for regency in regencies):
            report.bad(line, "regencies must be codes such as 35.78, with spaces between")
        else:
            seen.add(code)
            for regency in regencies:
                if regency not in known:
                    report.warn(line, "nobody knows the regency %(code)s", code=regency)
            yield values | {"regencies": regencies}


@db.writing
def _store(rows: list[dict]) -> None:
    upsert(Office, "code", [{name: row[name] for name in COLUMNS[:-1]} for row in rows])
    ids = dict(Office.select(Office.code, Office.id).where(Office.code.in_([row["code"] for row in rows])).tuples())
    OfficeRegency.delete().where(OfficeRegency.office.in_(list(ids.values()))).execute()
    served = [(ids[row["code"]], regency) for row in rows for regency in row["regencies"]]
    if served:
        OfficeRegency.insert_many(served, fields=[OfficeRegency.office, OfficeRegency.regency_code]).execute()
    audit.record(Act.DATA_IMPORTED, "offices", SYSTEM, count=len(rows))
