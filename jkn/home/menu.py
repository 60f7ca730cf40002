"""The first page's numbered rows: the key to press is the row's number.

A member's row says which permission it needs: somebody who acts for them sees only what they may open.
"""

from flask_babel import lazy_gettext as _l

from jkn.access import Can

VISITOR = (
    ("/cek", _l("Will I be served?")),
    ("/bayar", _l("Pay")),
    ("/daftar", _l("Join")),
    ("/masuk", _l("Sign in")),
    ("/faskes", _l("Clinics and hospitals")),
    ("/pengaduan", _l("Complaint")),
    ("/bantuan", _l("Help")),
)
MEMBER = (
    ("/status", _l("Will I be served today?"), Can.SEE_STATUS),
    ("/tagihan", _l("Bills"), Can.SEE_BILLS),
    ("/kartu", _l("Card"), Can.SEE_CARD),
    ("/faskes", _l("Clinic"), None),
    ("/pengaduan", _l("Complaint"), None),
    ("/data-saya", _l("My data"), Can.SEE_PROFILE),
    ("/kabar", _l("News for you"), Can.READ_NOTICES),
    ("/wakil", _l("Acting for others"), Can.SEE_RIGHTS),
)
