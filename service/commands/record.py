"""`cohort keys`, `account`, `audit`: what the operator of a record does."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from cohort.settings import from_environment
from service import console

keys = typer.Typer(help="The key ring.", no_args_is_help=True)
account = typer.Typer(help="Accounts.", no_args_is_help=True)
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for a machine.")]


@keys.command()
def init() -> None:
    """Make a key ring where there is none; one that lies there is never overwritten."""
    from cohort.vault import keys as ring

    settings = from_environment()
    ring.create(settings.key_file, settings.copied)
    console.say(f"A new key ring lies at {settings.key_file}. Keep a copy where the database's backups are not.")


@keys.command("status")
def key_status(as_json: AsJson = False) -> None:
    """Whether the key ring may be used, its version and name, and whether the database agrees."""
    from dataclasses import asdict

    from service import custody

    found = custody.status(from_environment())
    if as_json:
        console.say_json(asdict(found))
    else:
        console.say(f"The key ring at {found.place} is at version {found.version}; its name is {found.key_id}.")
        console.say(found.told)


@keys.command()
def rotate(yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False) -> None:
    """Carry every token to a new key; persons and links stay. Loads wait until it is done."""
    from service import custody

    settings = from_environment()
    if not yes:
        console.ask("Carry every token to a new key? Loads wait until it is done.", remedy="--yes")
    with console.progress("rotating the keys") as progress:
        now = custody.rotate(settings, progress)
    console.say(f"Tokens and database are at version {now.version} of the keys; the ring's name is {now.key_id}.")
    console.say(f"Keep a copy of {settings.key_file} where the database's backups are not: older copies do not serve.")


@account.command()
def add(
    name: str,
    role: Annotated[str, typer.Option(help="operator, authority, researcher or policymaker.")],
    authority: Annotated[str | None, typer.Option(help="DfE number, for an authority's account.")] = None,
) -> None:
    """Make an account."""
    from cohort.store.engine import connect
    from service import access

    access.add_account(connect(from_environment()), name, role, authority)
    console.say(f"Account {name} was made, with the role {role}.")


@account.command("list")
def list_accounts(as_json: AsJson = False) -> None:
    """Every account."""
    from cohort.store.engine import connect
    from service import access

    headings = ("account", "role", "authority", "revoked_at")
    rows = access.accounts(connect(from_environment()))
    if as_json:
        console.say_json([dict(zip(headings, row, strict=True)) for row in rows])
    else:
        console.say_table(headings, list(rows))


@account.command()
def revoke(name: str) -> None:
    """End an account from now on."""
    from cohort.store.engine import connect
    from service import access

    access.revoke_account(connect(from_environment()), name)
    console.say(f"Account {name} is revoked.")


def audit(
    since: Annotated[datetime | None, typer.Option(help="Only from this moment on.")] = None,
    as_json: AsJson = False,
) -> None:
    """What was asked of the service, by whom, and what came of it."""
    from cohort.store.engine import connect
    from cohort.store.roles import Role
    from service import audit as trail

    headings = ("at", "account", "action", "subject", "outcome")
    rows = trail.since(connect(from_environment()), Role.OPERATOR, since.astimezone() if since else None)
    if as_json:
        console.say_json([dict(zip(headings, row, strict=True)) for row in rows])
    else:
        console.say_table(headings, list(rows))
