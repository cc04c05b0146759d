"""Activity at 16 and 17, as the DfE counts it."""

from __future__ import annotations

from datetime import date

import polars as pl

from cohort.schema.codes.activity import ACTIVITY, NEET, NOT_KNOWN
from synthetic.marginals.days import age_on_31_august, with_traits
from synthetic.target import Tables

IS_NEET = pl.col("activity_code").is_in(sorted(ACTIVITY.members(*NEET)))
IS_NOT_KNOWN = pl.col("activity_code").is_in(sorted(ACTIVITY.members(NOT_KNOWN)))


def active(tables: Tables, year: int) -> pl.LazyFrame:
    """Months of activity around the new year of those aged 16 and 17 at the start of the school year."""
    months = [date(year - 1, 12, 1), date(year, 1, 1), date(year, 2, 1)]
    told = tables["activity"].filter(pl.col("activity_month").is_in(months))
    return with_traits(told, tables).filter(age_on_31_august(year - 1).is_between(16, 17))
