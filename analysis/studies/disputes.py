"""From a refusal to a decision of the tribunal: who goes on at each step, and what comes of it.

Each step has its own denominator: those who came so far. They are not a sample of those who did not: families who
appeal are surer of their case, so what the tribunal allows says nothing of refusals that nobody appealed.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from analysis.models import robust
from analysis.places import authorities
from analysis.population import Population
from analysis.populations.pathways import DECISIONS_TO_ASSESS, DECISIONS_TO_ISSUE, GROUNDS, OPEN, PURSUED
from analysis.positions import NO_RANKS, positions, told_apart
from analysis.result import Chart, CountTable, Derived, EstimateTable, Frames, Part, Result
from analysis.study import Choice, Picks, Study
from analysis.table import AnalysisTable, rows
from analysis.tried import tried
from analysis.warned import of_model
from cohort.errors import NothingToRelease
from cohort.schema.codes.provision import NEED_TYPE
from cohort.schema.codes.tribunal import APPEAL_GROUND
from cohort.snapshot import Snapshot

DECIDED, FAVOURED = ("AW", "AP", "DI"), ("AW", "AP")
AGREED = ("AF", "AP")
GROUND = "ground"


@dataclass(frozen=True)
class Decision:
    """What was decided, in words."""

    population: Population
    asked: str
    refusals: str


DECISIONS = {
    "whether to assess": Decision(DECISIONS_TO_ASSESS, "requests decided", "refusals to assess"),
    "whether to issue a plan": Decision(DECISIONS_TO_ISSUE, "assessments decided", "refusals to issue a plan"),
}
REFUSED, APPEALED = pl.col("is_refused"), pl.col("registered_date").is_not_null()
MEDIATED = pl.col("mediation_outcome_code").is_in(PURSUED).fill_null(value=False)
MEDIATION_ENDED = MEDIATED & (pl.col("mediation_outcome_code") != OPEN)
ENDED = APPEALED & (pl.col("appeal_outcome_code") != OPEN)
BY_TRIBUNAL = ENDED & pl.col("appeal_outcome_code").is_in(DECIDED)
FOR_FAMILY = BY_TRIBUNAL & pl.col("appeal_outcome_code").is_in(FAVOURED)


def _by(code: str) -> pl.Expr:
    return ENDED & (pl.col("appeal_outcome_code") == code)


AGREEMENT = MEDIATION_ENDED & pl.col("mediation_outcome_code").is_in(AGREED)
STEPS: tuple[tuple[str, str, pl.Expr, pl.Expr], ...] = (
    ("refused", "decisions", REFUSED, pl.lit(value=True)),
    ("mediation pursued", "refusals", MEDIATED, REFUSED),
    ("agreed, wholly or in part", "mediations ended", AGREEMENT, REFUSED & MEDIATION_ENDED),
    ("appealed", "refusals", APPEALED, REFUSED),
    ("appealed after mediation", "refusals with mediation", APPEALED, REFUSED & MEDIATED),
    ("appealed without mediation", "refusals without mediation", APPEALED, REFUSED & ~MEDIATED),
    ("still open", "appeals", ~ENDED, REFUSED & APPEALED),
    ("conceded by the authority", "appeals ended", _by("CO"), REFUSED & ENDED),
    ("withdrawn", "appeals ended", _by("WD"), REFUSED & ENDED),
    ("struck out", "appeals ended", _by("SO"), REFUSED & ENDED),
    ("decided by the tribunal", "appeals ended", BY_TRIBUNAL, REFUSED & ENDED),
    ("decided for the family", "appeals decided", FOR_FAMILY, REFUSED & BY_TRIBUNAL),
)
"""Step, out of what, who took it, and of whom it is counted."""
LOGITS = ("refused", "mediation pursued", "appealed", "decided by the tribunal", "decided for the family")
TRAITS = ("sex", "meals", "need")
COMPARED = {"refused": "refused", "appealed": "appealed"}
OF_GROUNDS = {
    "still open": (~ENDED, APPEALED),
    "decided by the tribunal": (BY_TRIBUNAL, ENDED),
    "decided for the family": (FOR_FAMILY, BY_TRIBUNAL),
}


def _build(snapshot: Snapshot, picks: Picks) -> AnalysisTable:
    chosen = DECISIONS[picks["decision"]].population
    population = chosen if picks["recent"] == "left out" else chosen.without("over")
    decided, grounds = rows(snapshot, population), rows(snapshot, GROUNDS)
    assert decided.rows is not None  # noqa: S101
    assert grounds.rows is not None  # noqa: S101
    if decided.rows.is_empty():
        raise NothingToRelease("STUDY-04", "No decision has been followed.", "Load returns of SEN2 and disputes first.")
    named = decided.rows.join(authorities(snapshot), on="authority_code", how="left", maintain_order="left")
    appealed = grounds.rows.drop("appeal_outcome_code").rename({"ground_outcome_code": "appeal_outcome_code"})
    both = pl.concat(
        [named.with_columns(unit=pl.lit(chosen.unit)), appealed.with_columns(unit=pl.lit(GROUND))], how="diagonal"
    )
    return AnalysisTable(rows=both, flows={**decided.flows, **grounds.flows})


def _compute(table: AnalysisTable, picks: Picks) -> Result:
    assert table.rows is not None  # noqa: S101
    decision = DECISIONS[picks["decision"]]
    decided = _described(table.rows.filter(pl.col("unit") != GROUND))
    grounds = table.rows.filter(unit=GROUND)
    logits, warnings = _logits(decided)
    compared = picks["compared"]
    return Result(
        title=f"Disputes about {picks['decision']}",
        estimand=f"Of {decision.asked}, those refused; of these, those that went on to mediation and to the tribunal; "
        "of these, how they ended: each share of those who came so far.",
        method="Shares with Wilson 95 % intervals, each with its own denominator; an over-dispersed funnel for "
        "authorities; sequential logits, errors clustered by authority.",
        tables=(
            *_tables(decided, decision, compared),
            CountTable("grounds", "Appeals by ground, all of them", _grounds(grounds), ("ground", "step")),
            EstimateTable("selection", "Who goes on at each step (log-odds)", logits),
        ),
        derived=(Derived("funnel", f"Funnel: {compared}", lambda frames: _funnel(frames, compared), Chart.FUNNEL),),
        say=lambda frames: _say(frames, decision),
        flows=table.flows,
        assumptions=(
            "A mediation or an appeal about a decision bears the day of that decision in the return of disputes.",
            "No return of disputes does not mean that there were none: such an authority is left out.",
            "An appeal still open will not end as those did that are over: it is in no share of ends.",
        ),
        warnings=(
            "Each step is taken by those who chose to: what the tribunal decides says nothing of refusals that nobody "
            "appealed.",
            "Decisions, not children, are counted: one child may ask twice.",
            NO_RANKS,
            *warnings,
        ),
        n_in=decided.height,
        n_used=decided.height,
    )


def _tables(decided: pl.DataFrame, decision: Decision, compared: str) -> tuple[CountTable, ...]:
    years, dims = _split(decided, compared, "year"), ("authority", "region")
    return (
        CountTable("steps", f"Step by step: {decision.asked}", _steps(decided), ("step", "of")),
        CountTable("years", f"By calendar year of the decision: {compared}", years, ("year",)),
        CountTable("authorities", f"By authority: {compared}", _split(decided, compared, *dims), dims),
        CountTable("flags", "Appeals as two returns tell them", _flags(decided), ("told",), part=Part.DIAGNOSTIC),
        CountTable("ways", "Decided for the family, by other ways", _ways(decided), ("way",), part=Part.SENSITIVITY),
    )


def _described(decided: pl.DataFrame) -> pl.DataFrame:
    labels = {code.code: code.label for code in NEED_TYPE.codes}
    meals = pl.when("meals").then(pl.lit("eligible for free meals")).otherwise(pl.lit("not eligible"))
    return decided.with_columns(
        sex=pl.when(pl.col("sex_code").is_in(["F", "M"])).then("sex_code"),
        meals=pl.when(pl.col("meals").is_null()).then(pl.lit("not at school")).otherwise(meals),
        need=pl.col("need_code").replace(labels).fill_null("none recorded"),
    )


def _count(frame: pl.DataFrame, took: pl.Expr, out_of: pl.Expr) -> dict[str, int]:
    of = frame.filter(out_of)
    return {"numerator": int(of.select(took.sum()).item() or 0), "denominator": of.height}


def _steps(decided: pl.DataFrame) -> pl.DataFrame:
    made = [{"step": step, "of": of, **_count(decided, took, out_of)} for step, of, took, out_of in STEPS]
    return pl.DataFrame(made)


def _grounds(grounds: pl.DataFrame) -> pl.DataFrame:
    labels = {code.code: code.label for code in APPEAL_GROUND.codes}
    made = [
        {"ground": labels[code], "step": step, **_count(of, took, out_of)}
        for (code,), of in grounds.group_by("appeal_ground_code")
        for step, (took, out_of) in OF_GROUNDS.items()
    ]
    schema = {"ground": pl.String, "step": pl.String, "numerator": pl.Int64, "denominator": pl.Int64}
    return pl.DataFrame(made, schema=schema).sort("ground", "step")


def _split(decided: pl.DataFrame, compared: str, *by: str) -> pl.DataFrame:
    _, _, took, out_of = next(step for step in STEPS if step[0] == compared)
    counts = {"numerator": took.sum().cast(pl.Int64), "denominator": pl.len().cast(pl.Int64)}
    return decided.filter(out_of).group_by(by).agg(**counts).sort(by)


def _flags(decided: pl.DataFrame) -> pl.DataFrame:
    flagged = pl.col("has_tribunal").fill_null(value=False)
    ways = {
        "Flagged in SEN2": flagged,
        "In the return of disputes": APPEALED,
        "In both": flagged & APPEALED,
    }
    return pl.DataFrame([{"told": words, **_count(decided, took, REFUSED)} for words, took in ways.items()])


def _ways(decided: pl.DataFrame) -> pl.DataFrame:
    conceded = FOR_FAMILY | _by("CO")
    ways = {
        "Of appeals decided": (FOR_FAMILY, REFUSED & BY_TRIBUNAL),
        "Of appeals ended, those conceded counted as won": (conceded, REFUSED & ENDED),
        "Of all appeals, open ones counted as lost": (FOR_FAMILY, REFUSED & APPEALED),
        "Of all refusals, those not appealed counted as right": (FOR_FAMILY, REFUSED),
    }
    return pl.DataFrame([{"way": words, **_count(decided, *way)} for words, way in ways.items()])


def _logits(decided: pl.DataFrame) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """Sequential logits. A step that too few took, or too few did not, has one row without figures."""
    made, said = [], []
    for step, _, took, out_of in STEPS:
        if step not in LOGITS:
            continue
        of = decided.filter(out_of).with_columns(took=took.fill_null(value=False))
        fitted = tried(robust.fit, of, "took", list(TRAITS), "binomial", cluster="authority")
        if fitted is None:
            made.append(pl.DataFrame({"step": [step], "term": ["(intercept)"], "n": [0]}))
            continue
        said += fitted.warnings
        told = pl.DataFrame(fitted.coefficients).with_columns(pl.lit(step).alias("step"), _behind(of))
        made.append(told.select("step", "term", "estimate", "low", "high", "n"))
    empty = dict.fromkeys(("estimate", "low", "high"), pl.Float64)
    schema = pl.DataFrame(schema={"step": pl.String, "term": pl.String, **empty, "n": pl.Int64})
    return pl.concat([schema, *made], how="diagonal"), of_model(said)


def _behind(of: pl.DataFrame) -> pl.Expr:
    """Children on whom each term rests: the fewer of those who took the step and of those who did not."""
    fewer = pl.min_horizontal(pl.col("took").sum(), (~pl.col("took")).sum()).cast(pl.Int64)
    sizes = {"(intercept)": of.select(fewer).item()}
    for name in TRAITS:
        found = of.drop_nulls(name).group_by(name).agg(fewer.alias("n"))
        sizes |= {f"{name}[{level}]": n for level, n in found.rows()}
    return pl.col("term").replace_strict(sizes, default=0, return_dtype=pl.Int64).alias("n")


def _funnel(frames: Frames, compared: str) -> pl.DataFrame:
    return positions(frames["authorities"], target=frames["steps"].filter(step=compared)["value"].item())


def _say(frames: Frames, decision: Decision) -> str:
    value = dict(frames["steps"].select("step", "value").iter_rows())
    if value["refused"] is None:
        return f"Too few {decision.refusals} may be shown to follow them."
    said = f"Of {decision.asked}, {value['refused']:.0%} were refused."
    if value["mediation pursued"] is not None:
        said += f" Of {decision.refusals}, {value['mediation pursued']:.0%} went to mediation"
        said += "." if value["appealed"] is None else f" and {value['appealed']:.0%} to the tribunal."
    if value["decided by the tribunal"] is not None:
        said += f" Of appeals that ended, {value['decided by the tribunal']:.0%} were decided by it"
        won = value["decided for the family"]
        said += "." if won is None else f", {won:.0%} of these for the family."
    elif value["appealed"] is not None:
        said += " Too few appeals ended in each way to say how they ended."
    return f"{said} {told_apart(frames['funnel'])}"


disputes = Study(
    name="disputes",
    title="Refusals, mediation and appeals",
    question="What follows a refusal: mediation, an appeal, and how does it end?",
    choices=(
        Choice("decision", "What was decided.", tuple(DECISIONS), "whether to assess"),
        Choice("compared", "What authorities and years are compared on.", tuple(COMPARED), "refused"),
        Choice("recent", "Decisions whose time to appeal has not run out.", ("left out", "counted"), "left out"),
    ),
    build=_build,
    compute=_compute,
)
