"""The first page's numbered rows: the key to press is the row's number."""

from flask_babel import lazy_gettext as _l

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
    ("/status", _l("Will I be served today?")),
    ("/tagihan", _l("Bills")),
    ("/kartu", _l("Card")),
    ("/faskes", _l("Clinic")),
    ("/pengaduan", _l("Complaint")),
    ("/data-saya", _l("My data")),
    ("/perangkat", _l("Where I am signed in")),
    ("/kabar", _l("News for you")),
)
