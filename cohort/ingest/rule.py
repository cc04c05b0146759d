"""A rule: what must hold in a return, said, proved and dated in one place.

The decorated function gives a Polars expression that is true where the rule is broken; null never breaks a
rule (presence is a rule of its own). Rules see the stored shape: the table's own columns, those of its line
(`person.…`, `request.…`, `assessment.…`, `plan.…`, `active_plan.…`, each with `….exists`), the declared facts
about rows below it, and the return's own `return.year`, `return.census_date`, `return.authority_code`. Several
rows of one table are compared with `.over(…)`.

Rules across years look at what the record knew by a prefix (`prior.Prior`): `prior.…`, `prior_plan.…`, `elsewhere.…`.

A rule of the whole return names `counts`: numbers over the rows of its table, of which the rule sees one row a
return, and `before.…`, the same numbers of last year's accepted return. It is a query and stands at row 0 of its
table, for it speaks of no record: nothing blocks a return for the share of its rows alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import polars as pl

from cohort.errors import DeclarationError
from cohort.ingest.format import Level
from cohort.schema.code_list import FIRST, LAST

BEFORE = "before."
"""Stands before a count of last year's return."""


@dataclass(frozen=True)
class Rule:
    """A declared rule. `table` and `column` are stored names; findings show the standard's own.

    `counts`: of a rule of the whole return, name → number over the rows of its table; of all others, nothing.
    """

    code: str
    table: str
    column: str
    level: Level
    sentence: str
    advice: str
    example: str
    broken: pl.Expr
    since: int
    until: int
    dfe_rule: str
    counts: Mapping[str, pl.Expr] = field(default_factory=dict)

    @property
    def looks_at(self) -> frozenset[str]:
        """Every column that it looks at, in its counts too."""
        return frozenset(self.broken.meta.root_names()).union(*(c.meta.root_names() for c in self.counts.values()))

    def counted(self, prefix: str = "") -> dict[str, pl.Expr]:
        """The counts that it looks at: of this return, or of last year's with BEFORE as prefix."""
        looked_at = self.broken.meta.root_names()
        return {prefix + name: count for name, count in self.counts.items() if prefix + name in looked_at}

    def in_year(self, year: int) -> bool:
        """Whether the rule holds for returns of that year."""
        return self.since <= year <= self.until


def rule(
    code: str,
    *,
    table: str,
    column: str,
    sentence: str,
    advice: str,
    example: str,
    level: Level = Level.ERROR,
    since: int = FIRST,
    until: int = LAST,
    dfe_rule: str = "",
    counts: Mapping[str, pl.Expr] | None = None,
) -> Callable[[Callable[[], pl.Expr]], Rule]:
    """Declare a rule. The example's one expected column is `breaks` (yes or no)."""
    if until < since:
        raise DeclarationError(f"{code} ends before it begins")
    if counts and level is not Level.QUERY:
        raise DeclarationError(f"{code} speaks of a whole return, so it is a query")

    def declare(expression: Callable[[], pl.Expr]) -> Rule:
        broken = expression().fill_null(value=False)
        if broken.meta.has_multiple_outputs():  # a selector hides what it looks at
            raise DeclarationError(f"{code} must name each column that it looks at")
        return Rule(code, table, column, level, sentence, advice, example, broken, since, until, dfe_rule, counts or {})

    return declare
