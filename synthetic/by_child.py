"""What a world tells, as the sheets of a layout whose rows name the child; `synthetic.flat` makes files of them.

The stored shape is rendered backwards, and children get names and numbers of nobody. Sheets of one name are one sheet:
its rows agree in what has no label, and under its labels stands what the layout says of them, or else the first,
second … of several rows.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl

from cohort.ingest.format import Column, Kind, ReturnFormat, Table
from cohort.ingest.layout import Layout, Sheet
from synthetic.fakes import ulns, upns
from synthetic.returns import as_text
from synthetic.told import Told

FORENAMES = ("Aurelian", "Berengar", "Clothilde", "Dagny", "Eadgyth", "Ferelith", "Gudrun")
FIRST_ULN = 14
"""The birthday from whose year on there are learner numbers."""


@dataclass(frozen=True)
class ChildReturn:
    """What is told of a place, as its authority returns it. `births`: child, birth_date."""

    told: Told
    format: ReturnFormat
    place: int
    authority_code: str
    births: pl.DataFrame

    def of_place(self, stored: str) -> pl.DataFrame:
        """What is told of the place in a table."""
        return self.told.tables[stored].filter(pl.col("place") == self.place)


def sheets_of(own: ChildReturn, layout: Layout) -> Iterator[tuple[Sheet, pl.DataFrame]]:
    """Each sheet of a layout, its rows as text under its headers: whose they are, the child, what is told of it."""
    persons = _persons(own)
    for sheet, rows in facts(own, layout):
        named = rows.select("child").join(persons, on="child", how="left", maintain_order="left")
        yield sheet, pl.concat([named.drop("child"), rows.drop("child")], how="horizontal")


def facts(own: ChildReturn, layout: Layout) -> Iterator[tuple[Sheet, pl.DataFrame]]:
    """Each sheet of a layout with `child`, and what is told of it as text under its headers."""
    for name in dict.fromkeys(sheet.name for sheet in layout.sheets):
        alike = [sheet for sheet in layout.sheets if sheet.name == name]
        yield alike[0], _together(own, alike)


def _together(own: ChildReturn, alike: list[Sheet]) -> pl.DataFrame:
    first, *beside = alike
    rows = _rows(own, first)
    if first.by_label:  # no row stands for itself: what is told of a child stands under labels alone
        beside = alike
        rows = pl.concat([_rows(own, sheet).select(_keys(own, sheet)) for sheet in alike]).unique(maintain_order=True)
    for nth, sheet in enumerate(beside):
        shown = _labelled(own, sheet, nth)
        rows = rows.join(shown, on=_keys(own, sheet), how="left", nulls_equal=True, maintain_order="left")
    items = [c for c in _table(own, first).columns if c.stored in rows.columns]
    return rows.rename({c.stored: first.header(c, own.told.year) for c in items})


def _labelled(own: ChildReturn, sheet: Sheet, nth: int) -> pl.DataFrame:
    """The keys, and what stands under the labels: where two items share one, the first that is filled."""
    rows, keys = _rows(own, sheet), _keys(own, sheet)
    if not sheet.says:
        rows = rows.filter(pl.int_range(pl.len()).over(keys) == nth)
    items = _items(own, sheet)
    under = {label: [c.stored for c in items if sheet.labels[c.tag] == label] for label in sheet.labels.values()}
    return rows.select(*keys, *(pl.coalesce(names).alias(label) for label, names in under.items() if names))


def _items(own: ChildReturn, sheet: Sheet) -> list[Column]:
    """Items that stand under a label of the sheet's own."""
    return [c for c in _table(own, sheet).columns if c.tag in sheet.labels and c.stored not in sheet.says]


def _keys(own: ChildReturn, sheet: Sheet) -> list[str]:
    """What rows agree in that stand beside each other."""
    apart = {*sheet.says, *(c.stored for c in _items(own, sheet))}
    return ["child", *(c.stored for c in _table(own, sheet).columns if c.stored not in apart)]


def _table(own: ChildReturn, sheet: Sheet) -> Table:
    """The one table of facts that a sheet feeds."""
    (table,) = (own.format.by_name[name] for name in sheet.feeds if name != own.format.tables[0].name)
    return table


def _rows(own: ChildReturn, sheet: Sheet) -> pl.DataFrame:
    """child, and the items of a table as text under their stored names: those of which the sheet tells."""
    table = _table(own, sheet)
    rows = own.of_place(table.stored)
    text = rows.select("child", *(_cell(c, rows).alias(c.stored) for c in table.columns))
    told = (pl.col(name) == value.format(year=own.told.year) for name, value in sheet.says.items())
    return text.filter(*told)


def _cell(column: Column, rows: pl.DataFrame) -> pl.Expr:
    if column.stored not in rows.columns:
        return pl.lit(None, pl.String)
    text = as_text(column).cast(pl.String)
    return text.str.strip_suffix(".0") if column.kind is Kind.NUMBER else text


def _persons(own: ChildReturn) -> pl.DataFrame:
    """child, whose return it is, and the items of the child: traits as told, and identifiers of nobody."""
    traits = own.of_place("person_trait")
    number = traits["child"].to_numpy()
    never = np.zeros(len(number), dtype=bool)
    named = traits.join(own.births, on="child", how="left", maintain_order="left").with_columns(
        collection_year=pl.lit(str(own.told.year)),
        authority_code=pl.lit(own.authority_code),
        surname=pl.Series([f"Quillfeather{n}" for n in number], dtype=pl.String),
        forename=pl.Series([FORENAMES[n % len(FORENAMES)] for n in number], dtype=pl.String),
        upn=pl.Series(upns(number, never + 8, never), dtype=pl.String),
        uln=pl.when(pl.col("birth_date").dt.year() + FIRST_ULN <= own.told.year).then(
            pl.Series(ulns(number), dtype=pl.String)
        ),
    )
    items = [c for c in (*own.format.header, *own.format.tables[0].columns) if c.stored in named.columns]
    return named.select("child", *(_cell(c, named).alias(c.header(own.told.year)) for c in items))
