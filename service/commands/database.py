"""`cohort db`: migrations, backups."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from cohort.settings import from_environment
from service import console

db = typer.Typer(help="Migrations and backups.", no_args_is_help=True)
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for a machine.")]


@db.command()
def upgrade(revision: Annotated[str, typer.Argument()] = "head") -> None:
    """Bring the schema up to a revision."""
    from cohort.store import engine, migrate

    migrate.upgrade(engine.administer(from_environment()), revision)
    console.say(f"The schema is at {revision}.")


@db.command()
def downgrade(revision: Annotated[str, typer.Argument(help="A revision, or base.")]) -> None:
    """Take the schema down to a revision; what later revisions stored is lost."""
    from cohort.store import engine, migrate

    migrate.downgrade(engine.administer(from_environment()), revision)
    console.say(f"The schema is at {revision}.")


@db.command()
def status(as_json: AsJson = False) -> None:
    """Which revision the database is at, and which is the newest."""
    from cohort.store import engine, migrate

    here, newest = migrate.revision(engine.administer(from_environment())), migrate.head()
    if as_json:
        console.say_json({"revision": here, "head": newest, "is_head": here == newest})
    else:
        console.say(f"The schema is at {here or 'nothing'}; the newest revision is {newest}.")


@db.command()
def backup(
    output: Annotated[
        Path | None, typer.Option("-o", help="The file; left out, one under COHORT_HOME/backups.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Write the whole record of this moment to one file; the key ring is not in it."""
    from service.backups import back_up

    path, manifest = back_up(from_environment(), output)
    if as_json:
        console.say_json({"file": str(path), **asdict(manifest)})
    else:
        console.say(f"{manifest.rows:,} rows at revision {manifest.revision} lie in {path}.")
        console.say(f"Keep the key ring ({manifest.key_id}) elsewhere: the backup is worth nothing without it.")


@db.command()
def restore(
    file: Annotated[Path, typer.Argument(help="A backup.", show_default=False)],
    replace: Annotated[bool, typer.Option("--replace", help="Drop the record that is there.")] = False,
    erasures: Annotated[
        Path | None, typer.Option(help="A list of erasures; left out, the one in COHORT_HOME where there is one.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Put a backup back, all of it or nothing, and erase again who was erased since."""
    from service.backups import put_back

    manifest, again = put_back(from_environment(), file, replace=replace, erasures=erasures)
    if as_json:
        console.say_json({**asdict(manifest), "erasures_made_again": again})
        return
    console.say(f"{manifest.rows:,} rows of {manifest.made_at} are back; every table is as it was backed up.")
    if again is None:
        console.say("There was no list of erasures. Whoever was erased since is back: cohort erasures apply FILE")
    else:
        console.say(f"{again} erasures made since were made again.")


@db.command()
def check(as_json: AsJson = False) -> None:
    """What constraints would guard: facts whose person is missing, and spells that overlap, by authority."""
    from service.doors import office, principal
    from service.inventory import take_inventory

    with console.progress("inventory") as progress:
        found = take_inventory(office(), principal(None), progress)
    missing = {table: n for table, n in found.strays.items() if n}
    if as_json:
        console.say_json({"strays": missing, "overlaps": found.overlaps.to_dicts()})
    else:
        console.say(f"Facts of nobody: {sum(missing.values())} in {len(missing)} tables.")
        console.say_table(("table", "year", "authority", "spells", "overlapping"), found.overlaps.rows())
    if missing:
        raise typer.Exit(1)
