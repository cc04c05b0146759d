"""How do authorities compare? An over-dispersed funnel, never a league table.

Counts differ between authorities by far more than chance (the dispersion of the real 20-week rates is above
160), so limits are widened by the additive random-effects form of Spiegelhalter (2005), and authorities are
grouped, in alphabetical order, by whether they can be told apart from England.
"""

from __future__ import annotations

import polars as pl

from analysis.measure import Direction, measures
from analysis.models import funnel
from analysis.places import authorities
from analysis.result import Chart, CountTable, Derived, Frames, PublishedTable, Result
from analysis.shares import with_interval
from analysis.study import Choice, Picks, Study
from analysis.table import AnalysisTable, counts, published
from cohort.errors import NothingToRelease
from cohort.snapshot import Snapshot

COMPARED = ("within_20_weeks", "refused", "appeals")
FEWEST = 5
"""Fewer authorities than this give no idea of how much they differ beyond chance."""
GROUPS = {
    Direction.HIGHER: ("worse than England", "better than England"),
    Direction.LOWER: ("better than England", "worse than England"),
    Direction.NONE: ("below England", "above England"),
}
ALIKE = "not distinguishable from England"


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
        tables=(given,),
        derived=(
            Derived("funnel", f"Funnel: {title}", lambda frames: _funnel(frames, measure.direction), Chart.FUNNEL),
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


def _funnel(frames: Frames, direction: Direction) -> pl.DataFrame:
    """Position of each authority whose figures are shown; the others stay, without one."""
    shown = frames["authorities"].drop_nulls(["numerator", "denominator"]).filter(pl.col("denominator") > 0)
    if shown.height < FEWEST:
        return frames["authorities"].head(0).select("authority_code", "authority", "region")
    fitted = funnel.fit(shown, unit="authority_code", numerator="numerator", denominator="denominator")
    low, high = GROUPS[direction]
    group = pl.when(pl.col("value") < pl.col("low998")).then(pl.lit(low))
    group = group.when(pl.col("value") > pl.col("high998")).then(pl.lit(high)).otherwise(pl.lit(ALIKE))
    units = pl.DataFrame(fitted.units).with_columns(
        group.alias("group"),
        pl.lit(fitted.target).alias("target"),
        pl.lit(fitted.phi).alias("phi"),
        pl.lit(fitted.tau2).alias("tau2"),
    )
    return shown.select("authority_code", "authority", "region").join(
        units.rename({"unit": "authority_code"}), on="authority_code", maintain_order="left"
    )


def _warnings(direction: Direction) -> tuple[str, ...]:
    plain = "Ranks are not shown: most authorities cannot be told apart, and order would be read as merit."
    neither = "This measure has no good direction: a high figure may mean need met or need refused."
    return (plain, neither) if direction is Direction.NONE else (plain,)


def _say(frames: Frames, title: str, year: int) -> str:
    positions = frames["funnel"]
    if "group" not in positions.columns:
        return f"{title}, {year}: too few authorities have figures that may be shown to compare them."
    alike = positions.filter(group=ALIKE).height
    target = positions["target"][0]
    outside = positions.height - alike
    hidden = frames["authorities"].height - positions.height
    lacking = f", without {hidden} that cannot be compared," if hidden else ""
    return (
        f"{title}, {year}: England{lacking} {target:.1%}. Of {positions.height} authorities with figures, {alike} "
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
