"""Does high-needs money go where need is? Spending of authorities beside need, plans, delivery and timeliness.

An authority spends more where it has more plans, and it has more plans where it decides to issue them. So spending is
looked at beside need alone, and beside need given plans: what is left of the first in the second tells whether money
follows need or plans. All of it is about authorities: it says nothing of what is spent on one child.
"""

from __future__ import annotations

from math import log

import polars as pl

from analysis.measure import Direction, measures
from analysis.models import funnel, robust
from analysis.places import authorities
from analysis.populations.authority import HIGH_NEEDS
from analysis.populations.compared import rolls
from analysis.positions import ALIKE, FEWEST, PLACE, placed
from analysis.result import Chart, CountTable, Derived, EstimateTable, Frames, Part, Result
from analysis.study import Picks, Study
from analysis.table import AnalysisTable, figures, rows, values
from analysis.tried import tried
from cohort.errors import NothingToRelease
from cohort.snapshot import Snapshot

KEYS = ["authority_code", "year"]
NEED, GIVEN_PLANS = ("meals", "support"), ("meals", "support", "plan_rate")
TERMS = {
    "meals": ("ten points more pupils with free meals", 0.1),
    "support": ("ten points more pupils with SEN support", 0.1),
    "plan_rate": ("a tenth more plans for each pupil", log(1.1)),
    "each": ("a tenth more spending on each plan", log(1.1)),
}
"""Column → what a step of it is, in words and in its own units."""
COLUMNS = {"model": pl.String, "step": pl.String, **dict.fromkeys(("ratio", "low", "high"), pl.Float64), "n": pl.Int64}
POINTS = {
    "outcome": pl.String,
    "model": pl.String,
    **dict.fromkeys(("points", "low", "high"), pl.Float64),
    "n": pl.Int64,
}
ASSUMPTIONS = (
    "Free meals and SEN support of pupils stand for need; severity is not known for an authority.",
    "Plans counted in January stand for the plans of the financial year, of all ages to 25.",
    "Authorities that give no figures would be like those that do.",
)
NOT_FITTED = "Some associations could not be estimated: too few authorities gave their figures."


def _build(snapshot: Snapshot, _: Picks) -> AnalysisTable:
    built = rows(snapshot, HIGH_NEEDS)
    assert built.rows is not None  # noqa: S101
    if built.rows.is_empty():
        raise NothingToRelease("STUDY-04", "No authority told of its money.", "Load returns of authorities first.")
    known = measures()
    plans = figures(snapshot, [known["plans_in_force"]], by=("authority_code", "year"))
    in_time = figures(snapshot, [known["within_20_weeks"]], by=("authority_code", "year"))
    # A return of SEN2 tells of the calendar year before its census day in January; the money's year ends in March.
    held = plans.select("authority_code", pl.col("year") + 1, held="numerator")
    timed = in_time.select("authority_code", pl.col("year") + 1, in_time="numerator", issued="denominator")
    hours = values(snapshot, [known["hours_delivered"]], by=("authority_code", "year"))
    money = built.rows.join(authorities(snapshot), on="authority_code", how="left")
    frame = (
        money.join(held, on=KEYS, how="left")
        .join(rolls(snapshot), on=KEYS, how="left")
        .join(timed, on=KEYS, how="left")
        .join(hours.select(*KEYS, delivered="value", lines="n"), on=KEYS, how="left")
    )
    return AnalysisTable(rows=frame.sort(KEYS), flows=built.flows)


def _compute(table: AnalysisTable, _: Picks) -> Result:
    assert table.rows is not None  # noqa: S101
    frame = _prepared(table.rows)
    if frame.is_empty():
        raise NothingToRelease("STUDY-54", "No authority told of money and of plans.", "Load returns of SEN2 as well.")
    latest = frame.filter(pl.col("year") == frame["year"].max()).sort("authority")
    spending, outcomes = _spending(frame), _outcomes(frame)
    lacking = (NOT_FITTED,) if spending["ratio"].null_count() or outcomes["points"].null_count() else ()
    year = latest["year"][0]
    return Result(
        title="High-needs money beside need",
        estimand="How many times as much high-needs spending for each pupil goes with a step more need, between "
        "authorities in one year; and the same between authorities with as many plans.",
        method="Linear models of the logarithm of spending, with years; errors clustered by authority (CR2 below 40). "
        "Funnel of spending on each plan over what authorities of like need spend, over-dispersed (Spiegelhalter "
        "2005), as if the cost of a plan varied by as much as its mean; worked out from the figures shown.",
        tables=(
            EstimateTable("spending", "Spending for each pupil", spending),
            EstimateTable("outcomes", "What comes with more spending on each plan", outcomes),
            CountTable("plans", f"Plans in force and pupils on roll, {year}", _plans(latest), PLACE, is_share=False),
            EstimateTable("money", f"High-needs money, financial year to March {year}", _money(latest)),
            EstimateTable("england", "England, by year", _england(frame), part=Part.DIAGNOSTIC, dimensions=("year",)),
        ),
        derived=(
            Derived("each_plan", "Spending and deficit for each plan and pupil, as shown", _each),
            Derived("funnel", "Spending on each plan beside authorities of like need", _funnel, Chart.FUNNEL),
            Derived("dispersion", "How far authorities differ", _dispersion, part=Part.DIAGNOSTIC),
        ),
        say=_say,
        flows=table.flows,
        assumptions=ASSUMPTIONS,
        warnings=(
            "These are associations between authorities: nothing follows for a single child, and nothing for what "
            "money does (ecological).",
            "Spending on each plan has no good direction: a high figure may mean costly needs or costly places.",
            *lacking,
        ),
        n_in=table.rows.height,
        n_used=frame.height,
    )  # fmt: skip


def _prepared(frame: pl.DataFrame) -> pl.DataFrame:
    """Authority-years in which money, plans and pupils are known, with logarithms and shares."""
    known = frame.drop_nulls(["outturn_gbp", "held", "pupils", "authority"])
    known = known.filter(pl.min_horizontal("held", "pupils", "outturn_gbp") > 0)
    return known.with_columns(
        (pl.col("outturn_gbp") / pl.col("pupils")).log().alias("spent"),
        (pl.col("outturn_gbp") / pl.col("held")).log().alias("each"),
        (pl.col("held") / pl.col("pupils")).log().alias("plan_rate"),
        *(pl.col(name) / pl.col("pupils") for name in ("meals", "support")),
        (pl.col("in_time") / pl.col("issued")).alias("in_time"),
        pl.col("year").cast(pl.String).alias("era"),
    )


def _fitted(frame: pl.DataFrame, outcome: str, fixed: tuple[str, ...]) -> dict[str, dict[str, float | None]]:
    """By term: estimate, low, high; empty where the model cannot be fitted."""
    found = tried(robust.fit, frame, outcome, [*fixed, "era"], cluster="authority_code")
    if found is None:
        return {}
    return {row["term"]: row for row in pl.DataFrame(found.coefficients).iter_rows(named=True)}


def _step(found: dict[str, dict[str, float | None]], term: str) -> tuple[float | None, ...]:
    """Estimate, low and high for one step of a term."""
    row, size = found.get(term, {}), TERMS[term][1]
    ends = (row.get(name) for name in ("estimate", "low", "high"))
    return tuple(None if end is None else end * size for end in ends)


def _spending(frame: pl.DataFrame) -> pl.DataFrame:
    """How many times as much is spent for each pupil with a step more of each term."""
    told = []
    for model, fixed in {"need alone": NEED, "need, given plans": GIVEN_PLANS}.items():
        found = _fitted(frame, "spent", fixed)
        for term in fixed:
            ratios = pl.Series(_step(found, term), dtype=pl.Float64).exp()
            told.append((model, TERMS[term][0], *ratios, frame["held"].sum()))
    return pl.DataFrame(told, schema=COLUMNS, orient="row")


def _outcomes(frame: pl.DataFrame) -> pl.DataFrame:
    """Points of delivery and timeliness that go with a step more spending on each plan, as it is and given need."""
    told = []
    for outcome, words in {"delivered": "hours delivered of hours due", "in_time": "plans within 20 weeks"}.items():
        known = frame.drop_nulls(outcome).filter(pl.col(outcome).is_finite())
        for model, fixed in {"spending alone": (), "given need and plans": GIVEN_PLANS}.items():
            ends = _step(_fitted(known, outcome, ("each", *fixed)), "each")
            told.append((words, model, *(None if end is None else 100 * end for end in ends), known["held"].sum()))
    return pl.DataFrame(told, schema=POINTS, orient="row")


def _plans(latest: pl.DataFrame) -> pl.DataFrame:
    return latest.select(*PLACE, numerator="held", denominator="pupils")


def _money(latest: pl.DataFrame) -> pl.DataFrame:
    """Spending and deficit of each authority, and what authorities of like need spend on each plan."""
    found = tried(robust.fit, latest, "each", list(NEED), cluster=None)
    told = None if found is None else pl.DataFrame(found.coefficients).select("term", "estimate")
    slopes = {} if told is None else dict(told.iter_rows())
    like = latest.with_columns(like=pl.sum_horizontal(pl.col(term) * (slopes.get(term) or 0.0) for term in NEED).exp())
    level = like.select(pl.col("outturn_gbp").sum() / (pl.col("like") * pl.col("held")).sum()).item()
    return like.select(
        *PLACE, "outturn_gbp", "deficit_gbp", (pl.col("like") * level).alias("expected_each_gbp"), n="held"
    )


def _england(frame: pl.DataFrame) -> pl.DataFrame:
    """Of authorities that gave their figures: spending of the allocation, on each plan and for each pupil."""
    sums = frame.group_by("year").agg(pl.col("outturn_gbp", "allocation_gbp", "deficit_gbp", "held", "pupils").sum())
    spent = pl.col("outturn_gbp")
    return sums.sort("year").select(
        "year",
        of_allocation=spent / pl.col("allocation_gbp"),
        each_plan_gbp=spent / pl.col("held"),
        each_pupil_gbp=spent / pl.col("pupils"),
        deficit_each_pupil_gbp=pl.col("deficit_gbp") / pl.col("pupils"),
        n="held",
    )


def _each(frames: Frames) -> pl.DataFrame:
    """By authority, out of the counts and the money that are shown."""
    both = frames["plans"].join(frames["money"].drop("authority", "region", "status"), on="authority_code")
    shown = both.drop_nulls(["numerator", "denominator", "outturn_gbp"])
    return shown.select(
        *PLACE,
        each_plan_gbp=pl.col("outturn_gbp") / pl.col("numerator"),
        like_need_gbp="expected_each_gbp",
        each_pupil_gbp=pl.col("outturn_gbp") / pl.col("denominator"),
        deficit_each_pupil_gbp=pl.col("deficit_gbp") / pl.col("denominator"),
        plans="numerator",
    ).sort("authority")


def _funnel(frames: Frames) -> pl.DataFrame:
    """Spending on each plan over that of like need, for authorities whose figures are shown."""
    shown = frames["each_plan"]
    if shown.height < FEWEST:
        return shown.head(0).select(PLACE)
    ratio = pl.col("each_plan_gbp") / pl.col("like_need_gbp")
    told = shown.with_columns(events=ratio * pl.col("plans"))
    return placed(
        shown.select(PLACE), funnel.fit(told, "authority", "events", expected="plans", consistent=True), Direction.NONE
    )


def _dispersion(frames: Frames) -> pl.DataFrame:
    positions = frames["funnel"]
    if "group" not in positions.columns:
        return pl.DataFrame(schema={"phi": pl.Float64, "tau2": pl.Float64})
    outside = (pl.col("group") != ALIKE).sum().cast(pl.Int64).alias("outside_limits")
    return positions.select(pl.col("phi", "tau2").first(), pl.len().cast(pl.Int64).alias("authorities"), outside)


def _say(frames: Frames) -> str:
    told = {(r["model"], r["step"]): r["ratio"] for r in frames["spending"].iter_rows(named=True)}
    meals, plans = TERMS["meals"][0], TERMS["plan_rate"][0]
    alone, given = told["need alone", meals], told["need, given plans", meals]
    follows = told["need, given plans", plans]
    if alone is None or given is None or follows is None:
        return "Too few authorities gave their figures to say whether money goes with need."
    return (
        f"Between authorities, {meals} go with {_more(alone)} high-needs spending for each pupil, and with "
        f"{_more(given)} where as many plans are in force; {plans} go with {_more(follows)}. These are associations "
        "between authorities, not what money does."
    )


def _more(ratio: float) -> str:
    return f"{abs(ratio - 1):.0%} {'more' if ratio >= 1 else 'less'}"


funding_and_need = Study(
    name="funding_and_need",
    title="High-needs money beside need",
    question="Does high-needs money go where need is, and what comes with it?",
    choices=(),
    build=_build,
    compute=_compute,
)
