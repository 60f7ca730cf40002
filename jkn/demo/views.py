from pathlib import Path

import click
from flask import Blueprint, current_app

from jkn.demo import service
from jkn.numbers import group, va_of
from jkn.payments.commands import CREDENTIALS

LOADED_BEFORE = "The demo was loaded before; what stands beside each name was true then. This month is billed."

bp = Blueprint("demo", __name__, cli_group=None)


@bp.cli.command("demo")
def demo():
    """Load a small invented country.

    Prints how to sign in to it. Safe to run twice; refused in production.
    """
    if current_app.config["PRODUCTION"]:
        raise click.ClickException("The demo's sign-ins are public: it is refused in production.")
    try:
        is_new = service.load()
    except service.NotLoaded:
        raise click.ClickException("The demo's files did not load; see the lines above.") from None
    people, officers, code = service.ready_members(), service.ready_officers(), service.ready_kiosk()
    service.ready_bank(Path(CREDENTIALS))
    click.echo("The demo is loaded." if is_new else LOADED_BEFORE)
    _say_members(people)
    _say_strangers()
    _say_officers(officers)
    click.echo("\nA volunteer's deposit, for cash that members give her: as tini, /kader/tunai")
    click.echo(f"    fill it by: .venv/bin/flask bank-pay {service.ready_deposit()} --amount 150000")
    click.echo(f"\nEmployers and governments: as dewi, /petugas/pembayar; {service.LATE_EMPLOYER} is late")
    click.echo(f"    pay for it by: .venv/bin/flask bank-pay {service.late_number()}")
    click.echo(f"\nA kiosk: open /kios/pasang and type {group(code)}; it holds for an hour.")


def _say_members(people) -> None:
    click.echo(f"\nMembers: open / and sign in with NIK or card, PIN {service.PIN}")
    for person, story, codes in people:
        click.echo(f"  {person.name}: NIK {person.nik}, card {person.card}; {story}")
        click.echo(f"    pay by: .venv/bin/flask bank-pay {va_of(person.card)}")
        click.echo(f"    sheet codes: {', '.join(map(group, codes[:3]))}, …")


def _say_strangers() -> None:
    if found := service.strangers():
        click.echo("\nFamilies that can join at /daftar")
    for story, row in found:
        born = row["TGL_LHR"]
        click.echo(f"  {row['NAMA_LGKP']}: family card {row['NO_KK']}, NIK {row['NIK']}, born {born}; {story}")


def _say_officers(officers) -> None:
    click.echo(f'\nOfficers: open /petugas/masuk; password "{service.PASSWORD}", authenticator secret {service.TOTP}')
    for officer in officers:
        click.echo(f"  {officer.username}: {officer.role}")
