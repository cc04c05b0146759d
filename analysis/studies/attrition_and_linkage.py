"""Who is lost from the record before the tests, and how far the figures could be bent by it.

Pupils are followed from a census to the tests two years on. Those who have no result are not like those who have one:
so the mean of those who stayed is shown beside the one in which they also stand for those who left (weights), beside
what it would be if the lost did worse than their like (deltas), and beside what it can be at most and least (bounds).
Wrong and missed links bend a gap as well: what rate of them would move it by how much is worked out.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl

from analysis.intake import COMMON_NEEDS
from analysis.models import missing, robust, survival
from analysis.population import Ending
from analysis.populations.lost import FOLLOWED_TO
from analysis.result import CountTable, EstimateTable, Frames, Part, Result
from analysis.study import Choice, Picks, Study
from analysis.table import AnalysisTable, rows
from analysis.tried import tried
from analysis.warned import of_model
from cohort.errors import NothingToRelease
from cohort.snapshot import Snapshot

WORDS = {
    "key_stage_2": "at the expected standard in reading, writing and mathematics at 11",
    "key_stage_4": "with grade 4 or higher in English and mathematics at 16",
}
STATUS = {"N": "no SEN", "K": "SEN support", "E": "plan", "S": "plan"}
NONE, PUPILS_WITH_SEN = "no SEN", ("SEN support", "plan")
ALL = "all pupils"
LEFT = ("died", "left England")
ABSENT, MOVED = "on roll without a result", "moved, and still seen"
EXPLAINED = ["absence", "meals", "deprivation", "status", "need", "sex", "year"]
YEARS = (1, 2)
YEAR = 365
DELTAS = (-2.0, -1.0, -0.5, 0.0, 0.5)
"""Log odds by which the lost might do better or worse than pupils like them who stayed."""
RATES = (0.005, 0.01, 0.02, 0.05)
"""Shares of wrong or missed links."""
LIMITS = dict.fromkeys(("value", "low", "high"), pl.Float64)
ASSUMPTIONS = (
    "Pupils alike in absence, meals, deprivation, status, need, sex and year are lost whatever their results "
    "(missing at random); deltas and bounds say what if not.",
    "Who is not found again without a reason went to an independent school or was not linked: the record "
    "cannot tell which.",
)
NOT_WEIGHED = "Nobody, or too few, were lost for weights to be estimated: complete cases stand alone."


def _build(snapshot: Snapshot, picks: Picks) -> AnalysisTable:
    built = rows(snapshot, FOLLOWED_TO[picks["stage"]])
    assert built.rows is not None  # noqa: S101
    if built.rows.is_empty():
        raise NothingToRelease("STUDY-04", "No pupil can be followed to the tests.", "Load three years of returns.")
    return AnalysisTable(rows=_prepared(built.rows), flows=built.flows)


def _prepared(frame: pl.DataFrame) -> pl.DataFrame:
    need = pl.col("need_code")
    reason = pl.when(pl.col("outcome").is_not_null()).then(None).when(pl.col("ending") != Ending.CENSORED.value)
    return frame.select(
        "authority_code", "outcome", "absence", "exit", "ending", "entry_days", "exit_days", "has_moved",
        status=pl.col("sen_provision_code").replace_strict(STATUS, default=None, return_dtype=pl.String),
        need=pl.when(need.is_null()).then(pl.lit("none")).when(need.is_in(COMMON_NEEDS)).then(need).otherwise(
            pl.lit("other")
        ),
        sex=pl.when(pl.col("sex_code").is_in(["F", "M"])).then("sex_code"),
        meals=pl.col("is_meals_eligible").cast(pl.Int8),
        deprivation="deprivation_decile",
        year=pl.col("year").cast(pl.String),
        reason=reason.then("exit").otherwise(pl.lit(ABSENT)),
    ).drop_nulls(["absence", "status", "sex", "meals", "deprivation"])  # fmt: skip


def _compute(table: AnalysisTable, picks: Picks) -> Result:
    assert table.rows is not None  # noqa: S101
    frame, of = table.rows, WORDS[picks["stage"]]
    here = frame.filter(~pl.col("exit").is_in(LEFT))
    weights = _weights(here)
    means = _means(here, weights)
    return Result(
        title="Who is lost from the record, and what it does to the figures",
        estimand=f"Share of pupils {of}, of all who were on roll two years before the tests and did not die or leave "
        "England, by SEN status in that census, had every one of them been seen.",
        method="Aalen–Johansen incidence of ways out; inverse-probability weights from a hazard of being lost given "
        "absence, meals, deprivation, SEN status, need, sex and year; logistic predictions of the lost "
        "shifted by a delta (pattern mixture); Manski bounds with Imbens–Manski intervals; links by arithmetic.",
        tables=(
            EstimateTable("means", f"Share {of}", means),
            EstimateTable("gap", "Gap between pupils with and without SEN", _gap(here, weights)),
            CountTable("lost", "Why there is no result, of all on roll", _lost(frame), ("group", "reason")),
            EstimateTable("incidence", "Ways out of sight by year after the census", _incidence(frame),
                          dimensions=("years",)),
            CountTable("missing", "No result, by need", _missing(here), ("need", "group"), part=Part.DIAGNOSTIC),
            EstimateTable("weights", "The weights", _described(here, weights), part=Part.DIAGNOSTIC),
            EstimateTable("deltas", "Were the lost unlike their like", _deltas(here), part=Part.SENSITIVITY,
                          dimensions=("delta",)),
            EstimateTable("bounds", "At least and at most", _bounds(here), part=Part.SENSITIVITY),
            EstimateTable("links", "What wrong or missed links would do to the gap", _links(here),
                          part=Part.SENSITIVITY, dimensions=("rate",)),
        ),
        say=lambda frames: _say(frames, of),
        flows=table.flows,
        assumptions=ASSUMPTIONS,
        warnings=(
            "No weight can show that it is right: it rests on what was recorded before pupils were lost.",
            *((NOT_WEIGHED,) if weights is None else of_model(weights.warnings)),
        ),
        n_in=table.flows[FOLLOWED_TO[picks["stage"]].name]["n"][-1],
        n_used=frame.height,
    )  # fmt: skip


def _weights(here: pl.DataFrame) -> missing.AttritionWeights | None:
    """Weights for those with a result; none where nobody was lost, or too few to fit a hazard."""
    lost = here.with_columns(lost=pl.col("outcome").is_null().cast(pl.Int8))
    return tried(missing.attrition_weights, lost, "lost", EXPLAINED)


def _groups(here: pl.DataFrame) -> Iterator[tuple[str, pl.Expr]]:
    yield ALL, pl.lit(True)
    for status in (NONE, *PUPILS_WITH_SEN):
        yield status, pl.col("status") == status


def _fewer(seen: pl.Series) -> int:
    events = int(seen.sum() or 0)
    return min(events, len(seen) - events)


def _means(here: pl.DataFrame, weights: missing.AttritionWeights | None) -> pl.DataFrame:
    """By group: the mean of complete cases, and the weighted one."""
    told = []
    for group, chosen in _groups(here):
        own = here.with_columns(pl.when(chosen).then("outcome").alias("outcome"))
        seen = own["outcome"].drop_nulls()
        for way, found in (("complete cases", _plain(seen)), ("weighted", _weighted(own, weights))):
            told.append((group, way, *found, _fewer(seen)))
    return pl.DataFrame(told, schema={"group": pl.String, "way": pl.String, **LIMITS, "n": pl.Int64}, orient="row")


def _plain(seen: pl.Series) -> tuple[float | None, ...]:
    if not len(seen):
        return None, None, None
    bound = pl.DataFrame(missing.bounds(seen.to_frame("y"), "y").table).row(0, named=True)
    return bound["estimate"], bound["low"], bound["high"]


def _weighted(own: pl.DataFrame, weights: missing.AttritionWeights | None) -> tuple[float | None, ...]:
    found = (tried(weights.mean, own, "outcome") if weights else None) or {}
    return found.get("estimate"), found.get("low"), found.get("high")


def _gap(here: pl.DataFrame, weights: missing.AttritionWeights | None) -> pl.DataFrame:
    """Share of pupils with SEN less that of those without, in points: complete cases, weighted."""
    known = here.with_columns(sen=(pl.col("status") != NONE).cast(pl.Int8))
    ways = {"complete cases": known.with_columns(weight=pl.lit(1.0))}
    if weights is not None:
        ways["weighted"] = known.with_columns(pl.DataFrame(weights.weights)["weight"])
    n = min((_fewer(part["outcome"].drop_nulls()) for _, part in known.group_by("sen")), default=0)
    told = [(way, *_difference(given), n) for way, given in ways.items()]
    return pl.DataFrame(told, schema={"way": pl.String, **POINTS, "n": pl.Int64}, orient="row")


POINTS = dict.fromkeys(("points", "points_low", "points_high"), pl.Float64)


def _difference(given: pl.DataFrame) -> tuple[float | None, ...]:
    seen = given.drop_nulls(["outcome", "weight"])
    found = tried(robust.fit, seen, "outcome", ["sen"], weights="weight", cluster="authority_code")
    if found is None:
        return None, None, None
    row = pl.DataFrame(found.coefficients).filter(term="sen").row(0, named=True)
    return tuple(None if row[end] is None else 100 * row[end] for end in ("estimate", "low", "high"))


def _lost(frame: pl.DataFrame) -> pl.DataFrame:
    """By status: how many have no result, by reason; and who moved authority and was still seen."""
    whole = frame.group_by("status").agg(pl.len().cast(pl.Int64).alias("denominator"))
    reasons = frame.drop_nulls("reason").group_by("status", "reason").agg(pl.len().cast(pl.Int64).alias("numerator"))
    stayed = pl.col("has_moved") & pl.col("outcome").is_not_null()
    moved = frame.group_by("status").agg(stayed.sum().cast(pl.Int64).alias("numerator"), reason=pl.lit(MOVED))
    both = pl.concat([reasons, moved.select(reasons.columns)])
    return both.join(whole, on="status").rename({"status": "group"}).sort("group", "reason")


def _incidence(frame: pl.DataFrame) -> pl.DataFrame:
    """Cumulative incidence of each way out by status, a year and two years after the census."""
    schema = {"group": pl.String, "way_out": pl.String, "years": pl.Int64, **LIMITS, "n": pl.Int64}
    is_open = pl.col("ending") == Ending.CENSORED.value
    spells = frame.with_columns(end=pl.when(is_open).then(pl.lit(survival.CENSORED)).otherwise("exit"))
    found = tried(survival.incidence, spells, "exit_days", "end", entry="entry_days", by="status")
    if found is None:
        return pl.DataFrame(schema=schema)
    at = pl.DataFrame(found.at([years * YEAR + 1 for years in YEARS])).with_columns(
        years=((pl.col("time") - 1) / YEAR).cast(pl.Int64)
    )
    counted = pl.concat(
        spells.group_by(pl.col("status").alias("by"), pl.col("end").alias("event")).agg(
            (pl.col("exit_days") <= years * YEAR + 1).sum().cast(pl.Int64).alias("n"), pl.lit(years).alias("years")
        )
        for years in YEARS
    ).with_columns(pl.col("years").cast(pl.Int64))
    told = at.join(counted, on=["by", "event", "years"], how="left").with_columns(pl.col("n").fill_null(0))
    named = told.select(group="by", way_out="event", years="years", value="estimate", low="low", high="high", n="n")
    return named.sort("group", "way_out", "years")


def _missing(here: pl.DataFrame) -> pl.DataFrame:
    gone = pl.col("outcome").is_null().sum().cast(pl.Int64).alias("numerator")
    counted = here.group_by("need", group="status").agg(gone, pl.len().cast(pl.Int64).alias("denominator"))
    return counted.sort("need", "group")


def _described(here: pl.DataFrame, weights: missing.AttritionWeights | None) -> pl.DataFrame:
    """Effective size of the weighted pupils, mean and largest weight."""
    lost = here["outcome"].null_count()
    told = (weights.ess / weights.n_weighted, weights.mean_weight, weights.largest_weight) if weights else (None,) * 3
    names = ("effective_share", "mean_weight", "largest_weight")
    return pl.DataFrame([(*told, lost)], schema={**dict.fromkeys(names, pl.Float64), "n": pl.Int64}, orient="row")


def _deltas(here: pl.DataFrame) -> pl.DataFrame:
    """The mean of all, and the gap, were the lost to differ from their like by so many log odds."""
    seen, lost = here.drop_nulls("outcome"), here.filter(pl.col("outcome").is_null())
    schema = {"delta": pl.Float64, "value": pl.Float64, "points": pl.Float64, "n": pl.Int64}
    slopes = _like(seen)
    if slopes is None:
        return pl.DataFrame(schema=schema)
    score = _score(lost, slopes)
    told = []
    for delta in DELTAS:
        filled = lost.with_columns(outcome=pl.Series(1 / (1 + np.exp(-(score + delta)))))
        every = pl.concat([seen, filled])
        sen = every.group_by(pl.col("status") != NONE).agg(pl.col("outcome").mean()).sort("status")["outcome"]
        points = 100 * (sen[1] - sen[0]) if len(sen) == 2 else None
        told.append((delta, every["outcome"].mean(), points, min(_fewer(seen["outcome"]), lost.height)))
    return pl.DataFrame(told, schema=schema, orient="row")


def _like(seen: pl.DataFrame) -> dict[str, float | None] | None:
    """Log odds of the outcome among those who stayed, by term; without need where a need foretells the outcome."""
    for fixed in (EXPLAINED, [name for name in EXPLAINED if name != "need"]):
        fitted = tried(robust.fit, seen, "outcome", fixed, family="binomial")
        if fitted is not None:
            return dict(pl.DataFrame(fitted.coefficients).select("term", "estimate").iter_rows())
    return None


def _score(lost: pl.DataFrame, slopes: dict[str, float | None]) -> np.ndarray:
    """Log odds of each of the lost under the model of those who stayed."""
    score = np.zeros(lost.height)
    for term, slope in slopes.items():
        name, _, level = term.removesuffix("]").partition("[")
        if name not in lost.columns:
            column = np.ones(lost.height)
        else:
            column = ((lost[name] == level) if level else lost[name]).cast(pl.Float64).to_numpy()
        score += (slope or 0.0) * column
    return score


def _bounds(here: pl.DataFrame) -> pl.DataFrame:
    """What the share can be at least and at most, whatever became of the lost."""
    found = [missing.bounds(here, "outcome").table, missing.bounds(here, "outcome", by=["status"]).table]
    whole, groups = (pl.DataFrame(table) for table in found)
    both = pl.concat([whole.with_columns(status=pl.lit(ALL)).select(groups.columns), groups])
    events, known = pl.col("events"), pl.col("n") - pl.col("not_known")
    return both.select(
        pl.col("status").alias("group"), "lower", "upper", "bound_low", "bound_high",
        n=pl.min_horizontal(events, known - events).cast(pl.Int64),
    )  # fmt: skip


def _links(here: pl.DataFrame) -> pl.DataFrame:
    """The gap, were a share of the links of pupils with SEN wrong (to pupils without), or missed.

    A wrong link brings the result of somebody without SEN: the true gap is the seen one over 1 − rate. Of missed ones
    nothing is known: none at the standard, or all.
    """
    seen = here.drop_nulls("outcome")
    parts = {is_sen: part["outcome"] for (is_sen,), part in seen.group_by(pl.col("status") != NONE)}
    schema = {"links": pl.String, "rate": pl.Float64, "points": pl.Float64, "n": pl.Int64}
    if set(parts) != {True, False}:
        return pl.DataFrame(schema=schema)
    with_sen, without = (float(np.mean(parts[is_sen].to_numpy())) for is_sen in (True, False))
    n, gap = min(map(_fewer, parts.values())), with_sen - without
    told = [("as seen", 0.0, 100 * gap, n)]
    for rate in RATES:
        told.append(("wrong, to pupils without SEN", rate, 100 * gap / (1 - rate), n))
        told.append(("missed, none at the standard", rate, 100 * (gap - rate * with_sen), n))
        told.append(("missed, all at the standard", rate, 100 * (gap + rate * (1 - with_sen)), n))
    return pl.DataFrame(told, schema=schema, orient="row")


def _say(frames: Frames, of: str) -> str:
    told = {row["way"]: row["value"] for row in frames["means"].filter(group=ALL).iter_rows(named=True)}
    bounds = frames["bounds"].filter(group=ALL)
    if told.get("complete cases") is None or bounds["lower"][0] is None:
        return "Too few pupils may be shown to say what those who are lost do to the figures."
    plain, weighted = told["complete cases"], told["weighted"]
    heavier = "" if weighted is None else f"; {weighted:.1%} once they stand for those who were lost as well"
    return (
        f"Of pupils with a result, {plain:.1%} are {of}{heavier}. Whatever became of the lost, the share lies between "
        f"{bounds['lower'][0]:.1%} and {bounds['upper'][0]:.1%}."
    )


attrition_and_linkage = Study(
    name="attrition_and_linkage",
    title="Who is lost from the record",
    question="Which pupils are lost from the record before the tests, and does that bend the figures?",
    choices=(Choice("stage", "The tests that pupils are followed to.", tuple(FOLLOWED_TO), "key_stage_2"),),
    build=_build,
    compute=_compute,
)
