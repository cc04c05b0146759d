"""What an invented world tells of one place, as its authority returns it; and what of it should come back."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

import polars as pl

from cohort.ingest.format import ReturnFormat
from cohort.ingest.layout import Layout
from cohort.ingest.read import declared_layouts
from synthetic import by_child, flat
from synthetic.by_child import ChildReturn
from synthetic.lives import Lives
from synthetic.told import Told


def returned(told: Told, form: ReturnFormat, lives: Lives, place: int, code: str = "201") -> ChildReturn:
    """What is told of a place. `code`: the DfE number of its authority."""
    return ChildReturn(told, form, place, code, lives.people.select("child", "birth_date"))


def largest(told: Told, stored: str = "person_trait") -> int:
    """The place of which most is told in a table."""
    return int(told.tables[stored]["place"].mode()[0])


def layout_of(form: ReturnFormat) -> Layout:
    """The one layout of a format."""
    (found,) = [layout for layout in declared_layouts() if layout.collection == form.collection]
    return found


def zipped(own: ChildReturn, layout: Layout | None = None) -> bytes:
    """Its files in one archive, in the format's only layout where none is named."""
    return flat.zipped(by_child.sheets_of(own, layout or layout_of(own.format)))


def archive(files: Mapping[str, bytes]) -> bytes:
    """Files in one archive."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as writer:
        for name, text in files.items():
            writer.writestr(name, text)
    return content.getvalue()


def meant(own: ChildReturn, stored: str) -> pl.DataFrame:
    """What is told in a table, in the columns that the format gives it."""
    columns = own.format.by_stored[stored].columns
    known = {*(c.stored for c in columns), *(c.age for c in columns)}
    frame = own.of_place(stored)
    return frame.select(name for name in frame.columns if name in known)


def in_order(own: ChildReturn, layout: Layout | None = None) -> pl.DataFrame:
    """child and person_row (UInt32): persons are numbered in the order in which the files first name them."""
    rows = [rows.select("child") for _, rows in by_child.facts(own, layout or layout_of(own.format))]
    return pl.concat(rows).unique(maintain_order=True).with_row_index("person_row", offset=1)
