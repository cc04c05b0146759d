"""Who is identified with SEN, and given a plan: what a group meets with, and what is left among children of like need.

Neither figure alone is the answer. Need as recorded is itself a decision and may hold the bias that one looks for
(Strand & Lindorff 2018), so that what stands for it here is what was measured at five, before most are found. August
children are the youngest of their year and September's the oldest, by the chance of a day.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from analysis.effect_tables import OF
from analysis.models import disproportion, robust
from analysis.models.disproportion import CONDITIONAL, UNCONDITIONAL
from analysis.populations.identified import PROFILED_PUPILS
from analysis.result import EstimateTable, Frames, Part, Result
from analysis.study import Choice, Picks, Study
from analysis.table import AnalysisTable, rows
from analysis.tried import tried
from analysis.warned import of_model
from cohort.errors import NothingToRelease
from cohort.snapshot import Snapshot

PLACE, MONTH, YOUNGEST = "authority_code", "month", "youngest"
BANDS = (3, 5, 7, 9, 11, 12, 13, 14, 15, 16, 18)
"""Limits of bands of the goals reached at five: a straight line in them would leave need to the groups."""
SEASONS = {9: "autumn", 10: "autumn", 11: "autumn", 12: "autumn", **dict.fromkeys(range(1, 5), "spring")}
SUMMER = "summer"
WHITE_BRITISH, OTHER = "(White British)", "Any other"
ETHNICITY = {
    "WBRI": WHITE_BRITISH,
    "BCRB": "Black Caribbean",
    "MWBC": "White and Black Caribbean",
    "BAFR": "Black African",
    "APKN": "Pakistani",
    "AIND": "Indian",
    "ABAN": "Bangladeshi",
    "WOTH": "Other White",
}
"""Groups of the research on disproportionality; the reference stands first in the order of names."""
CRUDE = "unadjusted"
YEAR_1 = "5"
"""Age on 31 August before it."""
VIEWS = {
    CRUDE: "As they are",
    UNCONDITIONAL: "Among pupils alike in all else but need",
    CONDITIONAL: "Among pupils alike in the profile at five as well",
}


@dataclass(frozen=True)
class Group:
    """Pupils compared: their column, and the reference in words."""

    column: str
    reference: str
    compared: Sequence[str]


GROUPS = {
    "sex": Group("sex", "girls", ("M",)),
    "ethnicity": Group("ethnicity", "White British pupils", ()),
    "free meals": Group("meals", "pupils never eligible for free meals", ("yes",)),
    "birth month": Group("season", "pupils born from September to December", (SUMMER,)),
}
ADJUST = ("sex", "meals", "season", "age", "ethnicity")
OUTCOMES = {"support or plan": "is_identified", "plan": "has_plan"}
NAMES = {"M": "boys", "yes": "pupils ever eligible for free meals", SUMMER: "pupils born from May to August"}


def _build(snapshot: Snapshot, _: Picks) -> AnalysisTable:
    built = rows(snapshot, PROFILED_PUPILS)
    assert built.rows is not None  # noqa: S101
    if built.rows.is_empty():
        raise NothingToRelease("STUDY-04", "No pupil's profile at five is told.", "Load returns of attainment first.")
    return built


def _compute(table: AnalysisTable, picks: Picks) -> Result:
    assert table.rows is not None  # noqa: S101
    group, outcome, every = GROUPS[picks["group"]], OUTCOMES[picks["outcome"]], _prepared(table.rows)
    latest = every.filter(pl.col("year") == pl.col("year").max())
    views = _views(latest, group, outcome)
    ratio, difference = (_told(latest, group, outcome, views, name) for name in ("ratios", "differences"))
    tables = [
        EstimateTable("ratios", f"Risk ratio of {picks['outcome']}, against {group.reference}", ratio),
        EstimateTable("differences", f"More in 100 pupils, against {group.reference}", difference),
    ]
    if group.column == "season":
        tables += [_jump(latest, outcome), _newly_found(every)]
    fitted = [result for result in views.values() if result]
    return Result(
        title=f"Who is identified: {picks['outcome']}, by {picks['group']}",
        estimand=f"The ratio, and the difference, of the share of pupils with {picks['outcome']} in the latest spring "
        f"census, against {group.reference}: as they are; among pupils alike in sex, free meals, birth, age and ethnic "
        "group; and among those alike in the profile at five as well.",
        method="Modified Poisson regression (Zou 2004) for ratios, a logistic model standardised to all pupils for "
        "differences; errors by authority.",
        tables=tuple(tables),
        say=lambda frames: _say(frames, group, picks["outcome"]),
        flows=table.flows,
        assumptions=(
            "The profile at five stands for need. It was made by teachers, who may judge groups differently; and a "
            "need that shows later, or elsewhere, is not in it.",
            "A ratio is what a group meets with. It does not say that some are found too often, or others missed.",
        ),
        warnings=(
            "Neither view alone is the answer: given need, a bias in how need is judged is taken for need.",
            *of_model(words for result in fitted for words in result.warnings),
        ),
        n_in=latest.height,
        n_used=fitted[0].n_used if fitted else 0,
    )


def _prepared(rows: pl.DataFrame) -> pl.DataFrame:
    """Pupils with groups and the profile as words; months from September's 0 to August's 1."""
    month = pl.col("birth_month").dt.month()
    band = pl.when(pl.col("goals").is_null()).then(None)
    for limit in BANDS:
        band = band.when(pl.col("goals") < limit).then(pl.lit(f"under {limit}"))
    return rows.select(
        "year",
        PLACE,
        month.cast(pl.Int64).alias(MONTH),
        (((month + 3) % 12) / 11).alias(YOUNGEST),
        band.alias("profile"),
        pl.when(pl.col("sex_code").is_in(["F", "M"])).then("sex_code").alias("sex"),
        pl.when("has_been_meals_eligible").then(pl.lit("yes")).otherwise(pl.lit("no")).alias("meals"),
        month.replace_strict(SEASONS, default=SUMMER, return_dtype=pl.String).alias("season"),
        pl.col("age_on_31_august").cast(pl.String).alias("age"),
        pl.col("ethnicity_code").replace_strict(ETHNICITY, default=OTHER, return_dtype=pl.String).alias("ethnicity"),
        pl.col("is_identified").cast(pl.Int8),
        pl.col("has_plan").cast(pl.Int8),
        "was_identified",
    )


Views = dict[str, robust.RiskResult | disproportion.RatiosResult | None]


def _views(frame: pl.DataFrame, group: Group, outcome: str) -> Views:
    """As they are; and without and with the profile at five among what else pupils differ in."""
    others = [name for name in ADJUST if name != group.column]
    return {
        CRUDE: tried(robust.risk_ratio, frame, outcome, group.column, [], PLACE),
        UNCONDITIONAL: tried(disproportion.ratios, frame, outcome, group.column, ["profile"], others, PLACE),
    }


def _told(frame: pl.DataFrame, group: Group, outcome: str, views: Views, name: str) -> pl.DataFrame:
    """Ratios, or differences in 100 pupils, by level and view."""
    times = 100.0 if name == "differences" else 1.0
    found = [pl.DataFrame(getattr(result, name)) for result in views.values() if result]
    schema = {"level": pl.String, "view": pl.String, **OF, "n": pl.Int64}
    if not found:
        return pl.DataFrame([(group.column, VIEWS[CRUDE], None, None, None, 0)], schema, orient="row")
    stacked = pl.concat([pl.DataFrame(schema={"conditioning": pl.String}), *found], how="diagonal")
    n = pl.col("level").replace_strict(_behind(frame, group.column, outcome), default=0, return_dtype=pl.Int64)
    view = pl.col("conditioning").fill_null(CRUDE).replace_strict(VIEWS).alias("view")
    ends = [(pl.col(c) * times).alias(c) for c in OF]
    return stacked.select("level", view, *ends, n.alias("n")).sort("level", maintain_order=True)


def _behind(frame: pl.DataFrame, column: str, outcome: str) -> dict[str, int]:
    """By level: the fewer of those with the outcome and without, at it and in the reference."""
    had = pl.col(outcome).sum()
    counted = frame.drop_nulls([column, outcome]).group_by(column).agg(had=had, rest=pl.len() - had)
    fewer = {level: int(min(had, rest)) for level, had, rest in counted.iter_rows()}
    reference = fewer[min(fewer)] if fewer else 0
    return {level: min(n, reference) for level, n in fewer.items()}


def _jump(frame: pl.DataFrame, outcome: str) -> EstimateTable:
    """August's end less September's start, per 100 pupils: a month is nobody's doing."""
    fitted = tried(disproportion.birth_month, frame, outcome, MONTH)
    n = min(_behind(frame.filter(pl.col(MONTH).is_in([8, 9])), MONTH, outcome).values(), default=0)
    told = _term(fitted, YOUNGEST, 100.0)
    row = pl.DataFrame([("born in August, against September", *told, n)], ["born", *OF, "n"], orient="row")
    title = "The youngest of a year against the oldest, more in 100 pupils (regression discontinuity)"
    return EstimateTable("birth_month", title, row.cast({**OF, "n": pl.Int64}))


def _newly_found(every: pl.DataFrame) -> EstimateTable:
    """Log odds of being found in year 1, of the youngest against the oldest: without and with the profile at five.

    Of year 1 alone: later the lowest who wait are those of schools that find few, and birth would seem to matter less.
    """
    waiting = every.filter(~pl.col("was_identified").fill_null(value=True), pl.col("age") == YEAR_1)
    waiting = waiting.with_columns(pl.col("year").cast(pl.String))
    views = {"without the profile at five": [], "given the profile at five": ["profile"]}
    n = int(min(waiting["is_identified"].sum(), (1 - waiting["is_identified"]).sum()))
    found = []
    for view, need in views.items():
        columns = [YOUNGEST, *need, "sex", "meals", "year"]
        fitted = tried(robust.fit, waiting, "is_identified", columns, "binomial", PLACE)
        found.append((view, *_term(fitted, YOUNGEST, 1.0), n))
    frame = pl.DataFrame(found, {"view": pl.String, **OF, "n": pl.Int64}, orient="row")
    title = "Found in year 1, of those not found by reception: log odds, August against September"
    return EstimateTable("newly_found", title, frame, part=Part.SENSITIVITY)


def _term(fitted: robust.RobustResult | None, term: str, times: float) -> tuple[float | None, ...]:
    if fitted is None:
        return (None, None, None)
    row = pl.DataFrame(fitted.coefficients).filter(term=term).select(*OF).row(0)
    return tuple(None if end is None else end * times for end in row)


def _say(frames: Frames, group: Group, outcome: str) -> str:
    shown = frames["ratios"].drop_nulls("estimate")
    named = [level for level in group.compared if level in set(shown["level"])]
    if not named:
        return _several(shown, group, outcome)
    of = shown.filter(level=named[0])
    figures = dict(of.select("view", "estimate").iter_rows())
    parts = [f"{figures[words]:.2f} times {phrase}" for words, phrase in _phrases().items() if words in figures]
    return (
        f"Of {NAMES[named[0]]}, {outcome} is {'; '.join(parts)}, compared with {group.reference}. Neither figure alone "
        "says whether some are found too often or others missed."
    )


def _phrases() -> dict[str, str]:
    return {
        VIEWS[CRUDE]: "as common as it stands",
        VIEWS[UNCONDITIONAL]: "among pupils otherwise alike",
        VIEWS[CONDITIONAL]: "among those alike at five as well",
    }


def _several(shown: pl.DataFrame, group: Group, outcome: str) -> str:
    given = shown.filter(view=VIEWS[CONDITIONAL])
    if given.is_empty():
        return f"Too few pupils stand behind any group to say how {outcome} differs between them."
    apart = given.filter((pl.col("low") > 1) | (pl.col("high") < 1))["level"].to_list()
    names = ", ".join(apart) if apart else "none"
    return (
        f"Of {given.height} groups compared with {group.reference} among pupils alike at five, those in which "
        f"{outcome} is more or less common than chance explains: {names}. One in twenty groups is so by chance alone."
    )


identification = Study(
    name="identification",
    title="Who is identified",
    question="Who is identified with SEN, and does that hold among children of like need?",
    choices=(
        Choice("group", "Compare groups.", tuple(GROUPS), "sex"),
        Choice("outcome", "What is counted.", tuple(OUTCOMES), "support or plan"),
    ),
    build=_build,
    compute=_compute,
)
