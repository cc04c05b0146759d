"""A rule: what must hold in a return, said, proved and dated in one place.

The decorated function gives a Polars expression that is true where the rule is broken; null never breaks a
rule (presence is a rule of its own). Rules see the stored shape: the table's own columns, those of its line
(`person.…`, `request.…`, `assessment.…`, `plan.…`, `active_plan.…`, each with `….exists`), the declared facts
about rows below it, and the return's own `return.year`, `return.census_date`, `return.authority_code`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

from cohort.errors import DeclarationError
from cohort.ingest.format import Level
from cohort.schema.code_list import FIRST, LAST


@dataclass(frozen=True)
class Rule:
    """A declared rule. `table` and `column` are stored names; findings show the standard's own."""

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
) -> Callable[[Callable[[], pl.Expr]], Rule]:
    """Declare a rule. The example's one expected column is `breaks` (yes or no)."""
    if until < since:
        raise DeclarationError(f"{code} ends before it begins")

    def declare(expression: Callable[[], pl.Expr]) -> Rule:
        broken = expression().fill_null(value=False)
        if broken.meta.has_multiple_outputs():  # a selector hides what it looks at
            raise DeclarationError(f"{code} must name each column that it looks at")
        return Rule(code, table, column, level, sentence, advice, example, broken, since, until, dfe_rule)

    return declare
