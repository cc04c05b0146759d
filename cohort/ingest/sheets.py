"""Containers → grids: a CSV file, a folder or zip of them, an Excel workbook."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence

from cohort.ingest import archive, excel
from cohort.ingest.grid import Grid
from cohort.ingest.layout import Layout, plain
from cohort.ingest.looks import PACKED, container
from cohort.ingest.refusals import refusal
from cohort.ingest.separated import separated
from cohort.ingest.source import Limits, Source

WORKBOOK = "xl/"
"""The folder of a workbook's parts."""
Notes = dict[str, int]


def of_folder(file: Source, limits: Limits) -> tuple[list[Grid], Notes]:
    """The grids of a folder's CSV files, and what was normalised."""
    return _of_files(file.parts or (), limits)


def of_bytes(name: str, data: bytes, limits: Limits, layouts: Sequence[Layout], reads: str) -> tuple[list[Grid], Notes]:
    """The grids of a CSV file, a zip archive or a workbook, and what was normalised."""
    code = container(data[:512])
    if code is None:
        notes: Notes = {}
        return [separated(name, data, limits, notes)], notes
    if _is_workbook(data):
        return list(excel.grids(data, limits, _titles(layouts))), {}
    return _of_files(list(archive.members(data, limits, reads)), limits)


def _of_files(files: Sequence[tuple[str, bytes]], limits: Limits) -> tuple[list[Grid], Notes]:
    notes: Notes = {}
    found = []
    for name, content in files:
        if content and (code := container(content[:512])) is not None:
            raise refusal(code if code not in PACKED else "ZIP-05", reads="CSV files")
        if content.strip():
            found.append(separated(name, content, limits, notes))
    if not found:
        raise refusal("FILE-01")
    return found, notes


def _is_workbook(data: bytes) -> bool:
    try:
        return any(name.startswith(WORKBOOK) for name in zipfile.ZipFile(io.BytesIO(data)).namelist())
    except (zipfile.BadZipFile, NotImplementedError, ValueError):
        raise refusal("ZIP-01") from None


def _titles(layouts: Sequence[Layout]) -> frozenset[str]:
    """Titles that begin a table within a worksheet."""
    blocks = [layout for layout in layouts if layout.block_of]
    heads = {plain(layout.head.name) for layout in blocks if layout.head is not None}
    return frozenset(heads | {plain(sheet.name) for layout in blocks for sheet in layout.sheets})
