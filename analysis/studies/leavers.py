"""Children who left an authority for another and whom no other authority returned."""

from __future__ import annotations

from analysis.measure import measures
from analysis.places import authorities
from analysis.result import Chart, CountTable, Frames, Result
from analysis.study import Picks, Study
from analysis.table import AnalysisTable, counts
from cohort.snapshot import Snapshot

MEASURE = "leavers_not_arrived"


def _build(snapshot: Snapshot, _: Picks) -> AnalysisTable:
    built = counts(snapshot, [measures()[MEASURE]])
    assert built.counts is not None  # noqa: S101
    named = built.counts.join(authorities(snapshot), on="authority_code", how="left", maintain_order="left")
    return AnalysisTable(counts=named, flows=built.flows)


def _compute(table: AnalysisTable, _: Picks) -> Result:
    assert table.counts is not None  # noqa: S101
    rows = table.counts.sort("year", "authority")
    dims = ("authority_code", "authority", "region", "year", "measure")
    n = int(rows["denominator"].sum())
    return Result(
        title=measures()[MEASURE].title,
        estimand=measures()[MEASURE].sentence,
        method="Each child who left is looked for in the returns of all other authorities of that year and the next; "
        "shares with Wilson 95 % intervals.",
        tables=(CountTable("authorities", "Left and not arrived, by authority left", rows, dims, chart=Chart.TILES),),
        say=_say,
        flows=table.flows,
        assumptions=(
            "A child counts as arrived only if linkage recognised it; a missed link looks like a child lost.",
            "An authority that sent no return receives nobody.",
        ),
        warnings=("A child without a plan in the new authority is not in its return, and is not lost.",),
        n_in=n,
        n_used=n,
    )


def _say(frames: Frames) -> str:
    shown = frames["authorities"].drop_nulls("value")
    if shown.is_empty():
        return "Too few children left any authority to say how many arrived."
    left, lost = shown["denominator"].sum(), shown["numerator"].sum()
    return (
        f"Where figures may be shown, about {lost:,} of {left:,} children who left were in no other authority's return."
    )


leavers = Study(
    name="leavers",
    title="Leavers who never arrive",
    question="How many children leave an authority for another and appear in no other authority's return?",
    choices=(),
    build=_build,
    compute=_compute,
)
