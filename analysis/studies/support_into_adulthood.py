"""Whether a plan at 16 keeps young people out of NEET, not known kept apart and drawn as bounds.

Who has a plan at 16 differs from who is on support alone in need and in attainment, so that they are compared with
those alike in both. Support with the move itself is in no return, and what it does cannot be told from the record.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from analysis import effect_tables
from analysis.effect_tables import KNOTS, OF, Comparison, plain_difference, told
from analysis.models import causal, missing
from analysis.models.causal import Part as Of
from analysis.populations.sen_at_16 import PLAN, WITH_SEN_AT_16
from analysis.result import EstimateTable, Frames, Part, Result
from analysis.study import Choice, Picks, Study
from analysis.table import AnalysisTable, rows
from analysis.tried import tried
from cohort.snapshot import Snapshot

ARM, PLACE = "plan", "authority_code"
CONFOUNDERS = ("attainment_8", "need", "sex", "meals", "year")
LONG = 3
"""Months in NEET from which somebody counts as NEET for long."""
NEEDS = {"SLD": "severe", "PMLD": "severe", "DS": "severe", "MSI": "severe", "HI": "PD", "VI": "PD", "NSA": "OTH"}
"""Types of need too rare to stand alone, and what they are counted with."""
OTHER = "OTH"
UNIT = 100.0
LEFT_OUT, AS_NEET, AS_NOT = "left out", "counted as NEET: the usual mistake", "counted as not NEET"
LEAST, MOST = "NEET only where on support alone", "NEET only where with a plan"


@dataclass(frozen=True)
class Outcome:
    """What is counted, in words, and the column that says so; null where it is not known."""

    words: str
    column: str


OUTCOMES = {
    "three months by 18": Outcome("in NEET for three months or more by 18", "is_long"),
    "at 18": Outcome("in NEET in the August after the 18th birthday", "is_at_18"),
}


def _build(snapshot: Snapshot, _: Picks) -> AnalysisTable:
    return rows(snapshot, WITH_SEN_AT_16)


def _compute(table: AnalysisTable, picks: Picks) -> Result:
    assert table.rows is not None  # noqa: S101
    outcome, frame = OUTCOMES[picks["outcome"]], _prepared(table.rows)
    estimand = effect_tables.OF_WHOM[picks["whom"]]
    result = _effect(frame, outcome.column, estimand, ("aipw", "iptw", "gformula", "naive"))
    compared = Comparison(frame, outcome.column, ARM, CONFOUNDERS, UNIT, is_binary=True)
    return Result(
        title=f"A plan at 16 and NEET: {picks['outcome']}",
        estimand=f"The difference in how many of 100 are {outcome.words}, between a plan and support alone in the "
        f"spring of year 11, of young people with SEN then: {picks['whom']}.",
        method="Augmented inverse-probability weighting, cross-fitted over authorities, given attainment at 16, type "
        "of need, sex, free meals and year; errors by authority. Not known is left out, and drawn as bounds.",
        tables=(
            *compared.tables(f"Plan less support alone, in 100 {outcome.words}", result),
            _not_known(frame, outcome.column, estimand),
            _bounds(frame, outcome.column),
        ),
        derived=(effect_tables.protocol(_protocol(outcome, picks["whom"])),),
        say=lambda frames: _say(frames, outcome),
        flows=table.flows,
        assumptions=(
            "What decided on a plan and bears on NEET is among what is taken into account. How severe a need is stands "
            "in no return but by attainment and type, so that some of the difference may be that.",
            "Who is not known is like those alike who are known; the bounds assume nothing of the kind.",
            "Attainment at 16 comes after many plans: what a plan did through attainment is not counted.",
        ),
        warnings=(
            "No return tells who had support with the move into adulthood: what that does cannot be told here.",
            "Beyond 18 authorities follow those with a plan alone, so that nothing is compared there.",
            *effect_tables.said(result),
        ),
        n_in=frame.height,
        n_used=result.n_used if result else 0,
    )


def _prepared(rows: pl.DataFrame) -> pl.DataFrame:
    """Young people with the arm, the outcomes (null where not known could change them) and what goes before."""
    neet, most = pl.col("neet_months"), pl.col("neet_months") + pl.col("not_known_months")
    is_long = pl.when(neet >= LONG).then(1).when(most < LONG).then(0)
    need = pl.col("need_code").fill_null(OTHER).replace(NEEDS)
    return rows.select(
        PLACE,
        "attainment_8",
        pl.col("sen_provision_code").is_in(PLAN).cast(pl.Int8).alias(ARM),
        is_long.cast(pl.Int8).alias("is_long"),
        pl.col("is_neet_at_18").cast(pl.Int8).alias("is_at_18"),
        need.alias("need"),
        pl.when(pl.col("sex_code").is_in(["F", "M"])).then("sex_code").alias("sex"),
        pl.col("has_been_meals_eligible").cast(pl.Int8).alias("meals"),
        pl.col("year").cast(pl.String),
    )


def _effect(
    frame: pl.DataFrame, outcome: str, estimand: causal.Estimand, methods: tuple[causal.Method, ...]
) -> causal.EffectResult | None:
    return tried(causal.effect, frame, outcome, ARM, CONFOUNDERS, estimand, methods, PLACE, knots=KNOTS, modifiers=())


def _not_known(frame: pl.DataFrame, outcome: str, estimand: causal.Estimand) -> EstimateTable:
    """The answer under each thing that not known may hide; the last two are the furthest that it may go."""
    arm = pl.col(ARM)
    ways = {LEFT_OUT: None, AS_NEET: pl.lit(1), AS_NOT: pl.lit(0), LEAST: 1 - arm, MOST: arm}
    found = []
    for way, value in ways.items():
        filled = frame if value is None else frame.with_columns(pl.col(outcome).fill_null(value.cast(pl.Int8)))
        n = effect_tables.behind(filled, outcome, ARM, is_binary=True)
        row = effect_tables.estimates(_effect(filled, outcome, estimand, ("aipw",)), n, UNIT)[:1]
        found.append(row.select(pl.lit(way).alias("not_known"), *OF, "n"))
    title = "The difference, with what is not known"
    return EstimateTable("not_known", title, pl.concat(found), part=Part.SENSITIVITY)


def _bounds(frame: pl.DataFrame, outcome: str) -> EstimateTable:
    """NEET by arm: among those known, and the least and the most that it can be; per 100."""
    arms = {0: "support alone", 1: "a plan"}
    schema = {"arm": pl.String, **OF, "least": pl.Float64, "most": pl.Float64, "n": pl.Int64}
    fitted = tried(missing.bounds, frame, outcome, [ARM])
    if fitted is None:
        told = pl.DataFrame([(arm, *(None,) * 5, 0) for arm in arms.values()], schema, orient="row")
    else:
        table = pl.DataFrame(fitted.table)
        rest = pl.col("n") - pl.col("events") - pl.col("not_known")
        ends = [(pl.col(c) * UNIT).alias(c) for c in OF]
        told = table.select(
            pl.col(ARM).replace_strict(arms, return_dtype=pl.String).alias("arm"),
            *ends,
            (pl.col("lower") * UNIT).alias("least"),
            (pl.col("upper") * UNIT).alias("most"),
            pl.min_horizontal("events", rest, "not_known").cast(pl.Int64).alias("n"),
        )
    return EstimateTable(
        "bounds", "In 100, among those known, and the least and most it can be", told, part=Part.DIAGNOSTIC
    )


def _protocol(outcome: Outcome, whom: str) -> causal.Protocol:
    return causal.Protocol(
        question="Does a plan at 16, beside support alone, keep young people out of NEET?",
        eligibility=Of("Young people with SEN in year 11.", "The same, whose months to 18 are in the returns."),
        strategies=Of("A plan from 16; support alone.", "The status in the spring of year 11; plans may be older."),
        assignment=Of(
            "By chance, within each authority.",
            "Authorities decide; taken as by chance among those alike in attainment at 16 and need.",
        ),
        time_zero=Of("The September after year 11, for 24 months.", "The same. Who left England before is not seen."),
        outcome=Of(f"Being {outcome.words}.", "As authorities know it; not known is left out, with bounds."),
        contrast=Of("Everybody with, less everybody without.", f"The same, of these young people: {whom}."),
        analysis=Of("The difference of two shares.", "Augmented inverse-probability weighting; errors by authority."),
    )


def _say(frames: Frames, outcome: Outcome) -> str:
    (estimate, low, high), plain = told(frames["effect"]), plain_difference(frames["other_ways"])
    if estimate is None or low is None or high is None or plain is None:
        return f"Too few young people with SEN were {outcome.words} to say what a plan at 16 did."
    verdict = (
        "no difference that chance could not make" if low <= 0 <= high else "more than chance, if nothing else differed"
    )
    words = (
        f"Of 100 young people with a plan at 16, {_size(plain)} were {outcome.words} than of 100 on support alone. "
        f"Among those alike in attainment and need it is {_size(estimate)} (95 % interval {low:+.1f} to {high:+.1f}): "
        f"{verdict}."
    )
    return f"{words} {_range(frames['not_known'])}".rstrip()


def _range(frame: pl.DataFrame) -> str:
    """How far what is not known may take it, where that is shown."""
    shown = frame.filter(pl.col("not_known").is_in([LEAST, MOST]))["estimate"].drop_nulls()
    if shown.len() < len((LEAST, MOST)):
        return ""
    return f"What is not known could make it anything from {shown.min():+.1f} to {shown.max():+.1f}."


def _size(value: float) -> str:
    return f"{abs(value):.1f} {'more' if value >= 0 else 'fewer'}"


support_into_adulthood = Study(
    name="support_into_adulthood",
    title="A plan at 16 and NEET",
    question="Does a plan at 16 keep young people out of NEET?",
    choices=(
        Choice("outcome", "What is counted.", tuple(OUTCOMES), "three months by 18"),
        Choice("whom", "The effect on whom.", tuple(effect_tables.OF_WHOM), "open to both"),
    ),
    build=_build,
    compute=_compute,
)
