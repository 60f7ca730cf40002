"""Which branches serve whom."""

from collections.abc import Iterable

from jkn.offices.models import Office, OfficeRegency


def serving(regency_codes: Iterable[str]) -> list[Office]:
    """The branches that serve any of these regencies, by name."""
    codes = list(regency_codes)
    if not codes:
        return []
    served = OfficeRegency.select(OfficeRegency.office).where(OfficeRegency.regency_code.in_(codes))
    return list(Office.select().where(Office.id.in_(served)).order_by(Office.name))
