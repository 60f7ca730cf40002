import click
from flask import Blueprint

from jkn import clock
from jkn.penalties import billing

bp = Blueprint("penalties", __name__, cli_group=None)


@bp.cli.command("bill-penalties")
def bill_penalties():
    """Bill the penalties that have become due.

    For every day. Safe to stop and to run again: it bills nobody twice.
    """
    click.echo(f"{billing.bill_all(clock.today())} penalties billed")
