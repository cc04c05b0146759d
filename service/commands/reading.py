"""`cohort snapshot`, `study`, `reference`: from the record to what may be seen."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cohort.errors import UsageError
from cohort.settings import from_environment
from service import console

if TYPE_CHECKING:
    from cohort.snapshot.manifest import Manifest

snapshot = typer.Typer(help="Frozen data.", no_args_is_help=True)
study = typer.Typer(help="Analyses through the gate.", no_args_is_help=True)
reference = typer.Typer(help="Official statistics of others.", no_args_is_help=True)
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for a machine.")]
Account = Annotated[str | None, typer.Option(help="The account that asks; the local operator if left out.")]


@snapshot.command("cut")
def cut(
    name: str,
    account: Account = None,
    as_known_at: Annotated[datetime | None, typer.Option(help="The moment to freeze; now if left out.")] = None,
    project: Annotated[str, typer.Option(help="The project whose key names the persons.")] = "default",
) -> None:
    """Freeze the record as Parquet with a manifest."""
    from service.doors import office, principal
    from service.snapshots import cut_snapshot

    here = office()
    moment = as_known_at.astimezone() if as_known_at else None
    with console.progress(name) as progress:
        made = cut_snapshot(
            here,
            principal(account),
            name,
            as_known_at=moment,
            project=project,
            progress=progress,
        )
    console.say(f"Snapshot {made.name}, digest {made.digest}, as known at {made.as_known_at:%Y-%m-%d %H:%M:%S %Z}.")


@snapshot.command("list")
def list_snapshots(as_json: AsJson = False) -> None:
    """Every snapshot, newest knowledge first, with the erasures that it missed."""
    from service.snapshots import named

    headings = ("name", "as_known_at", "invented", "digest", "predates_erasures")
    given = named(from_environment().snapshots)
    rows = [
        (m.name, m.as_known_at, m.is_invented, m.digest, missed)
        for m, missed in zip(given, _missed(given), strict=True)
    ]
    if as_json:
        console.say_json([dict(zip(headings, row, strict=True)) for row in rows])
    else:
        console.say_table(headings, list(rows))


UNASKED = "not known"
"""An analyst may hold a snapshot without the record: then nobody can say what was erased since."""


def _missed(given: Sequence[Manifest]) -> list[int | str]:
    """How many erasures each snapshot missed, or why that cannot be said."""
    from cohort.store.roles import Role
    from service.doors import office
    from service.snapshots import erasures_missed

    if not given:
        return []
    try:
        here = office()
    except UsageError:
        return [UNASKED] * len(given)
    found = [erasures_missed(here.engine, Role.OPERATOR, manifest) for manifest in given]
    return ["of another record" if missed is None else missed for missed in found]


@snapshot.command()
def verify(name: str) -> None:
    """Read every table again and compare it with the manifest; say which erasures it missed."""
    from service.snapshots import caution
    from service.snapshots import verify as verified

    manifest = verified(from_environment().snapshots / name)
    console.say(f"Snapshot {name} is whole: {len(manifest.tables)} tables, digest {manifest.digest}.")
    [missed] = _missed([manifest])
    if missed == UNASKED:
        console.say("Whether somebody was erased since, only the record can say, and it cannot be reached.")
    elif missed:
        console.say(caution(missed if isinstance(missed, int) else None))


@snapshot.command()
def export(name: str, folder: Path) -> None:
    """Copy a snapshot, once verified, to a new folder."""
    from service.snapshots import export as exported

    exported(from_environment().snapshots / name, folder)
    console.say(f"Snapshot {name} was copied to {folder}.")


@study.command("list")
def list_studies(as_json: AsJson = False) -> None:
    """Every study, with its question and choices."""
    from analysis.study import studies

    cards = [
        {
            "name": s.name,
            "title": s.title,
            "question": s.question,
            "choices": {c.name: {"options": list(c.options), "default": c.default} for c in s.choices},
        }
        for s in studies().values()
    ]
    if as_json:
        console.say_json(cards)
        return
    for card in cards:
        console.say(f"{card['name']}: {card['question']}")
        for name, choice in card["choices"].items():
            console.say(f"  --set {name}={'|'.join(choice['options'])}  (default {choice['default']})")


@study.command("run")
def run_study(
    name: str,
    snapshot: Annotated[str, typer.Option(help="Name or path of a snapshot.")],
    policy: Annotated[str, typer.Option(help="publication, research or public.")] = "publication",
    engine: Annotated[str | None, typer.Option(help="duckdb, or spark://host:port.")] = None,
    choices: Annotated[list[str] | None, typer.Option("--set", help="choice=value")] = None,
    output: Annotated[Path | None, typer.Option("-o", help="Folder for release.json, tables and charts.")] = None,
    as_json: AsJson = False,
) -> None:
    """Run a study and let its result through the gate."""
    from analysis import draw, files
    from analysis.ledger import FileLedger
    from analysis.run import run
    from cohort.snapshot import open_snapshot

    release = run(
        name,
        snapshot=open_snapshot(snapshot, engine),
        policy=policy,
        ledger=FileLedger(from_environment().releases / "ledger"),
        choices=_choices(choices or []),
    )
    if output is not None:
        files.written(release, output)
    if as_json:
        console.say_json(release.record())
    else:
        console.say(release.sentence)
        console.say(draw.caption(release))


def _choices(texts: list[str]) -> dict[str, str]:
    pairs = [text.partition("=") for text in texts]
    if any(not value for _, _, value in pairs):
        raise UsageError("STUDY-05", "A choice is written choice=value.", "See: cohort study list")
    return {name: value for name, _, value in pairs}


@reference.command("load")
def load(files: list[Path], account: Account = None) -> None:
    """Read official files into the record."""
    from cohort.reference.read import read
    from cohort.reference.schools import is_register
    from service.doors import office, principal
    from service.schools import load_register
    from service.statistics import load_statistics

    for register in filter(is_register, files):
        n = load_register(office(), principal(account), register)
        console.say(f"{register.name}: {n:,} closed schools, in place of any register before.")
    read_files = [read(file) for file in files if not is_register(file)]
    for loaded in load_statistics(office(), principal(account), read_files):
        told = f"{loaded.rows:,} figures" if loaded.is_new else "already loaded"
        console.say(f"{loaded.name}, edition {loaded.edition}: {told}.")


@reference.command("check")
def check(as_json: AsJson = False) -> None:
    """Hold the official files that were loaded to their own sums."""
    from service.doors import office
    from service.statistics import check_statistics

    checked = check_statistics(office())
    if as_json:
        console.say_json(checked.to_dicts())
    else:
        console.say_table(tuple(checked.columns), checked.rows())
    if not checked["holds"].all():
        raise typer.Exit(1)


def codebook(
    output: Annotated[Path | None, typer.Option("-o", help="Folder for Markdown pages; printed if left out.")] = None,
) -> None:
    """Every collection, table, column, code list, rule, measure and study, from the declarations."""
    from service import codebook as book

    if output is not None:
        console.say(f"{len(list(book.written(output)))} pages were written to {output}.")
    else:
        for text in book.pages().values():
            console.say(text)
