"""What goes with a plan in 20 weeks: a multilevel logistic model with authorities as groups."""

from __future__ import annotations

import pandas as pd
import polars as pl

from analysis.measures.process import STATUTORY_DAYS
from analysis.models import multilevel
from analysis.places import authorities
from analysis.populations.process import PLANS_ISSUED
from analysis.result import Chart, EstimateTable, Frames, Result
from analysis.study import Picks, Study
from analysis.table import AnalysisTable, rows
from analysis.warned import of_model
from cohort.snapshot import Snapshot

COVARIATES = ("sex", "need", "age", "year")
AGES = ((5, "under 5"), (11, "5 to 10"), (16, "11 to 15"), (99, "16 and over"))
OTHER_NEEDS = "other"
COMMON_NEEDS = ("ASD", "SLCN", "SEMH", "MLD")


def _build(snapshot: Snapshot, _: Picks) -> AnalysisTable:
    built = rows(snapshot, PLANS_ISSUED)
    assert built.rows is not None  # noqa: S101
    named = built.rows.join(authorities(snapshot), on="authority_code", how="left", maintain_order="left")
    return AnalysisTable(rows=named, flows=built.flows)


def _compute(table: AnalysisTable, _: Picks) -> Result:
    assert table.rows is not None  # noqa: S101
    frame = _prepared(table.rows)
    fitted = multilevel.fit(frame, "in_time", fixed=list(COVARIATES), groups=["authority"], family="binomial")
    terms = pl.DataFrame(fitted.coefficients).with_columns(_backing(frame))
    effects = pl.DataFrame(fitted.effects("authority")).join(
        frame.group_by("authority").len("n"), left_on="level", right_on="authority"
    )
    return Result(
        title="What goes with a plan in 20 weeks",
        estimand="Log-odds of a final plan within 20 weeks of the request, exceptions left out, among plans issued; "
        "authority effects as deviations from the average authority.",
        method="Logistic regression with a random intercept for each authority, adaptive Gauss–Hermite quadrature; "
        "profile interval for the variance; shrunken effects with 95 % rank intervals.",
        tables=(
            EstimateTable("terms", "Characteristics", terms),
            EstimateTable("authorities", "Authorities", effects.sort("level"), Chart.CATERPILLAR),
            EstimateTable("variance", "How much authorities differ", _variance(fitted.variances, frame.height)),
        ),
        say=_say,
        flows=table.flows,
        assumptions=(
            "Authority effects are normal on the log-odds scale.",
            "Only plans issued are looked at: cases still open are not, so an authority that stalls looks better.",
            "An effect is what goes with a characteristic, not what it causes.",
        ),
        warnings=of_model(fitted.warnings),
        n_in=fitted.n_in,
        n_used=fitted.n_used,
        residual_df=fitted.n_used - terms.height - 1,
    )


def _prepared(frame: pl.DataFrame) -> pl.DataFrame:
    """Plans without a lawful exception, with the outcome and the covariates as words; reference levels first."""
    kept = frame.filter(~pl.col("assessment_is_exception").fill_null(value=False))
    age = pl.when(pl.col("age_at_start").is_null()).then(None)
    for limit, label in AGES:
        age = age.when(pl.col("age_at_start") < limit).then(pl.lit(label))
    need = pl.when(pl.col("need_code").is_in(COMMON_NEEDS)).then(pl.col("need_code")).otherwise(pl.lit(OTHER_NEEDS))
    return kept.select(
        (pl.col("days_to_plan") <= STATUTORY_DAYS).cast(pl.Int8).alias("in_time"),
        # Unknown sex is rare enough to be all in time or all late; such rows are dropped, and counted.
        pl.when(pl.col("sex_code").is_in(["F", "M"])).then(pl.col("sex_code")).alias("sex"),
        need.alias("need"),
        age.alias("age"),
        pl.col("year").cast(pl.String).alias("year"),
        "authority",
    )


def _backing(frame: pl.DataFrame) -> pl.Expr:
    """Plans on which each term rests: those at its level, all of them for the intercept."""
    sizes = {"(intercept)": frame.height}
    for name in COVARIATES:
        sizes |= {f"{name}[{level}]": n for level, n in frame[name].value_counts().rows()}
    return pl.col("term").replace_strict(sizes, default=0, return_dtype=pl.Int64).alias("n")


def _variance(variances: pd.DataFrame, n: int) -> pl.DataFrame:
    return pl.DataFrame(variances).with_columns(pl.lit(n).alias("n"))


def _say(frames: Frames) -> str:
    effects = frames["authorities"].drop_nulls("rank")
    if effects.is_empty():
        return "Too few plans stand behind any authority to say how they differ."
    width = effects.select((pl.col("rank_high") - pl.col("rank_low") + 1).mean()).item()
    share = frames["variance"].filter(pl.col("group") == "authority")["share"][0]
    return (
        f"About {share:.0%} of the differences in timeliness that characteristics leave unexplained lie between "
        f"authorities. The 95 % interval of a rank among {effects.height} is {width:.0f} places wide on average."
    )


timeliness_model = Study(
    name="timeliness_model",
    title="Timeliness: a multilevel model",
    question="What goes with getting a plan within 20 weeks, and how much do authorities differ?",
    choices=(),
    build=_build,
    compute=_compute,
)
