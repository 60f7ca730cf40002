"""What members read for each scope of a right to act, and for why it was given."""

from flask_babel import lazy_gettext as _l

from jkn.accounts.models import GrantBasis
from jkn.permissions import Scope

SCOPES = {
    Scope.STATUS: _l("status and card"),
    Scope.BILLS: _l("bills and payments"),
    Scope.CLINIC: _l("change the clinic"),
    Scope.COMPLAINTS: _l("complaints"),
    Scope.DATA: _l("address and family data"),
    Scope.FILING: _l("send a complaint"),
}
BASES = {
    GrantBasis.PARENT: _l("parent of a child"),
    GrantBasis.NAMED: _l("named by the member"),
    GrantBasis.PAPERS: _l("papers seen by an officer"),
    GrantBasis.CODE: _l("a code from your sheet"),
    GrantBasis.TEXT: _l("a message from your number"),
    GrantBasis.PIN: _l("your PIN on your own phone"),
    GrantBasis.FORM: _l("a signed form"),
}
