"""The page of one penalty: how much, why, and the number under which it alone is paid."""

from jkn import clock, law, numbers
from jkn.access import Can, actor, fetch, needs
from jkn.accounts import grants
from jkn.contributions.telling import told
from jkn.members import service as members
from jkn.members.models import Family
from jkn.payments import account_numbers
from jkn.payments.models import Purpose
from jkn.payments.owing import Due
from jkn.payments.views import bp, how_to_pay
from jkn.penalties import rules
from jkn.penalties.models import Penalty
from jkn.web import page


@bp.get("/denda/<int:penalty_id>")
@needs(Can.SEE_BILLS)
def penalty_show(penalty_id):
    penalty = fetch(Penalty, penalty_id)
    how = {}
    if penalty.is_payable:
        va = numbers.VA_PREFIXES[0] + account_numbers.number_of(penalty.payer_id, Purpose.PENALTY, penalty.id)
        how = how_to_pay(penalty.payer, Due([], 1, penalty=penalty.amount), va)
    return page(
        "payments/penalty_show.html",
        penalty=penalty,
        private=grants.keeps_private(penalty.person, actor()),
        name=members.shown_name(penalty.person, Family.get_by_id(penalty.family_id)),
        trace=told(rules.steps(penalty)),
        emergency=law.at(clock.today()).emergency,
        **how,
    )
