"""How many children ask, get a plan, wait and appeal: England, year by year and by a trait."""

from __future__ import annotations

import polars as pl

from analysis.measure import measures
from analysis.places import england
from analysis.result import Chart, CountTable, Frames, Result
from analysis.study import Choice, Picks, Study
from analysis.table import AnalysisTable, counts
from cohort.snapshot import Snapshot

ASKED = ("plans_in_force", "requests", "refused", "within_20_weeks", "appeals")
GROUPS = {"none": (), "sex": ("sex_code",), "ethnicity": ("ethnicity_code",)}


def _build(snapshot: Snapshot, picks: Picks) -> AnalysisTable:
    by = ("year", "authority_code", *GROUPS[picks["group"]])
    return counts(snapshot, [measures()[name] for name in ASKED], by)


def _compute(table: AnalysisTable, picks: Picks) -> Result:
    assert table.counts is not None  # noqa: S101  (counts() made it)
    group = GROUPS[picks["group"]]
    whole = england(table.counts).with_columns(_titles().alias("title"))
    dims = ("authority", "measure", "title", "year", *group)
    whole = whole.sort("measure", "year", *group)
    shares = pl.col("denominator").is_not_null()
    return Result(
        title="Requests, plans, waits and appeals in England",
        estimand="Counts and shares of the whole of England, by calendar year.",
        method="Sums over all authorities that returned; shares with Wilson 95 % intervals.",
        tables=(
            CountTable("numbers", "Numbers", whole.filter(~shares), dims, is_share=False, chart=Chart.TREND),
            CountTable("shares", "Shares", whole.filter(shares), dims, is_share=True, chart=Chart.TREND),
        ),
        say=lambda frames: _say(frames, bool(group)),
        flows=table.flows,
        assumptions=("Every authority that returned for a year is counted; one that did not is missing from England.",),
        n_in=int(whole.filter(measure="requests")["numerator"].sum()),
        n_used=int(whole.filter(measure="requests")["numerator"].sum()),
    )


def _titles() -> pl.Expr:
    titles = {name: measure.title for name, measure in measures().items()}
    return pl.col("measure").replace_strict(titles, default=None, return_dtype=pl.String)


def _say(frames: Frames, is_grouped: bool) -> str:
    if is_grouped:
        return "Differences between groups describe who is seen and served; they say nothing of causes."
    timely = frames["shares"].filter(measure="within_20_weeks").drop_nulls("value").sort("year")
    if timely.is_empty():
        return "Too few plans were issued to say how many came within 20 weeks."
    row = timely.row(-1, named=True)
    return (
        f"In {row['year']}, {row['value']:.1%} of about {row['denominator']:,} plans were issued within 20 weeks "
        f"(95 % interval {row['low']:.1%} to {row['high']:.1%})."
    )


outcome_summary = Study(
    name="outcome_summary",
    title="Outcome summary",
    question="How many children ask for a plan, get one, wait for it and appeal?",
    choices=(Choice("group", "Compare groups of children.", tuple(GROUPS), "none"),),
    build=_build,
    compute=_compute,
)
