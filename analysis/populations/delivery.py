"""Populations of delivery: plans in a school year with what came of them, and school leavers with what they were given.

A line of provision counts where it states an amount and was due. Of a line without a record nothing is known: it is in
no sum of hours delivered. Where a record was kept for some weeks of a term, the hours of the others are made up for.
"""

from __future__ import annotations

from typing import Any

import ibis
import polars as pl

from analysis.facts import GIVEN, PERSON, PUPIL, SPRING, beside, dated, first, school, stored, with_traits
from analysis.population import Condition, Population, Step, Table
from cohort.snapshot import Snapshot

PLAN = ("person_id", "authority_code", "collection_year", "plan_start_date")
VERSION = (*PLAN, "version_number")
KNOWN = ("D", "P", "N")
"""Delivery that was recorded: in full, in part, not at all."""
TERMS = ("AUT", "SPR", "SUM")
SECTIONS = {"F": ("F",), "F, G and H": ("F", "G", "H1", "H2")}
HOURS = {
    "lines": pl.Int64,
    "lines_known": pl.Int64,
    "due_hours": pl.Float64,
    "due_hours_known": pl.Float64,
    "recorded_hours": pl.Float64,
    "delivered_hours": pl.Float64,
    "weeks": pl.Float64,
}
"""Of a plan in a school year: lines that state an amount and those with a record; hours due of all of them and of those
with a record; hours as recorded, and with weeks without a record made up for; weeks of the terms."""
HOURS_OF_LEAVERS = {name: kind for name, kind in HOURS.items() if name != "weeks"}
DESCRIBED = {"need_code": pl.String, "placement": pl.String}


def _is_stated(line: Table) -> Condition:
    return line.due_hours > 0


def _is_known(line: Table) -> Condition:
    return _is_stated(line) & line.delivery_status_code.isin(KNOWN) & (line.recorded_weeks > 0)


def _lines(snapshot: Snapshot, sections: tuple[str, ...]) -> Table:
    """Lines due in a term of the school year that their return tells of."""
    line = dated(stored(snapshot, "provision_delivered"))
    return line.filter(
        (line.academic_year == line.year)
        & (line.delivery_status_code != "NA")
        & line.provision_section_code.isin(sections)
    )


def _sums(line: Table) -> dict[str, Any]:
    """HOURS but for the weeks."""
    stated, known = _is_stated(line), _is_known(line)
    made_up = line.delivered_hours * line.term_weeks / line.recorded_weeks.nullif(0)
    return {
        "lines": line.count(where=stated),
        "lines_known": line.count(where=known),
        "due_hours": line.due_hours.sum(where=stated),
        "due_hours_known": line.due_hours.sum(where=known),
        "recorded_hours": line.delivered_hours.sum(where=known),
        "delivered_hours": made_up.sum(where=known),
    }


def _described(snapshot: Snapshot) -> Table:
    """Every plan in its latest version of a return: first need of section B, kind of setting named in section I."""
    versions = school(snapshot, "plan_version")
    latest = first(versions.mutate(back=-versions.version_number), PLAN, ("back", "row_number"))
    needs = stored(snapshot, "section_need").filter(lambda t: (t.need_section_code == "B") & (t.rank_number == 1))
    need = first(needs, VERSION, ("row_number",))
    named = stored(snapshot, "section_placement").filter(lambda t: t.rank_code == "1")
    place = first(named, VERSION, ("row_number",))
    place = place.mutate(
        placement=ibis.cases(
            (place.is_sen_unit | place.is_resourced_provision, "SEN unit or resourced provision"),
            (place.urn.notnull(), "school, mainstream or special"),
            (place.ukprn.notnull(), "college"),
            else_="other setting",
        )
    )
    return beside(beside(latest, need, VERSION, ("need_code",)), place, VERSION, ("placement",))


def _plan_years(snapshot: Snapshot, sections: tuple[str, ...]) -> Table:
    line = _lines(snapshot, sections)
    stated = _is_stated(line)
    terms: list[Any] = [line.term_weeks.max(where=stated & (line.term_code == term)).fill_null(0) for term in TERMS]
    weeks = (terms[0] + terms[1] + terms[2]).cast("float64")
    hours = line.group_by(*PLAN, "year").aggregate(**_sums(line), weeks=weeks)
    return with_traits(beside(hours, _described(snapshot), PLAN, tuple(DESCRIBED)), snapshot)


def _delivered(name: str, sections: tuple[str, ...], what: str) -> Population:
    return Population(
        name=name,
        unit="plan in a school year",
        sentence=f"Plans with provision of {what} due in the school year of the return.",
        columns={**PERSON, **DESCRIBED, **HOURS},
        start=lambda snapshot: _plan_years(snapshot, sections),
        steps=(
            Step("stated", "An amount is stated of one line at least.", lambda t: t.due_hours > 0),
            Step("recorded", "What came of one such line at least was recorded.", lambda t: t.due_hours_known > 0),
        ),
    )


DELIVERED_F = _delivered("plans_delivered", SECTIONS["F"], "section F")
DELIVERED_ALL = _delivered("plans_delivered_all", SECTIONS["F, G and H"], "sections F, G and H")


def _leavers(snapshot: Snapshot) -> Table:
    """Pupils with a result of key stage 4, and their hours in the two school years before it."""
    pupil = school(snapshot, "attainment").filter(lambda t: t.measure_code == "attainment_8")
    line = _lines(snapshot, SECTIONS["F"])
    then = ibis.union(line.mutate(sat=line.year), line.mutate(sat=line.year + 1)).drop("collection_year")
    hours = then.group_by("person_id", collection_year=then.sat).aggregate(**_sums(then))
    given = beside(pupil.rename(points="result_score"), hours, PUPIL, tuple(HOURS_OF_LEAVERS))
    told = stored(snapshot, "provision_delivered").collection_year.min().as_scalar()
    plan = _described(snapshot)
    plan = first(plan.mutate(back=-plan.plan_start_date.epoch_seconds()), PUPIL, ("back", "authority_code"))
    described = beside(given.mutate(is_told=given.year > told), plan, PUPIL, tuple(DESCRIBED))
    return _with_meals(described, snapshot)


def _with_meals(table: Table, snapshot: Snapshot) -> Table:
    spring = stored(snapshot, "enrolment").filter(lambda t: t.term_code == SPRING)
    meals = spring.group_by(*PUPIL).aggregate(has_been_meals_eligible=spring.has_been_meals_eligible.any())
    return beside(table, meals, PUPIL, ("has_been_meals_eligible",))


LEAVERS_DELIVERED = Population(
    name="leavers_delivered",
    unit="pupil",
    sentence="Pupils at the end of key stage 4 in the returns.",
    columns={**PERSON, **DESCRIBED, **HOURS_OF_LEAVERS, "points": pl.Float64, "has_been_meals_eligible": pl.Boolean},
    start=_leavers,
    steps=(
        Step("told", "Provision was returned for both school years before the result.", lambda t: t.is_told),
        Step("scored", "With a score of Attainment 8.", lambda t: (t.value_status_code == GIVEN) & t.points.notnull()),
        Step("due", "With hours of section F due in these years.", lambda t: t.due_hours > 0),
        Step("recorded", "What came of some of them was recorded.", lambda t: t.due_hours_known > 0),
    ),
)
