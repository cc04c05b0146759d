"""Authorities compared on what becomes of their pupils, given whom they have: adjusted, then shrunken.

Pupils differ between authorities before any authority does anything. So each authority's pupils are held against what
pupils like them come to in all of England (a risk model without authorities, its slopes taken within them), on a funnel
that allows for ordinary differences; and a multilevel model draws each authority towards the rest as far as its numbers
leave in doubt. Among plan holders alone the comparison misleads: who gets a plan is the authority's own decision.
"""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from analysis.expected import adjusted_funnel, expected, fewer, with_plans
from analysis.intake import BROUGHT, OUTCOMES, Outcome, brought, compared, complete, covariates
from analysis.measure import Direction
from analysis.models import funnel, multilevel
from analysis.populations.compared import AMONG, PLANS, SEN, plan_rates
from analysis.positions import ALIKE, FEWEST, PLACE, grouped, placed, position
from analysis.result import Chart, CountTable, Derived, EstimateTable, Frames, Part, Result
from analysis.study import Choice, Picks, Study
from analysis.table import AnalysisTable
from analysis.tried import tried
from analysis.warned import of_model
from cohort.snapshot import Snapshot

POINTS = 11
"""Quadrature nodes: enough where a unit has more than a few pupils."""
WHO = {"SEN": "all pupils with SEN", "plan holders": "plan holders", "all pupils": "all pupils"}
COLLIDER = (
    "Plan holders alone are compared: whether a pupil has a plan is the authority's decision, so an authority that "
    "gives plans to more pupils has plan holders in lesser need, and looks better for that alone. Compare all pupils "
    "with SEN."
)
PLAIN = "No order of authorities is shown, and ranks only as intervals: most authorities cannot be told apart."
NOT_CAUSED = "What is left of a difference is not what the authority caused: how severe needs are is not in the record."
NOT_SHRUNKEN = "Authorities could not be compared by the multilevel model: too few pupils with and without the outcome."
EFFECTS = {
    "level": pl.String, "estimate": pl.Float64, "low": pl.Float64, "high": pl.Float64, "rank_low": pl.Int64,
    "rank_high": pl.Int64,
}  # fmt: skip


def _build(snapshot: Snapshot, picks: Picks) -> AnalysisTable:
    built = brought(snapshot, compared(picks["outcome"], picks["among"]))
    return AnalysisTable(rows=built.rows, counts=plan_rates(snapshot), flows=built.flows)


def _compute(table: AnalysisTable, picks: Picks) -> Result:
    assert table.rows is not None  # noqa: S101
    outcome, frame = OUTCOMES[picks["outcome"]], complete(table.rows)
    found, (effects, told) = expected(frame), _effects(frame)
    units, who = found.units, WHO[picks["among"]]
    counted = units.select(*PLACE, pl.col("observed").cast(pl.Int64).alias("numerator"), denominator="pupils")
    foreseen = units.select(*PLACE, pl.col("expected") / pl.col("pupils"), fewer())
    return Result(
        title=f"Authorities compared on their pupils: {outcome.title}",
        estimand=f"Share of {who} {outcome.sentence}, in each authority, beside the share that pupils alike in "
        f"{BROUGHT} come to in England as a whole.",
        method="Indirect standardisation by a logistic risk model whose slopes are taken within authorities; "
        "over-dispersed funnel (Spiegelhalter 2005) worked out from the counts shown, 95 % and 99.8 % limits, in which "
        "an authority counts as so many pupils at England's risk as would be known as well; "
        "logistic model with a random intercept an authority, 95 % intervals of effects and ranks.",
        tables=(
            CountTable("authorities", "By authority, as counted", counted, PLACE),
            EstimateTable("england", "England", _england(units)),
            EstimateTable("expected", "Expected of pupils like theirs", foreseen),
            EstimateTable("effects", "Authorities beside the average one, shrunken", effects, Chart.CATERPILLAR),
            EstimateTable("tenths", "Expected against observed, by risk", found.tenths, part=Part.DIAGNOSTIC,
                          dimensions=("tenth",)),
            EstimateTable("regions", "Expected against observed, by region", found.regions, part=Part.DIAGNOSTIC),
            EstimateTable("plan_rate", "Do authorities with more plans look better?", _plan_rates(frame, table.counts),
                          part=Part.SENSITIVITY),
        ),
        derived=tuple(_derived(outcome.direction)),
        say=lambda frames: _say(frames, outcome, who),
        flows=table.flows,
        assumptions=(
            f"Pupils alike in {BROUGHT} would do alike in an average authority.",
            "The effects of authorities are normal on the log-odds scale.",
            "An authority is that of the school, and stands as it was in the year of the outcome.",
        ),
        warnings=(
            *((COLLIDER,) if picks["among"] == "plan holders" else ()), PLAIN, NOT_CAUSED, *found.warnings, *told
        ),
        n_in=table.rows.height,
        n_used=frame.height,
    )  # fmt: skip


def _england(units: pl.DataFrame) -> pl.DataFrame:
    return units.select(pl.col("pupils", "observed").sum()).select(
        value=pl.col("observed") / pl.col("pupils"), n=fewer()
    )


def _effects(frame: pl.DataFrame) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """Effects of authorities on the log odds, with rank intervals, and what the model warned of."""
    counted = frame.group_by("authority").agg(pl.len().alias("pupils"), pl.col("outcome").sum().alias("observed"))
    rests = counted.select(pl.col("authority").alias("level"), fewer()).sort("level")
    fitted = tried(
        multilevel.fit,
        frame,
        "outcome",
        fixed=covariates(frame),
        groups=["authority"],
        family="binomial",
        points=POINTS,
    )
    if fitted is None:
        none = [pl.lit(None, kind).alias(name) for name, kind in EFFECTS.items() if name != "level"]
        return rests.select("level", *none, "n"), (NOT_SHRUNKEN,)
    found = pl.DataFrame(fitted.effects("authority")).select(*EFFECTS)
    return found.join(rests, on="level").sort("level"), of_model(fitted.warnings)


def _plan_rates(frame: pl.DataFrame, plans: pl.DataFrame | None) -> pl.DataFrame:
    """The correlation with the plan rate, of all pupils with SEN who are there and of plan holders alone."""
    assert plans is not None  # noqa: S101
    rows = []
    for among, statuses in (("SEN", SEN), ("plan holders", PLANS)):
        units = expected(frame.filter(pl.col("sen_provision_code").is_in(statuses))).units
        n = int(units.select(pl.col("pupils", "observed").sum()).select(fewer()).item())
        rows.append({"among": WHO[among], **with_plans(units, plans), "n": n})
    kinds = dict.fromkeys(("correlation", "low", "high"), pl.Float64)
    return pl.DataFrame(rows, schema={"among": pl.String, **kinds, "n": pl.Int64})


def _derived(way: Direction) -> Iterator[Derived]:
    yield Derived("groups", "Better, not distinguishable, worse: shrunken", lambda f: _groups(f, way))
    yield Derived("funnel", "Funnel, adjusted", lambda f: _funnel(f, way, adjusts=True), Chart.FUNNEL)
    yield Derived("unadjusted", "Funnel, not adjusted", lambda f: _funnel(f, way, adjusts=False), part=Part.SENSITIVITY)
    yield Derived("ranks", "How wide the intervals of ranks are", _ranks, part=Part.DIAGNOSTIC)
    yield Derived("dispersion", "How far authorities differ beyond chance", _dispersion, part=Part.DIAGNOSTIC)
    yield Derived("changed", "Authorities whose place changes by adjusting", _changed, part=Part.SENSITIVITY)


def _funnel(frames: Frames, way: Direction, *, adjusts: bool) -> pl.DataFrame:
    """Position of each authority whose figures are shown; without enough of them, nobody's."""
    england = frames["england"]["value"].item()
    foreseen = frames["expected"].select("authority_code", "expected")
    shown = frames["authorities"].join(foreseen, on="authority_code").drop_nulls(["numerator", "expected"])
    if shown.height < FEWEST or england is None:
        return shown.head(0).select(PLACE)
    if adjusts:
        fitted = adjusted_funnel(shown, england)
    else:
        fitted = funnel.fit(shown, "authority", "numerator", "denominator", target=england, consistent=True)
    return placed(shown.select(PLACE), fitted, way)


def _groups(frames: Frames, way: Direction) -> pl.DataFrame:
    """Authorities by whether the interval of their shrunken effect leaves out the average, alphabetical within."""
    group = position(pl.col("high") < 0, pl.col("low") > 0, way)
    shown = frames["effects"].drop_nulls("estimate").rename({"level": "authority"}).with_columns(group)
    return grouped(shown.select("group", "authority", "rank_low", "rank_high"), way)


def _ranks(frames: Frames) -> pl.DataFrame:
    shown = frames["effects"].drop_nulls("rank_low")
    width = (pl.col("rank_high") - pl.col("rank_low") + 1).mean()
    return shown.select(pl.len().cast(pl.Int64).alias("authorities"), width.alias("places_wide_on_average"))


def _dispersion(frames: Frames) -> pl.DataFrame:
    """φ and τ² before and after adjusting, and how many authorities lie outside the limits of either kind."""
    rows = [
        positions.select(
            pl.lit(words).alias("way"), pl.col("phi", "tau2").first(),
            (pl.col("z_unadjusted").abs() > funnel.LIMITS["998"]).sum().alias("outside_limits_of_chance_alone"),
            (pl.col("group") != ALIKE).sum().alias("outside_limits_shown"),
        )
        for words, name in (("not adjusted", "unadjusted"), ("adjusted", "funnel"))
        if "group" in (positions := frames.get(name, pl.DataFrame())).columns
    ]  # fmt: skip
    return pl.concat(rows) if rows else pl.DataFrame(schema={"way": pl.String})


def _changed(frames: Frames) -> pl.DataFrame:
    """Authorities that stand elsewhere once whom they have is allowed for."""
    before, after = frames["unadjusted"], frames["funnel"]
    if "group" not in after.columns:
        return after
    both = before.select("authority", not_adjusted="group").join(
        after.select("authority", adjusted="group"), on="authority"
    )
    return both.filter(pl.col("not_adjusted") != pl.col("adjusted")).sort("authority")


def _say(frames: Frames, outcome: Outcome, who: str) -> str:
    england, groups = frames["england"]["value"].item(), frames["groups"]
    if england is None:
        return f"Too few of {who} may be shown to say what becomes of them."
    first = f"Of {who} in England, {england:.0%} are {outcome.sentence}."
    if groups.is_empty():
        return f"{first} Too few stand behind any authority to compare it."
    alike, count = groups.filter(pl.col("group") == ALIKE).height, groups.height
    width = frames["ranks"]["places_wide_on_average"].item()
    others = " What differs between the others is associated with the authority, not shown to be caused by it."
    return (
        f"{first} Allowing for whom they have, {alike} of {count} authorities with figures cannot be told apart from "
        f"the average one; the 95 % interval of a rank is {width:.0f} places wide on average."
        f"{others if alike < count else ''}"
    )


la_adjusted = Study(
    name="la_adjusted",
    title="Authorities compared on their pupils",
    question="Do pupils with SEN fare better or worse in some authorities than pupils like them elsewhere?",
    choices=(
        Choice("outcome", "What becomes of pupils.", tuple(OUTCOMES), "key_stage_2"),
        Choice("among", "Of whom.", tuple(AMONG), "SEN"),
    ),
    build=_build,
    compute=_compute,
)
