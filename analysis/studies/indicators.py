"""The indicators of the publication, a theme at a time: authorities, regions and England, year by year."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial

import polars as pl

from analysis.averages import FIGURE, SUMS, from_numbers, from_sums, numbers, sums
from analysis.headings import UNIT
from analysis.levels import (
    DIMENSIONS,
    EVERYBODY,
    KEYS,
    LOCAL,
    NATIONAL,
    STATUS,
    WITH_SEN,
    added,
    at_every_level,
    side_by_side,
)
from analysis.measure import VALUE, Kind, Measure, Value, measures
from analysis.people_behind import DEFF, PEOPLE, PERSON
from analysis.places import authorities
from analysis.positions import PLACE, positions, ranked, told_apart
from analysis.result import CountTable, Derived, EstimateTable, Frames, Result
from analysis.study import Choice, Picks, Study
from analysis.table import AnalysisTable, counted, flows
from analysis.themes import THEMES
from analysis.tried import tried
from cohort.errors import NothingToRelease
from cohort.snapshot import Snapshot

Make = Callable[[Snapshot, Iterable[Measure], tuple[str, ...]], pl.DataFrame]
TABLES = {"shares": "Shares", "rates": "Rates", "values": "Means, ratios and medians"}
FIGURES = {Kind.SHARE: "shares", Kind.RATE: "rates"}
"""Kind of a measure → the table in which it stands; all others are values."""
COUNTED = ("numerator", "denominator", *PEOPLE)
FIGURES_OF = ("value", "low", "high")
OF_STATUS = frozenset(THEMES["identification"].measures)
"""Measures that count the status itself."""
STEP, POUNDS = 0.01, 100.0
"""To what a value is told, and money: the ends of a median are what single people earn."""


def _build(snapshot: Snapshot, picks: Picks) -> AnalysisTable:
    asked = [measures()[name] for name in THEMES[picks["theme"]].measures]
    of_values = [m for m in asked if isinstance(m.numerator, Value)]
    medians = [m for m in of_values if m.kind is Kind.QUANTILE]
    return AnalysisTable(
        counts=_told(snapshot, [m for m in asked if m not in of_values], counted),
        averages=_told(snapshot, [m for m in of_values if m not in medians], sums),
        numbers=_told(snapshot, medians, numbers),
        flows=flows(snapshot, asked),
    )


def _told(snapshot: Snapshot, asked: list[Measure], make: Make) -> pl.DataFrame | None:
    """By year, authority and SEN status, null where a measure does not tell pupils apart; declared years only."""
    if not asked:
        return None
    ways = {(STATUS,): [m for m in asked if _has_status(m)], (): [m for m in asked if not _has_status(m)]}
    frames = [make(snapshot, some, ("year", "authority_code", *by)) for by, some in ways.items() if some]
    frames = [pl.concat([pl.DataFrame(schema={STATUS: pl.String}), frame], how="diagonal") for frame in frames]
    named = pl.concat(frames, how="diagonal").join(authorities(snapshot), on="authority_code", how="left")
    return _comparable(named)


def _has_status(measure: Measure) -> bool:
    """Whether pupils are told apart by SEN status: not where it is the status itself that is counted."""
    parts = (measure.numerator, *measure.counts.values())
    return all(STATUS in part.population.columns for part in parts) and measure.name not in OF_STATUS


def _comparable(frame: pl.DataFrame) -> pl.DataFrame:
    """Years for which each measure is declared."""
    pairs = frame.select("measure", "year").unique()
    good = [any(year in period for period in measures()[name].years) for name, year in pairs.rows()]
    return frame.join(pairs.filter(pl.Series(good, dtype=pl.Boolean)), on=["measure", "year"])


def _compute(table: AnalysisTable, picks: Picks) -> Result:
    theme = THEMES[picks["theme"]]
    cells = {name: frame for name, frame in _cells(table).items() if not frame.is_empty()}
    if not cells:
        raise NothingToRelease("STUDY-04", f"Nobody was counted of: {theme.title}.", "Load the returns that tell it.")
    dims = (*DIMENSIONS, "title")
    return Result(
        title=theme.title,
        estimand=" ".join(f"{measures()[name].title}: {measures()[name].sentence}" for name in theme.measures),
        method="Sums of what authorities returned. 95 % intervals: Wilson's of shares, exact Poisson of rates, with "
        "counts divided by the design effect of units that are one person's (Rao & Scott 1992); of means and ratios "
        "from the spread of persons, of medians between order statistics. Authorities are placed in a funnel with "
        "additive over-dispersion (Spiegelhalter 2005) and given the interval of a rank, in the latest year.",
        tables=tuple(
            EstimateTable(name, TABLES[name], frame, dimensions=dims)
            if name == "values"
            else CountTable(name, TABLES[name], frame, dims, is_share=name == "shares")
            for name, frame in cells.items()
        ),
        derived=tuple(
            Derived(name, f"{title} against England, in the latest year", partial(_positions, tables=tables))
            for name, title, tables in (
                ("positions", "Shares and rates of authorities", ("shares", "rates")),
                ("value_positions", "Means, ratios and medians of authorities", ("values",)),
            )
            if set(tables) & set(cells)
        ),
        say=lambda frames: _say(frames, theme.measures),
        flows=table.flows,
        assumptions=(
            "An authority that did not return is in no sum.",
            "Authorities are compared as they are: for differences in need see the adjusted comparison.",
        ),
        warnings=("A rank is shown by its interval alone: most authorities cannot be told apart.",),
        n_in=max((flow["n"][0] for flow in table.flows.values()), default=0),
        n_used=max((flow["n"][-1] for flow in table.flows.values()), default=0),
    )


def _cells(table: AnalysisTable) -> dict[str, pl.DataFrame]:
    """By table: every figure at every level."""
    kinds = {name: FIGURES.get(measure.kind, "values") for name, measure in measures().items()}
    found = [frame for frame in (_of_counts(table.counts), _of_values(table.averages, table.numbers)) if frame.width]
    if not found:
        return {}
    titled = pl.concat(found, how="diagonal").with_columns(
        pl.col("measure").replace_strict({name: m.title for name, m in measures().items()}).alias("title"),
        pl.col("measure").replace_strict(kinds).alias("kind"),
    )
    order = ["measure", "sen_status", "year", "geographic_level", "authority", "region"]
    parts = titled.sort(order, nulls_last=True).partition_by("kind", as_dict=True, include_key=False)
    given = {name: (UNIT, *FIGURES_OF, "n") if name == "values" else (*COUNTED, DEFF) for name in TABLES}
    return {name: parts[name,].select(*DIMENSIONS, "title", *given[name]) for name in TABLES if (name,) in parts}


def _of_counts(frame: pl.DataFrame | None) -> pl.DataFrame:
    return pl.DataFrame() if frame is None else at_every_level(frame, added(*COUNTED, kept=(DEFF,)))


def _of_values(averages: pl.DataFrame | None, told: pl.DataFrame | None) -> pl.DataFrame:
    """DIMENSIONS, value, low, high, n: the people behind a mean or ratio, half of them behind a median."""
    found = []
    if averages is not None:
        found.append(from_sums(at_every_level(averages, added(*SUMS))))
    if told is not None:
        for (name,), of in at_every_level(told, side_by_side(PERSON, VALUE)).group_by("measure"):
            found.append(from_numbers(of, DIMENSIONS, measures()[str(name)].at))
    if not found:
        return pl.DataFrame()
    columns = (*DIMENSIONS, *FIGURE)
    return _read(pl.concat([frame.select(columns).cast(FIGURE) for frame in found])).rename({"people": "n"})


def _read(frame: pl.DataFrame) -> pl.DataFrame:
    """The figures as they are read, in a unit that stands beside them: a ratio of like things in per cent."""
    money = [name for name, measure in measures().items() if measure.unit.startswith("pounds")]
    ratios = {name: measure.unit for name, measure in measures().items() if measure.is_percentage}
    units = {name: measure.unit for name, measure in measures().items()}
    units |= {name: unit.replace("share", "%", 1) for name, unit in ratios.items()}
    scale = pl.when(pl.col("measure").is_in(list(ratios))).then(100.0).otherwise(1.0)
    step = pl.when(pl.col("measure").is_in(money)).then(POUNDS).otherwise(STEP)
    figures = ((pl.col(FIGURES_OF) * scale / step).round() * step).round(2)
    return frame.with_columns(figures, pl.col("measure").replace_strict(units).alias(UNIT))


def _positions(frames: Frames, tables: tuple[str, ...]) -> pl.DataFrame:
    """Funnel and rank interval of each authority, by measure, from what was released."""
    placed = [_placed(cells, england) for cells, england in _latest(frames, tables)]
    return pl.concat(placed, how="diagonal") if placed else pl.DataFrame(schema={"measure": pl.String})


def _latest(frames: Frames, tables: tuple[str, ...]) -> Iterable[tuple[pl.DataFrame, float | None]]:
    """Authorities of the latest year of each measure, of all with SEN where groups are told apart; and England."""
    for name in tables:
        if name in frames:
            for _, cells in frames[name].group_by("measure", maintain_order=True):
                local = cells.filter(pl.col("geographic_level") == LOCAL, pl.col("sen_status") == _compared(cells))
                latest = local.filter(pl.col("year") == pl.col("year").max()).sort("authority")
                whole = cells.filter(geographic_level=NATIONAL).join(latest, on=KEYS, how="semi")["value"].to_list()
                # A rate has no share of its denominator: it is compared by its value and the width of its interval.
                given = latest.drop("numerator", "denominator") if name == "rates" else latest
                yield given, next(iter(whole), None)


def _compared(cells: pl.DataFrame) -> str:
    return WITH_SEN if (cells["sen_status"] == WITH_SEN).any() else EVERYBODY


def _placed(cells: pl.DataFrame, england: float | None) -> pl.DataFrame:
    of = tried(_standing, cells, england)
    head = [pl.lit(cells[name][0]).alias(name) for name in (*KEYS, UNIT) if name in cells.columns]
    return (cells.head(0).select(PLACE) if of is None else of).select(*head, pl.all())


def _standing(cells: pl.DataFrame, england: float | None) -> pl.DataFrame:
    found = positions(cells, measures()[cells["measure"][0]].direction, england)
    return found.join(ranked(cells), on="authority", how="left") if "group" in found.columns else found


def _say(frames: Frames, order: tuple[str, ...]) -> str:
    given = pl.concat([frames[name] for name in ("shares", "rates") if name in frames], how="diagonal")
    england = given.filter((pl.col("geographic_level") == NATIONAL) & pl.col("value").is_not_null())
    told = [name for name in order if (england["measure"] == name).any()]
    if not told:
        return "Too few children may be shown to say anything of England."
    of = england.filter(measure=told[0])
    status = _compared(of)
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
