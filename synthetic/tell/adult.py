"""Adult outcomes: work, earnings and benefits of a tax year; with a plan, home, community and health as recorded.

The tax year of a collection year is the one that ends in it. Where no tax record is found of somebody, everything is
not known: that is neither work nor worklessness.
"""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl

from synthetic.after_16.live import AfterSixteen
from synthetic.after_16.tax_years import TaxYear, adults, tax_year
from synthetic.ages import age_on
from synthetic.chance import day
from synthetic.lives import Lives
from synthetic.tell.benefits import benefits
from synthetic.tell.independence import health_checks, living, participation, seen
from synthetic.tell.stints import homes
from synthetic.tell.traits import traits
from synthetic.told import Told

COLLECTION = "adult outcomes"
GIVEN, NOT_KNOWN = "V", "U"


def told(lives: Lives, after_16: AfterSixteen, year: int) -> Told:
    """The tax year that ended in `year`, and what was recorded of young people with a plan in the school year."""
    row = adults(after_16.who, year)
    luck = after_16.luck.of(row)
    of_year = tax_year(after_16.who, after_16.state, row, luck, year, after_16.planted.work)
    people = _people(lives, after_16, of_year, year)
    recorded = seen(lives, after_16, year)
    tables = {
        "tax_year_outcome": _outcomes(people, of_year),
        "benefit_year": benefits(people, after_16, row, year, lives.seed),
        "independent_living": living(recorded, year, lives.seed),
        "community_participation": participation(recorded, year, lives.seed),
        "health_check": health_checks(recorded, year, lives.seed),
    }
    whom = pl.concat([table.select("place", "child") for table in tables.values()])
    return Told(COLLECTION, year, {"person_trait": traits(lives.people, whom, year), **tables})


def _people(lives: Lives, after_16: AfterSixteen, of_year: TaxYear, year: int) -> pl.DataFrame:
    """place, child, tax_year, age_at_start, value_status_code: a row for each of the tax year, in its order."""
    of = after_16.who.select("child", "birth_date")[of_year.row]
    ends = np.full(len(of_year.row), day(date(year, 4, 5)))
    status = pl.DataFrame({"found": of_year.is_linked}).select(
        pl.when("found").then(pl.lit(GIVEN)).otherwise(pl.lit(NOT_KNOWN))
    )
    return pl.DataFrame(
        {
            "place": homes(lives, of["child"].to_numpy(), ends),
            "child": of["child"],
            "tax_year": pl.repeat(year, len(of), dtype=pl.Int64, eager=True),
            "age_at_start": age_on(of["birth_date"].to_numpy(), day(date(year - 1, 4, 6))),
            "value_status_code": status.to_series(),
        }
    )


def _outcomes(people: pl.DataFrame, of_year: TaxYear) -> pl.DataFrame:
    """The table `tax_year_outcome`: figures where they are given."""
    figures = pl.DataFrame(
        {
            "is_employed": of_year.is_employed,
            "is_self_employed": of_year.is_self_employed,
            "is_sustained": of_year.is_sustained,
            "employed_days": of_year.days,
            "earnings_gbp": of_year.earnings.astype(np.float64),
            "self_employment_gbp": of_year.profit.astype(np.float64),
        }
    )
    given = pl.col("value_status_code") == GIVEN
    told = people.hstack(figures).with_columns(
        pl.when(given).then(pl.col(name)).alias(name) for name in figures.columns
    )
    return told.sort("place", "child")
