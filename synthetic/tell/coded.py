"""Columns of codes from small whole numbers: a byte or four a row, and no text is made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl

from synthetic.chance import Floats, Truths, Whole


def coded(values: Whole, names: Sequence[str], known: Truths | None = None) -> pl.Series:
    """The name at each value; null where it is not `known`."""
    column = pl.Series(names, dtype=pl.Enum(names)).gather(values.astype(np.uint32))
    return column if known is None else pl.select(pl.when(pl.Series(known)).then(column)).to_series()


def shared(lots: Floats, shares: Mapping[str, float], known: Truths | None = None) -> pl.Series:
    """Codes by their shares, from lots between 0 and 1; null where not `known`. The last code has what is left."""
    edges = np.cumsum(list(shares.values()))[:-1].astype(lots.dtype)
    return coded(np.searchsorted(edges, lots, side="right"), list(shares), known)
