"""The EHC process: the return of a year tells of the calendar year before, and of plans in its own January."""

from __future__ import annotations

import polars as pl

from cohort.schema.calendar import census_day
from synthetic.marginals.days import in_year
from synthetic.target import Tables

TWENTY_WEEKS = 140
"""Days from the request to the final plan: SEND Regulations 2014, regulation 13(2)."""


def returned(tables: Tables, name: str, year: int) -> pl.LazyFrame:
    """Rows of a SEN2 table in the return on this calendar year, their place in it as whole numbers."""
    rows = tables[name].filter(pl.col("collection_year") == year + 1)
    return rows.with_columns(pl.col("^(request_row|assessment_row|active_plan_row|row_number)$").cast(pl.Int64))


def requests(tables: Tables, year: int) -> pl.LazyFrame:
    """Requests received in the calendar year."""
    return returned(tables, "ehc_request", year).filter(
        pl.col("outcome_code").ne_missing("H"), in_year("received_date", year)
    )


def decisions(tables: Tables, year: int) -> pl.LazyFrame:
    """Decisions of the calendar year whether to assess, on requests carried over too."""
    return returned(tables, "ehc_request", year).filter(
        pl.col("outcome_code").is_in(["Y", "N"]), in_year("outcome_date", year)
    )


def assessments(tables: Tables, year: int) -> pl.LazyFrame:
    """Assessments that ended in the calendar year, with the day of their request as request_received_date."""
    ended = returned(tables, "ehc_assessment", year).filter(
        pl.col("outcome_code").is_in(["Y", "N", "W", "S"]), in_year("outcome_date", year)
    )
    return _with_request(ended, tables, year)


def new_plans(tables: Tables, year: int) -> pl.LazyFrame:
    """Plans first issued in the calendar year after a request of this authority, with request_received_date and
    is_exception."""
    issued = returned(tables, "ehc_plan", year).filter(in_year("start_date", year))
    exceptions = returned(tables, "ehc_assessment", year).select(
        "authority_code", "request_row", "is_exception", assessment_row="row_number"
    )
    keys = ["authority_code", "request_row", "assessment_row"]
    plans = _with_request(issued, tables, year).filter(pl.col("request_outcome_code") == "Y")
    return plans.join(exceptions, on=keys, how="left")


def _with_request(rows: pl.LazyFrame, tables: Tables, year: int) -> pl.LazyFrame:
    asked = returned(tables, "ehc_request", year).select(
        "authority_code",
        request_row="row_number",
        request_received_date="received_date",
        request_outcome_code="outcome_code",
    )
    return rows.join(asked, on=["authority_code", "request_row"], how="left")


def timely(tables: Tables, year: int) -> pl.LazyFrame:
    """New plans of which is known how long they took: `days` since the request, exceptions left out."""
    days = (pl.col("start_date") - pl.col("request_received_date")).dt.total_days()
    plans = new_plans(tables, year).filter(~pl.col("is_exception").fill_null(value=False))
    return plans.with_columns(days=days).filter(pl.col("days").is_not_null())


def plans_in_force(tables: Tables, year: int) -> pl.LazyFrame:
    """Plans on census day in January of the year, one a row, by the return of that year."""
    census = census_day(year)
    lasts = pl.col("cease_date").is_null() | (pl.col("cease_date") > census)
    return returned(tables, "ehc_plan", year - 1).filter(pl.col("start_date") <= census, lasts)


def ceased(tables: Tables, year: int) -> pl.LazyFrame:
    """Plans that ended in the calendar year."""
    return returned(tables, "ehc_plan", year).filter(in_year("cease_date", year))


def beside_plans(tables: Tables, name: str, year: int) -> pl.LazyFrame:
    """Rows of `plan_need`, `placement` or `active_plan` of plans in force in January of the year."""
    return returned(tables, name, year - 1).join(
        plans_in_force(tables, year).select("authority_code", "request_row", "start_date"),
        on=["authority_code", "request_row"],
        how="inner",
    )
