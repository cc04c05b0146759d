"""The indicators of the publication, a theme at a time: authorities, regions and England, year by year."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import polars as pl

from analysis.measure import Measure, measures
from analysis.places import ENGLAND, authorities
from analysis.positions import PLACE, positions, ranked, told_apart
from analysis.result import CountTable, Derived, Frames, Result
from analysis.study import Choice, Picks, Study
from analysis.table import AnalysisTable, counts
from analysis.themes import THEMES
from analysis.tried import tried
from cohort.errors import NothingToRelease
from cohort.snapshot import Snapshot

LOCAL, REGIONAL, NATIONAL = "Local authority", "Regional", "National"
"""Levels, as official statistics name them."""
STATUS = "sen_provision_code"
WITH_SEN = "With SEN"
STATUSES: Mapping[str, tuple[str, ...]] = {
    WITH_SEN: ("K", "E", "S", "A", "P"),
    "SEN support": ("K", "A", "P"),
    "EHC plan": ("E", "S"),
    "No SEN": ("N",),
}
"""Groups of pupils by the status in the census of their year. Authorities are compared on all with SEN: a plan is an
authority's own decision, so that a comparison of those with a plan compares thresholds."""
EVERYBODY = "Total"
KEYS = ("measure", "sen_status", "year")
DIMENSIONS = ("geographic_level", *PLACE, *KEYS)


def _build(snapshot: Snapshot, picks: Picks) -> AnalysisTable:
    asked = [measures()[name] for name in THEMES[picks["theme"]].measures]
    by_status = [m for m in asked if _has_status(m)]
    frames, flows = [], {}
    for some, more in ((by_status, (STATUS,)), ([m for m in asked if not _has_status(m)], ())):
        if some:
            built = counts(snapshot, some, ("year", "authority_code", *more))
            assert built.counts is not None  # noqa: S101
            frames.append(built.counts if more else built.counts.with_columns(pl.lit(None, pl.String).alias(STATUS)))
            flows |= built.flows
    columns = frames[0].columns
    together = pl.concat([frame.select(columns) for frame in frames])
    named = together.join(authorities(snapshot), on="authority_code", how="left", maintain_order="left")
    return AnalysisTable(counts=named, flows=flows)


def _has_status(measure: Measure) -> bool:
    """Whether pupils are told apart by SEN status: not where it is the status itself that is counted."""
    return all(STATUS in part.population.columns for part in measure.counts.values()) and not _of_status(measure)


def _of_status(measure: Measure) -> bool:
    return measure.name in THEMES["identification"].measures


def _compute(table: AnalysisTable, picks: Picks) -> Result:
    assert table.counts is not None  # noqa: S101
    theme = THEMES[picks["theme"]]
    counted = _comparable(table.counts)
    if counted.is_empty():
        raise NothingToRelease("STUDY-04", f"Nobody was counted of: {theme.title}.", "Load the returns that tell it.")
    cells = _levels(_statuses(counted)).with_columns(_titles().alias("title"))
    cells = cells.sort("measure", "sen_status", "year", "geographic_level", "authority", "region", nulls_last=True)
    shares = pl.col("measure").is_in([name for name in theme.measures if measures()[name].is_share])
    dims = (*DIMENSIONS, "title")
    return Result(
        title=theme.title,
        estimand=" ".join(f"{measures()[name].title}: {measures()[name].sentence}" for name in theme.measures),
        method="Sums of what authorities returned; Wilson 95 % intervals. Authorities are placed in a funnel with "
        "additive over-dispersion (Spiegelhalter 2005) and given the interval of a rank, in the latest year.",
        tables=tuple(
            CountTable(name, title, frame, dims, is_share)
            for name, title, frame, is_share in (
                ("shares", "Shares", cells.filter(shares), True),
                ("rates", "Rates", cells.filter(~shares), False),
            )
            if not frame.is_empty()
        ),
        derived=(Derived("positions", "Authorities against England, in the latest year", _positions),),
        say=lambda frames: _say(frames, theme.measures),
        flows=table.flows,
        assumptions=(
            "An authority that did not return is in no sum.",
            "Authorities are compared as they are: for differences in need see the adjusted comparison.",
        ),
        warnings=("A rank is shown by its interval alone: most authorities cannot be told apart.",),
        n_in=_units(table.counts),
        n_used=_units(counted),
    )


def _units(counted: pl.DataFrame) -> int:
    """Units behind the measure that has most of them: the measures of a theme look at the same children."""
    units = counted.group_by("measure").agg(pl.col("denominator").sum())["denominator"].to_list()
    return max(units, default=0)


def _comparable(frame: pl.DataFrame) -> pl.DataFrame:
    """Years for which each measure is declared."""
    pairs = frame.select("measure", "year").unique()
    good = [_is_declared(measures()[name], year) for name, year in pairs.rows()]
    return frame.join(pairs.filter(pl.Series(good, dtype=pl.Boolean)), on=["measure", "year"])


def _is_declared(measure: Measure, year: int) -> bool:
    return any(year in period for period in measure.years)


def _statuses(frame: pl.DataFrame) -> pl.DataFrame:
    """A row a group of pupils and one for everybody, in place of the codes."""
    keys = ["year", *PLACE, "measure"]
    groups = [(EVERYBODY, frame)]
    groups += [(name, frame.filter(pl.col(STATUS).is_in(codes))) for name, codes in STATUSES.items()]
    return pl.concat(_sums(part, keys).with_columns(pl.lit(name).alias("sen_status")) for name, part in groups)


def _levels(frame: pl.DataFrame) -> pl.DataFrame:
    """Authorities, regions and England."""
    names = {name: pl.lit(None, pl.String).alias(name) for name in PLACE}
    regions = _sums(frame, [*KEYS, "region"]).with_columns(names["authority_code"], names["authority"])
    england = _sums(frame, list(KEYS)).with_columns(
        names["authority_code"], names["region"], pl.lit(ENGLAND).alias("authority")
    )
    levels = ((LOCAL, frame), (REGIONAL, regions), (NATIONAL, england))
    columns = [*DIMENSIONS, "numerator", "denominator"]
    return pl.concat(
        part.with_columns(pl.lit(level).alias("geographic_level")).select(columns) for level, part in levels
    )


def _sums(frame: pl.DataFrame, keys: list[str]) -> pl.DataFrame:
    return frame.group_by(keys, maintain_order=True).agg(pl.col("numerator", "denominator").sum())


def _titles() -> pl.Expr:
    titles = {name: measure.title for name, measure in measures().items()}
    return pl.col("measure").replace_strict(titles, return_dtype=pl.String)


def _positions(frames: Frames) -> pl.DataFrame:
    """Funnel and rank interval of each authority, by measure, from what was released."""
    placed = [_placed(cells) for cells in _latest(frames)]
    return pl.concat(placed, how="diagonal") if placed else pl.DataFrame(schema={"measure": pl.String})


def _latest(frames: Frames) -> Iterable[pl.DataFrame]:
    """Authorities of the latest year of each measure, of all with SEN where groups are told apart."""
    for name in ("shares", "rates"):
        if name in frames:
            local = frames[name].filter(geographic_level=LOCAL)
            for _, cells in local.sort("authority").group_by("measure", maintain_order=True):
                status = WITH_SEN if (cells["sen_status"] == WITH_SEN).any() else EVERYBODY
                of = cells.filter(sen_status=status)
                yield of.filter(pl.col("year") == pl.col("year").max())


def _placed(cells: pl.DataFrame) -> pl.DataFrame:
    of = tried(_standing, cells)
    head = [pl.lit(cells[name][0]).alias(name) for name in KEYS]
    return (cells.head(0).select(PLACE) if of is None else of).select(*head, pl.all())


def _standing(cells: pl.DataFrame) -> pl.DataFrame:
    found = positions(cells, measures()[cells["measure"][0]].direction)
    return found.join(ranked(cells), on="authority", how="left") if "group" in found.columns else found


def _say(frames: Frames, order: tuple[str, ...]) -> str:
    given = pl.concat([frames[name] for name in ("shares", "rates") if name in frames])
    england = given.filter((pl.col("geographic_level") == NATIONAL) & pl.col("value").is_not_null())
    told = [name for name in order if (england["measure"] == name).any()]
    if not told:
        return "Too few children may be shown to say anything of England."
    of = england.filter(measure=told[0])
    status = WITH_SEN if (of["sen_status"] == WITH_SEN).any() else EVERYBODY
    row = of.filter(sen_status=status).sort("year").row(-1, named=True)
    among = ", pupils with SEN" if status == WITH_SEN else ""
    said = f"{row['title']}{among}, England {row['year']}: {row['value']:.1%} ({row['low']:.1%} to {row['high']:.1%})."
    placed = frames["positions"].filter(measure=told[0])
    return f"{said} {told_apart(placed if placed.height else placed.select('measure'))}"


indicators = Study(
    name="indicators",
    title="Indicators by authority",
    question="How does each authority stand on the indicators that are published twice a year?",
    choices=(Choice("theme", "What is told.", tuple(THEMES), "timeliness"),),
    build=_build,
    compute=_compute,
)
