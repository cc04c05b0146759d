"""Releases for the tests of the screens: invented counts through the real studies and the real gate."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import polars as pl

from analysis.disclosure.gate import release
from analysis.disclosure.policy import policy_named
from analysis.measure import measures
from analysis.release import Provenance, Release
from analysis.result import Chart, EstimateTable, Result
from analysis.studies.la_comparison import la_comparison
from analysis.studies.outcome_summary import outcome_summary
from analysis.study import Study
from analysis.table import AnalysisTable
from analysis.tiles import LAYOUT
from cohort.errors import UsageError
from cohort.schema.calendar import authorities
from cohort.schema.codes import people

AT = datetime(2026, 4, 1, 12, 0, tzinfo=UTC)
YEARS = (2023, 2024, 2025)
SIZES = {"plans_in_force": 4000, "requests": 1000, "refused": 1000, "within_20_weeks": 550, "appeals": 900}
SHARES = {"refused": 0.25, "within_20_weeks": 0.46, "appeals": 0.03}


def comparison(snapshot: str, policy: str, number: int = 153, **choices: str) -> Release:
    """Authorities compared, through the real study and gate. Published figures are not loaded, except appeals."""
    picks = la_comparison.pick(choices)
    if picks["source"] == "published" and picks["measure"] != "appeals":
        raise UsageError("TABLE-01", f"The snapshot {snapshot} carries no published figures.", "Load them first.")
    table = AnalysisTable(counts=_by_authority(picks["measure"], number), flows=_flows())
    if picks["source"] == "published":
        gap = pl.col("authority_code") == "202"
        reason = pl.when(gap).then(pl.lit("not published for this authority"))
        counts = table.counts.with_columns((~gap).alias("comparable"), reason.alias("reason"))
        table = AnalysisTable(counts=counts, source="Tribunal statistics: SEND appeal rate (MoJ)")
    return _released(la_comparison, table, snapshot, policy, picks)


def summary(snapshot: str, policy: str, **choices: str) -> Release:
    """The outcome summary of England, through the real study and gate."""
    picks = outcome_summary.pick(choices)
    groups = {
        "none": {},
        "sex": {"sex_code": [(code.code, 0.7 / (i * i + 1)) for i, code in enumerate(people.SEX.codes)]},
        "ethnicity": {"ethnicity_code": [(code.code, 1 / (i + 3)) for i, code in enumerate(people.ETHNICITY.codes)]},
    }[picks["group"]]
    frame = pl.concat([_by_group(name, groups) for name in SIZES])
    return _released(outcome_summary, AnalysisTable(counts=frame, flows=_flows()), snapshot, policy, picks)


def model(snapshot: str, policy: str, is_invented: bool = True) -> Release:
    """Model estimates as a study would give them, through the real gate."""
    rng = np.random.default_rng(7)
    names = LAYOUT["name"].sort().to_list()[:40]
    effect = rng.normal(0, 0.5, len(names)).round(3)
    width = rng.uniform(0.2, 0.6, len(names)).round(3)
    effects = pl.DataFrame(
        {
            "level": names,
            "estimate": effect,
            "se": width / 1.96,
            "low": effect - width,
            "high": effect + width,
            "n": [4, *rng.integers(40, 900, len(names) - 1)],
        }
    )
    terms = pl.DataFrame(
        {
            "term": ["(intercept)", "sex[F]", "need[SEMH]"],
            "estimate": [-0.15, 0.03, -0.41],
            "se": [0.05, 0.04, 0.06],
            "low": [-0.25, -0.05, -0.53],
            "high": [-0.05, 0.11, -0.29],
            "n": [9000, 2700, 1200],
        }
    )
    result = Result(
        title="What goes with a plan in 20 weeks",
        estimand="Log-odds of a final plan within 20 weeks of the request.",
        method="Logistic regression with a random intercept for each authority.",
        tables=(
            EstimateTable("terms", "Characteristics", terms),
            EstimateTable("authorities", "Authorities", effects, Chart.CATERPILLAR),
        ),
        say=lambda _: "About 12 % of the differences that characteristics leave unexplained lie between authorities.",
        flows=_flows(),
        assumptions=("Authority effects are normal on the log-odds scale.",),
        warnings=("The fit stopped at its limit of steps.",),
        n_in=9400,
        n_used=9000,
        residual_df=8990,
    )
    given = _provenance("timeliness_model", "What goes with a plan in 20 weeks?", {}, snapshot, policy, is_invented)
    return release(result, policy_named(policy), given)


def _by_authority(measure: str, number: int) -> pl.DataFrame:
    """One row an authority and year; the first authority is small enough to be withheld."""
    rng = np.random.default_rng(25)
    regions = {a.authority_code: a.region_name for a in authorities()}
    places = LAYOUT.gather_every(max(1, LAYOUT.height // number)).head(number)
    frames = []
    for year in YEARS:
        out_of = rng.lognormal(np.log(SIZES[measure] * 0.7), 0.7, places.height).astype(int) + 20
        share = 1 / (
            1 + np.exp(-(np.log(SHARES[measure] / (1 - SHARES[measure])) + rng.normal(0, 0.45, places.height)))
        )
        if places.height > 40:
            odds = SHARES[measure] / (1 - SHARES[measure])
            share[[20, 40]] = odds * 9 / (1 + odds * 9), odds / 9 / (1 + odds / 9)
        out_of[0] = 11
        frames.append(
            places.select(
                pl.lit(year).alias("year"),
                "authority_code",
                pl.lit(measure).alias("measure"),
                pl.Series("numerator", rng.binomial(out_of, share)),
                pl.Series("denominator", out_of),
                pl.col("name").alias("authority"),
                pl.col("authority_code").replace_strict(regions, default="").alias("region"),
            )
        )
    return pl.concat(frames)


def _by_group(measure: str, groups: dict[str, list[tuple[str, float]]]) -> pl.DataFrame:
    """One row a year and group of children, all in one authority: the study sums over authorities."""
    rng = np.random.default_rng(len(measure))
    column, parts = next(iter(groups.items()), (None, [("", 1.0)]))
    rows = []
    for year in YEARS:
        for code, part in parts:
            out_of = int(SIZES[measure] * 90 * part * (1 + 0.08 * (year - YEARS[0])))
            share = SHARES.get(measure)
            numerator = int(rng.binomial(out_of, share * rng.uniform(0.9, 1.1))) if share else out_of
            group = {column: code} if column else {}
            rows.append(
                {
                    "year": year,
                    "authority_code": "202",
                    **group,
                    "measure": measure,
                    "numerator": numerator,
                    "denominator": out_of if share else None,
                }
            )
    return pl.DataFrame(rows, schema_overrides={"denominator": pl.Int64})


def _flows() -> dict[str, pl.DataFrame]:
    steps = [
        ("start", "Every request for an assessment.", 152_310),
        ("decided", "Requests that were decided.", 131_204),
        ("issued", "Plans issued in the year.", 84_866),
        ("rare", "A step that hardly anybody passes.", 4),
    ]
    return {"plans_issued": pl.DataFrame(steps, schema=["step", "sentence", "n"], orient="row")}


def _released(study: Study, table: AnalysisTable, snapshot: str, policy: str, picks: object) -> Release:
    given = _provenance(study.name, study.question, dict(picks), snapshot, policy)
    return release(study.compute(table, picks), policy_named(policy), given)


def _provenance(
    study: str, question: str, choices: dict[str, str], snapshot: str, policy: str, is_invented: bool = True
) -> Provenance:
    return Provenance(
        study=study,
        question=question,
        choices=choices,
        snapshot=snapshot,
        snapshot_digest="3f9c21d07ab4" + "0" * 52,
        as_known_at=AT,
        is_invented=is_invented,
        software_version="0.1.0",
        policy=policy,
        at=AT,
        account="tester",
    )


assert set(SIZES) <= set(measures())
