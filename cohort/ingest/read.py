"""The station `read`: a file → its tables as raw text, or a refusal of the whole file.

Nothing is typed or judged here but what the file itself must be: its container, its encoding, its markup or its
headers, and whose return of which year it is. Values pass through as they are written.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from itertools import chain
from pathlib import Path
from typing import BinaryIO

from cohort.catalogue import collect
from cohort.errors import ReturnRefused
from cohort.ingest import flat, header, sheets
from cohort.ingest.decoding import decoder
from cohort.ingest.format import ReturnFormat
from cohort.ingest.header import UNSAID, Said
from cohort.ingest.layout import Layout, alone
from cohort.ingest.looks import PACKED, container, is_separated, refuse_what_is_not_xml
from cohort.ingest.message import Texts, of_message
from cohort.ingest.raw import RawReturn, nobody_returned
from cohort.ingest.recognise import Recognised
from cohort.ingest.refusals import refusal
from cohort.ingest.source import LIMITS, Limits, Progress, Source, opened

__all__ = ["RawReturn", "declared_formats", "declared_layouts", "nobody_returned", "read", "sheets_of"]


@cache
def declared_formats() -> Mapping[str, ReturnFormat]:
    """Every format in the catalogue, by its collection."""
    return collect("cohort.ingest.formats", ReturnFormat, key=lambda form: form.collection)


@cache
def declared_layouts() -> tuple[Layout, ...]:
    """Every way in which a collection is written without markup."""
    own = tuple(collect("cohort.ingest.layouts", Layout, key=lambda layout: layout.key).values())
    having = {layout.collection for layout in own}
    return own + tuple(alone(form) for name, form in declared_formats().items() if name not in having)


def read(
    source: Path | bytes | BinaryIO,
    *,
    formats: Mapping[str, ReturnFormat] | None = None,
    limits: Limits = LIMITS,
    progress: Progress | None = None,
    name: str = "",
    said: Said = UNSAID,
) -> RawReturn:
    """Read a return from a path, from bytes, or from an open stream; a path may be that of a folder of CSV files.

    Raises FileRefused (a ReturnRefused, exit 3) with what may be kept of a refused file, and UsageError
    (exit 2) for a path that is missing or unreadable. `progress` is told the bytes read so far. `name`: of the file,
    where `source` has none; `said`: what whoever sends it says of it, where the file does not.
    """
    known = declared_formats() if formats is None else formats
    with opened(source, limits, progress) as file:
        try:
            return _read(file, known, limits, name or file.name, said)
        except ReturnRefused as refused:
            raise file.refused(refused) from None


def sheets_of(
    source: Path, formats: Mapping[str, ReturnFormat], limits: Limits, name: str, said: Said = UNSAID
) -> Recognised:
    """The sheets of a return without markup, cell by cell under the headings of its file. Refuses what `read` does."""
    with opened(source, limits, None) as file:
        if file.parts is not None:
            grids, _ = sheets.of_folder(file, limits)
        else:
            data = b"".join(file.blocks())
            grids, _ = sheets.of_bytes(name, data, limits, declared_layouts(), header.reads(formats))
    return flat.known(grids, formats, declared_layouts(), said, name)


def _read(file: Source, formats: Mapping[str, ReturnFormat], limits: Limits, name: str, said: Said) -> RawReturn:
    """The return in a file of any container."""
    reads = header.reads(formats)
    if file.parts is not None:
        return flat.of_grids(sheets.of_folder(file, limits), formats, declared_layouts(), file, said, name)
    blocks = file.blocks()
    start = next(blocks, b"")
    code = container(start)
    if code is not None and code not in PACKED:
        raise refusal(code, reads=reads)
    if code is None:
        decoding, mark = decoder(start)
        texts: Texts = decoding.texts(chain([start[mark:]], blocks))
        _, first = next(texts)
        if not is_separated(first):
            refuse_what_is_not_xml(first, reads)
            return of_message(file, first, texts, decoding.notes, formats, limits, said)
    found = sheets.of_bytes(name, _whole(start, blocks), limits, declared_layouts(), reads)
    return flat.of_grids(found, formats, declared_layouts(), file, said, name)


def _whole(start: bytes, blocks: Iterator[bytes]) -> bytes:
    return b"".join([start, *blocks])
