"""What lies inside plans and around them, drawn once for all years told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl

from synthetic.content.delivery import own_shares
from synthetic.content.holders import held, holders
from synthetic.content.planted import Content
from synthetic.content.rounds import rounds
from synthetic.content.settings import named
from synthetic.content.versions import phases, versions
from synthetic.disputes.appeals import appeals
from synthetic.disputes.course import courses
from synthetic.disputes.planted import Disputing
from synthetic.lives import Lives


@dataclass(frozen=True)
class PlanLife:
    """What was planted, and frames of all plans: `holders`, `stays` (`holders.held`, with stay_row and own_share, the
    share delivered), `reviews` (`rounds.rounds`), `phases` and `versions`, `disputes` (`course.courses`), `appeals`."""

    content: Content
    disputing: Disputing
    holders: pl.DataFrame
    stays: pl.DataFrame
    reviews: pl.DataFrame
    phases: pl.DataFrame
    versions: pl.DataFrame
    disputes: pl.DataFrame
    appeals: pl.DataFrame


def drawn(lives: Lives, last_year: int, content: Content, disputing: Disputing) -> PlanLife:
    """The life of all plans up to the end of the school year that ends in `last_year`, the last that is told."""
    until = date(last_year, 8, 31)
    stays = held(lives).with_row_index("stay_row")
    reviewed, moved_on = rounds(lives, until), phases(lives, until)
    disputed = courses(lives, reviewed, until, disputing)
    appealed = appeals(lives, disputed, disputing)
    return PlanLife(
        content=content,
        disputing=disputing,
        holders=holders(lives),
        stays=stays.with_columns(own_share=pl.Series(own_shares(lives, stays, content))),
        reviews=reviewed,
        phases=moved_on,
        versions=versions(lives, reviewed, moved_on, appealed, until),
        disputes=disputed,
        appeals=appealed,
    )


def standing(lives: Lives, of: PlanLife, first: date, last: date, plans: pl.Series | None = None) -> pl.DataFrame:
    """A row for each version that stood in an authority between two days, by place, child, plan and number: the
    columns of `versions` (`next_date` as known on the last day), `stays` and `settings.named` (the placement, and its
    kind). `plans`: of these alone."""
    here = of.stays.filter(
        pl.col("entered_date") <= last, pl.col("left_date").is_null() | (pl.col("left_date") >= first)
    ).drop("child", "position")
    issued = of.versions.filter(
        pl.col("issued_date") <= last, pl.col("next_date").is_null() | (pl.col("next_date") > first)
    ).with_columns(next_date=pl.when(pl.col("next_date") <= last).then("next_date"))
    if plans is not None:
        issued = issued.filter(pl.col("plan").is_in(plans.implode()))
    told = (
        issued.join(here, on="plan")
        .filter(
            pl.col("left_date").is_null() | (pl.col("issued_date") < pl.col("left_date")),
            pl.col("next_date").is_null() | (pl.col("next_date") > pl.col("entered_date")),
        )
        .sort("place", "child", "plan", "version_number")
    )
    return told.hstack(named(told, lives))
