"""The fifth station: the rules are run over a return, one select a table, and one for what is counted in it.

A finding names code, level, table, row and column. Rows with an error, and all rows below them, are set aside;
nothing is judged twice: where a cell was already at fault, no rule speaks of that cell again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

import polars as pl

from cohort.catalogue import collect
from cohort.ingest import doubt, finding
from cohort.ingest.format import Level, ReturnFormat
from cohort.ingest.parse import places
from cohort.ingest.past import IS_RETURNED, UNKNOWN, Past, looked_at
from cohort.ingest.places import at, located
from cohort.ingest.rehearsal import awaits_census_day
from cohort.ingest.rule import Rule
from cohort.ingest.scope import applies
from cohort.ingest.visible import Wanted, frames, reference_values, wholes
from cohort.vault.link import LinkedReturn

PLACE = ["table", "row", "column"]
FEW = 0.05
"""Share of rows with a cell at fault from which nothing is said of a return as a whole."""
NO_ROW = pl.Series([0], dtype=pl.UInt32)
"""Where a finding on a whole return stands: at its table, and at none of its rows."""


@dataclass(frozen=True)
class CheckedReturn:
    """A return with its findings. `not_run`: codes of rules that lacked what they look at."""

    linked: LinkedReturn
    findings: pl.DataFrame
    not_run: tuple[str, ...]
    set_aside: Mapping[str, pl.Series]
    """Stored table → row numbers set aside."""

    @property
    def located(self) -> pl.DataFrame:
        """The findings at the places where the file has them (finding.LOCATED)."""
        return located(self.findings, self.linked.pseudonymous.places)

    @property
    def n_errors(self) -> int:
        """Findings that set their row aside."""
        return self.findings.filter(pl.col("level") == Level.ERROR.value).height

    @property
    def queries(self) -> frozenset[str]:
        """Codes that want a reason."""
        return frozenset(self.findings.filter(pl.col("level") == Level.QUERY.value)["code"])


@cache
def rules() -> Mapping[str, Rule]:
    """Every rule, by code."""
    return collect("cohort.ingest.rules", Rule, key=lambda rule: rule.code)


def check(linked: LinkedReturn, past: Past = UNKNOWN) -> CheckedReturn:
    """Run the year's rules. `past` is what the record knew of these persons before."""
    given = linked.pseudonymous
    of_year = [r for r in rules().values() if r.in_year(given.year) and r.table in given.format.by_stored]
    visible = seen(linked, past, _wanted(of_year))
    current = [r for r in of_year if applies(r, given.format, given.year, visible[r.table].columns)]
    not_run = tuple(r.code for r in current if looked_at(r) - past.known or awaits_census_day(r, given.format))
    broken = finding.gather(_broken(linked, visible, past, [rule for rule in current if rule.code not in not_run]))
    fresh = broken.join(_cells_at_fault(linked), on=PLACE, how="anti")
    findings = finding.gather([given.findings, linked.findings, fresh])
    return CheckedReturn(linked, findings, not_run, set_aside(given.format, given.tables, findings, given.places))


def _wanted(of_year: Iterable[Rule]) -> dict[str, set[str]]:
    """Stored table → columns that its rules look at."""
    wanted: dict[str, set[str]] = {}
    for rule in of_year:
        wanted.setdefault(rule.table, set()).update(rule.looks_at)
    return wanted


def seen(linked: LinkedReturn, past: Past = UNKNOWN, wanted: Wanted | None = None) -> dict[str, pl.DataFrame]:
    """The frame that rules of each stored table see, with flags beside the columns that hold cells at fault."""
    given = linked.pseudonymous
    tables = _with_person_ids(given.tables, linked.links)
    marked = doubt.marked(given.format, tables, _cells_at_fault(linked))
    return frames(given.format, given.year, given.authority_code, marked, past, wanted)


def _cells_at_fault(linked: LinkedReturn) -> pl.DataFrame:
    return linked.pseudonymous.findings.filter(pl.col("level") == Level.ERROR.value)


def _with_person_ids(tables: Mapping[str, pl.DataFrame], links: pl.DataFrame) -> dict[str, pl.DataFrame]:
    ids = links.select("person_row", "person_id")
    return {name: frame.join(ids, on="person_row", how="left", maintain_order="left") for name, frame in tables.items()}


def _broken(
    linked: LinkedReturn, visible: Mapping[str, pl.DataFrame], past: Past, ran: Iterable[Rule]
) -> list[pl.DataFrame]:
    given = linked.pseudonymous
    by_table: dict[str, list[Rule]] = {}
    for rule in ran:
        by_table.setdefault(rule.table, []).append(rule)
    lit = reference_values(given.format, given.year, given.authority_code)
    found = []
    for stored, group in by_table.items():
        table, frame = given.format.by_stored[stored], visible[stored]
        rows = _broken_rows(frame, [rule for rule in group if not rule.counts])
        rows |= _broken_wholes(frame, [r for r in group if r.counts], _last_year(past, stored, linked), lit)
        tags = {rule.code: given.format.tag(table, rule.column) for rule in group}
        found += [places(r.level, r.code, table.name, rows[r.code], tags[r.code]) for r in group if r.code in rows]
    return found


def _broken_rows(frame: pl.DataFrame, group: Iterable[Rule]) -> dict[str, pl.Series]:
    """Code → rows that break the rule, in one select for all."""
    judged = frame.select("row_number", *(_verdict(rule, frame) for rule in group))
    broken = judged.select(pl.exclude("row_number").any())
    return {code: judged.filter(code)["row_number"] for code in broken.columns if broken[code].item()}


def _broken_wholes(
    frame: pl.DataFrame, group: Iterable[Rule], last_year: pl.DataFrame | None, lit: list[pl.Expr]
) -> dict[str, pl.Series]:
    """Code → row 0, of rules that the return as a whole breaks."""
    seen_by = wholes([rule for rule in group if _is_sure(rule, frame)], frame, last_year, lit)
    verdicts = [row.select(rule.broken.alias(rule.code)) for rule, row in seen_by]
    judged = pl.concat(verdicts, how="horizontal").collect() if verdicts else pl.DataFrame()
    return {code: NO_ROW for code in judged.columns if judged[code].item()}


def _is_sure(rule: Rule, frame: pl.DataFrame) -> bool:
    """Whether few of the cells that a rule counts were at fault: of those it would only say the same again."""
    doubts = doubt.of_names(rule.looks_at, frame.columns)
    if not doubts or frame.is_empty():
        return True
    return frame.select(pl.any_horizontal(doubts).mean()).item() < FEW


def _last_year(past: Past, stored: str, linked: LinkedReturn) -> pl.DataFrame | None:
    """Last year's rows, and whether their persons are in this return."""
    if stored not in past.tables:
        return None
    here = pl.col("person_id").is_in(linked.links["person_id"].implode())
    return past.tables[stored].with_columns(here.alias(IS_RETURNED))


def _verdict(rule: Rule, frame: pl.DataFrame) -> pl.Expr:
    """True where the rule is broken and no cell that it looks at was at fault."""
    doubts = doubt.of(rule.broken, frame.columns)
    sure = ~pl.any_horizontal(doubts) if doubts else pl.lit(value=True)
    return (rule.broken & sure).alias(rule.code)


def set_aside(
    form: ReturnFormat,
    tables: Mapping[str, pl.DataFrame],
    findings: pl.DataFrame,
    places: Mapping[str, pl.DataFrame] | None = None,
) -> dict[str, pl.Series]:
    """Row numbers with an error of their own or above them, by stored table.

    An error of a row of a sheet (`places`) is one of every row that it feeds.
    """
    errors = findings.filter(pl.col("level") == Level.ERROR.value)
    aside: dict[str, pl.Series] = {}
    for table in form.tables:
        frame = tables[table.stored]
        own = errors.filter(pl.col("table") == table.name)["row"].cast(frame["row_number"].dtype)
        out = pl.col("row_number").is_in(own.implode())
        if table.name in (places or {}):
            out = out | pl.col("row_number").is_in(at(errors, (places or {})[table.name]).implode())
        for above in form.ancestors(table):
            out = out | pl.col(above.key).is_in(aside[above.stored].implode())
        aside[table.stored] = frame.filter(out)["row_number"]
    return aside
