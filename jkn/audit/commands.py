"""Sealing the log, and verifying it."""

import re

import click

from jkn.audit import sealing
from jkn.audit.models import Block
from jkn.audit.verifying import Verification
from jkn.audit.views import bp

HEAD = r"[1-9][0-9]{0,17}:[0-9a-f]{64}"


@bp.cli.command("seal-audit")
def seal_audit():
    """Chain what the audit log has gained since the last time, and print the chain's head.

    For every minute. Safe to stop, to run again and to run twice at once. Keep the head where nobody who can write to
    the database can write: on the day's sheet, with the auditor.
    """
    for _block in sealing.seal():
        pass
    last = Block.last()
    click.echo(last.head if last else "Nothing to seal yet.")


@bp.cli.command("verify-audit")
@click.option("--head", help="a head that seal-audit printed earlier: finds also a chain cut short or written anew")
def verify_audit(head):
    """Is the audit log as it was written?

    Names each block, and the entries, that somebody changed, deleted or inserted, and then exits with 1.
    """
    if head and not re.fullmatch(HEAD, head):
        raise click.BadParameter("a head is a number, a colon and 64 characters", param_hint="--head")
    walk, found = Verification(), 0
    for finding in walk.run(head):
        found += 1
        click.echo(str(finding))
    click.echo(f"{walk.entries} entries in {walk.blocks} blocks are as they were sealed, {walk.waiting} wait.")
    if found:
        raise click.ClickException(f"The audit log was tampered with: {found} findings.")
