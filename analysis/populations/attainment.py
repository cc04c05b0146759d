"""Populations of results: the pupils with a result of an outcome measure, with the SEN status of their school year."""

from __future__ import annotations

from functools import partial

import polars as pl

from analysis.facts import GIVEN, PERSON, STATUS, school, with_status
from analysis.population import Population, Step, Table
from cohort.schema.outcome_measures import outcome_measure
from cohort.snapshot import Snapshot


def _results(code: str, snapshot: Snapshot) -> Table:
    table = school(snapshot, "attainment")
    return with_status(table.filter(table.measure_code == code), snapshot)


def _of(code: str) -> Population:
    return Population(
        name=f"results_{code}",
        unit="result",
        sentence=f"Results in the returns: {outcome_measure(code).label}.",
        columns={**PERSON, **STATUS, "result_code": pl.String, "result_score": pl.Float64},
        start=partial(_results, code),
        steps=(
            Step("in_year", "Of the school year of the return.", lambda t: t.academic_year == t.year),
            Step("given", "The result is given: known, and applicable.", lambda t: t.value_status_code == GIVEN),
        ),
    )


RESULTS = {
    code: _of(code)
    for code in (
        "review_at_two",
        "good_level_of_development",
        "early_learning_goals",
        "phonics_standard",
        "ks1_reading",
        "ks1_writing",
        "ks1_maths",
        "multiplication_mark",
        "ks2_standard",
        "ks2_reading",
        "ks2_maths",
        "attainment_8",
        "english_maths_9_4",
        "english_maths_9_5",
        "level_2_by_19",
        "level_2_english_maths_by_19",
        "level_3_by_19",
    )
}
"""By code of the outcome measure."""
