"""A grid: a header and rows of text, whatever held them: a CSV file, a worksheet, a block of a worksheet."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import polars as pl

from cohort.ingest.layout import plain
from cohort.ingest.refusals import refusal

LINE = "\0line"
"""The column of a grid that holds a row's line; no header can be called so, for a file with a NUL is refused."""
RAGGED = "\0ragged"
"""The column that says of a row whether it had too few cells (-1) or too many (1)."""


@dataclass(frozen=True)
class Grid:
    """`name`: of the file, worksheet or block. `header`: as written. `rows`: a text column a header, named by its
    position (`"0"`, `"1"` …), LINE (UInt32, 1-based in the file) and RAGGED (Int8). Rows without a cell are not there.
    """

    name: str
    header: Sequence[str]
    rows: pl.DataFrame

    @property
    def places(self) -> dict[str, str]:
        """Plain header → the column that holds its cells. Refuses a header that stands twice, for nobody can say which
        of the two is meant; headers without a name are not read."""
        found: dict[str, str] = {}
        for place, header in enumerate(self.header):
            name = plain(header)
            if name and name in found:
                raise refusal("FLAT-03", sheet=shown_sheet(self.name), place=place + 1)
            if name:
                found[name] = str(place)
        return found


def place(names: Iterable[str], grid: Grid) -> str | None:
    """The column of a grid that holds what may stand under some headers, as `plain` writes them."""
    return next((grid.places[name] for name in sorted(names) if name in grid.places), None)


def grid(name: str, header: Sequence[str], rows: pl.DataFrame) -> Grid:
    """A grid without its empty rows. `rows`: as in Grid, LINE and RAGGED included."""
    cells = [column for column in rows.columns if column not in {LINE, RAGGED}]
    written = pl.any_horizontal(pl.col(cells).fill_null("").str.strip_chars() != "") if cells else pl.lit(value=False)
    return Grid(name, header, rows.filter(written))


def shown_sheet(name: str) -> str:
    """What may be said of a sheet's name, which is the sender's own text: its letters and digits, at most thirty."""
    return "".join(c for c in name if c.isascii() and (c.isalnum() or c in " _-"))[:30]
