"""What the record knew before a return came: named frames of persons, and last year's tables.

A rule looks at a frame by its prefix, `prior_plan.start_date`. A frame that is not there (first year, or judged without
a record) is not an empty one: of the first nothing is known, of the second it is known that there is nothing. Rules
that look at the first are not run, and say so.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import polars as pl

from cohort.ingest.rule import BEFORE, Rule

Schema = Mapping[str, type[pl.DataType]]
PERSON = "person_id"
ELSEWHERE = "elsewhere"

FRAMES: Mapping[str, Schema] = {
    "prior": {"birth_month": pl.Date, "sex_code": pl.String, "ethnicity_code": pl.String, "has_upn": pl.Boolean},
    "prior_plan": {
        "start_date": pl.Date,
        "cease_date": pl.Date,
        "cease_reason_code": pl.String,
        "has_personal_budget": pl.Boolean,
        "is_in_force": pl.Boolean,
    },
    "prior_request": {
        "received_date": pl.Date,
        "outcome_code": pl.String,
        "outcome_date": pl.Date,
        "assessment_code": pl.String,
        "assessment_date": pl.Date,
    },
    "prior_need": {"need_code": pl.String, "earlier_need_code": pl.String},
    "prior_placement": {
        "urn": pl.String,
        "setting_code": pl.String,
        "entry_date": pl.Date,
        "leaving_date": pl.Date,
    },
    "prior_review": {
        "transfer_authority_code": pl.String,
        "review_meeting_date": pl.Date,
        "review_outcome_code": pl.String,
    },
    ELSEWHERE: {
        "year": pl.Int64,
        "start_date": pl.Date,
        "cease_date": pl.Date,
        "cease_reason_code": pl.String,
        "is_in_force": pl.Boolean,
    },
}
"""Prefix → what stands behind it, one row a person.

`prior…`: last year's accepted return of the same authority: traits; the newest plan; the newest request with its
assessment; the primary need, and that of the year before; the main placement entered last; the newest review.
`elsewhere`: the newest plan in another authority's return of this year or, failing that, of last year.
"""
IS_RETURNED = "is_returned"
"""Beside last year's rows: whether this return has the person too."""


@dataclass(frozen=True)
class Past:
    """`persons`: prefix → frame (FRAMES, with person_id). `tables`: last year's return, by stored table."""

    persons: Mapping[str, pl.DataFrame] = field(default_factory=dict)
    tables: Mapping[str, pl.DataFrame] = field(default_factory=dict)

    @cached_property
    def known(self) -> frozenset[str]:
        """The prefixes that are there."""
        return frozenset(self.persons) | (frozenset({BEFORE[:-1]}) if self.tables else frozenset())


UNKNOWN = Past()
"""Nothing is known: a return that is judged without a record."""


def looked_at(rule: Rule) -> frozenset[str]:
    """The prefixes of what a rule looks at outside its return; none for most rules."""
    prefixes = {name.partition(".")[0] for name in rule.looks_at if "." in name}
    return frozenset(prefixes & {*FRAMES, BEFORE[:-1]})


def nothing(prefixes: Iterable[str] = FRAMES) -> Past:
    """A past in which nobody is known."""
    return Past({p: pl.DataFrame(schema={PERSON: pl.String, **FRAMES[p]}) for p in prefixes})


def joined(frame: pl.DataFrame, past: Past, wanted: Collection[str] | None = None) -> pl.DataFrame:
    """A table with what the past has of each person, as far as it is wanted (all if None), and `….exists`."""
    for prefix, known in past.persons.items():
        columns = [c for c in FRAMES[prefix] if wanted is None or f"{prefix}.{c}" in wanted]
        if columns or wanted is None or f"{prefix}.exists" in wanted:
            named = [pl.col(c).alias(f"{prefix}.{c}") for c in columns]
            once = known.unique(PERSON, keep="first", maintain_order=True)
            there = once.select(PERSON, *named, pl.lit(value=True).alias(f"{prefix}.exists"))
            frame = frame.join(there, on=PERSON, how="left", maintain_order="left")
            # Where a frame is there, absence is knowledge.
            frame = frame.with_columns(pl.col(f"{prefix}.exists").fill_null(value=False))
    return frame


def of_last_year(tables: Mapping[str, pl.DataFrame], earlier_needs: pl.DataFrame | None = None) -> Past:
    """The past of an authority whose return of last year held these rows (stored shape, with person_id).

    `earlier_needs`: the needs that its return of the year before held.
    """
    persons = {"prior": _first(tables["person_trait"], "prior")}
    if "ehc_plan" in tables:
        persons |= _of_plans(tables, earlier_needs)
    return Past(persons, tables)


def newest_plans(plans: pl.DataFrame) -> pl.DataFrame:
    """The newest plan of each person, with `is_in_force`; one that is open before one that ended on the same start."""
    ordered = plans.sort("start_date", pl.col("cease_date").is_null(), descending=True, nulls_last=True)
    newest = ordered.unique(PERSON, keep="first", maintain_order=True)
    return newest.with_columns(is_in_force=pl.col("start_date").is_not_null() & pl.col("cease_date").is_null())


def _of_plans(tables: Mapping[str, pl.DataFrame], earlier_needs: pl.DataFrame | None) -> dict[str, pl.DataFrame]:
    newest = newest_plans(tables["ehc_plan"])
    needs = _primary(tables["plan_need"], newest)
    before = _primary(earlier_needs, newest) if earlier_needs is not None else needs.clear()
    earlier = before.select(PERSON, earlier_need_code="need_code")
    placed = tables["placement"].filter(rank_code="1").sort("entry_date", descending=True, nulls_last=True)
    reviewed = tables["active_plan"].sort("review_meeting_date", descending=True, nulls_last=True)
    return {
        "prior_plan": _first(newest, "prior_plan"),
        "prior_request": _first(_with_assessments(tables), "prior_request"),
        "prior_need": _first(needs.join(earlier, on=PERSON, how="left"), "prior_need"),
        "prior_placement": _first(placed, "prior_placement"),
        "prior_review": _first(reviewed, "prior_review"),
    }


def _primary(needs: pl.DataFrame, newest: pl.DataFrame) -> pl.DataFrame:
    """Each person's primary need, of the newest plan where that plan has one."""
    under = newest.select(PERSON, "request_row", is_newest=True)
    marked = needs.filter(rank_code="1").join(under, on=[PERSON, "request_row"], how="left", maintain_order="left")
    return marked.sort("is_newest", nulls_last=True, maintain_order=True).unique(PERSON, keep="first")


def _with_assessments(tables: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    outcome = {"assessment_code": "outcome_code", "assessment_date": "outcome_date"}
    assessed = tables["ehc_assessment"].select(PERSON, "request_row", **outcome)
    key = pl.col("row_number").alias("request_row")
    asked = tables["ehc_request"].with_columns(key).join(assessed, on=[PERSON, "request_row"], how="left")
    return asked.sort("received_date", descending=True, nulls_last=True)


def _first(rows: pl.DataFrame, prefix: str) -> pl.DataFrame:
    return rows.unique(PERSON, keep="first", maintain_order=True).select(PERSON, *FRAMES[prefix])
