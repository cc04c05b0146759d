"""Where each authority stands on the tile map of England: one square each, neighbours near neighbours.

The layout was computed once from the centres of the authorities (ONS boundaries, December 2024) by optimal
assignment to a grid of 14 by 17 and frozen as a table, so that the map stays the same from year to year.
"""

from __future__ import annotations

from importlib.resources import files

import polars as pl

LAYOUT = pl.read_csv(
    (files("analysis") / "data" / "tiles.csv").read_bytes(), schema_overrides={"authority_code": pl.String}
)
"""authority_code, name, label (three letters, unique), column, row (from the north-west)."""
