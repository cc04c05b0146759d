"""What appeals cost, as far as any return tells: what families claimed, and what they were given back.

What an authority spends on officers and counsel, what the tribunal costs, and what a family paid and did not claim is
in no return. So this is a floor, and the study says what is missing beside every figure.
"""

from __future__ import annotations

from math import exp

import polars as pl

from analysis.measure import measures
from analysis.models import robust
from analysis.places import authorities
from analysis.populations.claims import APPEALS_COSTED, CLAIMS_TOLD, OPEN
from analysis.populations.disputes import OMBUDSMAN
from analysis.result import CountTable, EstimateTable, Frames, Part, Result
from analysis.study import Picks, Study
from analysis.table import AnalysisTable, figures, rows
from analysis.tried import tried
from analysis.warned import of_model
from cohort.errors import NothingToRelease
from cohort.schema.codes.tribunal import COST
from cohort.snapshot import Snapshot

UNITS = {"appeal": APPEALS_COSTED, "claim": CLAIMS_TOLD, "finding": OMBUDSMAN}
PLANS = "plans_in_force"
HUNDRED, FIFTY = 100, 50
QUARTILES = {"Lower quarter of claims": 0.25, "Middle claim": 0.5, "Upper quarter of claims": 0.75}
SHARE, PER_APPEAL, PER_CLAIM = "Appeals with a claim, share", "Claimed for each appeal", "Claimed for each claim"
TYPICAL = "Typical claim (geometric mean)"
BACK = "Given back of each pound claimed and answered"
YEAR = ("year",)
Figure = tuple[float | None, float | None, float | None]
"""An estimate with its limits."""


def _build(snapshot: Snapshot, _: Picks) -> AnalysisTable:
    made = {unit: rows(snapshot, population) for unit, population in UNITS.items()}
    if all(_rows(made[unit]).is_empty() for unit in ("appeal", "claim")):
        raise NothingToRelease("STUDY-04", "No appeal that has ended is told.", "Load returns of disputes first.")
    held = figures(snapshot, [measures()[PLANS]]).select(
        "year", "authority_code", plans="numerator", unit=pl.lit(PLANS)
    )
    money = [_rows(one).with_columns(unit=pl.lit(unit)) for unit, one in made.items()]
    both = pl.concat([*money, held], how="diagonal")
    named = both.join(authorities(snapshot), on="authority_code", how="left", maintain_order="left")
    return AnalysisTable(rows=named, flows={name: flow for one in made.values() for name, flow in one.flows.items()})


def _rows(table: AnalysisTable) -> pl.DataFrame:
    assert table.rows is not None  # noqa: S101
    return table.rows


def _compute(table: AnalysisTable, _: Picks) -> Result:
    of = {unit: _rows(table).filter(unit=unit) for unit in (*UNITS, PLANS)}
    claims, appeals = of["claim"], _appeals(of["appeal"])
    shares, warnings = _shares(appeals, claims)
    return Result(
        title="What appeals cost, as far as it is told",
        estimand="Of appeals that ended, the pounds that families claimed in costs: for each appeal (those without a "
        "claim count with none), for each claim, and for each hundred plans in force.",
        method="Means and shares with errors clustered by authority; ratios of sums as means weighted by what they are "
        "out of; the typical claim is the geometric mean, as a few claims are very large.",
        tables=(
            EstimateTable("shares", "Who claimed, and what was given back", shares),
            EstimateTable("pounds", "Pounds claimed", _pounds(appeals, claims)),
            EstimateTable("years", "By calendar year in which the appeal ended", _by(appeals, "year"), dimensions=YEAR),
            EstimateTable("regions", "By region", _by(appeals, "region")),
            EstimateTable("authorities", "By authority", _by(appeals, "authority")),
            EstimateTable("plans", "For each 100 plans in force", _per_plans(appeals, of[PLANS]), dimensions=YEAR),
            EstimateTable("kinds", "What was paid for", _kinds(claims)),
            EstimateTable("others", "Other payments and orders", _others(appeals, of["finding"])),
            CountTable("told", "What is told of claims", _told(appeals, claims), ("told",), part=Part.DIAGNOSTIC),
            EstimateTable("ways", "What other ways say", _ways(appeals, claims), part=Part.SENSITIVITY),
        ),
        say=_say,
        flows=table.flows,
        assumptions=(
            "A claim is of the appeal of the same child that ended last before it, within half a year.",
            "A claim not told was not made.",
        ),
        warnings=(
            "In no return: what authorities spend on officers, counsel and witnesses, what the tribunal costs, and "
            "what families paid and did not claim. High-needs returns do not part disputes out. It is a floor.",
            "Pounds are those of the day, not put right for prices.",
            *warnings,
        ),
        n_in=appeals.height,
        n_used=appeals.height,
    )


def _appeals(ended: pl.DataFrame) -> pl.DataFrame:
    return ended.with_columns(
        claimed=pl.col("claimed_gbp").fill_null(0.0), has_claim=(pl.col("claims") > 0).cast(pl.Int8)
    )


def _mean(frame: pl.DataFrame, column: str, weights: str | None = None) -> tuple[Figure, tuple[str, ...]]:
    """The mean with its limits; nothing where no error can be told."""
    known = frame.drop_nulls([column]) if weights is None else frame.filter(pl.col(weights) > 0).drop_nulls([column])
    found = tried(robust.fit, known, column, [], cluster="authority", weights=weights)
    if found is None:
        return (None, None, None), ()
    row = pl.DataFrame(found.coefficients).row(0, named=True)
    return (row["estimate"], row["low"], row["high"]), of_model(found.warnings)


def _fewer(appeals: pl.DataFrame) -> int:
    """Children on whom a figure of appeals rests: the fewer of those with a claim and those without."""
    return min(appeals.filter(has_claim=has)["person_id"].n_unique() for has in (0, 1))


def _shares(appeals: pl.DataFrame, claims: pl.DataFrame) -> tuple[pl.DataFrame, tuple[str, ...]]:
    share, said = _mean(appeals, "has_claim")
    back, _ = _given_back(claims.filter(pl.col("cost_outcome_code") != OPEN))
    made = [(SHARE, *share, _fewer(appeals)), (BACK, *back, _answered(claims))]
    return pl.DataFrame(made, schema=_schema("measure", "value"), orient="row"), said


def _pounds(appeals: pl.DataFrame, claims: pl.DataFrame) -> pl.DataFrame:
    behind = claims["person_id"].n_unique()
    typical, _ = _mean(claims.with_columns(log=pl.col("claimed_gbp").log()), "log")
    made = [
        (PER_APPEAL, *_mean(appeals, "claimed")[0], _fewer(appeals)),
        (PER_CLAIM, *_mean(claims, "claimed_gbp")[0], behind),
        (TYPICAL, *(None if log is None else exp(log) for log in typical), behind),
        *_quartiles(claims, behind),
    ]
    return pl.DataFrame(made, schema=_schema("measure", "pounds"), orient="row")


def _quartiles(claims: pl.DataFrame, behind: int) -> list[tuple[object, ...]]:
    """Each rests on the fewer of the claims on its two sides; to the nearest £50, as it may be a claim's own amount."""
    pounds = claims["claimed_gbp"].drop_nulls()
    found = {words: (pounds.quantile(at, "linear"), at) for words, at in QUARTILES.items()}
    return [
        (words, None if amount is None else FIFTY * round(amount / FIFTY), None, None, int(behind * min(at, 1 - at)))
        for words, (amount, at) in found.items()
    ]


def _schema(of: str, figure: str) -> dict[str, type[pl.DataType]]:
    return {of: pl.String, figure: pl.Float64, "low": pl.Float64, "high": pl.Float64, "n": pl.Int64}


def _given_back(claims: pl.DataFrame) -> tuple[Figure, tuple[str, ...]]:
    part = pl.col("reimbursed_gbp").fill_null(0.0) / pl.col("claimed_gbp")
    return _mean(claims.with_columns(part=part), "part", "claimed_gbp")


def _answered(claims: pl.DataFrame) -> int:
    """Children on whom a figure of answers rests: the fewer of those given something and those refused."""
    answered = claims.filter(pl.col("cost_outcome_code") != OPEN)
    refused = pl.col("cost_outcome_code") == "R"
    return min(answered.filter(which)["person_id"].n_unique() for which in (refused, ~refused))


def _by(appeals: pl.DataFrame, by: str) -> pl.DataFrame:
    """Means by group; within one authority no error can be told."""
    made = [
        (name, HUNDRED * of["has_claim"].mean(), of["claimed"].mean(), *_mean(of, "claimed")[0][1:], _fewer(of))  # pyright: ignore[reportOperatorIssue]
        for (name,), of in appeals.group_by(by)
    ]
    numbers = dict.fromkeys(("claims_per_100_appeals", "pounds_per_appeal", "low", "high"), pl.Float64)
    return pl.DataFrame(made, schema={by: appeals.schema[by], **numbers, "n": pl.Int64}, orient="row").sort(by)


def _per_plans(appeals: pl.DataFrame, held: pl.DataFrame) -> pl.DataFrame:
    """Pounds claimed over plans in force, year by year: authorities' ratios, weighted by their plans."""
    keys = ("year", "authority")
    claimed = appeals.group_by(keys).agg(pl.col("claimed").sum())
    both = held.join(claimed, on=keys, how="left", suffix="_of").with_columns(
        rate=HUNDRED * pl.col("claimed").fill_null(0.0) / pl.col("plans")
    )
    told = both.filter(pl.col("year").is_in(appeals["year"].unique().to_list()))
    made = [
        (year, *_mean(of, "rate", "plans")[0], _fewer(appeals.filter(year=year)))
        for (year,), of in told.group_by("year")
    ]
    return pl.DataFrame(made, schema={**_schema("year", "pounds"), "year": pl.Int64}, orient="row").sort("year")


def _kinds(claims: pl.DataFrame) -> pl.DataFrame:
    labels = {code.code: code.label for code in COST.codes}
    made = [
        (labels[code], of["claimed_gbp"].mean(), of["person_id"].n_unique())
        for (code,), of in claims.drop_nulls("claimed_gbp").group_by("cost_code")
    ]
    return pl.DataFrame(made, schema={"paid_for": pl.String, "pounds": pl.Float64, "n": pl.Int64}, orient="row").sort(
        "paid_for"
    )


def _others(appeals: pl.DataFrame, findings: pl.DataFrame) -> pl.DataFrame:
    paid = findings.drop_nulls("remedy_gbp")
    ordered = appeals["has_costs_order"].fill_null(value=False).sum()
    made = [
        ("Remedy that the Ombudsman recommended, pounds", paid["remedy_gbp"].mean(), paid["person_id"].n_unique()),
        (
            "Costs ordered by the tribunal, for each 100 appeals; how much is not told",
            HUNDRED * ordered / max(appeals.height, 1),
            min(ordered, appeals.height - ordered),
        ),
    ]
    return pl.DataFrame(made, schema={"what": pl.String, "figure": pl.Float64, "n": pl.Int64}, orient="row")


def _told(appeals: pl.DataFrame, claims: pl.DataFrame) -> pl.DataFrame:
    ways = {
        "Claims with an amount": pl.col("claimed_gbp").is_not_null(),
        "Claims after an appeal that is told": pl.col("registered_date").is_not_null(),
        "Claims answered": pl.col("cost_outcome_code") != OPEN,
    }
    made = [(words, int(claims.select(holds.sum()).item() or 0), claims.height) for words, holds in ways.items()]
    made.append(("Appeals with a claim", int(appeals["has_claim"].sum()), appeals.height))
    return pl.DataFrame(made, schema={"told": pl.String, "numerator": pl.Int64, "denominator": pl.Int64}, orient="row")


def _ways(appeals: pl.DataFrame, claims: pl.DataFrame) -> pl.DataFrame:
    """Most appeals are followed by no claim, so that a claim is not what an appeal costs."""
    made = [
        ("The mean claim taken for what each appeal costs", *_mean(claims, "claimed_gbp")[0], _fewer(appeals)),
        (PER_APPEAL, *_mean(appeals, "claimed")[0], _fewer(appeals)),
    ]
    return pl.DataFrame(made, schema=_schema("way", "pounds"), orient="row")


def _say(frames: Frames) -> str:
    share = frames["shares"].filter(measure=SHARE)["value"].item()
    pounds = {row["measure"]: row for row in frames["pounds"].iter_rows(named=True)}
    each, claim = pounds[PER_APPEAL], pounds[PER_CLAIM]
    missing = "What authorities and the tribunal spend is in no return."
    if share is None or each["low"] is None or claim["pounds"] is None:
        return f"Too few appeals were followed by a claim for costs to say what they cost. {missing}"
    return (
        f"After {share:.0%} of appeals that ended the family claimed costs, on average £{claim['pounds']:,.0f}, which "
        f"makes £{each['pounds']:,.0f} for each appeal (95 % interval £{each['low']:,.0f} to "
        f"£{each['high']:,.0f}). {missing}"
    )


appeal_costs = Study(
    name="appeal_costs",
    title="What appeals cost",
    question="What do appeals cost, as far as any return tells?",
    choices=(),
    build=_build,
    compute=_compute,
)
