"""`cohort publish`: the twice-yearly publication of a snapshot."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cohort.settings import from_environment
from service import console


def publish(
    snapshot: Annotated[str, typer.Option(help="Name or path of a snapshot.")],
    edition: Annotated[str, typer.Option(help="Year and half: 2026-spring or 2026-autumn.")],
    output: Annotated[Path | None, typer.Option("-o", help="A new folder; under the releases if left out.")] = None,
    engine: Annotated[str | None, typer.Option(help="duckdb, or spark://host:port.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the manifest for a machine.")] = False,
) -> None:
    """Indicators by authority, region and England through the gate: open data, pages and a workbook. A draft."""
    import json

    from analysis import publish as publication
    from analysis.ledger import FileLedger
    from analysis.publication.edition import DRAFT
    from cohort.snapshot import open_snapshot

    releases = from_environment().releases
    folder = output or releases / "publications" / edition
    publication.refuse_folder(folder)
    with console.progress("publishing") as progress:
        made = publication.edition(
            open_snapshot(snapshot, engine), edition, ledger=FileLedger(releases / "ledger"), progress=progress
        )
        paths = publication.written(made, folder, progress)
    if as_json:
        console.say_json(json.loads(paths[-1].read_text(encoding="utf-8")))
        return
    for _, theme, release in made.themes():
        console.say(f"{theme.title}: {release.sentence}")
    for title in made.missing:
        console.say(f"{title}: nothing was returned.")
    console.say(f"{len(paths)} files, {made.withheld:,} cells withheld. {DRAFT}")
    console.say(f"Open {folder / 'index.html'}")
