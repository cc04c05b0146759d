"""Populations of pupils whose outcomes are compared between places: one row a pupil, with what it brought along."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

import ibis
import polars as pl

from analysis.facts import GIVEN, OWN, PERSON, PUPIL, SPRING, STATUS, beside, school, stored
from analysis.population import Population, Step, Table
from cohort.snapshot import Snapshot

SEN, PLANS = ("K", "E", "S"), ("E", "S")
"""SEN status: support, plan, and statement until 2018; plans alone."""
AMONG: Mapping[str, Step | None] = {
    "SEN": Step("sen", "With SEN: support or a plan.", lambda t: t.sen_provision_code.isin(SEN)),
    "plan holders": Step("plan", "With a plan.", lambda t: t.sen_provision_code.isin(PLANS)),
    "all pupils": None,
}
"""Of whom an outcome is compared."""
CENSUS = "school census"
PERSISTENT = 0.1
"""Share of possible sessions from which absence is persistent."""
ON_ROLL = Step("spring", "In the census of the spring, so that the SEN status is known.", lambda t: t.urn.notnull())
COLUMNS = {
    **PERSON,
    **STATUS,
    "urn": pl.String,
    "birth_month": pl.Date,
    "is_meals_eligible": pl.Boolean,
    "deprivation_decile": pl.Int64,
    "outcome": pl.Float64,
}


def on_roll(snapshot: Snapshot) -> Table:
    """Pupils of the census of the spring, once each."""
    census = stored(snapshot, "enrolment")
    return census.filter((census.term_code == SPRING) & census.enrolment_code.isin(OWN))


def rolls(snapshot: Snapshot) -> pl.DataFrame:
    """year, authority_code, and counts of pupils on roll in the spring: pupils, plans, support, meals."""
    pupils = on_roll(snapshot)
    counted = pupils.group_by("authority_code", year=pupils.collection_year.cast("int64")).aggregate(
        pupils=pupils.count(),
        plans=pupils.sen_provision_code.isin(PLANS).sum(),
        support=(pupils.sen_provision_code == "K").sum(),
        meals=pupils.is_meals_eligible.fill_null(False).sum(),
    )
    return counted.to_polars()


def plan_rates(snapshot: Snapshot) -> pl.DataFrame:
    """authority_code, numerator, denominator: pupils on roll in any spring, and those of them with a plan."""
    summed = rolls(snapshot).group_by("authority_code").agg(pl.col("plans", "pupils").sum())
    return summed.rename({"plans": "numerator", "pupils": "denominator"})


def with_intake(table: Table, snapshot: Snapshot) -> Table:
    """School, SEN status and meals of the census of the spring, primary need, month of birth and deprivation."""
    spring = on_roll(snapshot)
    one = spring.group_by(*PUPIL).aggregate(
        urn=spring.urn.min(),
        sen_provision_code=spring.sen_provision_code.max(),
        is_meals_eligible=spring.is_meals_eligible.max(),
    )
    need = stored(snapshot, "sen_need").filter(lambda t: (t.term_code == SPRING) & (t.rank_number == 1))
    primary = need.group_by(*PUPIL).aggregate(need_code=need.need_code.max())
    told = stored(snapshot, "person_trait").filter(lambda t: t.collection == CENSUS)
    lived = told.group_by(*PUPIL).aggregate(deprivation_decile=told.deprivation_decile.max().cast("int64"))
    table = beside(table, one, PUPIL, ("urn", "sen_provision_code", "is_meals_eligible"))
    table = beside(beside(table, primary, PUPIL, ("need_code",)), lived, PUPIL, ("deprivation_decile",))
    return beside(table, stored(snapshot, "person"), ("person_id",), ("birth_month",))


def _results(code: str, snapshot: Snapshot) -> Table:
    """Results of one measure; a pupil sits it once."""
    table = school(snapshot, "attainment").filter(lambda t: t.measure_code == code).drop("urn")
    return with_intake(table.mutate(outcome=table.result_score), snapshot)


def _sessions(snapshot: Snapshot) -> Table:
    """The sessions of a pupil at schools of one authority in a school year, all terms together."""
    term = school(snapshot, "attendance")
    year = term.group_by("person_id", "authority_code", "collection_year", "year", "sex_code", "ethnicity_code")
    summed = year.aggregate(
        possible=term.possible_sessions.sum(),
        missed=(term.authorised_sessions.fill_null(0) + term.unauthorised_sessions.fill_null(0)).sum(),
    )
    told = summed.mutate(
        outcome=(summed.missed >= PERSISTENT * summed.possible).cast("float64"),
        latest=summed.collection_year.max().over(ibis.window()),
    )
    return with_intake(told, snapshot)


RESULT_STEPS = (
    Step("in_year", "Of the school year of the return.", lambda t: t.academic_year == t.year),
    Step("given", "The result is given: known, and applicable.", lambda t: t.value_status_code == GIVEN),
    ON_ROLL,
)
SESSION_STEPS = (
    Step("latest", "In the latest school year told, so that each pupil counts once.", lambda t: t.year == t.latest),
    Step("possible", "With a session that could be attended.", lambda t: t.possible > 0),
    ON_ROLL,
)


def _of(
    outcome: str, sentence: str, start: Callable[[Snapshot], Table], steps: tuple[Step, ...]
) -> dict[tuple[str, str], Population]:
    return {
        (outcome, among): Population(
            name=f"compared_{outcome}",
            unit="pupil",
            sentence=sentence,
            columns=COLUMNS,
            start=start,
            steps=steps if step is None else (*steps, step),
        )
        for among, step in AMONG.items()
    }


COMPARED = {
    **_of("key_stage_2", "Results at 11 in the returns.", partial(_results, "ks2_standard"), RESULT_STEPS),
    **_of(
        "phonics", "Results of the phonics check in the returns.", partial(_results, "phonics_standard"), RESULT_STEPS
    ),
    **_of("reading", "Results at 11 in the returns.", partial(_results, "ks2_reading"), RESULT_STEPS),
    **_of("attainment_8", "Results at 16 in the returns.", partial(_results, "attainment_8"), RESULT_STEPS),
    **_of("absence", "Pupils with sessions in the returns.", _sessions, SESSION_STEPS),
}
"""By outcome, and of whom it is compared."""
