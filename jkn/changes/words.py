"""What members read for each relation on the family card."""

from flask_babel import lazy_gettext as _l

from jkn.members.models import Relation

RELATIONS = {
    Relation.HEAD: _l("head of the family"),
    Relation.SPOUSE: _l("spouse"),
    Relation.CHILD: _l("child"),
    Relation.PARENT: _l("parent"),
    Relation.PARENT_IN_LAW: _l("parent-in-law"),
    Relation.OTHER: _l("other relative"),
}
