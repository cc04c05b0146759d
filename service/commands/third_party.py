"""`cohort split` and `tokens`: a return in two halves, for a third party who holds the key."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cohort.settings import from_environment
from service import console
from service.commands.returns import Files


def split(files: Files, output: Annotated[Path, typer.Option("-o", help="A folder for the halves.")]) -> None:
    """Part returns into identifiers and attributes, each with random row keys; needs no key and no database."""
    from cohort.ingest.judge import parsed_return, read_return
    from cohort.ingest.source import Limits
    from cohort.ingest.split import split as parted

    limits = Limits(size=from_environment().max_megabytes << 20)
    for file in files:
        with console.progress(file.name) as progress:
            identifiers, attributes = parted(parsed_return(read_return(file, progress, limits)), output, file.stem)
        console.say(f"{identifiers} goes to the third party alone, {attributes} to the record alone.")


def tokens(
    identifiers: Annotated[Path, typer.Argument(help="Identifiers that `cohort split` wrote.", show_default=False)],
    output: Annotated[Path, typer.Option("-o", help="The file of tokens.")],
) -> None:
    """Turn identifiers into tokens under this machine's key ring; needs no database."""
    from cohort.ingest.source import Limits
    from cohort.ingest.split import tokenised
    from cohort.vault import keys

    settings = from_environment()
    ring = keys.provider(settings.key_file, settings.copied).load()
    tokenised(identifiers, output, ring, Limits(size=settings.max_megabytes << 20))
    console.say(f"{output} goes to the record. Its tokens are of version {ring.version} of ring {ring.key_id}.")
    console.say(f"Delete {identifiers}: nobody needs it now.")
