"""Types and tiers of plan as dated data, read from the table beside this file.

A reform bill was announced in 2026 that will add kinds of plan: each is then a row of `data/plan_kinds.csv` with the
return years in which it counts, not a release of the code. Duties that hang on the type stand in the same row.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from cohort.schema.code_list import LAST, Code, CodeList


@dataclass(frozen=True)
class PlanKind:
    """A type (`kind` = type) or tier (`kind` = tier) of plan, in the return years `since` to `until`.

    `review_months`: longest time between reviews; `final_plan_weeks`: from request to final plan; None where no
    duty sets one.
    """

    kind: str
    code: str
    label: str
    since: int
    until: int
    review_months: int | None
    final_plan_weeks: int | None
    source: str


def _number(text: str) -> int | None:
    return int(text) if text else None


@cache
def plan_kinds() -> tuple[PlanKind, ...]:
    """Every type and tier of plan, in the order of the table."""
    text = (files("cohort.schema") / "data" / "plan_kinds.csv").read_text(encoding="utf-8")
    return tuple(
        PlanKind(
            kind=row["kind"],
            code=row["code"],
            label=row["label"],
            since=int(row["since"]),
            until=_number(row["until"]) or LAST,
            review_months=_number(row["review_months"]),
            final_plan_weeks=_number(row["final_plan_weeks"]),
            source=row["source"],
        )
        for row in csv.DictReader(text.splitlines())
    )


def listed(name: str, comment: str, kind: str) -> CodeList:
    """The rows of one kind as a code list."""
    codes = (Code(row.code, row.label, row.since, row.until) for row in plan_kinds() if row.kind == kind)
    return CodeList(name, comment, tuple(codes))
