"""What a plan did for children in need, at key stage 2: a trial that nobody ran, emulated.

Children who get a plan were worse off before, so that they stand below those on support alone at eleven. What is
asked is where the same children would have stood with a plan and without one.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from analysis import effect_tables
from analysis.effect_tables import KNOTS, Comparison, doubt, plain_difference, told
from analysis.known_at_five import KNOWN, SETTLED, known, phonics_of_later
from analysis.models import causal
from analysis.models.causal import Part as Of
from analysis.populations.key_stage_2 import IN_NEED, LAST
from analysis.result import EstimateTable, Frames, Result
from analysis.study import Choice, Picks, Study
from analysis.table import AnalysisTable, rows
from analysis.tried import tried
from cohort.snapshot import Snapshot

ARM, PLACE = "plan", "authority_code"
CONFOUNDERS = (*KNOWN, "need")

GROUPS = {"SLD": "severe", "PMLD": "severe", "DS": "severe", "MSI": "severe", "HI": "PD", "VI": "PD"}
"""Types of need too rare to stand alone, and what they are counted with."""
SHOWN = ("ASD", "SLCN", "SEMH", "MLD")
OTHER = "OTH"


@dataclass(frozen=True)
class Outcome:
    """A result at eleven: its column, its unit in words, how a size is said, and how many a difference of 1 is."""

    column: str
    unit: str
    said: str
    times: float
    is_binary: bool


OUTCOMES = {
    "score": Outcome("score", "SD of key stage 2 among all children", "{:.2f} SD", 1.0, is_binary=False),
    "standard": Outcome(
        "standard", "in 100 children at the expected standard", "{:.1f} in 100 children", 100.0, is_binary=True
    ),
}


def _build(snapshot: Snapshot, _: Picks) -> AnalysisTable:
    return rows(snapshot, IN_NEED)


def _compute(table: AnalysisTable, picks: Picks) -> Result:
    assert table.rows is not None  # noqa: S101
    outcome, frame = OUTCOMES[picks["outcome"]], _prepared(table.rows)
    result = _effect(frame, outcome.column, effect_tables.OF_WHOM[picks["whom"]])
    control = _control(frame)
    protocol = _protocol(outcome, picks["whom"])
    return Result(
        title="What a plan did at key stage 2",
        estimand=f"The mean difference in {outcome.unit} between a plan begun before year 5 and support alone, of "
        "children on support by year 5 whose profile at five was more than one SD below that of all: "
        f"{picks['whom']}.",
        method="Augmented inverse-probability weighting, cross-fitted over authorities; splines of what was known at "
        "five; errors by authority. Children below the tests stand on their scale by their standard in writing.",
        tables=_tables(frame, outcome, result, control),
        derived=(effect_tables.protocol(protocol),),
        say=lambda frames: _say(frames, outcome),
        flows=table.flows,
        assumptions=(
            "What decided on a plan and bears on results is among what is taken into account: the profile at five, "
            "type of need, sex, month of birth, free meals, deprivation, the year. It cannot be checked.",
            "A type of need is that which a school named first.",
            "A plan means the same wherever it is made; one child's plan does not change another's results.",
        ),
        warnings=(
            "The plain difference between children with and without a plan is no effect of plans.",
            *effect_tables.said(result),
        ),
        n_in=frame.height,
        n_used=result.n_used if result else 0,
    )


def _prepared(rows: pl.DataFrame) -> pl.DataFrame:
    """Children with the arm and what was known before, as numbers and words."""
    need = pl.col("need_code").fill_null(OTHER).replace(GROUPS)
    has_plan = (pl.col("plan_began") < LAST).fill_null(value=False).cast(pl.Int8)
    told = ("score", "standard", "phonics", "plan_began", PLACE)
    return rows.select(*told, *known(), has_plan.alias(ARM), need.alias("need"))


def _effect(frame: pl.DataFrame, outcome: str, estimand: causal.Estimand) -> causal.EffectResult | None:
    methods = ("aipw", "iptw", "gformula", "naive")
    return tried(
        causal.effect, frame, outcome, ARM, CONFOUNDERS, estimand, methods, PLACE, by="need", knots=KNOTS,
        modifiers=("need",),
    )  # fmt: skip


def _control(frame: pl.DataFrame) -> causal.NegativeControl | None:
    """Phonics at six, of children who had no plan by then: a plan that came later cannot have moved it."""
    later = phonics_of_later(frame, "plan_began")
    return tried(
        causal.negative_control, later, "phonics", ARM, CONFOUNDERS, estimand="ato", cluster=PLACE, knots=KNOTS,
        modifiers=("need",),
    )  # fmt: skip


def _tables(
    frame: pl.DataFrame, outcome: Outcome, result: causal.EffectResult | None, control: causal.NegativeControl | None
) -> tuple[EstimateTable, ...]:
    compared = Comparison(frame, outcome.column, ARM, CONFOUNDERS, outcome.times, outcome.is_binary, SETTLED)
    tables = compared.tables(f"Plan less support alone, {outcome.unit}", result, control)
    if result is None:
        return tables
    by_need = compared.groups("need", pl.DataFrame(result.groups)).filter(pl.col("need").is_in(SHOWN))
    return (tables[0], EstimateTable("needs", "By type of need", by_need), *tables[1:])


def _protocol(outcome: Outcome, whom: str) -> causal.Protocol:
    return causal.Protocol(
        question="What does a plan before year 5 do for children in need at key stage 2, beside support alone?",
        eligibility=Of(
            "Children of five with a low profile, without a plan, who will be on support by year 5.",
            "Profile more than one SD below that of all children of the year; on support or with a plan by year 5; on "
            "a school roll by reception; no plan by then. Who comes to support is seen later, not at five.",
        ),
        strategies=Of("A plan before year 5; support alone.", "The first day of a plan, or the status of a spring."),
        assignment=Of(
            "By chance, within each authority.",
            "Authorities decide; taken as by chance among children alike in what was known at five.",
        ),
        time_zero=Of(
            "The summer of reception; followed to the tests in year 6.",
            "The same. Children who left state schools or England before the tests are not seen.",
        ),
        outcome=Of(f"In {outcome.unit}.", "The results that were returned, children below the tests included."),
        contrast=Of("Everybody with, less everybody without.", f"The same, of these children: {whom}."),
        analysis=Of("The difference of two means.", "Augmented inverse-probability weighting; errors by authority."),
    )


def _say(frames: Frames, outcome: Outcome) -> str:
    (estimate, low, high), plain = told(frames["effect"]), plain_difference(frames["other_ways"])
    if estimate is None or low is None or high is None or plain is None:
        return (
            "What plans did cannot be told: too few children are followed from the profile at five to the tests at "
            "eleven, for which returns must reach back seven years."
        )
    known = "chance alone can explain that" if low <= 0 <= high else "that is more than chance"
    words = (
        f"Of children in need, those with a plan before year 5 came out {_size(plain, outcome)} than those on support "
        "alone, but they were worse off before. Of children alike at five, those with a plan came out "
        f"{_size(estimate, outcome)} (95 % interval {low:+.2f} to {high:+.2f}): {known}, if nothing else differed."
    )
    return f"{words}{doubt(frames['control'])}"


def _size(value: float, outcome: Outcome) -> str:
    return f"{outcome.said.format(abs(value))} {'higher' if value >= 0 else 'lower'}"


plan_and_attainment = Study(
    name="plan_and_attainment",
    title="What a plan did at key stage 2",
    question="What did a plan do for children with this need?",
    choices=(
        Choice("outcome", "Which result at eleven.", tuple(OUTCOMES), "score"),
        Choice("whom", "The effect on whom.", tuple(effect_tables.OF_WHOM), "open to both"),
    ),
    build=_build,
    compute=_compute,
)
