"""How do authorities compare? An over-dispersed funnel, never a league table: groups in alphabetical order."""

from __future__ import annotations

import polars as pl

from analysis.measure import Direction, measures
from analysis.places import authorities, england
from analysis.positions import ALIKE, NO_RANKS, positions
from analysis.result import Chart, CountTable, Derived, Frames, PublishedTable, Result
from analysis.shares import with_interval
from analysis.study import Choice, Picks, Study
from analysis.table import AnalysisTable, counts, published
from cohort.errors import NothingToRelease
from cohort.snapshot import Snapshot

COMPARED = ("within_20_weeks", "refused", "appeals")


def _build(snapshot: Snapshot, picks: Picks) -> AnalysisTable:
    measure = measures()[picks["measure"]]
    built = published(snapshot, measure.name) if picks["source"] == "published" else counts(snapshot, [measure])
    assert built.counts is not None  # noqa: S101
    named = built.counts.join(authorities(snapshot), on="authority_code", how="left", maintain_order="left")
    return AnalysisTable(counts=named, flows=built.flows, source=built.source)


def _compute(table: AnalysisTable, picks: Picks) -> Result:
    assert table.counts is not None  # noqa: S101
    measure = measures()[picks["measure"]]
    year = _year(table.counts, picks["year"])
    rows = table.counts.filter(pl.col("year") == year).sort("authority")
    dims = ("authority_code", "authority", "region", "year", "measure")
    title = f"{measure.title}, {year}, by authority"
    given = (
        PublishedTable("authorities", title, _published(rows, dims), table.source, Chart.TILES)
        if table.is_published
        else CountTable("authorities", title, rows, dims, measure.is_share, Chart.TILES)
    )
    return Result(
        title=f"Authorities compared: {measure.title}",
        estimand=f"{measure.sentence} Year {year}; each authority against all that returned.",
        method="Funnel with additive over-dispersion (Spiegelhalter 2005), 95 % and 99.8 % limits; "
        "Wilson 95 % intervals. The funnel is worked out from the figures shown.",
        tables=(given,) if table.is_published else (given, _england(rows)),
        derived=(
            Derived(
                "funnel",
                f"Funnel: {title}",
                lambda frames: positions(frames["authorities"], measure.direction, _target(frames)),
                Chart.FUNNEL,
            ),
        ),
        say=lambda frames: _say(frames, measure.title, year),
        flows=table.flows,
        assumptions=("Authorities answer for the children in their returns; populations are not adjusted for need.",),
        warnings=_warnings(measure.direction),
        n_in=int(rows["denominator"].sum()),
        n_used=int(rows["denominator"].sum()),
    )


def _year(frame: pl.DataFrame, picked: str) -> int:
    years = sorted(frame["year"].unique().to_list())
    if not years:
        raise NothingToRelease("STUDY-04", "No authority has figures for this.", "Load returns or statistics first.")
    return years[-1] if picked == "latest" else int(picked)


def _published(rows: pl.DataFrame, dims: tuple[str, ...]) -> pl.DataFrame:
    """Figures as published; an authority that cannot be compared stays, with the reason for its status."""
    shown = [pl.when(pl.col("comparable")).then(pl.col(c)).alias(c) for c in ("numerator", "denominator")]
    status = pl.when(pl.col("comparable")).then(pl.lit("shown")).otherwise(pl.col("reason"))
    return with_interval(rows.select(*dims, *shown, status.alias("status")))


def _england(rows: pl.DataFrame) -> CountTable:
    """All authorities together, those among them whose own figures are withheld: without these England leans away."""
    dims = ("authority", "year", "measure")
    whole = england(rows.drop("authority", "region"))
    is_share = measures()[whole["measure"][0]].is_share
    return CountTable("england", "England", whole, dims, is_share)


def _target(frames: Frames) -> float | None:
    """England's figure where it may be shown; of published figures the funnel adds up those that there are."""
    return frames["england"]["value"].item() if "england" in frames else None


def _warnings(direction: Direction) -> tuple[str, ...]:
    neither = "This measure has no good direction: a high figure may mean need met or need refused."
    return (NO_RANKS, neither) if direction is Direction.NONE else (NO_RANKS,)


def _say(frames: Frames, title: str, year: int) -> str:
    placed = frames["funnel"]
    if "group" not in placed.columns:
        return f"{title}, {year}: too few authorities have figures that may be shown to compare them."
    alike = placed.filter(group=ALIKE).height
    target = placed["target"][0]
    outside = placed.height - alike
    hidden = frames["authorities"].height - placed.height
    lacking = f", without {hidden} that cannot be compared," if hidden and _target(frames) is None else ""
    return (
        f"{title}, {year}: England{lacking} {target:.1%}. Of {placed.height} authorities with figures, {alike} "
        f"cannot be told apart from England once ordinary differences between authorities are allowed for; "
        f"{outside or 'none'} {'lies' if outside == 1 else 'lie'} outside the 99.8 % limits."
    )


la_comparison = Study(
    name="la_comparison",
    title="Authorities compared",
    question="Which authorities differ from England by more than authorities ordinarily differ?",
    choices=(
        Choice("measure", "What is compared.", COMPARED, "within_20_weeks"),
        Choice("year", "Calendar year.", ("latest", *map(str, range(2019, 2027))), "latest"),
        Choice("source", "Our record, or figures already published.", ("record", "published"), "record"),
    ),
    build=_build,
    compute=_compute,
)
