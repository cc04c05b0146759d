"""The EHC process: who asks and at what age, decisions and their clocks, mediation.

A year is a calendar year of activity, told by the return of the next. Denominators are those of the release, which
are not always the obvious ones: decisions in six weeks are of the decisions of the year, carried-over requests
included, not of the requests received.
"""

from __future__ import annotations

import polars as pl

from synthetic.marginals.days import with_traits, within
from synthetic.marginals.ehc import TWENTY_WEEKS, assessments, decisions, new_plans, requests, timely
from synthetic.marginals.figures import for_each, percent, share_of
from synthetic.marginals.school import pupils
from synthetic.target import CLOSE, PER_PUPILS, Marginal, Published, Tables, Theme

EHC = "DfE, Education, health and care plans, reporting year 2025"
REQUESTS, DECISIONS, ASSESSMENTS = 154_489, 139_934, 105_340
ASKED = Published(f"{EHC}: requests", REQUESTS)
VOLUME = Published(f"{EHC}: requests; pupils from Special educational needs in England", 9_061_000, CLOSE)
DECIDED = Published(f"{EHC}: requests", DECISIONS)
REFUSED = Published(f"{EHC}: requests", 38_889)
ASSESSED = Published(f"{EHC}: assessments", ASSESSMENTS)
NOT_ISSUED = Published(f"{EHC}: assessments", 6_404)
ISSUED = Published(f"{EHC}: assessments", 98_547)
TIMED = Published(f"{EHC}: timeliness, 20 weeks", 84_866, CLOSE)
LATE = Published(f"{EHC}: timeliness, 20 weeks", 84_866)

SIX_WEEKS, SIXTEEN_WEEKS, YEAR = 42, 112, 365
AGES = {(0, 4): 24.9, (5, 10): 43.5, (11, 15): 27.5, (16, 25): 4.1}
OUTCOMES = {
    "N": ("refused", "refused, undecided ones in the denominator", {2023: 24.0, 2024: 25.2}),
    "A": ("undecided", "undecided at its end", {2023: 7.3, 2024: 7.8}),
    "W": ("withdrawn", "withdrawn", {2023: 1.5, 2024: 1.6}),
}


def _no_plan(tables: Tables, year: int) -> pl.LazyFrame:
    return assessments(tables, year).filter(pl.col("outcome_code") == "N")


def _issue(tables: Tables, year: int) -> pl.LazyFrame:
    return assessments(tables, year).filter(pl.col("outcome_code") == "Y")


def _refusals(tables: Tables, year: int) -> pl.LazyFrame:
    return decisions(tables, year).filter(pl.col("outcome_code") == "N")


def _no_plan_in_time(tables: Tables) -> pl.LazyFrame:
    known = _no_plan(tables, 2024).filter(pl.col("request_received_date").is_not_null())
    return percent(known, within(SIXTEEN_WEEKS, "request_received_date", "outcome_date"))


def _exceptions(tables: Tables) -> pl.LazyFrame:
    known = new_plans(tables, 2024).filter(pl.col("request_received_date").is_not_null())
    return percent(known, pl.col("is_exception"))


def _in_time(year: int) -> Marginal:
    return share_of(timely, year, pl.col("days") <= TWENTY_WEEKS)


PROCESS = Theme(
    "The EHC process",
    (
        *(
            VOLUME.rate(
                f"requests.per_pupils_{year}",
                f"Requests received in {year} for each 100 pupils the January after.",
                year,
                value,
                PER_PUPILS,
                for_each(requests, pupils, year, year + 1),
            )
            for year, value in ((2023, 1.521), (2024, 1.705))
        ),
        ASKED.share(
            "requests.boys",
            "Boys and young men among requests received in 2024.",
            2024,
            64.3,
            lambda t: percent(with_traits(requests(t, 2024), t), pl.col("sex_code") == "M"),
        ),
        *(
            ASKED.share(
                f"requests.aged_{low}_{high}",
                f"Requests received in 2024 for those aged {low} to {high}.",
                2024,
                value,
                share_of(requests, 2024, pl.col("age_at_receipt").is_between(low, high)),
            )
            for (low, high), value in AGES.items()
        ),
        *(
            ASKED.share(
                f"requests.{name}_{year}",
                f"Requests received in {year}: {words}.",
                year,
                value,
                share_of(requests, year, pl.col("outcome_code") == code),
            )
            for code, (name, words, values) in OUTCOMES.items()
            for year, value in values.items()
        ),
        DECIDED.share(
            "decisions.refused",
            "Decisions of 2024 whether to assess that are refusals.",
            2024,
            27.8,
            share_of(decisions, 2024, pl.col("outcome_code") == "N"),
        ),
        DECIDED.share(
            "decisions.in_six_weeks",
            "Decisions of 2024 whether to assess within six weeks of the request.",
            2024,
            84.8,
            share_of(decisions, 2024, within(SIX_WEEKS, "received_date", "outcome_date")),
        ),
        REFUSED.share(
            "decisions.mediated",
            "Refusals of 2024 to assess that went to mediation.",
            2024,
            27.0,
            share_of(_refusals, 2024, pl.col("has_mediation")),
        ),
        REFUSED.share(
            "decisions.appealed",
            "Refusals of 2024 to assess that were appealed.",
            2024,
            12.0,
            share_of(_refusals, 2024, pl.col("has_tribunal")),
        ),
        *(
            ASSESSED.share(
                f"assessments.no_plan_{year}",
                f"Assessments that ended in {year} without a plan to be issued.",
                year,
                value,
                share_of(assessments, year, pl.col("outcome_code") == "N"),
            )
            for year, value in ((2023, 5.1), (2024, 6.1))
        ),
        NOT_ISSUED.share(
            "assessments.no_plan_in_16_weeks",
            "Decisions of 2024 not to issue a plan within 16 weeks of the request.",
            2024,
            34.1,
            _no_plan_in_time,
        ),
        NOT_ISSUED.share(
            "assessments.no_plan_mediated",
            "Decisions of 2024 not to issue a plan that went to mediation.",
            2024,
            33.2,
            share_of(_no_plan, 2024, pl.col("has_mediation")),
        ),
        NOT_ISSUED.share(
            "assessments.no_plan_appealed",
            "Decisions of 2024 not to issue a plan that were appealed.",
            2024,
            22.6,
            share_of(_no_plan, 2024, pl.col("has_tribunal")),
        ),
        ISSUED.share(
            "assessments.content_mediated",
            "Plans decided on in 2024 whose content went to mediation.",
            2024,
            1.9,
            share_of(_issue, 2024, pl.col("has_other_mediation")),
        ),
        ISSUED.share(
            "assessments.content_appealed",
            "Plans decided on in 2024 whose content was appealed.",
            2024,
            3.1,
            share_of(_issue, 2024, pl.col("has_other_tribunal")),
        ),
        *(
            TIMED.share(
                f"timeliness.20_weeks_{year}",
                f"Plans first issued in {year} within 20 weeks of the request, exceptions left out.",
                year,
                value,
                _in_time(year),
            )
            for year, value in ((2023, 50.3), (2024, 46.4))
        ),
        LATE.share(
            "timeliness.over_a_year",
            "Plans first issued in 2024 more than a year after the request, exceptions left out.",
            2024,
            7.3,
            share_of(timely, 2024, pl.col("days") > YEAR),
        ),
        LATE.share(
            "timeliness.exceptions",
            "Plans first issued in 2024 with an exception to the 20 weeks.",
            2024,
            6.1,
            _exceptions,
        ),
    ),
)
