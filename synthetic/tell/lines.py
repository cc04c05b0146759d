"""Lines of provision as stored: one for each version that specifies it, and one for each term in which it was due."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
import polars as pl

from synthetic.chance import Floats, Truths, Whole
from synthetic.content.catalogue import KINDS
from synthetic.content.delivery import REASONS, STATUSES, TERMS, WEEKS, Delivery, reasons, statuses
from synthetic.content.lines import Lines
from synthetic.tell.coded import coded
from synthetic.tell.days import by

PLAN = ("place", "child", "plan_start_date", "version_number")
BY_BAND, COSTED = "BND", "HNB"
"""Who pays for lines of plans that have a band, in place of the high-needs block line by line."""


def _codes(names: Sequence[str | None]) -> pl.Series:
    """Codes by position, as small whole numbers."""
    return pl.Series(names, dtype=pl.Enum(list(dict.fromkeys([*filter(None, names), BY_BAND]))))


SECTION = _codes([kind.section for kind in KINDS])
PROVISION = _codes([kind.provision for kind in KINDS])
PROFESSION = _codes([kind.profession for kind in KINDS])
PERIOD = _codes([kind.period for kind in KINDS])
FUNDING = _codes([kind.funding for kind in KINDS])
SESSIONS = np.array([kind.sessions for kind in KINDS])
IS_WEEKLY = np.array([kind.period == "W" for kind in KINDS])


def specified(told: pl.DataFrame, lines: Lines, last: date) -> pl.DataFrame:
    """`provision_specified` of the versions told, by version, then line."""
    version, kind = np.nonzero(lines.is_there)
    ends = pl.min_horizontal(pl.col("next_date") - pl.duration(days=1), "left_date")
    dated = told.with_columns(ends=ends).select(*PLAN, "issued_date", by("ends", last))
    banded = lines.is_banded[version]
    cost = np.where(banded, np.nan, lines.cost[version, kind])
    return (
        dated[version]
        .rename({"issued_date": "from_date", "ends": "to_date"})
        .hstack(_line(lines, version, kind))
        .with_columns(
            *_amounts(lines, version, kind, lines.weekly[version, kind], SESSIONS[kind]),
            cost_gbp=pl.Series(cost).fill_nan(None),
            is_quantified=pl.Series(lines.is_quantified[version, kind]),
            is_specific=pl.Series(lines.is_specific[version, kind]),
        )
    )


def delivered(told: pl.DataFrame, lines: Lines, came: Delivery, seed: int, year: int) -> pl.DataFrame:
    """`provision_delivered` of the school year that ends in `year`, by version, line and term."""
    version, kind, term = np.nonzero(came.is_told)
    status, weeks = statuses(came)[version, kind, term], came.weeks[version, kind, term]
    counted = came.is_due[version, kind, term] & (lines.hours * lines.is_quantified > 0)[version, kind]
    recorded = counted & came.is_recorded[version, kind, term]
    due, hours = came.due[version, kind, term], came.recorded[version, kind, term]
    share = np.divide(hours, due, out=np.zeros_like(hours), where=due > 0)
    price = lines.cost[version, kind] * (1 - lines.is_banded[version]) / _yearly(lines, version, kind)
    short = np.isin(status, [STATUSES.index("P"), STATUSES.index("N")])
    rows = told.select(PLAN)[version].hstack(_line(lines, version, kind))
    return rows.with_columns(
        *_of(recorded, hours_per_week=hours / WEEKS[term], sessions_per_period=share * SESSIONS[kind]),
        *_of(recorded & ~lines.is_banded[version], cost_gbp=hours * price),
        *_of(counted, hours_per_session=lines.hours[version, kind], due_hours=due),
        *_of(recorded, delivered_hours=hours),
        academic_year=pl.lit(year, pl.Int64),
        term_code=coded(term, TERMS),
        delivery_status_code=coded(status, STATUSES),
        term_weeks=pl.Series(WEEKS[term]),
        recorded_weeks=pl.Series(np.where(came.is_due[version, kind, term], weeks, 0)),
        shortfall_reason_code=coded(reasons(kind, seed, year), tuple(REASONS), short),
    )


def _yearly(lines: Lines, version: Whole, kind: Whole) -> Floats:
    """Hours of a year of each line, one at least."""
    return np.maximum(lines.weekly[version, kind] * WEEKS.sum(), 1)


def _line(lines: Lines, version: Whole, kind: Whole) -> pl.DataFrame:
    """What a line is, whether specified or delivered."""
    banded = pl.Series(lines.is_banded[version])
    funding = FUNDING.gather(kind)
    has_hours = lines.hours[version, kind] > 0
    return pl.DataFrame(
        {
            "provision_section_code": SECTION.gather(kind),
            "line_number": lines.number[version, kind],
            "provision_code": PROVISION.gather(kind),
            "profession_code": PROFESSION.gather(kind),
            "period_code": PERIOD.gather(kind),
            "group_size": pl.select(
                pl.when(pl.Series(has_hours)).then(pl.Series(lines.group[version, kind]))
            ).to_series(),
            "funding_code": pl.select(
                pl.when(banded & (funding == COSTED)).then(pl.lit(BY_BAND)).otherwise(funding)
            ).to_series(),
        }
    )


def _amounts(lines: Lines, version: Whole, kind: Whole, weekly: Floats, sessions: Floats) -> list[pl.Series]:
    """Hours and frequency of lines that state them."""
    stated = lines.is_quantified[version, kind] & (lines.hours[version, kind] > 0)
    return [
        *_of(stated & IS_WEEKLY[kind], hours_per_week=weekly),
        *_of(stated, hours_per_session=lines.hours[version, kind], sessions_per_period=sessions),
    ]


def _of(known: Truths, **columns: Floats) -> list[pl.Series]:
    """Columns rounded to hundredths, null where nothing is known."""
    return [
        pl.Series(name, np.where(known, np.round(values.astype(np.float64), 2), np.nan)).fill_nan(None)
        for name, values in columns.items()
    ]
