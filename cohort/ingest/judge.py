"""The stair without a record: a return is read, parsed and checked, and nothing is kept.

It needs no database and a key that nobody keeps, so it runs on an officer's laptop.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path, PurePath
from typing import BinaryIO

from cohort.errors import ReturnRefused
from cohort.ingest.check import CheckedReturn, check
from cohort.ingest.header import UNSAID, Said
from cohort.ingest.parse import ParsedReturn, parse
from cohort.ingest.pseudonymise import pseudonymise
from cohort.ingest.read import RawReturn, declared_formats, read
from cohort.ingest.receipt import Receipt, Standing, of_checked
from cohort.ingest.refusals import FileRefused
from cohort.ingest.rehearsal import rehearsed
from cohort.ingest.source import LIMITS, Limits
from cohort.vault.keys import throwaway
from cohort.vault.link import link, nobody

Source = Path | bytes | BinaryIO
Progress = Callable[[str, float], None]
"""Called with the name of the station and how far the stair has been climbed, from 0 to 1."""


def silent(_: str, __: float) -> None:
    """Progress that nobody watches."""


def judge(
    source: Source,
    file: str,
    progress: Progress = silent,
    limits: Limits = LIMITS,
    said: Said = UNSAID,
    *,
    dry_run: bool = False,
) -> Receipt:
    """Read, parse and check a return; nothing is stored. `file`: the name that the receipt shows. `said`: year and
    authority where the file may not say them. `dry_run`: its census day may still be to come.

    Raises ReturnRefused for a file that cannot be read as a return.
    """
    return of_checked(Standing.JUDGED, file, checked_return(source, progress, limits, file, said, dry_run=dry_run))


def checked_return(
    source: Source,
    progress: Progress = silent,
    limits: Limits = LIMITS,
    file: str = "",
    said: Said = UNSAID,
    *,
    dry_run: bool = False,
) -> CheckedReturn:
    """The five stations in order, with nobody known and no last year. Raises as `judge` does."""
    parsed = parsed_return(read_return(source, progress, limits, file, said, dry_run=dry_run))
    linked = link(pseudonymise(parsed, throwaway(), for_record=False), nobody())
    progress("checking", 0.7)
    return check(linked)


def read_return(
    source: Source,
    progress: Progress,
    limits: Limits,
    file: str = "",
    said: Said = UNSAID,
    *,
    dry_run: bool = False,
) -> RawReturn:
    """The first station, with its progress."""
    progress("reading", 0.0)
    formats = rehearsed(declared_formats()) if dry_run else None
    raw = read(source, formats=formats, limits=limits, name=PurePath(file).stem, said=said)
    progress("parsing", 0.4)
    return raw


def parsed_return(raw: RawReturn) -> ParsedReturn:
    """The second station; a refusal takes the file's hash and size with it."""
    try:
        return parse(raw)
    except ReturnRefused as refused:
        raise FileRefused(refused, raw.digest, raw.size) from None
