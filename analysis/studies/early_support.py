"""What early support does at key stage 2, against late support and against none: an emulated trial.

Children on support stand below those who never were, because they were found for a reason. And "late" is known only
afterwards: to be supported from year 5 a child must first have gone unfound for years. So the comparison that asks
nothing of the future, on it by the end of year 2 or not yet, stands beside the one that is asked for.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from analysis import effect_tables
from analysis.effect_tables import KNOTS, OF, Comparison, doubt, plain_difference, told
from analysis.known_at_five import KNOWN, SETTLED, known, phonics_of_later
from analysis.models import causal
from analysis.models.causal import Part as Of
from analysis.populations.key_stage_2 import FOUND_AFTER_RECEPTION, LAST
from analysis.result import EstimateTable, Frames, Part, Result
from analysis.study import Choice, Picks, Study
from analysis.table import AnalysisTable, rows
from analysis.tried import tried
from cohort.snapshot import Snapshot

ARM, PLACE, BEGAN = "supported", "authority_code", "first_support"
EARLY = 2
"""The last school year in which support that begins is early."""
UNIT = "SD of key stage 2 among all children"


@dataclass(frozen=True)
class Contrast:
    """Two ways in which support may begin, in words; children of neither are left out."""

    treated: str
    other: str
    is_treated: pl.Expr
    is_other: pl.Expr


YEAR = pl.col(BEGAN).fill_null(LAST + 1)
"""School year in which support began; after year 5 it comes too late to tell, as if there were none."""
CONTRASTS = {
    "early against late": Contrast("support by year 2", "support from year 5", YEAR <= EARLY, YEAR == LAST),
    "early against none": Contrast("support by year 2", "no support", YEAR <= EARLY, YEAR > LAST),
    "later against none": Contrast(
        "support from years 3 to 5", "no support", YEAR.is_between(EARLY + 1, LAST), YEAR > LAST
    ),
}
NOT_YET = Contrast("support by year 2", "not yet by then", YEAR <= EARLY, YEAR > EARLY)


def _build(snapshot: Snapshot, _: Picks) -> AnalysisTable:
    return rows(snapshot, FOUND_AFTER_RECEPTION)


def _compute(table: AnalysisTable, picks: Picks) -> Result:
    assert table.rows is not None  # noqa: S101
    contrast, everybody = CONTRASTS[picks["contrast"]], _prepared(table.rows)
    frame = _armed(everybody, contrast)
    result = _effect(frame, ("aipw", "iptw", "gformula", "naive"))
    compared = Comparison(frame, "score", ARM, KNOWN, settled=SETTLED)
    tables = compared.tables(f"{contrast.treated.capitalize()} less {contrast.other}, {UNIT}", result, _control(frame))
    return Result(
        title="Early support and key stage 2",
        estimand=f"The mean difference in {UNIT} between {contrast.treated} and {contrast.other}, with all that either "
        "leads to, of children not on support by reception who missed a goal of the profile at five and for whom "
        "either was open.",
        method="Augmented inverse-probability weighting with overlap weights, cross-fitted over authorities; splines "
        "of what was known at five; errors by authority.",
        tables=(*tables, _times(everybody)),
        derived=(effect_tables.protocol(_protocol(contrast)),),
        say=lambda frames: _say(frames, contrast),
        flows=table.flows,
        assumptions=(
            "What decides when a child is found and bears on results is among what is taken into account: the profile "
            "at five, sex, month of birth, free meals, deprivation, the year. It cannot be checked.",
            "Support began in the year of the first spring census that tells of it.",
            "Of two children alike at five, the one found late was not by then better off than the other.",
        ),
        warnings=(
            "The plain difference between children with and without support is no effect of support.",
            "Late support is known afterwards: who was found in years 3 and 4 is in neither arm of early against late.",
            *effect_tables.said(result),
        ),
        n_in=frame.height,
        n_used=result.n_used if result else 0,
    )


def _prepared(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.select("score", "phonics", BEGAN, PLACE, *known())


def _armed(frame: pl.DataFrame, contrast: Contrast) -> pl.DataFrame:
    """The children of both arms."""
    kept = frame.filter(contrast.is_treated | contrast.is_other)
    return kept.with_columns(contrast.is_treated.cast(pl.Int8).alias(ARM))


def _effect(frame: pl.DataFrame, methods: tuple[causal.Method, ...]) -> causal.EffectResult | None:
    return tried(causal.effect, frame, "score", ARM, KNOWN, "ato", methods, PLACE, knots=KNOTS, modifiers=())


def _control(frame: pl.DataFrame) -> causal.NegativeControl | None:
    """Phonics at six, of children not on support by then: support that came later cannot have moved it."""
    later = phonics_of_later(frame, BEGAN)
    return tried(
        causal.negative_control, later, "phonics", ARM, KNOWN, estimand="ato", cluster=PLACE, knots=KNOTS, modifiers=()
    )


def _times(everybody: pl.DataFrame) -> EstimateTable:
    """The same question from two time zeros: with late known afterwards, and with nothing known afterwards."""
    shown = {
        "known afterwards: early against late": CONTRASTS["early against late"],
        "known at the time: early against not yet": NOT_YET,
    }
    found = []
    for way, contrast in shown.items():
        frame = _armed(everybody, contrast)
        n = effect_tables.behind(frame, "score", ARM, is_binary=False)
        row = effect_tables.estimates(_effect(frame, ("aipw",)), n)[:1]
        found.append(row.select(pl.lit(way).alias("arms"), *OF, "n"))
    title = "Immortal time: arms that are known only afterwards, and at the time"
    return EstimateTable("time_zero", title, pl.concat(found), part=Part.SENSITIVITY)


def _protocol(contrast: Contrast) -> causal.Protocol:
    return causal.Protocol(
        question="What does early SEN support do for children at key stage 2?",
        eligibility=Of(
            "Children of five who missed a goal of the profile, not on support.",
            "The same, on a school roll by reception, whose profile and tests were returned.",
        ),
        strategies=Of(
            f"{contrast.treated.capitalize()}; {contrast.other}.",
            "The first spring census that tells of support or a plan. Support after year 5 counts as none.",
        ),
        assignment=Of(
            "By chance, within each authority.",
            "Schools decide; taken as by chance among children alike in what was known at five.",
        ),
        time_zero=Of(
            "The summer of reception; followed to the tests in year 6.",
            "The same. The arm of a child is known only once its support has begun: see the table of time zeros.",
        ),
        outcome=Of(f"In {UNIT}.", "The results that were returned, children below the tests included."),
        contrast=Of("Everybody with, less everybody without.", "The same, of children for whom either was open."),
        analysis=Of("The difference of two means.", "Augmented inverse-probability weighting; errors by authority."),
    )


def _say(frames: Frames, contrast: Contrast) -> str:
    (estimate, low, high), plain = told(frames["effect"]), plain_difference(frames["other_ways"])
    if estimate is None or low is None or high is None or plain is None:
        return (
            "What early support did cannot be told: too few children are followed from the profile at five to the "
            "tests at eleven, for which returns must reach back seven years."
        )
    known_as = "chance alone can explain that" if low <= 0 <= high else "that is more than chance"
    return (
        f"Children with {contrast.treated} came out {_size(plain)} than those with {contrast.other}. Of children alike "
        f"at five, they came out {_size(estimate)} (95 % interval {low:+.2f} to {high:+.2f}): {known_as}, if nothing "
        f"else differed.{doubt(frames['control'])}"
    )


def _size(value: float) -> str:
    return f"{abs(value):.2f} SD {'higher' if value >= 0 else 'lower'}"


early_support = Study(
    name="early_support",
    title="Early support and key stage 2",
    question="What does early support do, against late support and against none?",
    choices=(Choice("contrast", "What is compared.", tuple(CONTRASTS), "early against late"),),
    build=_build,
    compute=_compute,
)
